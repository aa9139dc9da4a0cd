package sqlstore

import (
	"context"

	"github.com/rosterhq/roster/internal/directory"
)

// MoveResources implements directory.Writer. The moved resources follow those of the target in
// creation order. A unique value that is taken there stays, but loses its claim.
func (t *tx) MoveResources(_ context.Context, from, to directory.SourceID) error {
	if t.pg != nil {
		return t.movePostgres(from, to)
	}
	if err := t.settle(); err != nil {
		return err
	}
	t.tallies = nil // they are of before the move
	type moved struct {
		typ           string
		live, nextOrd int64
	}
	var all []moved
	err := t.each(func(r *rows) error {
		var m moved
		err := r.scan(&m.typ, &m.live, &m.nextOrd)
		all = append(all, m)
		return err
	}, "SELECT type, live, next_ord FROM resource_counter WHERE source_id = $1 ORDER BY type", from)
	if err != nil {
		return err
	}
	for _, m := range all {
		var base int64
		err := t.row(`INSERT INTO resource_counter (source_id, type, live, next_ord) VALUES ($1, $2, $3, $4)
			ON CONFLICT (source_id, type) DO UPDATE SET live = resource_counter.live + excluded.live,
			next_ord = resource_counter.next_ord + excluded.next_ord - 1 RETURNING next_ord`,
			to, m.typ, m.live, m.nextOrd).scan(&base)
		if err != nil {
			return err
		}
		// The place of ord 1 of the moved ones is where the target's next one was.
		if err := t.moveType(from, to, m.typ, base-m.nextOrd); err != nil {
			return err
		}
	}
	for _, query := range []string{
		"UPDATE member SET source_id = $2 WHERE source_id = $1",
		"UPDATE aside_member SET source_id = $2 WHERE source_id = $1",
	} {
		if _, err := t.exec(query, from, to); err != nil {
			return err
		}
	}
	_, err = t.exec("DELETE FROM resource_counter WHERE source_id = $1", from)
	return err
}

// moveType moves the resources of one type and adds shift to their ord.
func (t *tx) moveType(from, to directory.SourceID, typ string, shift int64) error {
	for _, query := range []string{
		`UPDATE resource SET name_slot = ord WHERE source_id = $1 AND type = $3 AND name_slot = 0 AND EXISTS
			(SELECT 1 FROM resource o WHERE o.source_id = $2 AND o.type = $3 AND o.name_key = resource.name_key
			AND o.name_slot = 0 AND o.deleted = 0)`,
		`UPDATE resource SET source_id = $2, ord = ord + $4, name_slot = CASE WHEN name_slot = 0 THEN 0 ELSE ord + $4 END
			WHERE source_id = $1 AND type = $3`,
		`UPDATE resource_value SET uniq = FALSE WHERE source_id = $1 AND type = $3 AND uniq = TRUE AND EXISTS
			(SELECT 1 FROM resource_value o WHERE o.source_id = $2 AND o.type = $3 AND o.path = resource_value.path
			AND o.key = resource_value.key AND o.uniq = TRUE AND o.live = TRUE)`,
		"UPDATE resource_value SET source_id = $2, ord = ord + $4 WHERE source_id = $1 AND type = $3",
	} {
		if _, err := t.exec(query, from, to, typ, shift); err != nil {
			return err
		}
	}
	if _, err := t.exec("DELETE FROM resource_bucket WHERE source_id = $1 AND type = $2", from, typ); err != nil {
		return err
	}
	return t.recountBuckets(to, typ)
}
