package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// floorBatch is how many rows share one commit at most.
const floorBatch = 128

// floorJob is a row that waits for its commit.
type floorJob struct {
	n    int
	done chan error
}

// sqliteFloor is the floor of writes on SQLite: rows of a user's size in a table with the indexes that
// any directory needs, durable, one transaction for all that wait.
type sqliteFloor struct {
	db   *sql.DB
	row  *sql.Stmt
	jobs chan floorJob
	next atomic.Int64
}

// floorSQLite obeys commands of the form "insert WRITERS DURATION", one a line, and answers each with a
// figure.
func floorSQLite(ctx context.Context, in io.Reader, out io.Writer, dir string) error {
	runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0))) // an fsync must not hold the only one
	f, err := openSQLiteFloor(ctx, filepath.Join(dir, "floor.db"))
	if err != nil {
		return err
	}
	defer f.db.Close()
	go f.write(ctx)
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var writers int
		var text string
		if _, err := fmt.Sscanf(lines.Text(), "insert %d %s", &writers, &text); err != nil {
			return fmt.Errorf("%q: %w", lines.Text(), err)
		}
		d, err := time.ParseDuration(text)
		if err != nil {
			return err
		}
		fig, err := f.insert(writers, d)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(out).Encode(fig); err != nil {
			return err
		}
	}
	return lines.Err()
}

func openSQLiteFloor(ctx context.Context, path string) (*sqliteFloor, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-16000)&_pragma=wal_autocheckpoint(4096)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	for _, query := range []string{
		"CREATE TABLE person (row_id INTEGER PRIMARY KEY, id TEXT NOT NULL, user_name TEXT NOT NULL, external_id TEXT NOT NULL, body BLOB NOT NULL)",
		"CREATE UNIQUE INDEX person_id ON person (id)",
		"CREATE UNIQUE INDEX person_name ON person (user_name)",
		"CREATE INDEX person_external ON person (external_id)",
	} {
		if _, err := db.ExecContext(ctx, query); err != nil {
			return nil, err
		}
	}
	row, err := db.PrepareContext(ctx, "INSERT INTO person (id, user_name, external_id, body) VALUES (?, ?, ?, ?)")
	return &sqliteFloor{db: db, row: row, jobs: make(chan floorJob, 4096)}, err
}

func (f *sqliteFloor) insert(writers int, d time.Duration) (figure, error) {
	took := make([][]time.Duration, writers)
	errs := make([]error, writers)
	var wg sync.WaitGroup
	start := time.Now()
	for i := range writers {
		wg.Go(func() {
			for last := start; last.Sub(start) < d; {
				j := floorJob{int(f.next.Add(1)), make(chan error, 1)}
				f.jobs <- j
				if errs[i] = <-j.done; errs[i] != nil {
					return
				}
				now := time.Now()
				took[i] = append(took[i], now.Sub(last))
				last = now
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return figure{}, err
		}
	}
	return summarize(slices.Concat(took...), time.Since(start)), nil
}

// write commits what waits in one transaction, for ever.
func (f *sqliteFloor) write(ctx context.Context) {
	batch := make([]floorJob, 0, floorBatch)
	for j := range f.jobs {
		batch = append(batch[:0], j)
		err := f.commit(ctx, &batch)
		for _, j := range batch {
			j.done <- err
		}
	}
}

func (f *sqliteFloor) commit(ctx context.Context, batch *[]floorJob) error {
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	insert := tx.StmtContext(ctx, f.row)
	var id, name, external, body []byte
	for i := 0; i < len(*batch); i++ {
		n := (*batch)[i].n
		id = fmt.Appendf(id[:0], "0195ffff-0000-7000-8000-%012x", n)
		name = appendUserName(name[:0], n)
		external = appendScattered(external[:0], n, 40503)
		body = appendUser(body[:0], n)
		if _, err := insert.ExecContext(ctx, string(id), string(name), string(external), body); err != nil {
			return err
		}
		if i+1 == len(*batch) && i+1 < floorBatch {
			select {
			case j := <-f.jobs:
				*batch = append(*batch, j)
			default:
			}
		}
	}
	return tx.Commit()
}
