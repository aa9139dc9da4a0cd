package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
)

// oneReader opens a store whose reads all use one connection.
func oneReader(t *testing.T) (*Store, string) {
	t.Helper()
	return openTest(t, Options{Readers: 1})
}

// reader returns the connection for reading that was used last.
func reader(t *testing.T, s *Store) *sqliteConn {
	t.Helper()
	p := s.engine.(*sqliteEngine).readers
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) != 1 {
		t.Fatalf("%d connections are idle", len(p.idle))
	}
	return p.idle[0]
}

func TestSnapshot_IsKeptUntilSomethingIsWritten(t *testing.T) {
	t.Parallel()
	s, path := oneReader(t)
	other, err := Open(t.Context(), "sqlite://"+path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	count(t, s) // the first one learns where the log's index is
	want := count(t, s)
	c := reader(t, s)
	kept := c.anchor
	if kept == nil || !c.current() {
		t.Fatal("the snapshot was not kept")
	}
	if count(t, s) != want || c.anchor != kept || !c.current() {
		t.Error("a second view does not use the snapshot of the first one")
	}
	for name, store := range map[string]*Store{"this store": s, "another one": other} {
		for n := range 50 {
			want++
			if err := store.update(t.Context(), func(t *tx) error { return put(t, fmt.Sprint(name, n)) }); err != nil {
				t.Fatal(err)
			}
			if got := count(t, s); got != want {
				t.Fatalf("after a write by %s: %d rows, want %d", name, got, want)
			}
		}
	}
}

func TestSnapshot_OneOfAnEarlierStateIsGivenUpWhenWritingBegins(t *testing.T) {
	t.Parallel()
	s, _ := oneReader(t)
	count(t, s)
	count(t, s)
	c := reader(t, s)
	err := s.update(t.Context(), func(w *tx) error {
		if c.anchor != nil {
			t.Error("an idle connection holds a snapshot during a write")
		}
		if err := s.view(t.Context(), func(*tx) error { return nil }); err != nil {
			return err
		}
		if c.anchor != nil {
			t.Error("a connection keeps its snapshot during a write")
		}
		return put(w, "n")
	})
	if err != nil {
		t.Fatal(err)
	}
}

// logSize is the size of a database's log in bytes.
func logSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestSnapshot_LogBeginsAnewAfterReads(t *testing.T) {
	t.Parallel()
	s, path := oneReader(t)
	count(t, s)
	count(t, s)
	var most int64
	// A transaction writes 2 MiB, and the log is to be copied back at 16 MiB.
	for range 60 {
		err := s.update(t.Context(), func(tx *tx) error {
			_, err := tx.exec("INSERT INTO setting (name, value) VALUES ('big', zeroblob(2097152)) ON CONFLICT (name) DO UPDATE SET value = zeroblob(2097152)")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, logSize(t, path))
	}
	if most > 60<<20 {
		t.Errorf("the log grew to %d MiB", most>>20)
	}
}

func TestSnapshot_PanicOfAView(t *testing.T) {
	t.Parallel()
	s, _ := oneReader(t)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		s.view(t.Context(), func(*tx) error { panic("x") }) //nolint:errcheck // it panics
	}()
	want := count(t, s) + 1
	if err := s.update(t.Context(), func(t *tx) error { return put(t, "n") }); err != nil {
		t.Fatal(err)
	}
	if got := count(t, s); got != want {
		t.Errorf("%d rows, want %d", got, want)
	}
}

func TestSnapshot_InterruptionEndsWithItsView(t *testing.T) {
	t.Parallel()
	s, _ := oneReader(t)
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		err := s.view(ctx, func(x *tx) error {
			cancel()
			return x.eachContext(ctx, func(*rows) error { return nil },
				"SELECT count(*) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n)", nil)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the view that was interrupted: %v", err)
		}
		count(t, s)
	}
}

func TestSnapshot_ThatIsKeptDoesNotPreventABackup(t *testing.T) {
	t.Parallel()
	s, path := oneReader(t)
	for _, name := range []string{".1", ".2"} {
		err := s.view(t.Context(), func(x *tx) error { return x.row("SELECT 1").scan(new(int)) })
		if err != nil {
			t.Fatal(err)
		}
		if reader(t, s).anchor == nil {
			t.Fatal("no snapshot is kept")
		}
		if _, err := s.Backup(t.Context(), path+name); err != nil {
			t.Error(err)
		}
	}
}
