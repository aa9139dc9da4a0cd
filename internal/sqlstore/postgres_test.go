package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/pgtest"
	"github.com/rosterhq/roster/internal/storetest"
)

// twoStores opens one database twice, as two processes do.
func twoStores(t *testing.T) (a, b *Store) {
	url := postgresURL(t)
	return openURL(t, url), openURL(t, url)
}

func appendEvent(s *Store, ctx context.Context, id string, before func()) error {
	return s.update(ctx, func(x *tx) error {
		if err := x.AppendEvent(ctx, &directory.Event{ID: id, Type: directory.UserCreated, OccurredAt: benchNow}); err != nil {
			return err
		}
		if before != nil {
			// The row is on the server by now.
			if _, err := x.exec("SELECT 1"); err != nil {
				return err
			}
			before()
		}
		return nil
	})
}

func eventsAfter(t *testing.T, s *Store, after directory.Seq) (ids []string) {
	t.Helper()
	err := s.view(t.Context(), func(x *tx) error {
		return x.Events(t.Context(), 0, after, 1000, func(e *directory.Event) error {
			if after++; e.Seq != after {
				return fmt.Errorf("event %d comes where %d should", e.Seq, after)
			}
			ids = append(ids, e.ID)
			return nil
		})
	})
	if err != nil {
		t.Error(err)
	}
	return ids
}

func TestSequencer_NumbersInTheOrderOfCommits(t *testing.T) {
	t.Parallel()
	a, b := twoStores(t)
	begun, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := appendEvent(a, t.Context(), "slow", func() { close(begun); <-release }); err != nil {
			t.Error(err)
		}
	})
	<-begun
	if err := appendEvent(b, t.Context(), "quick", nil); err != nil {
		t.Error(err)
	}
	if got := eventsAfter(t, a, 0); len(got) != 1 || got[0] != "quick" {
		t.Errorf("while one transaction is open, the events are %v", got)
	}
	close(release)
	wg.Wait()
	if got := eventsAfter(t, b, 1); len(got) != 1 || got[0] != "slow" {
		t.Errorf("behind the first, the events are %v", got)
	}
}

func TestSequencer_FollowersSkipNothing(t *testing.T) {
	t.Parallel()
	const writers, each = 4, 40
	a, b := twoStores(t)
	var wg sync.WaitGroup
	for w := range writers {
		for i, s := range []*Store{a, b} {
			wg.Go(func() {
				for n := range each {
					if err := appendEvent(s, t.Context(), fmt.Sprint(w, i, n), nil); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	written := make(chan struct{})
	go func() { wg.Wait(); close(written) }()
	seen := map[string]bool{}
	for last := false; ; {
		for _, id := range eventsAfter(t, b, directory.Seq(len(seen))) {
			seen[id] = true
		}
		if last || t.Failed() {
			break
		}
		select {
		case <-written:
			last = true
		default:
		}
	}
	if len(seen) != 2*writers*each {
		t.Errorf("the follower saw %d events of %d", len(seen), 2*writers*each)
	}
}

// Two writers lock two users in opposite order: PostgreSQL ends one, which starts again.
func TestPostgres_DeadlockIsNobodysFailure(t *testing.T) {
	t.Parallel()
	a, b := twoStores(t)
	for n := range int64(2) {
		if err := a.update(t.Context(), func(x *tx) error { return create(x, n) }); err != nil {
			t.Fatal(err)
		}
	}
	var met, wg sync.WaitGroup
	met.Add(2)
	for i, s := range []*Store{a, b} {
		wg.Go(func() {
			first := true
			err := s.update(t.Context(), func(x *tx) error {
				for _, n := range []int64{int64(i), int64(1 - i)} {
					r, err := x.Resource(t.Context(), directory.BuiltinSource, directory.UserType, benchID(n))
					if err != nil {
						return err
					}
					if first {
						first = false
						met.Done()
						met.Wait()
					}
					if err := x.TouchResource(t.Context(), r.Source, r.Type, r.ID, r.Version+1, benchNow); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	err := a.view(t.Context(), func(x *tx) error {
		for n := range int64(2) {
			if r, err := x.Resource(t.Context(), directory.BuiltinSource, directory.UserType, benchID(n)); err != nil || r.Version != 3 {
				t.Errorf("user %d: %+v, %v", n, r, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPostgres_GroupsDoNotCloseACycleTogether(t *testing.T) {
	t.Parallel()
	a, b := twoStores(t)
	ids := []directory.ResourceID{"g0", "g1"}
	for _, id := range ids {
		err := a.update(t.Context(), func(x *tx) error {
			return x.InsertResource(t.Context(), &directory.Record{Source: directory.BuiltinSource, Type: directory.GroupType, ID: id,
				Version: 1, Body: []byte("{}"), Keys: directory.Keys{Name: string(id)}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	closes := errors.New("closes a cycle")
	var wg sync.WaitGroup
	refused := make(chan error, 2)
	for i, s := range []*Store{a, b} {
		wg.Go(func() {
			group, member := ids[i], ids[1-i]
			refused <- s.update(t.Context(), func(x *tx) error {
				if _, err := x.Resource(t.Context(), directory.BuiltinSource, directory.GroupType, group); err != nil {
					return err
				}
				if reaches, err := x.Reaches(t.Context(), directory.BuiltinSource, member, group); err != nil || reaches {
					return errors.Join(err, closes)
				}
				_, err := x.AddMembers(t.Context(), directory.BuiltinSource, group, []directory.ResourceID{member}, benchNow)
				return err
			})
		})
	}
	wg.Wait()
	one, other := <-refused, <-refused
	if (one == nil) == (other == nil) || !errors.Is(errors.Join(one, other), closes) {
		t.Errorf("got %v and %v, want one refusal", one, other)
	}
	storetest.CheckInvariants(t, a)
}

func TestPostgres_SwallowedFailureEndsTheTransaction(t *testing.T) {
	t.Parallel()
	s := openPostgresTest(t)
	err := s.update(t.Context(), func(x *tx) error {
		if err := create(x, 1); err != nil {
			return err
		}
		if _, err := x.exec("SELECT 1 / (SELECT 0)"); err == nil {
			t.Error("the division succeeded")
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "division") {
		t.Errorf("the update returned %v", err)
	}
	err = s.view(t.Context(), func(x *tx) error {
		n, err := x.CountResources(t.Context(), directory.BuiltinSource, directory.UserType)
		if n != 0 {
			t.Errorf("%d users were stored", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPostgres_CancelledWhileWaitingForALock(t *testing.T) {
	t.Parallel()
	s := openPostgresTest(t)
	held, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := s.updateAlone(t.Context(), lockAccounts, func(x *tx) error {
			_, err := x.exec("SELECT 1")
			close(held)
			<-release
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-held
	ctx, cancel := context.WithCancel(t.Context())
	begun := make(chan struct{})
	wg.Go(func() { <-begun; cancel() })
	err := s.updateAlone(ctx, lockAccounts, func(x *tx) error {
		close(begun)
		_, err := x.exec("SELECT 1")
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the update returned %v", err)
	}
	close(release)
	wg.Wait()
	if err := s.update(t.Context(), func(x *tx) error { return create(x, 1) }); err != nil {
		t.Error(err)
	}
}

func TestPostgres_FullQueueIsBusy(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), postgresURL(t)+"&pool_max_conns=2", Options{Queue: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // nothing is at stake
	var busy int
	some := func(x *tx) error { _, err := x.exec("SELECT 1"); return err }
	err = s.update(t.Context(), func(x *tx) error {
		if err := some(x); err != nil {
			return err
		}
		var waiting sync.WaitGroup
		refused := make(chan error, 3)
		ctx, cancel := context.WithCancel(t.Context())
		for range 3 {
			waiting.Go(func() { refused <- s.update(ctx, some) })
		}
		// Two may wait; the third is refused at once.
		if err := <-refused; errors.Is(err, directory.ErrBusy) {
			busy++
		}
		cancel()
		waiting.Wait()
		return nil
	})
	if err != nil || busy != 1 {
		t.Errorf("%d updates were refused: %v", busy, err)
	}
}

func TestOpenPostgres_ProcessesThatStartTogetherMigrateOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t, "", nil)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := Open(t.Context(), url, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s := openURL(t, url)
	if err := s.update(t.Context(), func(x *tx) error {
		_, err := x.exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), url, Options{}); err == nil || !strings.Contains(err.Error(), "9999") {
		t.Errorf("a newer database: %v", err)
	}
}

// The connection breaks while the server commits, or before it was asked to.
func TestPostgres_LostCommitIsUncertain(t *testing.T) {
	t.Parallel()
	s, other := twoStores(t)
	for _, query := range []string{
		"CREATE TABLE last_words (n INT)",
		"CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NULL; END $$",
		"CREATE CONSTRAINT TRIGGER die AFTER INSERT ON last_words DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()",
	} {
		if err := other.update(t.Context(), func(x *tx) error { _, err := x.exec(query); return err }); err != nil {
			t.Fatal(err)
		}
	}
	err := s.update(t.Context(), func(x *tx) error {
		if err := create(x, 1); err != nil {
			return err
		}
		return x.later("INSERT INTO last_words VALUES (1)")
	})
	if !errors.Is(err, directory.ErrUncertain) || !errors.Is(err, directory.ErrBusy) {
		t.Errorf("lost while it committed: %v", err)
	}
	err = s.update(t.Context(), func(x *tx) error {
		var pid int64
		if err := x.row("SELECT pg_backend_pid()::bigint FROM source FOR UPDATE").scan(&pid); err != nil {
			return err
		}
		return other.view(t.Context(), func(y *tx) error {
			var ended bool
			return y.row("SELECT pg_terminate_backend($1::int, 10000)", pid).scan(&ended)
		})
	})
	if !errors.Is(err, directory.ErrBusy) {
		t.Errorf("lost before it committed: %v", err)
	}
	if err := s.update(t.Context(), func(x *tx) error { return create(x, 1) }); err != nil {
		t.Errorf("the next update: %v", err)
	}
}

func TestOpenPostgres_UnreachableServerIsAnError(t *testing.T) {
	t.Parallel()
	_, err := Open(t.Context(), "postgres://roster:hush@127.0.0.1:1/roster?connect_timeout=2", Options{})
	if err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v", err)
	}
}

func TestPostgres_PanicInAViewGoesOnAndLeavesTheConnectionInOrder(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), postgresURL(t)+"&pool_max_conns=2", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // nothing is at stake
	for range 3 {
		func() {
			defer func() {
				if recover() != "stop" {
					t.Error("the panic was swallowed")
				}
			}()
			_ = s.view(t.Context(), func(x *tx) error {
				return x.each(func(*rows) error { panic("stop") }, "SELECT generate_series(1, 1000)")
			})
		}()
	}
	// A statement runs while the rows of another one are read.
	total := int64(0)
	err = s.view(t.Context(), func(x *tx) error {
		return x.each(func(r *rows) error {
			var n, double int64
			if err := r.scan(&n); err != nil {
				return err
			}
			err := x.row("SELECT 2 * $1::bigint", n).scan(&double)
			total += double
			return err
		}, "SELECT generate_series(1, 100)::bigint")
	})
	if err != nil || total != 10100 {
		t.Errorf("the sum is %d: %v", total, err)
	}
}
