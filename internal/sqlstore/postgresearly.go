package sqlstore

import (
	"database/sql/driver"
	"reflect"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Transactions begin late where that makes no difference: BEGIN and COMMIT cost as much as a look-up.
//
// What a writer reads before it locks or changes something is seen by each statement on its own anyway. A
// view whose first statement is probably its only one sends that alone. If a second one comes, both are sent
// together, so that they see one snapshot; when the first one answers the same as before, everything belongs
// to that snapshot, and else the view runs again, as one transaction from its beginning.

// early reports whether a statement is to be a transaction of its own, although one is to begin.
func (c *pgConn) early(query string) bool {
	switch {
	case c.begun() || len(c.waiting) > 0:
		return false
	case c.writes:
		return onlyReads(query)
	case c.first == nil:
		return c.lazy
	}
	return !c.first.repeated
}

// onlyReads reports whether a statement locks nothing and changes nothing.
func onlyReads(query string) bool {
	return strings.HasPrefix(query, "SELECT") && !strings.Contains(query, " FOR ") && !strings.Contains(query, "_lock")
}

// firstRead is the first statement of a view, sent alone, and what it answered.
type firstRead struct {
	statement
	rows [][]driver.Value
	// complete is set when all rows were read, repeated when the statement was sent again.
	complete, repeated bool
}

// repeat has the first statement of a view that has not begun sent again before the second one; r is the
// result of the one that is about to be sent.
func (c *pgConn) repeat(r *pgRows, s statement) error {
	switch {
	case c.begun() || c.writes:
	case c.first == nil:
		if r.commits {
			c.first = &firstRead{statement: s}
			r.first = c.first
		}
	case !c.first.complete || c.first.repeated:
		c.failed = errMoved
		return errMoved
	default:
		c.first.repeated = true
		c.waiting = append(c.waiting, statement{query: c.first.query, args: c.first.args, read: c.first.compare})
	}
	return nil
}

// compare returns errMoved unless the statement answers what it did before.
func (f *firstRead) compare(results pgx.BatchResults) error {
	again, err := results.Query()
	if err != nil {
		return err
	}
	r := &pgRows{rows: again}
	var rows [][]driver.Value
	for again.Next() {
		row := make([]driver.Value, len(again.FieldDescriptions()))
		if err := r.decode(row); err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if err := again.Err(); err != nil {
		return err
	}
	if !reflect.DeepEqual(rows, f.rows) {
		return errMoved
	}
	return nil
}
