package sqlstore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/pgtest"
)

// ownServer starts a server that the test may break, and opens a store on it.
func ownServer(t *testing.T) (*pgtest.Server, *Store) {
	t.Helper()
	server, err := pgtest.Start(t.Context(), pgtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server, openURL(t, server.URL("postgres"))
}

func restart(t *testing.T, server *pgtest.Server) {
	t.Helper()
	if err := errors.Join(server.Shutdown(), server.Restart(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// ask runs a query of the superuser that has one result.
func ask[T any](t *testing.T, server *pgtest.Server, query string) T {
	t.Helper()
	return pgtest.Value[T](t, server.SuperuserURL("postgres"), query)
}

// A commit that waits for a synchronous standby and is cancelled succeeds, with a warning: one server has
// it. When that one is lost, the change is, so it is not acknowledged.
func TestPostgres_CommitWithoutItsStandbyIsUncertain(t *testing.T) {
	t.Parallel()
	server, s := ownServer(t)
	if err := server.Exec(t.Context(), "postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"); err != nil {
		t.Fatal(err)
	}
	restart(t, server)
	done := make(chan error, 1)
	go func() {
		err := errors.Join(directory.ErrBusy)
		for errors.Is(err, directory.ErrBusy) && !errors.Is(err, directory.ErrUncertain) { // until the restart is over
			err = s.update(t.Context(), func(x *tx) error { return create(x, 1) })
		}
		done <- err
	}()
	for {
		ask[int](t, server, "SELECT count(pg_cancel_backend(pid))::int FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
		select {
		case err := <-done:
			if !errors.Is(err, directory.ErrUncertain) || !errors.Is(err, directory.ErrBusy) {
				t.Errorf("the update returned %v", err)
			}
			return
		default:
		}
	}
}

// A server that does not even say that it cancelled a statement is lost, whatever the statement was.
func TestPostgres_SilenceIsNoSlowStatement(t *testing.T) {
	t.Parallel()
	_, s := ownServer(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	pid := 0
	err := s.view(ctx, func(x *tx) error {
		var backend int64
		if err := x.row("SELECT pg_backend_pid()::bigint").scan(&backend); err != nil {
			return err
		}
		pid = int(backend)
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			return err
		}
		return x.row("SELECT 1::bigint").scan(&backend)
	})
	if pid == 0 || !errors.Is(err, directory.ErrBusy) {
		t.Errorf("a view on process %d returned %v", pid, err)
	}
	if err := s.view(t.Context(), func(*tx) error { return nil }); err != nil {
		t.Errorf("the next view: %v", err)
	}
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Error(err)
	}
}

// Whoever waits for a connection until its time is over did not search for too long.
func TestPostgres_NoFreeConnectionIsBusy(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), postgresURL(t)+"&pool_max_conns=2", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // nothing is at stake
	err = s.view(t.Context(), func(x *tx) error {
		if _, err := x.exec("SELECT 1"); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		return s.view(ctx, func(x *tx) error { return x.row("SELECT 1").scan(new(int)) })
	})
	if !errors.Is(err, directory.ErrBusy) {
		t.Errorf("the inner view returned %v", err)
	}
}

// A server that has become a standby is left alone, and used again when it leads.
func TestPostgres_WritesGoToAServerThatTakesThem(t *testing.T) {
	t.Parallel()
	server, s := ownServer(t)
	signal := filepath.Join(ask[string](t, server, "SHOW data_directory"), "standby.signal")
	if err := os.WriteFile(signal, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	restart(t, server)
	write := func() error { return s.update(t.Context(), func(x *tx) error { return create(x, 1) }) }
	for range 3 {
		if err := write(); !errors.Is(err, directory.ErrBusy) || errors.Is(err, directory.ErrUncertain) {
			t.Fatalf("a standby took the write: %v", err)
		}
	}
	if err := s.view(t.Context(), func(x *tx) error { return x.row("SELECT 1").scan(new(int)) }); !errors.Is(err, directory.ErrBusy) {
		t.Errorf("a standby, which may lag behind, was read: %v", err)
	}
	if _, err := Open(t.Context(), server.URL("postgres"), Options{}); err == nil || !strings.Contains(err.Error(), "read only") {
		t.Errorf("a store on a standby: %v", err)
	}
	if !ask[bool](t, server, "SELECT pg_promote()") {
		t.Fatal("the server was not promoted")
	}
	if err := write(); err != nil {
		t.Errorf("the server leads, but %v", err)
	}
}

// After a fail-over, transactions may have lower numbers than those that the lost server gave.
func TestSequencer_AnotherServerCountsAnew(t *testing.T) {
	t.Parallel()
	one, other := &pgx.Conn{}, &pgx.Conn{}
	s := &sequencer{}
	s.meet(one)
	s.low, s.foldLow = 900, 800
	if s.meet(one); s.low != 900 || s.foldLow != 800 {
		t.Errorf("the same connection was forgotten: %d, %d", s.low, s.foldLow)
	}
	if s.meet(other); s.low != 0 || s.foldLow != 0 {
		t.Errorf("rows below %d and %d would never be found", s.low, s.foldLow)
	}
}
