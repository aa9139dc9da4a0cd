package sqlstore

import (
	"errors"

	"github.com/rosterhq/roster/internal/directory"
)

// insertPostgres is InsertResource without a lock that other writers of the source wait for.
func (t *tx) insertPostgres(r *directory.Record) error {
	// Who empties the source waits for this transaction; after that, the source is gone.
	if err := t.pg.later("SELECT pg_advisory_xact_lock_shared($1)", []any{lockSource + int64(r.Source)}); err != nil {
		return err
	}
	err := t.row(`INSERT INTO resource (source_id, type, id, ord, version, created, modified, active, deleted, members,
		name_key, name_slot, external_id, display_key, label, body)
		SELECT $1::bigint, $2, $3, o.ord, $4, $5, $6, $7, 0, 0, $8, CASE WHEN $9 THEN 0 ELSE o.ord END, $10, $11, $12, $13
		FROM (SELECT nextval('resource_ord_seq') AS ord) o WHERE EXISTS (SELECT 1 FROM source WHERE id = $1)
		ON CONFLICT DO NOTHING RETURNING ord`,
		r.Source, r.Type, r.ID, r.Version, r.Created, r.Modified, r.Active,
		r.Keys.Name, r.Keys.NameUnique, r.Keys.ExternalID, r.Keys.Display, r.Label, r.Body).scan(&r.Ord)
	if errors.Is(err, errNoRow) {
		return t.refused(r)
	}
	if err != nil {
		return err
	}
	if err := t.countLive(r.Source, r.Type, r.Ord, 1); err != nil {
		return err
	}
	return t.insertValues(r)
}

// refused tells why a resource was not inserted.
func (t *tx) refused(r *directory.Record) error {
	var taken bool
	if err := t.row("SELECT EXISTS (SELECT 1 FROM resource WHERE id = $1 AND source_id = $2)", r.ID, r.Source).scan(&taken); err != nil {
		return err
	}
	if taken {
		return &directory.DuplicateError{Path: "id", Holder: r.ID}
	}
	if _, err := t.Source(t.pg.ctx, r.Source); err != nil {
		return err
	}
	err := t.nameTaken(&uniqueError{"resource.name_key"}, r.Source, r.Type, r.Keys.Name)
	if errors.Is(err, errNoRow) {
		// The holder went in between.
		t.pg.failed = errAgain
		return errAgain
	}
	return err
}

// unfolded are the changes of a counter that are not yet in it.
const unfolded = `FROM resource_delta WHERE source_id = $1 AND type = $2 AND txid >=
	coalesce((SELECT folded FROM resource_counter WHERE source_id = $1 AND type = $2), 0)`

// countPostgres is the number of live resources of a source and type.
const countPostgres = `SELECT (coalesce((SELECT live FROM resource_counter WHERE source_id = $1 AND type = $2), 0)
	+ coalesce((SELECT sum(live) ` + unfolded + `), 0))::bigint`

// bucketsPostgres are its parts by stretches of ord.
const bucketsPostgres = `SELECT bucket, sum(live)::bigint FROM (
	SELECT bucket, live FROM resource_bucket WHERE source_id = $1 AND type = $2
	UNION ALL SELECT bucket, live ` + unfolded + `) b GROUP BY bucket ORDER BY bucket`

// addDelta counts delta resources at ord.
func (t *tx) addDelta(source directory.SourceID, typ string, ord, delta int64) error {
	return t.pg.later("INSERT INTO resource_delta (source_id, type, bucket, live) VALUES ($1, $2, $3, $4)",
		[]any{source, typ, ord / bucketWidth, delta})
}

// movePostgres is MoveResources: the moved resources get new places in creation order.
func (t *tx) movePostgres(from, to directory.SourceID) error {
	if err := t.serialize(lockSource + int64(from)); err != nil {
		return err
	}
	var types []string
	err := t.each(func(r *rows) error {
		var typ string
		err := r.scan(&typ)
		types = append(types, typ)
		return err
	}, "SELECT DISTINCT type FROM resource WHERE source_id = $1 ORDER BY type", from)
	if err != nil {
		return err
	}
	for _, typ := range types {
		for _, query := range []string{releaseNames, releaseValues, moveToEnd} {
			if _, err := t.exec(query, from, to, typ); err != nil {
				return err
			}
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
	return t.forgetCounters(from)
}

// forgetCounters removes the counters of a source without resources.
func (t *tx) forgetCounters(source directory.SourceID) error {
	tables := []string{"resource_counter", "resource_bucket"}
	if t.pg != nil {
		tables = append(tables, "resource_delta")
	}
	for _, table := range tables {
		if _, err := t.exec("DELETE FROM "+table+" WHERE source_id = $1", source); err != nil {
			return err
		}
	}
	return nil
}

const moveToEnd = `WITH place AS MATERIALIZED (
		SELECT ord AS old, nextval('resource_ord_seq') AS new
		FROM (SELECT ord FROM resource WHERE source_id = $1 AND type = $3 ORDER BY ord) o),
	v AS (UPDATE resource_value v SET source_id = $2, ord = p.new FROM place p
		WHERE v.source_id = $1 AND v.type = $3 AND v.ord = p.old),
	moved AS (UPDATE resource r SET source_id = $2, ord = p.new, name_slot = CASE WHEN r.name_slot = 0 THEN 0 ELSE p.new END
		FROM place p WHERE r.source_id = $1 AND r.type = $3 AND r.ord = p.old RETURNING r.ord, r.deleted)
	INSERT INTO resource_delta (source_id, type, bucket, live)
	SELECT $2, $3, ord / 1024, count(*) FROM moved WHERE deleted = 0 GROUP BY ord / 1024`

// releaseNames and releaseValues take the claims of resources away whose name or value the target of a
// move has.
const (
	releaseNames = `UPDATE resource SET name_slot = ord WHERE source_id = $1 AND type = $3 AND name_slot = 0 AND EXISTS
		(SELECT 1 FROM resource o WHERE o.source_id = $2 AND o.type = $3 AND o.name_key = resource.name_key
		AND o.name_slot = 0 AND o.deleted = 0)`
	releaseValues = `UPDATE resource_value SET uniq = FALSE WHERE source_id = $1 AND type = $3 AND uniq = TRUE AND EXISTS
		(SELECT 1 FROM resource_value o WHERE o.source_id = $2 AND o.type = $3 AND o.path = resource_value.path
		AND o.key = resource_value.key AND o.uniq = TRUE AND o.live = TRUE)`
)
