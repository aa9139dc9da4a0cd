package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/rosterhq/roster/internal/directory"
)

// readers is a pool of read-only connections, opened when first needed. The one used last is used
// next, since its page cache is warm.
type readers struct {
	dsn   string
	slots chan struct{}
	size  int
	// txs are transactions that are over; one is as large as all else that a look-up makes.
	txs sync.Pool
	// mapping is where connections find pages; nil where they read them.
	mapping *mapping
	// afloat is the commit that connections may see already and that is not on the disk for certain yet.
	afloat atomic.Pointer[landing]

	mu      sync.Mutex
	idle    []*sqliteConn // guarded by mu
	writing bool          // guarded by mu
	closed  bool          // guarded by mu
}

var errClosed = errors.New("the store is closed")

func newReaders(dsn string, n int) *readers {
	return &readers{dsn: dsn, slots: make(chan struct{}, n), size: n, txs: sync.Pool{New: func() any { return &tx{} }}}
}

// view runs fn over one snapshot.
func (p *readers) view(ctx context.Context, fn func(*tx) error) error {
	return p.borrow(ctx, func(c *sqliteConn) error {
		kept, err := c.hold()
		if err != nil {
			return err
		}
		if !kept {
			if err := p.lasts(ctx); err != nil {
				c.drop()
				return err
			}
		}
		t := p.txs.Get().(*tx)
		t.conn = c
		err = fn(t)
		*t = tx{} // after a panic, it is not used again
		p.txs.Put(t)
		return err
	})
}

// lasts waits until everything that a snapshot taken before can have is on the disk.
func (p *readers) lasts(ctx context.Context) error {
	l := p.afloat.Load()
	if l == nil {
		return nil
	}
	select {
	case <-l.done:
		return l.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// borrow runs fn with a connection of the pool, waiting for one if need be.
func (p *readers) borrow(ctx context.Context, fn func(*sqliteConn) error) (err error) {
	select {
	case p.slots <- struct{}{}:
	default:
		select {
		case p.slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	defer func() { <-p.slots }()
	c, err := p.take()
	if err != nil {
		return err
	}
	defer p.finish(c, &err)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return fn(c)
}

// finish gives a connection back, unless a page of the mapping could not be read. Then there is no way to end what
// SQLite was doing with it: it is abandoned, and the pages are read by methods that can fail from then on.
func (p *readers) finish(c *sqliteConn, err *error) {
	v := recover()
	if fault, ok := v.(interface{ Addr() uintptr }); ok && p.mapping != nil && p.mapping.has(fault.Addr()) {
		p.mapping.broken.Store(true)
		*err = fmt.Errorf("%w: a page of the database file cannot be read", directory.ErrUnavailable)
		return
	}
	p.give(c)
	if v != nil {
		panic(v)
	}
}

func (p *readers) take() (*sqliteConn, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, errClosed
	}
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return c, nil
	}
	p.mu.Unlock()
	c, err := openSQLiteConn(p.dsn)
	if err == nil && p.mapping != nil {
		if err = c.readFrom(p.mapping); err != nil {
			return nil, errors.Join(err, c.close())
		}
	}
	return c, err
}

// give puts a connection back. It keeps its snapshot while nothing is written.
func (p *readers) give(c *sqliteConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.writing {
		c.drop()
	} else {
		c.rest()
	}
	p.idle = append(p.idle, c)
}

// pause makes idle connections hold no snapshots until resume: the log can be copied back into the file
// as a whole, and so begin anew, only when none from before is in use.
func (p *readers) pause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writing = true
	for _, c := range p.idle {
		c.drop()
	}
}

func (p *readers) resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writing = false
}

// close waits for the readers under way.
func (p *readers) close() error {
	p.mu.Lock()
	closed := p.closed
	p.closed = true
	p.mu.Unlock()
	if closed {
		return nil
	}
	for range p.size {
		p.slots <- struct{}{}
	}
	defer func() {
		for range p.size {
			<-p.slots
		}
	}()
	var errs []error
	for _, c := range p.idle {
		errs = append(errs, c.close())
	}
	p.idle = nil
	if p.mapping != nil {
		errs = append(errs, p.mapping.close())
	}
	return errors.Join(errs...)
}
