package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// silenceLimit is how long a server may say nothing while somebody waits for it, before it is asked
// whether it lives; probeLimit is how long it may take to say so.
const (
	silenceLimit = 5 * time.Second
	probeLimit   = 10 * time.Second
)

// impatient has connections break when their server is silent and does not answer a new one either: a
// machine that lost its power or its network breaks none. A server that lives may be silent for as long
// as a statement takes.
func impatient(dial pgconn.DialFunc) pgconn.DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &impatientConn{Conn: conn, probe: func() error { return probe(dial, network, address) }}, nil
	}
}

// probe asks a server whether it speaks TLS. Every server answers that, with one byte, also while it
// starts or takes no more connections.
func probe(dial pgconn.DialFunc, network, address string) error {
	ctx, cancel := context.WithTimeout(context.Background(), probeLimit)
	defer cancel()
	conn, err := dial(ctx, network, address)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // it was for the answer
	request, err := (&pgproto3.SSLRequest{}).Encode(nil)
	if err != nil {
		return err
	}
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return err
	}
	if _, err := conn.Write(request); err != nil {
		return err
	}
	_, err = io.ReadFull(conn, make([]byte, 1))
	return err
}

// impatientConn probes the server when a read takes long.
type impatientConn struct {
	net.Conn
	probe func() error
	mu    sync.Mutex
	until time.Time // the deadline of reads that others set; guarded by mu
}

func (c *impatientConn) Read(p []byte) (int, error) {
	for {
		if err := c.prepareRead(); err != nil {
			return 0, err
		}
		n, err := c.Conn.Read(p)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) || c.over() {
			return n, err
		}
		if err := c.probe(); err != nil {
			return 0, fmt.Errorf("the server has been silent for %s and answers no new connection: %v", silenceLimit, err)
		}
	}
}

func (c *impatientConn) prepareRead() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	until := time.Now().Add(silenceLimit)
	if !c.until.IsZero() && c.until.Before(until) {
		until = c.until
	}
	return c.Conn.SetReadDeadline(until)
}

// over tells whether the deadline has passed that others set.
func (c *impatientConn) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.until.IsZero() && !time.Now().Before(c.until)
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
