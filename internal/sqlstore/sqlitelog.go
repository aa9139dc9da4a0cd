package sqlstore

import (
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// logBuffer is how many bytes of the write-ahead log are written at once. SQLite's own method of writing
// takes less than 128 KiB.
const logBuffer = 120 << 10

// sqliteLog stands between a writing connection and the file of its write-ahead log. SQLite writes each
// page with two system calls, its head and itself; here, they are gathered and written together when
// SQLite syncs the log, which it does before it tells anybody that there is something new in it
// (synchronous=FULL). A write that fails is reported by the sync then, and the commit fails.
type sqliteLog struct {
	*sqliteFile
	gather
	// end is where the newest frame ends, in bytes, and ended tells that it ends a transaction.
	end   int64
	ended bool
	// begin is asked to begin the sync of a commit. Where it does not, the commit waits for its sync.
	begin func() bool

	xRead     func(tls *libc.TLS, file, to uintptr, n int32, at sqlite3.Tsqlite3_int64) int32
	xWrite    func(tls *libc.TLS, file, from uintptr, n int32, at sqlite3.Tsqlite3_int64) int32
	xTruncate func(tls *libc.TLS, file uintptr, size sqlite3.Tsqlite3_int64) int32
	xSync     syncMethod
	xFileSize func(tls *libc.TLS, file, size uintptr) int32
	xClose    func(tls *libc.TLS, file uintptr) int32
}

// gatherLog puts a sqliteLog between the connection and its log.
func (c *sqliteConn) gatherLog() error {
	f, err := c.hook(sqlite3.SQLITE_FCNTL_JOURNAL_POINTER)
	if err != nil {
		return err
	}
	l := &sqliteLog{sqliteFile: f}
	if l.buffer = libc.Xmalloc(c.tls, logBuffer); l.buffer == 0 {
		return errMemory
	}
	l.size = logBuffer
	l.install(c.syncs())
	c.log = l
	return nil
}

// install replaces those methods that must know what was gathered.
func (l *sqliteLog) install(do func(file uintptr) error) {
	read, write, truncate := l.own.FxRead, l.own.FxWrite, l.own.FxTruncate
	size, shut, sync := l.own.FxFileSize, l.own.FxClose, l.syncBy(do)
	l.put = func(tls *libc.TLS, from uintptr, n int32, at int64) int32 {
		return callee[func(*libc.TLS, uintptr, uintptr, int32, sqlite3.Tsqlite3_int64) int32](&write)(tls, l.file, from, n, at)
	}
	l.xWrite = func(tls *libc.TLS, _, from uintptr, n int32, at sqlite3.Tsqlite3_int64) int32 {
		l.note(from, n, at)
		return l.add(tls, from, n, at)
	}
	l.xRead = func(tls *libc.TLS, file, to uintptr, n int32, at sqlite3.Tsqlite3_int64) int32 {
		if rc := l.flush(tls); rc != sqlite3.SQLITE_OK {
			return rc
		}
		return callee[func(*libc.TLS, uintptr, uintptr, int32, sqlite3.Tsqlite3_int64) int32](&read)(tls, file, to, n, at)
	}
	l.xTruncate = func(tls *libc.TLS, file uintptr, size sqlite3.Tsqlite3_int64) int32 {
		if rc := l.flush(tls); rc != sqlite3.SQLITE_OK {
			return rc
		}
		return callee[func(*libc.TLS, uintptr, sqlite3.Tsqlite3_int64) int32](&truncate)(tls, file, size)
	}
	l.xSync = func(tls *libc.TLS, file uintptr, flags int32) int32 {
		commits := l.ended
		l.ended = false
		if rc := l.flush(tls); rc != sqlite3.SQLITE_OK {
			return rc
		}
		if commits && l.begin != nil && !syncsFolder(file) && l.begin() {
			return sqlite3.SQLITE_OK
		}
		return sync(tls, file, flags)
	}
	l.xFileSize = func(tls *libc.TLS, file, to uintptr) int32 {
		if rc := l.flush(tls); rc != sqlite3.SQLITE_OK {
			return rc
		}
		return callee[func(*libc.TLS, uintptr, uintptr) int32](&size)(tls, file, to)
	}
	l.xClose = func(tls *libc.TLS, file uintptr) int32 {
		l.flush(tls) // what was to last was synced
		return callee[func(*libc.TLS, uintptr) int32](&shut)(tls, file)
	}
	l.mine.FxRead, l.mine.FxWrite, l.mine.FxTruncate = callable(&l.xRead), callable(&l.xWrite), callable(&l.xTruncate)
	l.mine.FxSync, l.mine.FxFileSize, l.mine.FxClose = callable(&l.xSync), callable(&l.xFileSize), callable(&l.xClose)
}

// note learns from a write how long the log is, and whether a sync would be that of a commit: the head of a page
// of 24 bytes has the size of the database in its second word if it ends a transaction
// (https://sqlite.org/walformat.html §1.2).
func (l *sqliteLog) note(from uintptr, n int32, at int64) {
	l.end = at + int64(n)
	if n == 24 {
		l.ended = *(*uint32)(foreign(from + 4)) != 0
	}
}

// free releases what the log has; the connection must be closed.
func (l *sqliteLog) free(tls *libc.TLS) {
	libc.Xfree(tls, l.buffer)
	l.sqliteFile.free(tls)
}

// gather holds writes of adjoining bytes until they are flushed or the buffer is full.
type gather struct {
	buffer uintptr // of size bytes, n of them used
	size   int32
	n      int32
	at     int64 // where the first one belongs
	// put writes bytes to the file.
	put func(tls *libc.TLS, from uintptr, n int32, at int64) int32
}

// add takes a write, or returns why earlier ones failed.
func (g *gather) add(tls *libc.TLS, from uintptr, n int32, at int64) int32 {
	if at != g.at+int64(g.n) || n > g.size-g.n {
		if rc := g.flush(tls); rc != sqlite3.SQLITE_OK {
			return rc
		}
		g.at = at
	}
	if n > g.size {
		return g.put(tls, from, n, at)
	}
	copy(unsafe.Slice((*byte)(foreign(g.buffer)), g.size)[g.n:], unsafe.Slice((*byte)(foreign(from)), n))
	g.n += n
	return sqlite3.SQLITE_OK
}

// flush writes what was gathered. What cannot be written is dropped: the transaction it belongs to fails.
func (g *gather) flush(tls *libc.TLS) int32 {
	n := g.n
	g.n = 0
	if n == 0 {
		return sqlite3.SQLITE_OK
	}
	return g.put(tls, g.buffer, n, g.at)
}
