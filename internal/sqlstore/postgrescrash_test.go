package sqlstore

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/pgtest"
)

// survivors are writers that go on whatever happens to the database.
type survivors struct {
	store *Store
	mu    sync.Mutex
	acked map[int64]bool // guarded by mu
	next  atomic.Int64
	// enough is told whenever a write was acknowledged.
	enough chan int
	stop   chan struct{}
}

func (s *survivors) write(t *testing.T) {
	for {
		select {
		case <-s.stop:
			return
		default:
		}
		n := s.next.Add(1)
		err := s.store.update(t.Context(), func(x *tx) error { return createMember(x, n) })
		if errors.Is(err, directory.ErrBusy) {
			continue
		}
		if err != nil {
			t.Errorf("write %d: %v", n, err)
			return
		}
		s.mu.Lock()
		s.acked[n] = true
		count := len(s.acked)
		s.mu.Unlock()
		select {
		case s.enough <- count:
		default:
		}
	}
}

// await returns once more writes were acknowledged.
func (s *survivors) await(more int) {
	for want := more + <-s.enough; <-s.enough < want; {
		continue
	}
}

// The database server is killed, or shut down, again and again while writers work. Its clients meet
// nothing but "busy", go on when it is back, and find everything that was acknowledged.
func TestPostgres_ServerDiesUnderWriters(t *testing.T) {
	t.Parallel()
	server, err := pgtest.Start(t.Context(), pgtest.Options{Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	createCrashGroup(t, server.URL("postgres"))
	s := &survivors{store: openURL(t, server.URL("postgres")), acked: map[int64]bool{}, enough: make(chan int), stop: make(chan struct{})}
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() { s.write(t) })
	}
	for _, end := range []func() error{server.Kill, server.Shutdown, server.Kill} {
		s.await(40)
		if err := end(); err != nil {
			t.Error(err)
		}
		if err := server.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s.await(40)
	close(s.stop)
	writers.Wait()
	checkAcknowledged(t, s.store, s.acked)
}
