package sqlstore

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rosterhq/roster/internal/directory"
)

// pgConn is a connection to PostgreSQL for the time of one transaction. Statements that answer nothing
// wait for the next one that does, and go to the server together with it.
type pgConn struct {
	engine *postgresEngine
	ctx    context.Context
	// held is taken from the pool when there is something to send, and raw is in it.
	held *pgxpool.Conn
	raw  *pgx.Conn
	// begin is the statement that begins the transaction, empty once it was sent. Without one from the start,
	// each statement is a transaction. Writers send it with the first statement that locks or changes
	// something: what they read before that is seen by each statement on its own anyway.
	begin string
	// scope is what rows the transaction is for.
	scope scope
	// writes is set when it may write, single when each statement is a transaction.
	writes, single bool
	// careful is set in an attempt after one that failed: statements that may be refused do not wait for
	// others, so that it is known which one was.
	careful bool
	waiting []statement
	// guarded is set while the newest waiting statement is the savepoint that protects the next one.
	guarded bool
	// open is the result that still arrives.
	open *pgRows
	// failed is the first error of a statement, in the engine's words: PostgreSQL refuses all others
	// after it.
	failed error
	// entered is set when the transaction changed the scope of its connection.
	entered bool
	// looked is set once the age of the connection's plans was looked at.
	looked bool
	// lost is set with failed when the connection broke.
	lost error
	// lazy is set when the next statement of a view is probably its only one; first is that statement once
	// it was sent.
	lazy  bool
	first *firstRead
	// hasty has a view begin with its first statement.
	hasty bool
	// appended is set when the transaction added events or audit rows.
	appended bool
}

type statement struct {
	query string
	args  []any
	// number is where the one number goes that the statement answers, read what takes another answer; nil when
	// nobody wants to know.
	number *int64
	read   func(pgx.BatchResults) error
	// many is the statement that does the same for any number of rows, if there is one; see bulked.
	many string
}

const (
	savepoint = "SAVEPOINT guard"
	undo      = "ROLLBACK TO SAVEPOINT guard"
	keep      = "RELEASE SAVEPOINT guard"
)

func (c *pgConn) begun() bool { return c.begin == "" }

// pool is where its connection comes from.
func (c *pgConn) pool() *pgxpool.Pool {
	if c.writes {
		return c.engine.writers
	}
	return c.engine.readers
}

// take has it hold a connection.
func (c *pgConn) take(ctx context.Context) (err error) {
	if c.held != nil {
		return nil
	}
	if c.held, err = c.engine.acquire(ctx, c.pool()); err != nil {
		c.failed = err
		return err
	}
	c.raw = c.held.Conn()
	return nil
}

// giveBack has it hold no connection while none of its statements is under way.
func (c *pgConn) giveBack() {
	if c.held != nil {
		c.held.Release()
		c.held, c.raw, c.entered, c.looked = nil, nil, false, false
	}
}

// later queues a statement whose result does not matter.
func (c *pgConn) later(query string, args []any) error {
	s, err := bindAll(query, args)
	if err == nil {
		c.waiting = append(c.waiting, s)
	}
	return err
}

// guard has a violated unique index undo the next statement only, not the transaction.
func (c *pgConn) guard() {
	c.waiting = append(c.waiting, statement{query: savepoint})
	c.guarded = true
}

func (c *pgConn) exec(query string, args []any) (int64, error) {
	r, err := c.send(c.ctx, query, args, false)
	if err != nil {
		return 0, err
	}
	return r.finish()
}

func (c *pgConn) query(ctx context.Context, query string, args []any) (*rows, error) {
	if ctx.Done() == nil {
		ctx = c.ctx
	}
	early := c.early(query)
	if c.gathers(query, early) {
		if r, err := c.gather(ctx, query, args); r != nil || err != nil {
			return r, err
		}
	}
	r, err := c.send(ctx, query, args, early)
	if err != nil {
		return nil, err
	}
	return &rows{source: r, values: make([]driver.Value, len(r.rows.FieldDescriptions())), release: func() {}}, nil
}

// send sends what waits, and a statement behind it; early has it be a transaction of its own.
func (c *pgConn) send(ctx context.Context, query string, args []any, early bool) (*pgRows, error) {
	if c.failed != nil {
		return nil, c.failed
	}
	if c.open != nil {
		// One connection carries one result at a time: the rest of the other one is kept.
		if err := c.open.keep(); err != nil {
			return nil, err
		}
	}
	s, err := bindAll(query, args)
	if err != nil {
		return nil, err
	}
	if err := c.take(ctx); err != nil {
		return nil, err
	}
	r := &pgRows{conn: c, guarded: c.guarded, commits: early || c.single}
	c.guarded = false
	if err := c.repeat(r, s); err != nil {
		return nil, err
	}
	batch := &pgx.Batch{}
	if !early && c.begin != "" {
		batch.Queue(c.begin)
		c.begin = ""
	}
	c.prepare(batch)
	if batch.Len() == 0 && len(c.waiting) == 0 {
		if r.rows, err = c.raw.Query(ctx, s.query, s.args...); err != nil {
			return nil, c.fail(err, r.guarded)
		}
		c.open = r
		return r, nil
	}
	if r.batch, err = c.dispatch(ctx, batch, &s); err != nil {
		return nil, err
	}
	if r.rows, err = r.batch.Query(); err != nil {
		r.batch.Close() //nolint:errcheck // the first error counts
		return nil, c.fail(err, r.guarded)
	}
	c.open = r
	return r, nil
}

// prepare adds what the connection needs before the next statement.
func (c *pgConn) prepare(batch *pgx.Batch) {
	if !c.entered && scopeOf(c.raw) != c.scope {
		batch.Queue(enter, string(c.scope))
		c.entered = true
	}
	if !c.looked && stalePlans(c.raw, time.Now()) {
		batch.Queue(discardPlans)
	}
	c.looked = true
}

// dispatch sends a batch, what waits behind it, and last unless it is nil. It returns the results of last.
func (c *pgConn) dispatch(ctx context.Context, batch *pgx.Batch, last *statement) (pgx.BatchResults, error) {
	before := batch.Len()
	waiting := c.waiting
	c.waiting = nil
	for _, w := range waiting {
		batch.Queue(w.query, w.args...)
	}
	if last != nil {
		batch.Queue(last.query, last.args...)
	}
	results := c.raw.SendBatch(ctx, batch)
	for i := range before + len(waiting) {
		var w statement
		if i >= before {
			w = waiting[i-before]
		}
		var err error
		switch {
		case w.number != nil:
			err = results.QueryRow().Scan(w.number)
		case w.read != nil:
			err = w.read(results)
		default:
			_, err = results.Exec()
		}
		if err != nil {
			results.Close() //nolint:errcheck // the first error counts
			return nil, c.fail(err, false)
		}
	}
	return results, nil
}

// fail notes the error of a statement.
func (c *pgConn) fail(err error, guarded bool) error {
	err = c.meaning(err)
	if guarded && isUnique(err) {
		if _, undone := c.raw.PgConn().Exec(c.ctx, undo).ReadAll(); undone != nil {
			c.failed = c.meaning(undone)
			return c.failed
		}
		return err
	}
	if c.failed == nil {
		c.failed = err
	}
	return err
}

// commit ends the transaction, also when the context ended meanwhile. When the connection breaks while it
// does, nobody knows whether it did.
func (c *pgConn) commit() error {
	c.ctx = context.WithoutCancel(c.ctx)
	switch {
	case c.begun():
		return c.committed(c.commitBegun)
	case len(c.waiting) == 0:
		return nil
	}
	return c.commitWhole()
}

// committed runs what commits, and makes of its error, or of none, what it means.
func (c *pgConn) committed(commit func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(c.ctx, commitTimeout)
	defer cancel()
	delete(c.raw.PgConn().CustomData(), warned)
	err := commit(ctx)
	switch {
	case err == nil:
		c.remember()
		return replicated(c.raw)
	case c.lost != nil && !pgconn.SafeToRetry(err):
		return fmt.Errorf("%w: %w", directory.ErrUncertain, err)
	}
	return err
}

// commitAtOnce commits a transaction that is nothing but these statements: PostgreSQL makes one of what
// arrives at once.
func (c *pgConn) commitAtOnce(statements []statement) error {
	ctx, cancel := context.WithTimeout(c.ctx, commitTimeout)
	defer cancel()
	if err := c.take(ctx); err != nil {
		return err
	}
	return c.committed(func(ctx context.Context) error {
		batch := &pgx.Batch{}
		c.prepare(batch)
		c.waiting = statements
		results, err := c.dispatch(ctx, batch, nil)
		if err != nil {
			return err
		}
		if err := results.Close(); err != nil {
			return c.fail(err, false)
		}
		return nil
	})
}

func (c *pgConn) commitBegun(ctx context.Context) error {
	r, err := c.send(ctx, "COMMIT", nil, false)
	if err == nil {
		_, err = r.finish()
	}
	if err != nil {
		return err
	}
	if tag := r.rows.CommandTag().String(); tag != "COMMIT" {
		return fmt.Errorf("the transaction ended with %s", tag)
	}
	return nil
}

// end ends the transaction if it has not ended.
func (c *pgConn) end() {
	if c.open != nil {
		c.open.Close() //nolint:errcheck // nobody waits for it
	}
	if c.raw.IsClosed() || c.raw.PgConn().TxStatus() == 'I' {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), endTimeout)
	defer cancel()
	if c.writes {
		// A connection on which this fails is closed, and with it the transaction.
		c.raw.PgConn().Exec(ctx, "ROLLBACK").ReadAll() //nolint:errcheck // see above
		return
	}
	// The scope outlives what is committed only.
	results, err := c.raw.PgConn().Exec(ctx, "COMMIT").ReadAll()
	if err == nil && len(results) == 1 && results[0].CommandTag.String() == "COMMIT" {
		c.remember()
	}
}

// remember notes the scope of the connection.
func (c *pgConn) remember() {
	if c.entered {
		setScopeOf(c.raw, c.scope)
	}
}

// pgRows is the result of a statement.
type pgRows struct {
	conn    *pgConn
	rows    pgx.Rows
	batch   pgx.BatchResults // what rows belongs to; nil when it came alone
	guarded bool
	// commits is set when the statement is a transaction.
	commits bool
	// first keeps what is read when it is the first statement of a view.
	first *firstRead
	// kept are rows that were read ahead, once whole is set.
	kept  [][]driver.Value
	whole bool
}

func (r *pgRows) Columns() []string { return make([]string, len(r.rows.FieldDescriptions())) }

func (r *pgRows) Next(dest []driver.Value) error {
	if r.whole {
		if len(r.kept) == 0 {
			return io.EOF
		}
		copy(dest, r.kept[0])
		r.kept = r.kept[1:]
		return nil
	}
	if !r.rows.Next() {
		r.whole = true
		if err := r.end(); err != nil {
			return err
		}
		if r.first != nil {
			r.first.complete = true
		}
		return io.EOF
	}
	if err := r.decode(dest); err != nil || r.first == nil {
		return err
	}
	r.first.rows = append(r.first.rows, slices.Clone(dest))
	return nil
}

func (r *pgRows) Close() error {
	if r.whole {
		r.kept = nil
		return nil
	}
	r.whole = true
	return r.end()
}

// keep reads the rest into memory.
func (r *pgRows) keep() error {
	r.first = nil // it cannot be compared while it is read
	for r.rows.Next() {
		row := make([]driver.Value, len(r.rows.FieldDescriptions()))
		if err := r.decode(row); err != nil {
			return err
		}
		r.kept = append(r.kept, row)
	}
	r.whole = true
	return r.end()
}

// finish reads to the end and returns the number of rows that the statement met.
func (r *pgRows) finish() (int64, error) {
	r.whole = true
	if err := r.end(); err != nil {
		return 0, err
	}
	return r.rows.CommandTag().RowsAffected(), nil
}

// end closes the result.
func (r *pgRows) end() error {
	r.rows.Close()
	err := r.rows.Err()
	if r.batch != nil {
		if closed := r.batch.Close(); err == nil {
			err = closed
		}
	}
	r.conn.open = nil
	if err != nil {
		return r.conn.fail(err, r.guarded)
	}
	if r.guarded {
		r.conn.waiting = append(r.conn.waiting, statement{query: keep})
	}
	if r.commits {
		r.conn.remember()
	}
	return nil
}
