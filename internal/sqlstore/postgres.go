package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rosterhq/roster/internal/directory"
)

// postgresConns is how many connections a process opens for transactions unless the URL says
// pool_max_conns; half of them read. The sequencer has one more.
const postgresConns = 24

// Bounds of a transaction.
const (
	maxAttempts   = 20
	commitTimeout = 30 * time.Second
	endTimeout    = 5 * time.Second
)

// The two kinds of transactions. A writer sees what others committed before each of its statements, and
// locks the rows that it is going to change when it reads them; so writers of different resources
// neither wait for each other nor start again.
const (
	beginView   = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	beginUpdate = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
)

// postgresEngine is a PostgreSQL database. Other processes may use it at the same time.
type postgresEngine struct {
	// Readers and writers have pools of their own: a closure of one kind may run one of the other.
	readers, writers *pgxpool.Pool
	sequencer        *sequencer
	// together has what updates commit, readersEarly and writersEarly what each of the pools is asked for before a
	// transaction begins.
	together, readersEarly, writersEarly together
	queue                                int64
	conns                                int64 // of the smaller pool
	waiting                              atomic.Int64
	listener                             *pgx.ConnConfig // of the connection that listens
	closed                               atomic.Bool
	unwalled                             bool
}

func openPostgres(ctx context.Context, url string, opts Options) (*postgresEngine, error) {
	config, err := parsePostgres(url)
	if err != nil {
		return nil, err
	}
	total := config.MaxConns
	if !hasParameter(url, "pool_max_conns") {
		total = postgresConns
	}
	delete(config.ConnConfig.RuntimeParams, sourceSetting) // it is nothing that a URL decides
	if _, err := migratePostgres(ctx, config.ConnConfig); err != nil {
		return nil, err
	}
	prepareConfig(config.ConnConfig)
	pool := func(conns int32, settings *pgx.ConnConfig) (*pgxpool.Pool, error) {
		c := config.Copy()
		c.ConnConfig = settings
		c.MaxConns = max(1, conns)
		return pgxpool.NewWithConfig(ctx, c)
	}
	e := &postgresEngine{queue: int64(opts.Queue), conns: max(1, int64(total/2)), listener: listenerConfig(config.ConnConfig),
		together: together{patience: patience, flights: flights}}
	for _, reads := range []*together{&e.readersEarly, &e.writersEarly} {
		reads.patience, reads.flights, reads.gathers = patience, runtime.GOMAXPROCS(0), true
	}
	if e.writers, err = pool(total/2, isolated(config.ConnConfig, "read committed")); err != nil {
		return nil, err
	}
	if e.readers, err = pool(total-total/2, isolated(config.ConnConfig, "repeatable read")); err != nil {
		return nil, err
	}
	single, err := pool(1, outside(config.ConnConfig))
	if err != nil {
		return nil, err
	}
	e.sequencer = newSequencer(single)
	if e.unwalled, err = bypassesWall(ctx, single); err != nil {
		return nil, errors.Join(err, e.close())
	}
	// What a process left that was killed is numbered before anybody looks.
	if err := e.sequencer.first(ctx); err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

// prepareConfig sets what every session needs.
func prepareConfig(c *pgx.ConnConfig) {
	for name, value := range map[string]string{
		"application_name": "roster",
		// Every statement has its indexes; what was counted when must not lead to another plan.
		"enable_seqscan":   "off",
		"enable_hashjoin":  "off",
		"enable_mergejoin": "off",
		// Nor are all rows of a source kept to look for one of them.
		"enable_material": "off",
		"jit":             "off",
		// Nor is a plan made for each execution.
		"plan_cache_mode": "force_generic_plan",
		// No writer waits longer for another one, and none that lost its client holds others up.
		"lock_timeout":                        "15s",
		"idle_in_transaction_session_timeout": "60s",
	} {
		if _, set := c.RuntimeParams[name]; !set {
			c.RuntimeParams[name] = value
		}
	}
	c.StatementCacheCapacity = maxStatements
	// A request that ends early cancels its statement and leaves the connection in order.
	c.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: endTimeout}
	}
	c.DialFunc = impatient(c.DialFunc)
}

// isolated returns settings with an isolation level for transactions that PostgreSQL makes by itself of what
// arrives at once.
func isolated(c *pgx.ConnConfig, level string) *pgx.ConnConfig {
	c = c.Copy()
	c.RuntimeParams["default_transaction_isolation"] = level
	c.RuntimeParams["default_transaction_read_only"] = "off"
	return c
}

// acquire takes a connection of a pool. Those who wait for one are counted: beyond the queue's length
// they are refused.
func (e *postgresEngine) acquire(ctx context.Context, pool *pgxpool.Pool) (*pgxpool.Conn, error) {
	if e.closed.Load() {
		return nil, errClosed
	}
	if n := e.waiting.Add(1); n > e.queue+e.conns {
		e.waiting.Add(-1)
		return nil, fmt.Errorf("%w: %d transactions wait", directory.ErrBusy, n)
	}
	defer e.waiting.Add(-1)
	conn, err := pool.Acquire(ctx)
	switch {
	case err == nil:
		return conn, nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded): // all others wait, too
		return nil, fmt.Errorf("%w: no connection became free: %w", directory.ErrBusy, ctx.Err())
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case e.closed.Load():
		return nil, errClosed
	}
	return nil, fmt.Errorf("%w: %w", directory.ErrBusy, err)
}

func (e *postgresEngine) view(ctx context.Context, fn func(*tx) error) error {
	return e.read(ctx, "", beginView, fn)
}

func (e *postgresEngine) peek(ctx context.Context, fn func(*tx) error) error {
	return e.read(ctx, "", "", fn)
}

// read runs fn in the transaction that begin makes, or each of its statements in one of its own.
func (e *postgresEngine) read(ctx context.Context, s scope, begin string, fn func(*tx) error) error {
	again, err := e.readOnce(&pgConn{engine: e, ctx: ctx, begin: begin, scope: s, single: begin == ""}, fn)
	if again {
		_, err = e.readOnce(&pgConn{engine: e, ctx: ctx, begin: begin, scope: s, hasty: true}, fn)
	}
	return err
}

// readOnce runs fn once; again tells that it began too late.
func (e *postgresEngine) readOnce(c *pgConn, fn func(*tx) error) (again bool, err error) {
	if e.closed.Load() {
		return false, errClosed
	}
	defer e.release(c)
	if err := fn(&tx{conn: c, pg: c}); err != nil {
		return c.failed == errMoved, err
	}
	return c.failed == errMoved, c.failed
}

// release gives a connection back. The end of a transaction that is still open is not waited for.
func (e *postgresEngine) release(c *pgConn) {
	conn := c.held
	if conn == nil {
		return
	}
	if c.lost != nil {
		// The others of the pool lead to the same server; they are not tried one by one.
		e.readers.Reset()
		e.writers.Reset()
	}
	if c.open == nil && (!c.begun() || c.single) {
		conn.Release()
		return
	}
	go func() {
		c.end()
		conn.Release()
	}()
}

func (e *postgresEngine) update(ctx context.Context, fn func(*tx) error) error {
	return e.updateScope(ctx, "", fn)
}

func (e *postgresEngine) updateScope(ctx context.Context, s scope, fn func(*tx) error) error {
	for n := 1; ; n++ {
		appended, again, err := e.attempt(ctx, s, n > 1, fn)
		if err == nil {
			if appended {
				e.sequencer.wait(ctx)
			}
			return nil
		}
		if !again || n == maxAttempts {
			return err
		}
		pause := time.NewTimer(rand.N(time.Duration(n) * time.Millisecond))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		}
	}
}

// attempt runs fn once, careful when it is not the first time; again tells that another attempt may succeed, because others were in the way.
func (e *postgresEngine) attempt(ctx context.Context, s scope, careful bool, fn func(*tx) error) (appended, again bool, err error) {
	if e.closed.Load() {
		return false, false, errClosed
	}
	if err := ctx.Err(); err != nil {
		return false, false, err
	}
	c := &pgConn{engine: e, ctx: ctx, begin: beginUpdate, scope: s, writes: true, careful: careful}
	defer e.release(c)
	err = contain(&tx{conn: c, pg: c, writes: true}, fn)
	var panicked *PanicError
	if errors.As(err, &panicked) {
		return false, false, err
	}
	if err == nil && c.failed == nil {
		err = c.commit()
	}
	switch {
	case c.failed == nil:
		return c.appended, false, err
	case err == nil: // the closure swallowed the failure of a statement, but the transaction is void
		err = c.failed
	}
	return false, errors.Is(c.failed, errAgain), err
}

// backup is left to PostgreSQL's own tools, which also know how to restore to a moment.
func (e *postgresEngine) backup(context.Context, string) error {
	return errors.New("a PostgreSQL database is backed up with pg_dump or with continuous archiving; see docs/operations.md")
}

// err tells that the server did not answer when it was asked last, less than a second ago or so.
func (e *postgresEngine) err() error { return e.sequencer.err() }

func (e *postgresEngine) close() error {
	if e.closed.Swap(true) {
		return nil
	}
	e.sequencer.close()
	e.writers.Close()
	e.readers.Close()
	return nil
}
