package httpx

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// watchAfter is how long a request is worked on before its connection is watched for a client that hangs up.
// Most are answered by then.
const watchAfter = 20 * time.Millisecond

// unhurried is a connection that is spared what net/http asks of it for every request beside reading it and
// writing its answer.
//
// net/http sets some eight deadlines, of which hardly one comes near. They are only noted: the connection has
// one that is not later, and gets a later one when that has come first.
//
// While a request is worked on, net/http reads one byte, to notice that the client has gone, and ends that
// with a deadline in the past. This read begins only after watchAfter.
type unhurried struct {
	net.Conn

	mu          sync.Mutex
	read, write deadline    // guarded by mu
	waiting     bool        // guarded by mu; a read waits for wake
	late        *time.Timer // guarded by mu; ends the waiting; nil before the first time
	wake        chan struct{}
}

// deadline is that of one direction.
type deadline struct {
	set func(time.Time) error // of the connection
	// wanted is what was asked for, actual what the connection has; zero means none.
	wanted, actual time.Time
	// busy: the connection is being read, or written.
	busy bool
}

func newUnhurried(c net.Conn) *unhurried {
	return &unhurried{Conn: c, read: deadline{set: c.SetReadDeadline}, write: deadline{set: c.SetWriteDeadline},
		wake: make(chan struct{}, 1)}
}

// apply makes the connection's deadline one that is not later than what was asked for.
func (d *deadline) apply() error {
	if d.wanted.IsZero() || !d.actual.IsZero() && !d.actual.After(d.wanted) {
		return nil
	}
	d.actual = d.wanted
	return d.set(d.wanted)
}

func (d *deadline) over() bool { return !d.wanted.IsZero() && !d.wanted.After(time.Now()) }

// begin is called before the connection is used in a direction.
func (c *unhurried) begin(d *deadline) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	d.busy = true
	return d.apply()
}

// end is called afterwards. It reports whether to try again, because err is only that of a deadline which is
// not what was asked for.
func (c *unhurried) end(d *deadline, err error) (again bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d.busy = false
	if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) || d.over() {
		return false
	}
	d.actual = d.wanted
	return d.set(d.wanted) == nil
}

// Read implements net.Conn. Without a deadline, one byte is read later than anything else.
func (c *unhurried) Read(b []byte) (n int, err error) {
	if len(b) == 1 && c.wait() {
		return 0, os.ErrDeadlineExceeded
	}
	for {
		if err := c.begin(&c.read); err != nil {
			return 0, err
		}
		n, err = c.Conn.Read(b)
		if !c.end(&c.read, err) {
			return n, err
		}
	}
}

// Write implements net.Conn.
func (c *unhurried) Write(b []byte) (n int, err error) {
	for {
		if err := c.begin(&c.write); err != nil {
			return n, err
		}
		var written int
		written, err = c.Conn.Write(b[n:])
		n += written
		if !c.end(&c.write, err) {
			return n, err
		}
	}
}

// wait waits, if there is no deadline for reading, until there is one, or for watchAfter. It reports whether the
// deadline is over.
func (c *unhurried) wait() (over bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.read.wanted.IsZero() {
		return false
	}
	c.waiting = true
	if c.late == nil {
		c.late = time.AfterFunc(watchAfter, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.goOn()
		})
	} else {
		c.late.Reset(watchAfter)
	}
	c.mu.Unlock()
	<-c.wake
	c.mu.Lock()
	c.late.Stop()
	return c.read.over()
}

// goOn ends the waiting, if there is any. c.mu is held.
func (c *unhurried) goOn() {
	if c.waiting {
		c.waiting = false
		c.wake <- struct{}{}
	}
}

// SetReadDeadline implements net.Conn.
func (c *unhurried) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read.wanted = t; !t.IsZero() {
		c.goOn()
	}
	return c.change(&c.read)
}

// SetWriteDeadline implements net.Conn.
func (c *unhurried) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.write.wanted = t
	return c.change(&c.write)
}

// change lets whoever uses the connection know of an earlier deadline. c.mu is held.
func (c *unhurried) change(d *deadline) error {
	if !d.busy {
		return nil
	}
	return d.apply()
}

// SetDeadline implements net.Conn.
func (c *unhurried) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// Close implements net.Conn.
func (c *unhurried) Close() error {
	err := c.Conn.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.goOn()
	return err
}

// CloseWrite passes on what net/http asks a TCP connection for.
func (c *unhurried) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
