package sqlstore

import (
	"context"
	"database/sql/driver"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"modernc.org/sqlite"
)

// maxStatements bounds the prepared statements of a connection; each takes some 10 KiB. Filters make
// new texts, so the map would grow without it.
const maxStatements = 256

// sqliteConn is one connection to a SQLite file. It goes to the driver directly: database/sql would
// add locks and copies to every row. It is used by one goroutine at a time.
type sqliteConn struct {
	raw driver.Conn
	// idle holds prepared statements by text. One that is in use, its rows still open, is not in it;
	// so a text may have several.
	idle  map[string][]driver.Stmt
	count int
	args  []driver.NamedValue
}

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
		// The log is copied back every 16 MiB and cut to 64 MiB after a burst.
		"wal_autocheckpoint(4096)",
		"journal_size_limit(67108864)",
	}}
	if readOnly {
		q.Add("_query_only", "1")
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

func openSQLiteConn(dsn string) (*sqliteConn, error) {
	raw, err := new(sqlite.Driver).Open(dsn)
	if err != nil {
		return nil, engineError(err)
	}
	return &sqliteConn{raw: raw, idle: map[string][]driver.Stmt{}}, nil
}

func (c *sqliteConn) close() error {
	for _, stmts := range c.idle {
		for _, s := range stmts {
			s.Close() //nolint:errcheck // closing the connection reports what matters
		}
	}
	return c.raw.Close()
}

func (c *sqliteConn) exec(query string, args []any) (int64, error) {
	s, err := c.take(query)
	if err != nil {
		return 0, err
	}
	defer c.give(query, s)
	if err := c.bind(args); err != nil {
		return 0, err
	}
	res, err := s.(driver.StmtExecContext).ExecContext(context.Background(), c.args)
	if err != nil {
		return 0, engineError(err)
	}
	n, err := res.RowsAffected()
	return n, engineError(err)
}

func (c *sqliteConn) query(ctx context.Context, query string, args []any) (*rows, error) {
	s, err := c.take(query)
	if err != nil {
		return nil, err
	}
	if err := c.bind(args); err != nil {
		c.give(query, s)
		return nil, err
	}
	r, err := s.(driver.StmtQueryContext).QueryContext(ctx, c.args)
	if err != nil {
		c.give(query, s)
		return nil, engineError(err)
	}
	return &rows{
		source:  r,
		values:  make([]driver.Value, len(r.Columns())),
		release: func() { c.give(query, s) },
	}, nil
}

// bind fills c.args, which is free again once the driver's call returned: it copies values into the
// statement.
func (c *sqliteConn) bind(args []any) error {
	c.args = c.args[:0]
	for i, a := range args {
		v, err := bindable(a)
		if err != nil {
			return err
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return nil
}

// take returns a prepared statement that nobody uses.
func (c *sqliteConn) take(query string) (driver.Stmt, error) {
	if stmts := c.idle[query]; len(stmts) > 0 {
		c.idle[query] = stmts[:len(stmts)-1]
		return stmts[len(stmts)-1], nil
	}
	s, err := c.raw.Prepare(positional(query))
	if err != nil {
		return nil, engineError(err)
	}
	c.count++
	return s, nil
}

func (c *sqliteConn) give(query string, s driver.Stmt) {
	if c.count > maxStatements {
		c.evict()
	}
	c.idle[query] = append(c.idle[query], s)
}

// evict closes the statements of some text that is not in use.
func (c *sqliteConn) evict() {
	for query, stmts := range c.idle {
		for _, s := range stmts {
			s.Close() //nolint:errcheck // an error of its last run was reported then
			c.count--
		}
		delete(c.idle, query)
		if len(stmts) > 0 {
			return
		}
	}
}

// positional replaces $1, $2, … by ? when they stand in order, each once: the driver looks up the names
// of others again in each execution.
func positional(query string) string {
	var b strings.Builder
	rest := query
	for n := 1; ; n++ {
		i := strings.IndexByte(rest, '$')
		if i < 0 {
			b.WriteString(rest)
			return b.String()
		}
		number := "$" + strconv.Itoa(n)
		after, ok := strings.CutPrefix(rest[i:], number)
		if !ok || after != "" && '0' <= after[0] && after[0] <= '9' {
			return query
		}
		b.WriteString(rest[:i])
		b.WriteByte('?')
		rest = after
	}
}
