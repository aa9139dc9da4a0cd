package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// Bounds of what is committed together.
const (
	// flights is how many transactions of one scope that write are under way at once: one may write while the
	// other waits for the disk.
	flights = 2
	// flightSize is how many updates share one.
	flightSize = 32
	// patience is how long an update waits for a flight before it commits alone: one that is under way may wait
	// for a lock.
	patience = 200 * time.Millisecond
)

// together commits what several updates of one scope write in one transaction, a flight: they share the waking
// of processes and the wait for the disk. When a flight fails, each of its updates is tried alone, so that each
// gets its own error; when nobody knows whether it was committed, nobody knows that of any of them.
//
// Only updates share one that have not begun, hold no lock, and will ask for none but the shared one of their
// source: a flight then waits for nothing that one of its updates would not have waited for alone.
type together struct {
	patience time.Duration
	// flights is how many are under way at once for one scope.
	flights int
	// gathers is set when a flight lets all who are ready come along before it leaves: else it would mostly be
	// back before they have asked.
	gathers bool

	mu    sync.Mutex
	lanes map[scope]*lane // guarded by mu; only of scopes with a flight under way
}

// lane is what a scope has under way.
type lane struct {
	flying int
	queue  []*share
}

// share is what one update writes, or what one look-up reads.
type share struct {
	statements []statement
	// turn is closed when the share leads a flight, or when others have tried to commit it.
	turn chan struct{}
	// flight are the shares that it leads, itself first; empty in the others.
	flight []*share
	// alone is set when it has to be sent alone, else err is what became of it.
	alone bool
	err   error
	// answer is what its statement answered when it only reads.
	answer answer
}

// join returns nil when s was sent with others, leads a flight, or has to go alone. The end of ctx ends the wait,
// with an error once s is under way.
func (t *together) join(ctx context.Context, of scope, s *share) error {
	t.mu.Lock()
	l := t.lanes[of]
	if l == nil {
		if t.lanes == nil {
			t.lanes = map[scope]*lane{}
		}
		l = &lane{}
		t.lanes[of] = l
	}
	if l.flying < t.flights {
		l.flying++
		if s.flight = []*share{s}; t.gathers {
			t.mu.Unlock()
			runtime.Gosched()
			t.mu.Lock()
			n := min(len(l.queue), flightSize-1)
			s.flight = append(s.flight, l.queue[:n]...)
			l.queue = l.queue[n:]
		}
		t.mu.Unlock()
		return nil
	}
	s.turn = make(chan struct{})
	l.queue = append(l.queue, s)
	t.mu.Unlock()
	limit := time.NewTimer(t.patience)
	defer limit.Stop()
	select {
	case <-s.turn:
		return nil
	case <-limit.C:
	case <-ctx.Done():
	}
	t.mu.Lock()
	i := slices.Index(l.queue, s)
	if i >= 0 {
		l.queue = slices.Delete(l.queue, i, i+1)
		s.alone = true
	}
	leads := len(s.flight) > 0
	t.mu.Unlock()
	if i >= 0 || leads {
		return nil
	}
	select {
	case <-s.turn:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// land ends a flight, and has those begin the next one who wait.
func (t *together) land(of scope) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.lanes[of]
	if len(l.queue) == 0 {
		if l.flying--; l.flying == 0 {
			delete(t.lanes, of)
		}
		return
	}
	n := min(len(l.queue), flightSize)
	first := l.queue[0]
	first.flight = l.queue[:n:n]
	l.queue = l.queue[n:]
	close(first.turn)
}

// commitWhole commits a transaction that has not begun, if possible with others.
func (c *pgConn) commitWhole() error {
	if c.failed != nil {
		return c.failed
	}
	if c.open != nil {
		if err := c.open.keep(); err != nil {
			return err
		}
	}
	s := &share{statements: c.waiting}
	c.waiting = nil
	if c.careful || !shareable(s.statements) {
		return c.commitAtOnce(s.statements)
	}
	// Who leads waits for a connection, and must not wait for those who wait for it.
	c.giveBack()
	// The end of a request does not end the wait, which is short: what it asked for is done.
	if err := c.engine.together.join(c.ctx, c.scope, s); err != nil {
		return err
	}
	if len(s.flight) > 0 {
		c.lead(s)
	}
	if s.alone {
		return c.commitAtOnce(s.statements)
	}
	return s.err
}

// lead commits the flight of a share and tells the others, whatever happens.
func (c *pgConn) lead(s *share) {
	err, alone := fmt.Errorf("%w: the commit was not finished", directory.ErrUncertain), false
	defer func() {
		c.engine.together.land(c.scope)
		for _, other := range s.flight[1:] {
			other.err, other.alone = err, alone
			close(other.turn)
		}
	}()
	err = c.commitAtOnce(merged(s.flight))
	alone = err != nil && len(s.flight) > 1 && !errors.Is(err, directory.ErrUncertain)
	s.err = err
	if alone && c.lost == nil {
		c.failed, c.entered, s.alone = nil, false, true
	}
}
