package sqlstore

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
)

// slowDisk is a disk that has what was written when it is told so.
type slowDisk struct {
	begun         chan struct{} // one for each sync
	end           chan struct{} // ends a sync
	broken, quick chan struct{} // closed when each sync fails, or needs not be ended
	ended         atomic.Bool   // set before the first sync ends
}

var errBroken = errors.New("the disk is broken")

func (d *slowDisk) close() error { return nil }

func (d *slowDisk) begin(uintptr) error {
	select {
	case <-d.quick:
	case d.begun <- struct{}{}:
	}
	return nil
}

func (d *slowDisk) wait() error {
	select {
	case <-d.end:
		return nil
	case <-d.quick:
		return nil
	case <-d.broken:
		return errBroken
	}
}

// finish ends the sync under way.
func (d *slowDisk) finish() {
	d.ended.Store(true)
	d.end <- struct{}{}
}

// underWay opens a store with a slow disk, on which a first commit is under way.
func underWay(t *testing.T) (s *Store, d *slowDisk, first <-chan error) {
	t.Helper()
	s, err := Open(t.Context(), "sqlite://"+t.TempDir()+"/roster.db", Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := s.engine.(*sqliteEngine).writer
	if w.conn.disk != nil {
		if err := w.conn.disk.close(); err != nil {
			t.Fatal(err)
		}
	}
	d = &slowDisk{begun: make(chan struct{}), end: make(chan struct{}), broken: make(chan struct{}), quick: make(chan struct{})}
	w.conn.disk = d
	w.pipeline()
	t.Cleanup(func() {
		close(d.quick)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	first = write(s, "first")
	<-d.begun
	return s, d, first
}

// write puts a name into the store; the result comes by the channel.
func write(s *Store, name string) <-chan error {
	done := make(chan error, 1)
	go func() { done <- s.update(context.Background(), func(t *tx) error { return put(t, name) }) }()
	return done
}

// TestLanding_NobodyIsToldBefore has readers and writers meet a commit that is not on the disk.
func TestLanding_NobodyIsToldBefore(t *testing.T) {
	t.Parallel()
	s, d, first := underWay(t)
	// The next transaction is executed meanwhile, and sees it.
	executed := make(chan struct{})
	second := make(chan error, 1)
	go func() {
		second <- s.update(context.Background(), func(x *tx) error {
			var n int
			if err := x.row("SELECT count(*) FROM definition WHERE name = 'first'").scan(&n); err != nil || n != 1 {
				t.Errorf("%d rows of the commit before: %v", n, err)
			}
			defer close(executed)
			return put(x, "second")
		})
	}()
	<-executed
	early := make(chan bool, 2)
	view := make(chan int, 1)
	go func() {
		n := count(t, s)
		early <- !d.ended.Load()
		view <- n
	}()
	go func() {
		if err := <-first; err != nil {
			t.Error(err)
		}
		early <- !d.ended.Load()
	}()
	d.finish()
	<-d.begun // the second commit
	d.finish()
	for range 2 {
		if <-early {
			t.Error("somebody was told of a commit before it was on the disk")
		}
	}
	if n := <-view; n < 1 {
		t.Errorf("%d rows", n)
	}
	if err := <-second; err != nil {
		t.Error(err)
	}
	if n := count(t, s); n != 2 {
		t.Errorf("%d rows in the end", n)
	}
}

// TestLanding_FailureOfTheDisk leaves a commit uncertain: nobody may build on it.
func TestLanding_FailureOfTheDisk(t *testing.T) {
	t.Parallel()
	s, d, first := underWay(t)
	own := errors.New("found something in the commit before")
	executed := make(chan struct{})
	second, third := make(chan error, 1), write(s, "third")
	go func() {
		second <- s.update(context.Background(), func(*tx) error { defer close(executed); return own })
	}()
	<-executed
	view := make(chan error, 1)
	go func() { view <- s.view(context.Background(), func(*tx) error { return nil }) }()
	close(d.broken)
	if err := <-first; !errors.Is(err, directory.ErrUncertain) || !errors.Is(err, errBroken) {
		t.Errorf("the commit: %v", err)
	}
	for what, result := range map[string]<-chan error{
		"a write after it": third, "one with an error of its own": second, "a view": view, "a write once it is known": write(s, "fourth"),
	} {
		if err := <-result; !errors.Is(err, directory.ErrUnavailable) || errors.Is(err, directory.ErrUncertain) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := s.view(t.Context(), func(*tx) error { return nil }); !errors.Is(err, directory.ErrUnavailable) {
		t.Errorf("a view once it is known: %v", err)
	}
	if err := s.Err(); !errors.Is(err, errBroken) {
		t.Errorf("the store's state: %v", err)
	}
}

func TestLanding_ViewThatIsGivenUp(t *testing.T) {
	t.Parallel()
	s, d, first := underWay(t)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 { // a snapshot that was not waited for is not kept
		if err := s.view(over, func(*tx) error { return errors.New("it was shown") }); !errors.Is(err, context.Canceled) {
			t.Errorf("a view that was given up: %v", err)
		}
	}
	d.finish()
	if err := <-first; err != nil {
		t.Error(err)
	}
	if n := count(t, s); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestLanding_CloseWaits(t *testing.T) {
	t.Parallel()
	s, d, first := underWay(t)
	closed := make(chan bool, 1)
	go func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		closed <- d.ended.Load()
	}()
	d.finish()
	if err := <-first; err != nil {
		t.Error(err)
	}
	for over := false; !over; {
		select {
		case <-d.begun: // closing copies the log back
			d.finish()
		case waited := <-closed:
			if over = true; !waited {
				t.Error("the store was closed before the commit was on the disk")
			}
		}
	}
}
