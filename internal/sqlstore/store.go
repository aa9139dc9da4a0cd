package sqlstore

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// Store is the database of one directory. It is safe for concurrent use. On PostgreSQL, the one that Open
// returns shows no row of any source: In and AllSources say what work is for.
type Store struct {
	engine engine
	now    func() time.Time
}

// Options adjust a Store; the zero value is right for a server.
type Options struct {
	// Readers is the number of connections for reading; 0 means 4.
	Readers int
	// Queue is the number of writes that may wait; 0 means 4096. More are refused with
	// directory.ErrBusy.
	Queue int
	// Now is the clock for rows that the store makes by itself; nil means time.Now.
	Now func() time.Time
}

// engine runs transactions. Each database has one implementation.
type engine interface {
	// view runs fn over one snapshot.
	view(ctx context.Context, fn func(*tx) error) error
	// peek is view without the snapshot.
	peek(ctx context.Context, fn func(*tx) error) error
	// scoped returns the engine as transactions of another scope have it.
	scoped(s scope) engine
	// watch calls notice when something may have changed, until ctx ends.
	watch(ctx context.Context, notice func(Hint))
	// bypassed tells that scopes hide nothing, although they should.
	bypassed() bool
	// waits tells that a commit holds a processor until the disk answers.
	waits() bool
	// update runs fn in a transaction and returns when it is durable or has left no trace.
	update(ctx context.Context, fn func(*tx) error) error
	// backup writes a consistent copy of the database to a new file.
	backup(ctx context.Context, file string) error
	// err returns why the engine takes no more writes, or nil.
	err() error
	close() error
}

// Open opens the database at url and brings its schema up to date. The form of url is sqlite://<path>,
// where path is absolute or relative to the working directory, and the file is created if it does not
// exist; or postgres://user@host/database with the parameters of libpq.
func Open(ctx context.Context, url string, opts Options) (*Store, error) {
	if opts.Readers <= 0 {
		opts.Readers = 4
	}
	if opts.Queue <= 0 {
		opts.Queue = 4096
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	e, err := openEngine(ctx, url, opts)
	if err != nil {
		return nil, err
	}
	s := &Store{engine: e, now: opts.Now}
	if err := s.AllSources().ensureBuiltin(ctx); err != nil {
		e.close() //nolint:errcheck // the first error counts
		return nil, fmt.Errorf("prepare the database: %w", err)
	}
	return s, nil
}

func openEngine(ctx context.Context, url string, opts Options) (engine, error) {
	if isPostgres(url) {
		e, err := openPostgres(ctx, url, opts)
		if err != nil {
			return nil, fmt.Errorf("open the PostgreSQL database: %w", err)
		}
		return e, nil
	}
	path, ok := strings.CutPrefix(url, "sqlite://")
	if !ok || path == "" {
		return nil, unknownForm(url)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find database file: %w", err)
	}
	e, err := openSQLite(ctx, path, opts)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	return e, nil
}

// Close waits for the writes under way and closes the database.
func (s *Store) Close() error { return s.engine.close() }

// Err returns why the store takes no writes, or nil. After a failed commit to SQLite nobody knows what
// the disk holds, so the process must be restarted; an absent PostgreSQL comes back by itself.
func (s *Store) Err() error { return s.engine.err() }

// WaitsForDisk reports whether a commit keeps one of the runtime's processors (GOMAXPROCS) until the disk
// has answered. Where there is one only, nothing else runs meanwhile.
func (s *Store) WaitsForDisk() bool { return s.engine.waits() }

// view runs fn over one snapshot.
func (s *Store) view(ctx context.Context, fn func(*tx) error) error { return s.engine.view(ctx, fn) }

// update runs fn in a transaction and returns when it is durable or has left no trace. fn may run more
// than once.
func (s *Store) update(ctx context.Context, fn func(*tx) error) error {
	return s.engine.update(ctx, fn)
}

// updateAlone is update, one at a time for each key.
func (s *Store) updateAlone(ctx context.Context, key int64, fn func(*tx) error) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.serialize(key); err != nil {
			return err
		}
		return fn(t)
	})
}
