package sqlstore

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// silenceLimit is how long a server may say nothing while somebody waits for it, before it is taken for
// lost: a machine without power breaks no connection. It is more than what a statement waits for a lock, or a
// commit for its standby.
const silenceLimit = commitTimeout + 2*endTimeout

// impatient has connections break when they are silent for too long.
func impatient(dial pgconn.DialFunc, limit time.Duration) pgconn.DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &impatientConn{Conn: conn, limit: limit}, nil
	}
}

// impatientConn gives every read a deadline, if it has none that is earlier.
type impatientConn struct {
	net.Conn
	limit time.Duration
	mu    sync.Mutex
	until time.Time // the deadline of reads that others set; guarded by mu
}

func (c *impatientConn) Read(p []byte) (int, error) {
	if err := c.prepareRead(); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *impatientConn) prepareRead() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	until := time.Now().Add(c.limit)
	if !c.until.IsZero() && c.until.Before(until) {
		until = c.until
	}
	return c.Conn.SetReadDeadline(until)
}

func (c *impatientConn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = t
	return c.Conn.SetReadDeadline(t)
}

func (c *impatientConn) SetDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = t
	return c.Conn.SetDeadline(t)
}
