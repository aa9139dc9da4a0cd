package sqlstore

import (
	"context"
	"errors"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
)

// errNoRow is what row.scan returns when the query has no result.
var errNoRow = errors.New("no row")

// conn is one connection of an engine. Statements are prepared once and kept by their text.
type conn interface {
	exec(query string, args []any) (affected int64, err error)
	query(ctx context.Context, query string, args []any) (*rows, error)
}

// tx is a transaction under way. It belongs to the goroutine that runs the closure it was given to,
// and must not be kept.
//
// Arguments are bool, int, int64, string, []byte, time.Time, nil and the named types of the domain.
type tx struct {
	conn conn
	// fatal is the first error after which the transaction cannot go on; the engine sees it even when
	// the closure swallows it.
	fatal error
	// dirty is set by the first statement that wrote something.
	dirty bool
	// pg is conn when it is one to PostgreSQL, else nil: there, some statements differ.
	pg *pgConn
	// writes is set in transactions that may write.
	writes bool
	// alone is the resource that was read last, if it is in no group. Writing transactions of PostgreSQL do not
	// keep it.
	alone directory.ResourceID
	// last is the row that Resource read last, unless something was written since.
	last stored
	// tail is the end of the event and audit tables as this transaction sees it.
	tail tail
	// tallies are counters as this transaction sees them. They are written at its end when gathers is
	// set, else at once.
	tallies []*tally
	gathers bool
}

// exec runs a statement and returns the number of rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	t.last = stored{}
	n, err := t.conn.exec(query, args)
	if err == nil || strings.Contains(query, orFail) {
		t.dirty = true
	}
	return n, t.note(err)
}

// orFail lets SQLite keep what a statement did before it failed. To undo a statement alone, SQLite would
// copy every page before the statement changes it; but what fails half-way is undone as a whole.
const orFail = " OR FAIL "

// insert is the beginning of a statement that inserts several rows, or rows that it answers.
func (t *tx) insert(table string) string {
	if t.pg != nil {
		return "INSERT INTO " + table
	}
	return "INSERT" + orFail + "INTO " + table
}

// update is the beginning of a statement that finds its rows by something else than the key of the table.
func (t *tx) update(table string) string {
	if t.pg != nil {
		return "UPDATE " + table
	}
	return "UPDATE" + orFail + table
}

// sole tells that the next statement is probably the only one of a view, so that none need begin.
func (t *tx) sole() {
	if t.pg != nil {
		t.pg.lazy = !t.pg.hasty
	}
}

// later runs a statement whose result does not matter, perhaps only with the next one.
func (t *tx) later(query string, args ...any) error {
	if t.pg != nil {
		t.last = stored{}
		return t.pg.later(query, args)
	}
	_, err := t.exec(query, args...)
	return err
}

// query runs a statement that answers rows. The caller closes them.
func (t *tx) query(query string, args ...any) (*rows, error) {
	return t.queryContext(context.Background(), query, args)
}

// queryContext is query for statements that may run long: the end of ctx interrupts them. It costs
// more than query.
func (t *tx) queryContext(ctx context.Context, query string, args []any) (*rows, error) {
	r, err := t.conn.query(ctx, query, args)
	if !strings.HasPrefix(query, "SELECT") {
		t.dirty, t.last = true, stored{} // INSERT … RETURNING and the like
	}
	return r, t.note(err)
}

// row runs a statement that answers at most one row.
func (t *tx) row(query string, args ...any) row {
	r, err := t.query(query, args...)
	return row{r, err}
}

// each calls scan for every row of a query.
func (t *tx) each(scan func(*rows) error, query string, args ...any) error {
	return t.eachContext(context.Background(), scan, query, args)
}

func (t *tx) eachContext(ctx context.Context, scan func(*rows) error, query string, args []any) error {
	r, err := t.queryContext(ctx, query, args)
	if err != nil {
		return err
	}
	defer r.close()
	for r.next() {
		if err := scan(r); err != nil {
			return err
		}
	}
	return t.note(r.err)
}

func (t *tx) note(err error) error {
	if err != nil && t.fatal == nil && fatal(err) {
		t.fatal = err
	}
	return err
}

// row is the result of tx.row.
type row struct {
	rows *rows
	err  error
}

// scan copies the columns to dest, or returns errNoRow.
func (r row) scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.close()
	if !r.rows.next() {
		if r.rows.err != nil {
			return r.rows.err
		}
		return errNoRow
	}
	return r.rows.scan(dest...)
}
