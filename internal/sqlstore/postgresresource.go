package sqlstore

import (
	"errors"
	"strconv"

	"github.com/rosterhq/roster/internal/directory"
)

// insertPostgres is InsertResource without a lock that other writers of the source wait for.
func (t *tx) insertPostgres(r *directory.Record) error {
	// Who empties the source waits for this transaction; after that, the source is gone.
	if err := t.pg.later(lockShared, []any{lockSource + int64(r.Source)}); err != nil {
		return err
	}
	if !t.pg.careful && len(t.pg.waiting) < maxWaiting {
		t.pg.create(r)
		return nil
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

// maxWaiting is how many statements may wait before the creation of a resource.
const maxWaiting = 64

// createPostgres is insertPostgres in one statement. It fails when the resource is refused.
var createPostgres = `WITH r AS (
	INSERT INTO resource (source_id, type, id, ord, version, created, modified, active, deleted, members,
		name_key, name_slot, external_id, display_key, label, body)
	SELECT (SELECT id FROM source WHERE id = $1), $2, $3, o.ord, $4, $5, $6, $7, 0, 0,
		$8, CASE WHEN $9 THEN 0 ELSE o.ord END, $10, $11, $12, $13 FROM (SELECT nextval('resource_ord_seq') AS ord) o
	RETURNING ord),
	d AS (INSERT INTO resource_delta (source_id, type, bucket, live) SELECT $1::bigint, $2, ord / ` + strconv.Itoa(bucketWidth) + `, 1 FROM r),
	v AS (INSERT INTO resource_value (source_id, type, ord, path, key, uniq, live)
		SELECT $1::bigint, $2, r.ord, v.path, v.key, v.uniq, TRUE FROM r, unnest($14::text[], $15::text[], $16::boolean[]) AS v (path, key, uniq))
	SELECT ord FROM r`

// createMany is createPostgres for any number of resources. Unique values are inserted in an order, so that two
// such statements that have some in common do not wait for each other.
var createMany = `WITH i AS (
	SELECT nextval('resource_ord_seq') AS ord, u.* FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
		$7::boolean[], $8::text[], $9::boolean[], $10::text[], $11::text[], $12::text[], $13::bytea[]) WITH ORDINALITY
		AS u (source_id, type, id, version, created, modified, active, name_key, name_unique, external_id, display_key, label, body, n)),
	r AS (INSERT INTO resource (source_id, type, id, ord, version, created, modified, active, deleted, members,
		name_key, name_slot, external_id, display_key, label, body)
		SELECT (SELECT s.id FROM source s WHERE s.id = i.source_id), type, id, ord, version, created, modified, active, 0, 0,
			name_key, CASE WHEN name_unique THEN 0 ELSE ord END, external_id, display_key, label, body FROM i ORDER BY name_key),
	d AS (INSERT INTO resource_delta (source_id, type, bucket, live)
		SELECT source_id, type, ord / ` + strconv.Itoa(bucketWidth) + `, count(*) FROM i GROUP BY 1, 2, 3),
	v AS (INSERT INTO resource_value (source_id, type, ord, path, key, uniq, live)
		SELECT i.source_id, i.type, i.ord, v.path, v.key, v.uniq, TRUE
		FROM unnest($14::text[], $15::text[], $16::boolean[], $17::bigint[]) AS v (path, key, uniq, n) JOIN i ON i.n = v.n ORDER BY v.path, v.key)
	SELECT ord FROM i ORDER BY n`

// create inserts a resource with the next statement. When it is refused, the transaction fails, and what runs
// then is careful; so that costs no round trip of its own. r.Ord is set by then.
func (c *pgConn) create(r *directory.Record) {
	values := sortedValues(r.Keys.Values)
	paths, keys, unique := make([]string, len(values)), make([]string, len(values)), make([]bool, len(values))
	for i, v := range values {
		paths[i], keys[i], unique[i] = storable(v.Path), storable(v.Key), v.Unique
	}
	c.waiting = append(c.waiting, statement{query: createPostgres, many: createMany, number: &r.Ord, args: []any{
		int64(r.Source), r.Type, string(r.ID), r.Version, micros(r.Created), micros(r.Modified), r.Active,
		storable(r.Keys.Name), r.Keys.NameUnique, storable(r.Keys.ExternalID), storable(r.Keys.Display), storable(r.Label), r.Body,
		paths, keys, unique}})
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
