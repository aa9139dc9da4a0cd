package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver of the migrations
)

// Page caches, in KiB. modernc.org/sqlite needs about twice of it.
const (
	writerCache = 16000
	readerCache = 8000
	// What copies the log back keeps no pages.
	copyingCache = 100
)

//go:embed migrations/sqlite/*.sql
var sqliteMigrations embed.FS

// sqliteEngine is a SQLite file: one writer, several readers.
type sqliteEngine struct {
	writer  *writer
	readers *readers
}

func openSQLite(ctx context.Context, path string, opts Options) (*sqliteEngine, error) {
	if _, err := migrateSQLite(ctx, path); err != nil {
		return nil, err
	}
	c, err := openSQLiteConn(sqliteDSN(path, writerCache, false))
	if err != nil {
		return nil, err
	}
	if err := c.takeFiles(); err != nil {
		return nil, errors.Join(err, c.close())
	}
	if _, err := c.exec("PRAGMA wal_autocheckpoint = 0", nil); err != nil {
		return nil, errors.Join(err, c.close())
	}
	r := newReaders(sqliteDSN(path, readerCache, true), opts.Readers)
	r.mapping = newMapping(descriptorOf(c.data.file), partSize, mappedBudget)
	k := newCheckpointer(usualSizes, &copying{dsn: sqliteDSN(path, copyingCache, false)})
	return &sqliteEngine{writer: newWriter(c, r, k, opts.Queue), readers: r}, nil
}

func (e *sqliteEngine) view(ctx context.Context, fn func(*tx) error) error {
	return e.readers.view(ctx, fn)
}

func (e *sqliteEngine) update(ctx context.Context, fn func(*tx) error) error {
	return e.writer.update(ctx, fn)
}

func (e *sqliteEngine) err() error { return e.writer.err() }

func (e *sqliteEngine) waits() bool { return e.writer.conn.disk == nil }

func (e *sqliteEngine) close() error {
	// The writer goes last: it holds the connection that folds the log back into the file.
	return errors.Join(e.readers.close(), e.writer.close())
}

// backup copies the database with VACUUM INTO: one snapshot, written compactly, while others write on.
func (e *sqliteEngine) backup(ctx context.Context, file string) error {
	return e.readers.borrow(ctx, func(c *sqliteConn) error {
		c.drop() // VACUUM wants a transaction of its own
		// A copy is written, although the connection is one for reading.
		if _, err := c.exec("PRAGMA query_only = 0", nil); err != nil {
			return err
		}
		_, err := c.exec("VACUUM INTO $1", []any{file})
		err = errors.Join(err, e.readers.lasts(ctx))
		_, back := c.exec("PRAGMA query_only = 1", nil)
		return errors.Join(err, back)
	})
}

// migrateSQLite brings the file's schema up to date. Another process that does the same at the same
// time is waited for. If no other one has the file open, closing it copies all of the log back: after a failed sync
// the system may show a log of which the disk has not all, and nothing new must come behind it.
func migrateSQLite(ctx context.Context, path string) (Migration, error) {
	db, err := sql.Open("sqlite", sqliteDSN(path, readerCache, false)+"&_txlock=immediate")
	if err != nil {
		return Migration{}, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	files, err := fs.Sub(sqliteMigrations, "migrations/sqlite")
	if err != nil {
		return Migration{}, err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return Migration{}, fmt.Errorf("read migrations: %w", err)
	}
	m, err := migrate(ctx, p)
	return m, engineError(err)
}

func checkVersion(have, newest int64) error {
	if have > newest {
		return fmt.Errorf("the database has schema version %d, but this program knows versions up to %d: use the newer program that wrote it", have, newest)
	}
	return nil
}

// verifySQLite checks a database file without changing it.
func verifySQLite(ctx context.Context, path string) error {
	dsn := (&url.URL{Scheme: "file", Path: path, RawQuery: "mode=ro&immutable=1&_query_only=1"}).String()
	c, err := openSQLiteConn(dsn)
	if err != nil {
		return err
	}
	defer c.close()
	t := &tx{conn: c}
	var result string
	if err := t.row("PRAGMA integrity_check(1)").scan(&result); err != nil {
		return err
	}
	if result != "ok" {
		return fmt.Errorf("the file is damaged: %s", result)
	}
	var version int64
	err = t.row("SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied = TRUE").scan(&version)
	if err != nil {
		return fmt.Errorf("the file is a database, but not of a directory: %w", err)
	}
	newest, err := newestVersion(sqliteMigrations)
	if err != nil {
		return err
	}
	return checkVersion(version, newest)
}
