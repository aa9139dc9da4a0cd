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
