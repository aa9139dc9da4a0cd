package sqlstore

import (
	"database/sql/driver"
	"fmt"
	"io"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// rows is the result of a query, at most one row of it in memory.
type rows struct {
	source driver.Rows
	// values is the current row, nil when columns are copied right out of stmt.
	values []driver.Value
	stmt   *sqliteStmt
	// release gives the statement back; nil once closed.
	release func()
	// err is what ended the iteration early.
	err error
}

// next fetches the next row; it closes the rows at the end.
func (r *rows) next() bool {
	if r.release == nil || r.err != nil {
		return false
	}
	if err := r.source.Next(r.values); err != nil {
		if err != io.EOF {
			r.err = engineError(err)
		}
		r.close()
		return false
	}
	return true
}

// close ends the iteration. It may be called again.
func (r *rows) close() {
	if r.release == nil {
		return
	}
	if err := r.source.Close(); err != nil && r.err == nil {
		r.err = engineError(err)
	}
	r.release()
	r.release = nil
}

// scan copies the columns of the current row to pointers of the types that tx takes as arguments.
// []byte values may be kept.
func (r *rows) scan(dest ...any) error {
	if r.stmt != nil {
		return r.stmt.scan(dest)
	}
	if len(dest) != len(r.values) {
		return fmt.Errorf("scan: %d columns into %d variables", len(r.values), len(dest))
	}
	for i, d := range dest {
		if !assign(d, r.values[i]) {
			return fmt.Errorf("scan column %d: cannot put %T into %T", i, r.values[i], d)
		}
	}
	return nil
}

// value is a column of the current row. A []byte may be kept.
func (r *rows) value(i int) any {
	if r.stmt != nil {
		return r.stmt.column(int32(i))
	}
	return r.values[i]
}

func assign(dest any, v driver.Value) (ok bool) {
	switch d := dest.(type) {
	case *string:
		*d, ok = text(v)
	case *directory.ResourceID:
		var s string
		s, ok = text(v)
		*d = directory.ResourceID(s)
	case *[]byte:
		switch v := v.(type) {
		case []byte:
			*d, ok = v, true
		case string:
			*d, ok = []byte(v), true
		case nil:
			*d, ok = nil, true
		}
	case *int64:
		*d, ok = v.(int64)
	case *int:
		var n int64
		n, ok = v.(int64)
		*d = int(n)
	case *directory.SourceID:
		var n int64
		n, ok = v.(int64)
		*d = directory.SourceID(n)
	case *directory.Seq:
		var n int64
		n, ok = v.(int64)
		*d = directory.Seq(n)
	case *bool:
		switch v := v.(type) {
		case bool:
			*d, ok = v, true
		case int64:
			*d, ok = v != 0, true
		}
	case *time.Time:
		var n int64
		n, ok = v.(int64)
		*d = fromMicros(n)
	}
	return ok
}

func text(v driver.Value) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	}
	return "", false
}

// bindable turns an argument of tx into what a driver takes.
func bindable(v any) (driver.Value, error) {
	switch v := v.(type) {
	case nil, bool, int64, string, []byte:
		return v, nil
	case int:
		return int64(v), nil
	case directory.SourceID:
		return int64(v), nil
	case directory.Seq:
		return int64(v), nil
	case directory.ResourceID:
		return string(v), nil
	case directory.TokenID:
		return string(v), nil
	case directory.EventType:
		return string(v), nil
	case time.Time:
		return micros(v), nil
	}
	return nil, fmt.Errorf("bind: cannot pass a %T", v)
}

// micros is how times are stored: microseconds since 1970, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
