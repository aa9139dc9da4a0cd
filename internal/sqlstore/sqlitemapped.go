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
	copies   pageCopies
}

// readFrom has a connection that only reads find the pages of the file in a mapping, as far as they are not in
// the log. The mapping must be closed after the connection.
func (c *sqliteConn) readFrom(m *mapping) error {
	f, err := c.hook(sqlite3.SQLITE_FCNTL_FILE_POINTER)
	if err != nil {
		return err
	}
	p := &sqliteMapped{sqliteFile: f}
	p.xFetch = func(tls *libc.TLS, _ uintptr, at sqlite3.Tsqlite3_int64, n int32, out uintptr) int32 {
		page := m.page(at, n)
		if page == 0 {
			page = p.copies.page(tls, m, at, n, c.anchor != nil)
		}
		*(*uintptr)(foreign(out)) = page
		return sqlite3.SQLITE_OK
	}
	p.xUnfetch = func(_ *libc.TLS, _ uintptr, _ sqlite3.Tsqlite3_int64, page uintptr) int32 {
		p.copies.giveBack(page)
		return sqlite3.SQLITE_OK
	}
	c.mapped = p
	f.mine.FxFetch, f.mine.FxUnfetch = callable(&c.mapped.xFetch), callable(&c.mapped.xUnfetch)
	// Any limit has SQLite ask for pages. This one has it map nothing of other files, such as that of a backup.
	_, err = c.exec("PRAGMA mmap_size = 1", nil)
	return err
}

// free releases what the connection had for it; it must be closed.
func (s *sqliteMapped) free(tls *libc.TLS) {
	s.copies.free(tls)
	s.sqliteFile.free(tls)
}
