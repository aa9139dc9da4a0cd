package sqlstore

import (
	"database/sql/driver"
	"fmt"
	"io"
	"math"
	"regexp"
	"time"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/rosterhq/roster/internal/directory"
)

// keptArguments is how much memory for arguments a statement keeps between its uses.
const keptArguments = 64 << 10

// sqliteStmt is a prepared statement. Text and blobs among its arguments are copied into memory of its
// own, at once, and stay there until the next use: SQLite would allocate each of them.
type sqliteStmt struct {
	c       *sqliteConn
	handle  uintptr
	params  int
	columns int
	memory  uintptr // from malloc, of capacity bytes
	cap     int
	pending bool // a row was fetched that Next has not returned
	ended   bool // there is no further row
	release func()
	unwatch func()
}

// dollar finds $1, $2, …, which to SQLite are names in the order of their first use; ?1, ?2, … are numbers.
var dollar = regexp.MustCompile(`\$(\d)`)

// prepare compiles one statement.
func (c *sqliteConn) prepare(query string) (*sqliteStmt, error) {
	text, err := libc.CString(dollar.ReplaceAllString(query, "?$1"))
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(c.tls, text)
	out := libc.Xmalloc(c.tls, libc.Tsize_t(unsafe.Sizeof(uintptr(0))))
	if out == 0 {
		return nil, errMemory
	}
	defer libc.Xfree(c.tls, out)
	if rc := sqlite3.Xsqlite3_prepare_v2(c.tls, c.db, text, -1, out, 0); rc != sqlite3.SQLITE_OK {
		return nil, c.failure(rc)
	}
	s := &sqliteStmt{c: c, handle: *(*uintptr)(foreign(out))}
	s.params = int(sqlite3.Xsqlite3_bind_parameter_count(c.tls, s.handle))
	s.columns = int(sqlite3.Xsqlite3_column_count(c.tls, s.handle))
	return s, nil
}

func (s *sqliteStmt) close() {
	sqlite3.Xsqlite3_finalize(s.c.tls, s.handle) // an error of its last run was reported then
	libc.Xfree(s.c.tls, s.memory)
}

// foreign makes a pointer of an address outside of Go's memory.
func foreign(address uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&address)) }

// size is how many bytes of argument memory a value takes.
func size(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case []byte:
		return len(v)
	case directory.ResourceID:
		return len(v)
	}
	return 0
}

// bind sets the parameters. Arguments that the statement does not mention are left out.
func (s *sqliteStmt) bind(args []any) error {
	if len(args) < s.params {
		return fmt.Errorf("bind: %d arguments for %d parameters", len(args), s.params)
	}
	args = args[:s.params]
	need := 0
	for i, a := range args {
		switch a.(type) {
		case nil, bool, int, int64, string, []byte, directory.ResourceID, directory.SourceID:
		default:
			v, err := bindable(a)
			if err != nil {
				return err
			}
			args[i] = v
		}
		need += size(args[i])
	}
	if need > math.MaxInt32 {
		return errMemory
	}
	if need > s.cap {
		libc.Xfree(s.c.tls, s.memory)
		s.cap = 0
		if s.memory = libc.Xmalloc(s.c.tls, libc.Tsize_t(need)); s.memory == 0 {
			return errMemory
		}
		s.cap = need
	}
	free := unsafe.Slice((*byte)(foreign(s.memory)), need)
	at := s.memory
	for i, a := range args {
		rc := int32(sqlite3.SQLITE_OK)
		n := int32(i + 1)
		switch v := a.(type) {
		case nil:
			rc = sqlite3.Xsqlite3_bind_null(s.c.tls, s.handle, n)
		case bool:
			rc = sqlite3.Xsqlite3_bind_int64(s.c.tls, s.handle, n, sqlite3.Tsqlite_int64(libc.Bool32(v)))
		case int:
			rc = sqlite3.Xsqlite3_bind_int64(s.c.tls, s.handle, n, sqlite3.Tsqlite_int64(v))
		case int64:
			rc = sqlite3.Xsqlite3_bind_int64(s.c.tls, s.handle, n, v)
		case directory.SourceID:
			rc = sqlite3.Xsqlite3_bind_int64(s.c.tls, s.handle, n, sqlite3.Tsqlite_int64(v))
		case string:
			rc = s.bindText(n, at, copy(free, v))
		case directory.ResourceID:
			rc = s.bindText(n, at, copy(free, v))
		case []byte:
			switch {
			case v == nil:
				rc = sqlite3.Xsqlite3_bind_null(s.c.tls, s.handle, n)
			case len(v) == 0:
				rc = sqlite3.Xsqlite3_bind_zeroblob(s.c.tls, s.handle, n, 0)
			default:
				rc = sqlite3.Xsqlite3_bind_blob(s.c.tls, s.handle, n, at, int32(copy(free, v)), sqlite3.SQLITE_STATIC)
			}
		}
		if rc != sqlite3.SQLITE_OK {
			return s.c.failure(rc)
		}
		free, at = free[size(a):], at+uintptr(size(a))
	}
	return nil
}

func (s *sqliteStmt) bindText(n int32, at uintptr, length int) int32 {
	if length == 0 {
		at = s.c.empty // a null pointer would be NULL
	}
	return sqlite3.Xsqlite3_bind_text(s.c.tls, s.handle, n, at, int32(length), sqlite3.SQLITE_STATIC)
}

// step runs the statement up to its next row, if there is one.
func (s *sqliteStmt) step() (row bool, err error) {
	switch rc := sqlite3.Xsqlite3_step(s.c.tls, s.handle); rc {
	case sqlite3.SQLITE_ROW:
		return true, nil
	case sqlite3.SQLITE_DONE:
		return false, nil
	default:
		return false, s.c.failure(rc)
	}
}

// reset ends a run, so that the statement holds no lock.
func (s *sqliteStmt) reset() {
	sqlite3.Xsqlite3_reset(s.c.tls, s.handle) // repeats the error of step, if any
	if s.cap > keptArguments {
		sqlite3.Xsqlite3_clear_bindings(s.c.tls, s.handle)
		libc.Xfree(s.c.tls, s.memory)
		s.memory, s.cap = 0, 0
	}
}

// Columns implements driver.Rows; nobody asks for names.
func (s *sqliteStmt) Columns() []string { return make([]string, s.columns) }

// Next implements driver.Rows.
func (s *sqliteStmt) Next(dest []driver.Value) error {
	if !s.pending && !s.ended {
		row, err := s.step()
		if err != nil {
			return err
		}
		s.pending, s.ended = row, !row
	}
	if s.ended {
		return io.EOF
	}
	s.pending = false
	for i := range dest {
		dest[i] = s.column(int32(i))
	}
	return nil
}

// column copies a value of the current row.
func (s *sqliteStmt) column(i int32) driver.Value {
	switch sqlite3.Xsqlite3_column_type(s.c.tls, s.handle, i) {
	case sqlite3.SQLITE_INTEGER:
		return s.integer(i)
	case sqlite3.SQLITE_FLOAT:
		return sqlite3.Xsqlite3_column_double(s.c.tls, s.handle, i)
	case sqlite3.SQLITE_TEXT:
		return string(s.bytes(i))
	case sqlite3.SQLITE_BLOB:
		return append([]byte(nil), s.bytes(i)...)
	}
	return nil
}

func (s *sqliteStmt) integer(i int32) int64 {
	return sqlite3.Xsqlite3_column_int64(s.c.tls, s.handle, i)
}

// bytes is a text or blob where SQLite has it, until the next step; nil for an empty one.
func (s *sqliteStmt) bytes(i int32) []byte {
	at := sqlite3.Xsqlite3_column_blob(s.c.tls, s.handle, i)
	return unsafe.Slice((*byte)(foreign(at)), sqlite3.Xsqlite3_column_bytes(s.c.tls, s.handle, i))
}

// scan is rows.scan. Most columns fit the variable and are copied into it; the others take the way of
// PostgreSQL's, by a value.
func (s *sqliteStmt) scan(dest []any) error {
	if len(dest) != s.columns {
		return fmt.Errorf("scan: %d columns into %d variables", s.columns, len(dest))
	}
	for i, d := range dest {
		if s.copy(int32(i), d) {
			continue
		}
		if v := s.column(int32(i)); !assign(d, v) {
			return fmt.Errorf("scan column %d: cannot put %T into %T", i, v, d)
		}
	}
	return nil
}

// copy puts a column into the variable if it has the variable's type.
func (s *sqliteStmt) copy(i int32, dest any) bool {
	typ := sqlite3.Xsqlite3_column_type(s.c.tls, s.handle, i)
	switch d := dest.(type) {
	case *string:
		if typ == sqlite3.SQLITE_TEXT {
			*d = string(s.bytes(i))
			return true
		}
	case *directory.ResourceID:
		if typ == sqlite3.SQLITE_TEXT {
			*d = directory.ResourceID(s.bytes(i))
			return true
		}
	case *[]byte:
		if typ == sqlite3.SQLITE_BLOB {
			*d = append([]byte(nil), s.bytes(i)...)
			return true
		}
	case *int64:
		if typ == sqlite3.SQLITE_INTEGER {
			*d = s.integer(i)
			return true
		}
	case *bool:
		if typ == sqlite3.SQLITE_INTEGER {
			*d = s.integer(i) != 0
			return true
		}
	case *time.Time:
		if typ == sqlite3.SQLITE_INTEGER {
			*d = fromMicros(s.integer(i))
			return true
		}
	}
	return false
}

// Close implements driver.Rows.
func (s *sqliteStmt) Close() error {
	if s.unwatch != nil {
		s.unwatch()
		s.unwatch = nil
	}
	s.reset()
	return nil
}
