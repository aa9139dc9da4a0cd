package sqlstore

import (
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// walHeader is the header of the index of the write-ahead log, which every commit of every process
// changes (https://sqlite.org/walformat.html §2.1).
type walHeader [12]uint32

// snapshot is the read transaction of a connection. It is kept from one use to the next while nothing
// was written: the locks that it takes cost as much as a look-up.
type snapshot struct {
	// anchor is the statement whose one row has been read, which keeps the transaction open; nil when there
	// is none.
	anchor *sqliteStmt
	// header is where the log's index has its header, 0 before it was asked for.
	header uintptr
	// exact tells that the transaction sees the state that taken belongs to.
	exact bool
	taken walHeader
}

const anchorQuery = "SELECT 1 FROM sqlite_schema LIMIT 1"

// hold makes the connection see one state of the database until rest or drop. kept tells that it has seen that
// state before.
func (c *sqliteConn) hold() (kept bool, err error) {
	if c.current() {
		return true, nil
	}
	c.drop()
	s, err := c.take(anchorQuery)
	if err != nil {
		return false, err
	}
	known := c.header != 0
	if known {
		c.taken = c.newest()
	}
	if _, err := s.step(); err != nil {
		s.reset()
		c.give(anchorQuery, s)
		return false, engineError(err)
	}
	c.anchor = s
	// What is committed just now is in the snapshot, or is not.
	c.exact = known && c.newest() == c.taken
	if !known {
		c.header = c.findHeader()
	}
	return false, nil
}

// current tells that the connection holds a snapshot of the newest state.
func (c *sqliteConn) current() bool {
	return c.anchor != nil && c.exact && c.newest() == c.taken
}

// newest reads the header as it is now. A half written one equals none that was read before.
func (c *sqliteConn) newest() walHeader { return *(*walHeader)(foreign(c.header)) }

// drop ends the snapshot, if there is one.
func (c *sqliteConn) drop() {
	if c.anchor == nil {
		return
	}
	c.anchor.reset()
	c.give(anchorQuery, c.anchor)
	c.anchor = nil
	if c.mapped != nil {
		c.mapped.copies.forget()
	}
}

// rest ends the snapshot unless the next use may go on with it.
func (c *sqliteConn) rest() {
	if !c.current() {
		c.drop()
	}
}

// findHeader asks SQLite for the address of the log's index, which is shared memory of all processes
// that have the file open, and stays where it is while the connection is open. It returns 0 if there is
// none.
func (c *sqliteConn) findHeader() uintptr {
	out := libc.Xmalloc(c.tls, libc.Tsize_t(unsafe.Sizeof(uintptr(0))))
	if out == 0 {
		return 0
	}
	defer libc.Xfree(c.tls, out)
	value := (*uintptr)(foreign(out))
	if sqlite3.Xsqlite3_file_control(c.tls, c.db, 0, sqlite3.SQLITE_FCNTL_FILE_POINTER, out) != sqlite3.SQLITE_OK {
		return 0
	}
	file := *value
	methods := (*sqlite3.Tsqlite3_io_methods)(foreign((*sqlite3.Tsqlite3_file)(foreign(file)).FpMethods))
	if methods.FiVersion < 2 || methods.FxShmMap == 0 {
		return 0
	}
	*value = 0
	shmMap := *(*func(tls *libc.TLS, file uintptr, region, size, extend int32, out uintptr) int32)(unsafe.Pointer(&struct{ uintptr }{methods.FxShmMap}))
	const regionSize = 32 << 10
	if shmMap(c.tls, file, 0, regionSize, 0, out) != sqlite3.SQLITE_OK {
		return 0
	}
	return *value
}
