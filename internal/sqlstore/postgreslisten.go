package sqlstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

// Hint is word of changes that another process, or this one, has committed.
type Hint struct {
	// Settings tells that sources, tokens or definitions may have changed, not only resources.
	Settings bool
}

// Watch calls notice whenever something may have been committed that others want to know of, until ctx
// ends. It only saves them time: hints may be late or missing, and SQLite gives none.
func (s *Store) Watch(ctx context.Context, notice func(Hint)) { s.engine.watch(ctx, notice) }

func (e *sqliteEngine) watch(ctx context.Context, _ func(Hint)) { <-ctx.Done() }

// The channel of notifications, and what they say.
const (
	hintChannel  = "roster"
	hintSettings = "settings"
	hintOther    = ""
)

// hintEvery is the least time between notifications of a process: each wakes whoever looks for work, in all
// processes.
const hintEvery = 100 * time.Millisecond

// Times of the connection that listens.
const (
	listenPause = time.Second      // before it is made again
	listenCheck = 15 * time.Second // how long it may be silent before it is tried
)

// listenerConfig is how that connection is made: its waits end by the clock, not by cancelling a statement.
func listenerConfig(c *pgx.ConnConfig) *pgx.ConnConfig {
	c = c.Copy()
	c.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.DeadlineContextWatcherHandler{Conn: conn.Conn()}
	}
	return c
}

func (e *postgresEngine) watch(ctx context.Context, notice func(Hint)) {
	for ctx.Err() == nil {
		e.listen(ctx, notice)
		pause := time.NewTimer(listenPause)
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
		pause.Stop()
	}
}

// listen passes on what arrives until the connection breaks or ctx ends.
func (e *postgresEngine) listen(ctx context.Context, notice func(Hint)) {
	conn, err := pgx.ConnectConfig(ctx, e.listener.Copy())
	if err != nil {
		return
	}
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
		defer cancel()
		conn.Close(ending) //nolint:errcheck // nothing is at stake
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+hintChannel); err != nil {
		return
	}
	notice(Hint{Settings: true}) // nobody knows what was missed
	for {
		silence, cancel := context.WithTimeout(ctx, listenCheck)
		n, err := conn.WaitForNotification(silence)
		cancel()
		switch {
		case err == nil:
			notice(Hint{Settings: n.Payload == hintSettings})
		case ctx.Err() != nil || silence.Err() == nil || !answers(ctx, conn):
			return
		}
	}
}

func answers(ctx context.Context, conn *pgx.Conn) bool {
	ctx, cancel := context.WithTimeout(ctx, endTimeout)
	defer cancel()
	return conn.Ping(ctx) == nil
}

// hinting decides which passes of the sequencer notify. It belongs to the goroutine of the sequencer.
type hinting struct {
	last time.Time
	// owed is set while there is something to tell, payload is what.
	owed    bool
	payload string
}

// due returns the notification that the pass is to make, which has numbered these audit rows and perhaps
// events; wait is how long the next one has to wait if this one made none although there is something
// to tell.
func (h *hinting) due(now time.Time, events bool, audit []auditNew) (payload string, yes bool, wait time.Duration) {
	h.owed = h.owed || events || len(audit) > 0
	for i := range audit {
		switch audit[i].ObjectType {
		case "source", "token", "schema", "resource-type":
			h.payload = hintSettings
		}
	}
	if !h.owed {
		return "", false, 0
	}
	if since := now.Sub(h.last); since < hintEvery {
		return "", false, hintEvery - since
	}
	return h.payload, true, 0
}

// done notes that the notification was committed.
func (h *hinting) done(now time.Time) { *h = hinting{last: now} }
