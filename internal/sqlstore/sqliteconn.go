package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// maxStatements bounds the prepared statements of a connection; each takes some 10 KiB. Filters make
// new texts, so the map would grow without it.
const maxStatements = 256

// sqliteConn is one connection to a SQLite file. It calls the engine directly: database/sql would add
// locks and copies to every row, and the driver under it the names and declared types of all columns to
// every query. It is used by one goroutine at a time.
type sqliteConn struct {
	tls *libc.TLS
	db  uintptr
	// empty is where empty texts are.
	empty uintptr
	// idle holds prepared statements by text. One that is in use, its rows still open, is not in it;
	// so a text may have several.
	idle  map[string][]*sqliteStmt
	count int
	// data, log and disk are what a connection for writing has: its files, and what syncs them, which is nil
	// where that is left to SQLite.
	data *sqliteData
	log  *sqliteLog
	disk disk
	// mapped is what a connection for reading finds pages by; nil where it reads them.
	mapped *sqliteMapped
	snapshot
}

var errMemory = errors.New("SQLite has not enough memory")

// sqliteDSN is the driver's name for the file. cacheKiB bounds the page cache of the connection.
func sqliteDSN(path string, cacheKiB int, readOnly bool) string {
	q := url.Values{"_pragma": {
		"busy_timeout(5000)",
		"journal_mode(WAL)",
		// An acknowledged write survives power loss.
		"synchronous(FULL)",
		fmt.Sprintf("cache_size(-%d)", cacheKiB),
		"temp_store(MEMORY)",
		// The rules on references live in package directory.
		"foreign_keys(OFF)",
		// The log is copied back every 16 MiB where a checkpointer does not, and cut to 64 MiB after a burst.
		"wal_autocheckpoint(4096)",
		"journal_size_limit(67108864)",
	}}
	if readOnly {
		q.Add("_query_only", "1")
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

func openSQLiteConn(dsn string) (*sqliteConn, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, err
	}
	c := &sqliteConn{tls: libc.NewTLS(), idle: map[string][]*sqliteStmt{}}
	if err := c.open(dsn); err != nil {
		c.tls.Close()
		return nil, engineError(err)
	}
	settings := u.Query()["_pragma"]
	if u.Query().Get("_query_only") == "1" {
		settings = append(settings, "query_only(1)")
	}
	for _, setting := range settings {
		if _, err := c.exec("PRAGMA "+setting, nil); err != nil {
			return nil, errors.Join(err, c.close())
		}
	}
	return c, nil
}

// open opens the file. The connection needs no mutex of SQLite: one goroutine uses it at a time.
func (c *sqliteConn) open(dsn string) error {
	name, err := libc.CString(dsn)
	if err != nil {
		return err
	}
	defer libc.Xfree(c.tls, name)
	out := libc.Xmalloc(c.tls, libc.Tsize_t(unsafe.Sizeof(uintptr(0))))
	if out == 0 {
		return errMemory
	}
	defer libc.Xfree(c.tls, out)
	const flags = sqlite3.SQLITE_OPEN_READWRITE | sqlite3.SQLITE_OPEN_CREATE | sqlite3.SQLITE_OPEN_URI | sqlite3.SQLITE_OPEN_NOMUTEX
	rc := sqlite3.Xsqlite3_open_v2(c.tls, name, out, flags, 0)
	c.db = *(*uintptr)(foreign(out))
	if rc == sqlite3.SQLITE_OK {
		rc = sqlite3.Xsqlite3_extended_result_codes(c.tls, c.db, 1)
	}
	if rc != sqlite3.SQLITE_OK {
		err := c.failure(rc)
		sqlite3.Xsqlite3_close_v2(c.tls, c.db)
		return err
	}
	c.empty, err = libc.CString("")
	return err
}

func (c *sqliteConn) close() error {
	c.drop()
	for _, stmts := range c.idle {
		for _, s := range stmts {
			s.close()
		}
	}
	var err error
	if rc := sqlite3.Xsqlite3_close_v2(c.tls, c.db); rc != sqlite3.SQLITE_OK {
		err = engineError(c.failure(rc))
	}
	if c.log != nil {
		c.log.free(c.tls)
	}
	if c.data != nil {
		c.data.free(c.tls)
	}
	if c.mapped != nil {
		c.mapped.free(c.tls)
	}
	if c.disk != nil {
		err = errors.Join(err, c.disk.close())
	}
	libc.Xfree(c.tls, c.empty)
	c.tls.Close()
	return err
}

func (c *sqliteConn) exec(query string, args []any) (int64, error) {
	s, err := c.take(query)
	if err != nil {
		return 0, err
	}
	defer c.give(query, s)
	if err := s.bind(args); err != nil {
		return 0, err
	}
	defer s.reset()
	for row := true; row; {
		if row, err = s.step(); err != nil {
			return 0, engineError(err)
		}
	}
	return int64(sqlite3.Xsqlite3_changes64(c.tls, c.db)), nil
}

func (c *sqliteConn) query(ctx context.Context, query string, args []any) (*rows, error) {
	s, err := c.take(query)
	if err != nil {
		return nil, err
	}
	if err := s.bind(args); err != nil {
		c.give(query, s)
		return nil, err
	}
	if ctx.Done() != nil {
		s.unwatch = c.watch(ctx)
	}
	row, err := s.step()
	if err != nil {
		s.Close() //nolint:errcheck // never fails
		c.give(query, s)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, engineError(err)
	}
	s.pending, s.ended = row, !row
	return &rows{source: s, stmt: s, release: s.release}, nil
}

// interruptEvery is how often a statement whose context has ended is told so: SQLite forgets an
// interruption that comes before the statement has begun.
const interruptEvery = 5 * time.Millisecond

// watch interrupts statements from the end of ctx until the returned function is called.
func (c *sqliteConn) watch(ctx context.Context) (unwatch func()) {
	over, done := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		tls := libc.NewTLS()
		defer tls.Close()
		ticker := time.NewTicker(interruptEvery)
		defer ticker.Stop()
		for {
			sqlite3.Xsqlite3_interrupt(tls, c.db)
			select {
			case <-over:
				return
			case <-ticker.C:
			}
		}
	})
	return func() {
		close(over)
		if !stop() {
			<-done
			// SQLite forgets an interruption when no statement runs any more, and the anchor always does.
			c.exact = false
		}
	}
}

// failure makes an error of a result code and the message that the connection has for it.
func (c *sqliteConn) failure(rc int32) error {
	return &sqliteError{code: int(rc), text: fmt.Sprintf("%s: %s (%d)", libc.GoString(sqlite3.Xsqlite3_errstr(c.tls, rc)),
		libc.GoString(sqlite3.Xsqlite3_errmsg(c.tls, c.db)), rc)}
}

// take returns a prepared statement that nobody uses.
func (c *sqliteConn) take(query string) (*sqliteStmt, error) {
	if stmts := c.idle[query]; len(stmts) > 0 {
		c.idle[query] = stmts[:len(stmts)-1]
		return stmts[len(stmts)-1], nil
	}
	s, err := c.prepare(query)
	if err != nil {
		return nil, engineError(err)
	}
	s.release = func() { c.give(query, s) }
	c.count++
	return s, nil
}

func (c *sqliteConn) give(query string, s *sqliteStmt) {
	if c.count > maxStatements {
		c.evict()
	}
	c.idle[query] = append(c.idle[query], s)
}

// evict closes the statements of some text that is not in use.
func (c *sqliteConn) evict() {
	for query, stmts := range c.idle {
		for _, s := range stmts {
			s.close()
			c.count--
		}
		delete(c.idle, query)
		if len(stmts) > 0 {
			return
		}
	}
}
