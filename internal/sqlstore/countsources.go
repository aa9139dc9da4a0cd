package sqlstore

import (
	"context"

	"github.com/rosterhq/roster/internal/directory"
)

// CountBySource implements directory.ResourceReader.
func (t *tx) CountBySource(ctx context.Context, q directory.CountQuery) (map[directory.SourceID]int, error) {
	switch {
	case q.Active != nil && *q.Active:
		return t.countActive(ctx, q)
	case q.Active != nil || q.Deleted:
		return t.countFew(ctx, q)
	case q.Search != "":
		return t.countFound(ctx, q)
	}
	if err := t.settle(); err != nil {
		return nil, err
	}
	query := "SELECT source_id, live FROM resource_counter WHERE type = $1 AND live <> 0"
	if t.pg != nil {
		query = countsPostgres
	}
	return t.countsOf(ctx, query, []any{q.Type})
}

// countsPostgres is countPostgres for all sources.
const countsPostgres = `SELECT source_id, sum(live)::bigint FROM (
	SELECT source_id, live FROM resource_counter WHERE type = $1
	UNION ALL SELECT d.source_id, d.live FROM resource_delta d LEFT JOIN resource_counter c ON c.source_id = d.source_id AND c.type = d.type
		WHERE d.type = $1 AND d.txid >= coalesce(c.folded, 0)) n GROUP BY source_id HAVING sum(live) <> 0`

// countActive counts the active ones as what is left of all: the inactive ones are few and have an index.
func (t *tx) countActive(ctx context.Context, q directory.CountQuery) (map[directory.SourceID]int, error) {
	idle := false
	q.Active = nil
	counts, err := t.CountBySource(ctx, q)
	if err != nil {
		return nil, err
	}
	q.Active = &idle
	inactive, err := t.CountBySource(ctx, q)
	for source, n := range inactive {
		if counts[source] -= n; counts[source] == 0 {
			delete(counts, source)
		}
	}
	return counts, err
}

// countFew counts tombstones or inactive resources. They are few and have indexes, so that a search reads them all.
func (t *tx) countFew(ctx context.Context, q directory.CountQuery) (map[directory.SourceID]int, error) {
	query, args := "SELECT r.source_id, count(*) FROM resource r WHERE r.type = $1", []any{q.Type}
	if q.Deleted {
		query += " AND r.deleted <> 0"
	} else {
		query += " AND r.deleted = 0"
	}
	if q.Active != nil {
		query += " AND r.active = FALSE"
	}
	if q.Search != "" {
		query += ` AND (instr(r.name_key, $2) > 0 OR instr(r.display_key, $2) > 0 OR EXISTS (SELECT 1 FROM resource_value v
			WHERE v.source_id = r.source_id AND v.type = r.type AND v.ord = r.ord AND v.path = 'emails.value' AND instr(v.key, $2) > 0))`
		args = append(args, q.Search)
	}
	return t.countsOf(ctx, query+" GROUP BY r.source_id", args)
}

// Ways to count what a search finds among live resources, each once. SQLite looks through narrow indexes. PostgreSQL
// has none of names with what identifies a row: it reads the rows, but once.
const (
	countFoundSQLite = `SELECT source_id, count(*) FROM (
		SELECT source_id, row_id FROM resource WHERE type = $1 AND deleted = 0 AND instr(name_key, $2) > 0
		UNION SELECT source_id, row_id FROM resource WHERE type = $1 AND deleted = 0 AND display_key <> '' AND instr(display_key, $2) > 0
		UNION SELECT m.source_id, m.row_id FROM resource_value v
			JOIN resource m ON m.source_id = v.source_id AND m.type = v.type AND m.ord = v.ord AND m.deleted = 0
			WHERE v.type = $1 AND v.path = 'emails.value' AND v.live = TRUE AND instr(v.key, $2) > 0) GROUP BY source_id`
	countFoundPostgres = `SELECT source_id, count(*) FROM (
		SELECT source_id, ord FROM resource WHERE type = $1 AND deleted = 0 AND (instr(name_key, $2) > 0 OR instr(display_key, $2) > 0)
		UNION SELECT source_id, ord FROM resource_value WHERE type = $1 AND path = 'emails.value' AND live = TRUE AND instr(key, $2) > 0) found
		GROUP BY source_id`
)

func (t *tx) countFound(ctx context.Context, q directory.CountQuery) (map[directory.SourceID]int, error) {
	query := countFoundSQLite
	if t.pg != nil {
		query = countFoundPostgres
	}
	return t.countsOf(ctx, query, []any{q.Type, q.Search})
}

// countsOf runs a query for sources with a number each.
func (t *tx) countsOf(ctx context.Context, query string, args []any) (map[directory.SourceID]int, error) {
	counts := map[directory.SourceID]int{}
	err := t.eachContext(ctx, func(r *rows) error {
		var source directory.SourceID
		var n int
		err := r.scan(&source, &n)
		counts[source] = n
		return err
	}, query, args)
	return counts, err
}
