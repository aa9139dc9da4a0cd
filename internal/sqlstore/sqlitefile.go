package sqlstore

import (
	"errors"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteFile is an open file of a connection some of whose methods are ours. Functions whose addresses SQLite
// has must be kept as long as it.
type sqliteFile struct {
	file    uintptr // the sqlite3_file
	methods uintptr // where mine is
	own     *sqlite3.Tsqlite3_io_methods
	mine    *sqlite3.Tsqlite3_io_methods
}

// errNotBegun is returned by a sync that was refused before it did anything.
var errNotBegun = errors.New("the system does not sync files by itself")

// disk makes what was written to files last. One sync is under way at a time, and each one that was begun must be
// waited for.
type disk interface {
	// begin begins to sync a file of SQLite's when the sync before has ended. It fails with errNotBegun.
	begin(file uintptr) error
	// wait returns when the sync has ended, or why it is not known what lasts.
	wait() error
	close() error
}

// syncMethod is sqlite3_io_methods.xSync.
type syncMethod func(tls *libc.TLS, file uintptr, flags int32) int32

// sqliteData is the file of a writing connection's database.
type sqliteData struct {
	*sqliteFile
	xSync  syncMethod
	xWrite func(tls *libc.TLS, file, from uintptr, n int32, at sqlite3.Tsqlite3_int64) int32
}

// takeFiles has a writing connection use its files by methods of ours.
func (c *sqliteConn) takeFiles() error {
	if _, err := c.exec("SELECT count(*) FROM sqlite_schema", nil); err != nil { // opens the log
		return err
	}
	f, err := c.hook(sqlite3.SQLITE_FCNTL_FILE_POINTER)
	if err != nil {
		return err
	}
	if d, err := newDiskSync(); err == nil {
		if c.disk = d; c.sync(f.file) != nil {
			d.close() //nolint:errcheck // a file system that does not know of it
			c.disk = nil
		}
	}
	c.data = &sqliteData{sqliteFile: f, xSync: f.syncBy(c.syncs())}
	f.mine.FxSync = callable(&c.data.xSync)
	return c.gatherLog()
}

// syncs is how files are synced: nil for their own method.
func (c *sqliteConn) syncs() func(file uintptr) error {
	if c.disk == nil {
		return nil
	}
	return c.sync
}

// sync returns when what was written to a file is on the disk, or why that is not known.
func (c *sqliteConn) sync(file uintptr) error {
	if err := c.disk.begin(file); err != nil {
		return err
	}
	return c.disk.wait()
}

// hook gives a file that the connection has open methods that can be replaced. which is
// SQLITE_FCNTL_FILE_POINTER or SQLITE_FCNTL_JOURNAL_POINTER.
func (c *sqliteConn) hook(which int32) (*sqliteFile, error) {
	out := libc.Xcalloc(c.tls, 1, libc.Tsize_t(unsafe.Sizeof(uintptr(0))))
	name, err := libc.CString("main")
	if out == 0 || err != nil {
		return nil, errMemory
	}
	defer libc.Xfree(c.tls, out)
	defer libc.Xfree(c.tls, name)
	if rc := sqlite3.Xsqlite3_file_control(c.tls, c.db, name, which, out); rc != sqlite3.SQLITE_OK {
		return nil, engineError(c.failure(rc))
	}
	f := &sqliteFile{file: *(*uintptr)(foreign(out))}
	if f.methods = libc.Xmalloc(c.tls, libc.Tsize_t(unsafe.Sizeof(*f.mine))); f.methods == 0 {
		return nil, errMemory
	}
	file := (*sqlite3.Tsqlite3_file)(foreign(f.file))
	f.own = (*sqlite3.Tsqlite3_io_methods)(foreign(file.FpMethods))
	f.mine = (*sqlite3.Tsqlite3_io_methods)(foreign(f.methods))
	*f.mine = *f.own
	file.FpMethods = f.methods
	return f, nil
}

// syncBy returns a method that syncs the file by the given function, and by its own method where that does
// not begin.
func (f *sqliteFile) syncBy(do func(file uintptr) error) syncMethod {
	sync := f.own.FxSync
	own := callee[syncMethod](&sync)
	if do == nil {
		return own
	}
	return func(tls *libc.TLS, file uintptr, flags int32) int32 {
		if syncsFolder(file) {
			return own(tls, file, flags)
		}
		switch err := do(file); {
		case err == nil:
			return sqlite3.SQLITE_OK
		case errors.Is(err, errNotBegun):
			return own(tls, file, flags)
		default:
			return sqlite3.SQLITE_IOERR_FSYNC
		}
	}
}

// free releases the methods; the file must be closed.
func (f *sqliteFile) free(tls *libc.TLS) { libc.Xfree(tls, f.methods) }

// callee makes a function of an address in the form that translated C code has them in.
func callee[F any](address *uintptr) F { return *(*F)(unsafe.Pointer(address)) }

// callable is the address of a function in that form. The function must be kept.
func callable[F any](f *F) uintptr { return *(*uintptr)(unsafe.Pointer(f)) }
