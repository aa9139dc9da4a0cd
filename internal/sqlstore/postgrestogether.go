package sqlstore

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// Bounds of what is committed together.
const (
	// flights is how many transactions of one scope are under way at once: one may write while the other
	// waits for the disk.
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

	mu    sync.Mutex
	lanes map[scope]*lane // guarded by mu; only of scopes with a flight under way
}

// lane is what a scope has under way.
type lane struct {
	flying int
	queue  []*share
}

// share is what one update writes.
type share struct {
	statements []statement
	// turn is closed when the share leads a flight, or when others have tried to commit it.
	turn chan struct{}
	// flight are the shares that it leads, itself first; empty in the others.
	flight []*share
	// alone is set when it has to be committed alone, else err is what became of it.
	alone bool
	err   error
}

// join returns when s was committed with others, leads a flight, or has to go alone. The end of a request does
// not end the wait, which is short: what it asked for is done.
func (t *together) join(of scope, s *share) {
	t.mu.Lock()
	l := t.lanes[of]
	if l == nil {
		if t.lanes == nil {
			t.lanes = map[scope]*lane{}
		}
		l = &lane{}
		t.lanes[of] = l
	}
	if l.flying < flights {
		l.flying++
		t.mu.Unlock()
		s.flight = []*share{s}
		return
	}
	s.turn = make(chan struct{})
	l.queue = append(l.queue, s)
	t.mu.Unlock()
	limit := time.NewTimer(t.patience)
	defer limit.Stop()
	select {
	case <-s.turn:
		return
	case <-limit.C:
	}
	t.mu.Lock()
	i := slices.Index(l.queue, s)
	if i >= 0 {
		l.queue = slices.Delete(l.queue, i, i+1)
		s.alone = true
	}
	t.mu.Unlock()
	if i < 0 {
		<-s.turn // it is under way
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
	c.together.join(c.scope, s)
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
		c.together.land(c.scope)
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
