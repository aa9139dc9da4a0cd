package sqlstore

import (
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteMapped has a connection find pages in a mapping.
type sqliteMapped struct {
	*sqliteFile
	// A method of SQLite's own would map the file for each connection, without a bound for what is resident.
	xFetch   func(tls *libc.TLS, file uintptr, at sqlite3.Tsqlite3_int64, n int32, out uintptr) int32
	xUnfetch func(tls *libc.TLS, file uintptr, at sqlite3.Tsqlite3_int64, page uintptr) int32
}

// readFrom has a connection that only reads find the pages of the file in a mapping, as far as they are not in
// the log. The mapping must be closed after the connection.
func (c *sqliteConn) readFrom(m *mapping) error {
	f, err := c.hook(sqlite3.SQLITE_FCNTL_FILE_POINTER)
	if err != nil {
		return err
	}
	c.mapped = &sqliteMapped{
		sqliteFile: f,
		xFetch: func(_ *libc.TLS, _ uintptr, at sqlite3.Tsqlite3_int64, n int32, out uintptr) int32 {
			*(*uintptr)(foreign(out)) = m.page(at, n)
			return sqlite3.SQLITE_OK
		},
		xUnfetch: func(*libc.TLS, uintptr, sqlite3.Tsqlite3_int64, uintptr) int32 { return sqlite3.SQLITE_OK },
	}
	f.mine.FxFetch, f.mine.FxUnfetch = callable(&c.mapped.xFetch), callable(&c.mapped.xUnfetch)
	// Any limit has SQLite ask for pages. This one has it map nothing of other files, such as that of a backup.
	_, err = c.exec("PRAGMA mmap_size = 1", nil)
	return err
}
