package main

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// floorBatch is how many insertions share one commit at most.
const floorBatch = 128

// sqliteStore is a bare store on a SQLite file that has the tables of a directory.
type sqliteStore struct {
	db     *sql.DB
	source int64
	writer *sql.Conn
	stmts  map[string]*sql.Stmt // of the writer
	jobs   chan sqliteJob
	next   atomic.Int64
}

// sqliteJob are rows that wait for their commit.
type sqliteJob struct {
	rows []statement
	done chan error
}

// openSQLiteStore opens the file; the first source that was made owns what is inserted and read.
func openSQLiteStore(ctx context.Context, file string) (*sqliteStore, error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-16000)&_pragma=wal_autocheckpoint(4096)")
	if err != nil {
		return nil, err
	}
	s := &sqliteStore{db: db, stmts: map[string]*sql.Stmt{}, jobs: make(chan sqliteJob, 4096)}
	s.next.Store(time.Now().Unix() % 1_000_000 * 1000)
	if err := db.QueryRowContext(ctx, "SELECT max(id) FROM source").Scan(&s.source); err != nil {
		return nil, err
	}
	if s.writer, err = db.Conn(ctx); err != nil {
		return nil, err
	}
	go s.write(ctx)
	return s, nil
}

func (s *sqliteStore) load(ctx context.Context, name string, _ int) (func(worker, n int) error, error) {
	switch name {
	case "plain":
		if err := s.makePlainTable(ctx); err != nil {
			return nil, err
		}
		return func(int, int) error { return s.insert([]statement{plainRow(int(s.next.Add(1)))}) }, nil
	case "rows":
		return func(int, int) error { return s.insert(userRows(s.source, int(s.next.Add(1)), true)) }, nil
	case "page":
		page, err := s.db.PrepareContext(ctx, `SELECT ord, id, version, created, modified, body FROM resource
			WHERE source_id = ? AND type = 'User' AND deleted = 0 AND ord > ? ORDER BY ord LIMIT 100`)
		return func(int, int) error { return readPage(ctx, page, s.source) }, err
	}
	return nil, fmt.Errorf("there is no load %q", name)
}

func (s *sqliteStore) makePlainTable(ctx context.Context) error {
	for _, query := range []string{
		"CREATE TABLE IF NOT EXISTS person (row_id INTEGER PRIMARY KEY, id TEXT NOT NULL, user_name TEXT NOT NULL, external_id TEXT NOT NULL, body BLOB NOT NULL)",
		"CREATE UNIQUE INDEX IF NOT EXISTS person_id ON person (id)",
		"CREATE UNIQUE INDEX IF NOT EXISTS person_name ON person (user_name)",
		"CREATE INDEX IF NOT EXISTS person_external ON person (external_id)",
	} {
		if _, err := s.db.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	return nil
}

func readPage(ctx context.Context, page *sql.Stmt, source int64) error {
	rows, err := page.QueryContext(ctx, source, 0)
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var ord, version, created, modified int64
		var id string
		var body []byte
		if err := rows.Scan(&ord, &id, &version, &created, &modified, &body); err != nil {
			return err
		}
	}
	if n != 100 {
		return fmt.Errorf("the page has %d rows", n)
	}
	return rows.Err()
}

func (s *sqliteStore) insert(rows []statement) error {
	j := sqliteJob{rows, make(chan error, 1)}
	s.jobs <- j
	return <-j.done
}

// write commits what waits in one transaction, for ever.
func (s *sqliteStore) write(ctx context.Context) {
	batch := make([]sqliteJob, 0, floorBatch)
	for j := range s.jobs {
		batch = append(batch[:0], j)
		err := s.commit(ctx, &batch)
		for _, j := range batch {
			j.done <- err
		}
	}
}

func (s *sqliteStore) commit(ctx context.Context, batch *[]sqliteJob) error {
	if _, err := s.writer.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for i := 0; i < len(*batch); i++ {
		for _, row := range (*batch)[i].rows {
			if err := s.run(ctx, row); err != nil {
				return err
			}
		}
		if i+1 == len(*batch) && i+1 < floorBatch {
			select {
			case j := <-s.jobs:
				*batch = append(*batch, j)
			default:
			}
		}
	}
	_, err := s.writer.ExecContext(ctx, "COMMIT")
	return err
}

func (s *sqliteStore) run(ctx context.Context, row statement) error {
	stmt, ok := s.stmts[row.query]
	if !ok {
		var err error
		if stmt, err = s.writer.PrepareContext(ctx, row.query); err != nil {
			return err
		}
		s.stmts[row.query] = stmt
	}
	_, err := stmt.ExecContext(ctx, row.args...)
	return err
}
