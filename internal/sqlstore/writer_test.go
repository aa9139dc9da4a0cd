package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/directory"
)

func openTest(t testing.TB, opts Options) (*Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "roster.db")
	s, err := Open(t.Context(), "sqlite://"+path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, path
}

// put and count use the definition table as a plain list of names.
func put(t *tx, name string) error {
	_, err := t.exec(`INSERT INTO definition (source_id, kind, name, extends_type, document, created)
		VALUES (0, 'schema', $1, '', '', 0)`, name)
	return err
}

func count(t *testing.T, s *Store) (n int) {
	t.Helper()
	err := s.view(t.Context(), func(t *tx) error { return t.row("SELECT count(*) FROM definition").scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// hold blocks the writer until the returned function is called.
func hold(t *testing.T, s *Store) (release func()) {
	t.Helper()
	started, end := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		once := sync.OnceFunc(func() { close(started) })
		err := s.update(context.Background(), func(*tx) error { once(); <-end; return nil })
		if err != nil {
			t.Error(err)
		}
	})
	<-started
	return func() { close(end); wg.Wait() }
}

func TestUpdate_FailureLeavesTheRestOfItsBatch(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
	release := hold(t, s)
	bad := errors.New("bad")
	var wg sync.WaitGroup
	for i, name := range []string{"a", "fails", "b", "panics", "c", "d"} {
		wg.Go(func() {
			err := s.update(t.Context(), func(tx *tx) error {
				if err := put(tx, name); err != nil {
					return err
				}
				switch name {
				case "fails":
					return bad
				case "panics":
					panic("oh")
				}
				return nil
			})
			var p *PanicError
			switch {
			case name == "fails" && !errors.Is(err, bad), name == "panics" && !errors.As(err, &p),
				name != "fails" && name != "panics" && err != nil:
				t.Errorf("%d %s: %v", i, name, err)
			}
		})
	}
	release()
	wg.Wait()
	if got := count(t, s); got != 4 {
		t.Errorf("%d rows, want 4", got)
	}
}

// TestUpdate_BatchWithFailures compares long batches with what a list says should be left.
func TestUpdate_BatchWithFailures(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
	bad := errors.New("bad")
	events := 0
	rapid.Check(t, func(rt *rapid.T) {
		err := s.update(t.Context(), func(x *tx) error { _, err := x.exec("DELETE FROM definition"); return err })
		if err != nil {
			rt.Fatal(err)
		}
		release := hold(t, s)
		var wg sync.WaitGroup
		var want []string
		for i, kind := range rapid.SliceOfN(rapid.SampledFrom([]string{"ok", "ok", "ok", "reads", "writes", "taken"}), 1, 300).Draw(rt, "kinds") {
			name := fmt.Sprintf("%03d", i)
			if kind == "ok" {
				want = append(want, name)
			}
			wg.Go(func() {
				err := s.update(t.Context(), func(x *tx) error {
					switch kind {
					case "reads":
						_, err := x.Definitions(t.Context(), 0)
						return errors.Join(err, bad)
					case "taken":
						return errors.Join(put(x, name), put(x, name), bad)
					case "writes":
						return errors.Join(put(x, name), x.AppendEvent(t.Context(), &directory.Event{}), bad)
					}
					e := &directory.Event{ID: name}
					return errors.Join(put(x, name), x.AppendEvent(t.Context(), e))
				})
				if errors.Is(err, bad) == (kind == "ok") {
					t.Errorf("%s: %v", kind, err)
				}
			})
		}
		release()
		wg.Wait()
		events += len(want)
		var got []string
		err = s.view(t.Context(), func(x *tx) error {
			seq, err := x.LastSeq(t.Context())
			if int(seq) != events {
				rt.Errorf("last seq is %d, want %d", seq, events)
			}
			return errors.Join(err, x.each(func(r *rows) error {
				var name string
				err := r.scan(&name)
				got = append(got, name)
				return err
			}, "SELECT name FROM definition ORDER BY name"))
		})
		if err != nil || !slices.Equal(got, want) {
			rt.Errorf("%d names are left, want %d: %v", len(got), len(want), err)
		}
	})
}

func TestUpdate_ExitOfTheGoroutineIsContained(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
	err := s.update(t.Context(), func(tx *tx) error {
		if err := put(tx, "lost"); err != nil {
			return err
		}
		runtime.Goexit() // as t.FailNow does
		return nil
	})
	if !errors.Is(err, errExit) {
		t.Errorf("got %v", err)
	}
	if got := count(t, s); got != 0 {
		t.Errorf("%d rows, want 0", got)
	}
	if err := s.update(t.Context(), func(tx *tx) error { return put(tx, "next") }); err != nil {
		t.Error(err)
	}
}

func TestUpdate_CancelledWhileQueuedDoesNotRun(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
	release := hold(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.update(ctx, func(tx *tx) error { return put(tx, "never") }) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	release()
	if got := count(t, s); got != 0 {
		t.Errorf("%d rows, want 0", got)
	}
}

func TestUpdate_FullQueueIsBusy(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{Queue: 1})
	release := hold(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	busy := make(chan error, 2)
	for range 2 {
		wg.Go(func() {
			if err := s.update(ctx, func(*tx) error { return nil }); errors.Is(err, directory.ErrBusy) {
				busy <- err
			}
		})
	}
	<-busy
	cancel()
	wg.Wait()
	release()
}

func TestUpdate_LockOfAnotherProcessIsBusy(t *testing.T) {
	t.Parallel()
	s, path := openTest(t, Options{})
	other, err := openSQLiteConn(sqliteDSN(path, 1000, false))
	if err != nil {
		t.Fatal(err)
	}
	defer other.close()
	if _, err := other.exec("BEGIN IMMEDIATE", nil); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	err = s.update(t.Context(), func(tx *tx) error { return put(tx, "a") })
	if took := time.Since(start); !errors.Is(err, directory.ErrBusy) || took < 4*time.Second || took > 9*time.Second {
		t.Errorf("%v after %v", err, took)
	}
	if _, err := other.exec("ROLLBACK", nil); err != nil {
		t.Fatal(err)
	}
	if err := s.update(t.Context(), func(tx *tx) error { return put(tx, "a") }); err != nil {
		t.Error(err)
	}
	if s.Err() != nil {
		t.Error(s.Err())
	}
}

func TestUpdate_AfterCloseIsRefused(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.update(t.Context(), func(*tx) error { return nil }); !errors.Is(err, errClosed) {
		t.Errorf("update: %v", err)
	}
	if err := s.view(t.Context(), func(*tx) error { return nil }); !errors.Is(err, errClosed) {
		t.Errorf("view: %v", err)
	}
}

func TestView_SeesOneSnapshot(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
	err := s.view(t.Context(), func(r *tx) error {
		var before, after int
		if err := r.row("SELECT count(*) FROM definition").scan(&before); err != nil {
			return err
		}
		if err := s.update(t.Context(), func(w *tx) error { return put(w, "a") }); err != nil {
			return err
		}
		if err := r.row("SELECT count(*) FROM definition").scan(&after); err != nil {
			return err
		}
		if before != after {
			t.Errorf("%d rows, then %d", before, after)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := count(t, s); got != 1 {
		t.Errorf("%d rows, want 1", got)
	}
}

func TestView_CannotWrite(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
	if err := s.view(t.Context(), func(r *tx) error { return put(r, "a") }); err == nil {
		t.Error("a reader wrote")
	}
}
