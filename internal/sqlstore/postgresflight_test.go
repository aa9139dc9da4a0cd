package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/pgtest"
	"github.com/rosterhq/roster/internal/storetest"
)

// flown has updates wait for each other until all share a flight, and returns what became of them.
func flown(t *testing.T, s *Store, updates ...func(*tx) error) []error {
	t.Helper()
	w := s.engine.(*walled)
	w.together.patience = time.Hour
	for range flights {
		if err := w.together.join(t.Context(), w.scope, &share{}); err != nil {
			t.Fatal(err)
		}
	}
	waiting := func() int {
		w.together.mu.Lock()
		defer w.together.mu.Unlock()
		return len(w.together.lanes[w.scope].queue)
	}
	errs := make([]error, len(updates))
	var wg sync.WaitGroup
	for i, fn := range updates {
		wg.Go(func() { errs[i] = s.update(t.Context(), fn) })
		for waiting() <= i { // so that they come in their order
			runtime.Gosched()
		}
	}
	for range flights {
		w.together.land(w.scope)
	}
	wg.Wait()
	return errs
}

// adding creates a user with its event.
func adding(t *testing.T, r *directory.Record) func(*tx) error {
	return func(x *tx) error {
		if err := x.InsertResource(t.Context(), r); err != nil {
			return err
		}
		cause := directory.Cause{Kind: "scim", ActorID: "sa_1"}
		err := x.AppendEvent(t.Context(), &directory.Event{ID: "evt_" + string(r.ID), Source: r.Source, Type: directory.UserCreated, OccurredAt: benchNow,
			SubjectType: r.Type, SubjectID: string(r.ID), SubjectVersion: 1, Data: r.Body, Changes: []byte("[]"), Cause: cause})
		if err != nil {
			return err
		}
		return x.AppendAudit(t.Context(), &directory.AuditEntry{Time: benchNow, Cause: cause, Action: "user.created", Source: r.Source,
			ObjectType: "user", ObjectID: string(r.ID), ObjectName: r.Label})
	}
}

func value[T any](t *testing.T, s *Store, query string) (v T) {
	t.Helper()
	err := s.view(t.Context(), func(x *tx) error { return x.row(query).scan(&v) })
	if err != nil {
		t.Errorf("%s: %v", query, err)
	}
	return v
}

// What is committed together is in one transaction, and is what each would have written alone.
func TestFlight_WritesWhatEachWouldAlone(t *testing.T) {
	t.Parallel()
	s := openPostgresTest(t)
	var all []*directory.Record
	var updates []func(*tx) error
	for n := range int64(8) {
		r := benchUser(n)
		r.Active, r.Keys.NameUnique = n%2 == 0, n%3 != 0
		r.Keys.Values = nil
		for i := range n % 4 {
			r.Keys.Values = append(r.Keys.Values, directory.IndexedValue{Path: "emails.value", Key: fmt.Sprint(n, i), Unique: i == 1})
		}
		all, updates = append(all, r), append(updates, adding(t, r))
	}
	if err := errors.Join(flown(t, s, updates...)...); err != nil {
		t.Fatal(err)
	}
	if n := value[int](t, s, "SELECT count(DISTINCT xmin::text) FROM resource WHERE type = 'User'"); n != 1 {
		t.Errorf("there were %d transactions", n)
	}
	last := int64(0)
	err := s.view(t.Context(), func(x *tx) error {
		for _, want := range all {
			got, err := x.Resource(t.Context(), want.Source, want.Type, want.ID)
			if err != nil {
				return err
			}
			if want.Ord <= last {
				t.Errorf("user %s has ord %d after %d", want.ID, want.Ord, last)
			}
			last = want.Ord
			if got.Keys.Values, err = x.values(want.Source, want.Type, want.Ord); err != nil {
				return err
			}
			got.Ungrouped = false
			if !reflect.DeepEqual(got, want) {
				t.Errorf("stored is\n%+v, want\n%+v", got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	var want []string
	for _, r := range all {
		want = append(want, "evt_"+string(r.ID))
	}
	if got := eventsAfter(t, s, 0); !slices.Equal(got, want) {
		t.Errorf("the events are %v", got)
	}
	storetest.CheckInvariants(t, s)
}

// What one of them must not write keeps none of the others from it.
func TestFlight_EachHasItsOwnError(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]struct {
		change func(r *directory.Record)
		want   error
	}{
		"name of an older one":        {func(r *directory.Record) { r.Keys.Name = benchUser(0).Keys.Name }, &directory.DuplicateError{Path: "userName", Holder: benchID(0)}},
		"name of one beside it":       {func(r *directory.Record) { r.Keys.Name = benchUser(1).Keys.Name }, &directory.DuplicateError{Path: "userName", Holder: benchID(1)}},
		"id of an older one":          {func(r *directory.Record) { r.ID = benchID(0) }, &directory.DuplicateError{Path: "id", Holder: benchID(0)}},
		"a source that is not there":  {func(r *directory.Record) { r.Source = 99 }, directory.ErrNotFound},
		"nothing that is not allowed": {func(*directory.Record) {}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openPostgresTest(t)
			if err := s.update(t.Context(), adding(t, benchUser(0))); err != nil {
				t.Fatal(err)
			}
			spoilt := benchUser(2)
			spoil.change(spoilt)
			errs := flown(t, s, adding(t, benchUser(1)), adding(t, spoilt), adding(t, benchUser(3)))
			// Of two with one name, either may be first once they are tried alone.
			one, other := errs[0], errs[1]
			if name == "name of one beside it" && one != nil {
				one, other = other, one
				spoil.want = &directory.DuplicateError{Path: "userName", Holder: benchID(2)}
			}
			if one != nil || errs[2] != nil || !sameError(other, spoil.want) {
				t.Errorf("got %v", errs)
			}
			n := 4
			if spoil.want != nil {
				n = 3
			}
			if got := len(eventsAfter(t, s, 0)); got != n {
				t.Errorf("there are %d events, want %d", got, n)
			}
			storetest.CheckInvariants(t, s)
		})
	}
}

func sameError(got, want error) bool {
	var a, b *directory.DuplicateError
	if errors.As(want, &b) {
		return errors.As(got, &a) && *a == *b
	}
	return errors.Is(got, want)
}

// The connection breaks while the flight is committed: nobody knows whether it was, and none is tried again.
func TestFlight_LostCommitIsUncertainForAll(t *testing.T) {
	t.Parallel()
	s := openPostgresTest(t)
	for _, query := range []string{
		"CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NULL; END $$",
		"CREATE CONSTRAINT TRIGGER die AFTER INSERT ON resource DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.label = 'dies') EXECUTE FUNCTION die()",
	} {
		if err := s.update(t.Context(), func(x *tx) error { _, err := x.exec(query); return err }); err != nil {
			t.Fatal(err)
		}
	}
	doomed := benchUser(2)
	doomed.Label = "dies"
	ctx, cancel := context.WithCancel(t.Context())
	impatient := func(x *tx) error { // whose client hangs up
		x.pg.ctx = ctx
		cancel()
		return adding(t, benchUser(1))(&tx{conn: x.conn, pg: x.pg, writes: true})
	}
	for _, err := range flown(t, s, impatient, adding(t, doomed), adding(t, benchUser(3))) {
		if !errors.Is(err, directory.ErrUncertain) || !errors.Is(err, directory.ErrBusy) {
			t.Errorf("got %v", err)
		}
	}
	if n := value[int](t, s, "SELECT count(*) FROM resource WHERE type = 'User'"); n != 0 {
		t.Errorf("%d were tried again", n)
	}
	if err := errors.Join(flown(t, s, adding(t, benchUser(1)), adding(t, benchUser(3)))...); err != nil {
		t.Errorf("the next flight: %v", err)
	}
}

// The wait for a standby is cancelled: one server has the flight, and none is tried again.
func TestFlight_WithoutItsStandbyIsUncertainForAll(t *testing.T) {
	t.Parallel()
	server, s := ownServer(t)
	for _, query := range []string{"ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()"} {
		if err := server.Exec(t.Context(), "postgres", query); err != nil {
			t.Fatal(err)
		}
	}
	cancelled := func(do func() []error) []error {
		done := make(chan []error)
		go func() { done <- do() }()
		for {
			ask[int](t, server, "SELECT count(pg_cancel_backend(pid))::int FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
			select {
			case errs := <-done:
				return errs
			default:
			}
		}
	}
	// It takes the server a moment to follow its configuration.
	for n := int64(100); ; n++ {
		errs := cancelled(func() []error { return []error{s.update(t.Context(), adding(t, benchUser(n)))} })
		if errs[0] != nil {
			break
		}
	}
	before := ask[int](t, server, "SELECT count(*)::int FROM resource WHERE type = 'User'")
	errs := cancelled(func() []error {
		return flown(t, s, adding(t, benchUser(1)), adding(t, benchUser(2)), adding(t, benchUser(3)))
	})
	for _, err := range errs {
		if !errors.Is(err, directory.ErrUncertain) {
			t.Errorf("got %v", err)
		}
	}
	if n := ask[int](t, server, "SELECT count(*)::int FROM resource WHERE type = 'User'"); n != before+3 {
		t.Errorf("%d users are there after %d", n, before)
	}
}

// Two processes create users at once, of whom many claim the same names.
func TestFlight_NamesAreClaimedOnce(t *testing.T) {
	t.Parallel()
	const creations, names = 64, 40
	a, b := twoStores(t)
	results := make([]error, creations)
	records := make([]*directory.Record, creations)
	var wg sync.WaitGroup
	for n := range creations {
		r := benchUser(int64(n))
		r.Keys.Name = benchUser(int64(n*7) % names).Keys.Name
		records[n] = r
		wg.Go(func() { results[n] = []*Store{a, b}[n%2].update(t.Context(), adding(t, r)) })
	}
	wg.Wait()
	claimed, ords := map[string]int{}, map[int64]bool{}
	for n, r := range records {
		var dup *directory.DuplicateError
		switch {
		case results[n] == nil:
			claimed[r.Keys.Name]++
			ords[r.Ord] = true
		case !errors.As(results[n], &dup) || dup.Path != "userName":
			t.Errorf("creation %d: %v", n, results[n])
		}
	}
	for name, n := range claimed {
		if n != 1 {
			t.Errorf("%s was claimed %d times", name, n)
		}
	}
	if len(claimed) != names || len(ords) != names || len(eventsAfter(t, a, 0)) != names {
		t.Errorf("%d names were claimed, with %d ords", len(claimed), len(ords))
	}
	storetest.CheckInvariants(t, a)
}

// Connections are killed again and again while users are created.
func TestFlight_KilledConnectionsLoseNothing(t *testing.T) {
	t.Parallel()
	const writers, each = 16, 30
	url := postgresURL(t)
	s := openURL(t, url)
	results := make([]error, writers*each)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				n := w*each + i
				results[n] = s.update(t.Context(), adding(t, benchUser(int64(n))))
			}
		})
	}
	written := make(chan struct{})
	go func() { wg.Wait(); close(written) }()
	for kills, running := 0, true; running; {
		select {
		case <-written:
			running = false
			t.Logf("%d connections were killed", kills)
		default:
			kills += pgtest.Value[int](t, url, `SELECT count(pg_terminate_backend(pid))::int FROM (SELECT pid FROM pg_stat_activity
				WHERE datname = current_database() AND application_name = 'roster' AND query LIKE '%resource_ord_seq%'
				AND state = 'active' LIMIT 1) p`)
		}
	}
	acknowledged := 0
	err := s.view(t.Context(), func(x *tx) error {
		for n, err := range results {
			_, missing := x.Resource(t.Context(), directory.BuiltinSource, directory.UserType, benchID(int64(n)))
			switch {
			case err == nil:
				acknowledged++
				if missing != nil {
					t.Errorf("user %d was acknowledged: %v", n, missing)
				}
			case !errors.Is(err, directory.ErrBusy):
				t.Errorf("user %d: %v", n, err)
			case missing == nil && !errors.Is(err, directory.ErrUncertain):
				t.Errorf("user %d is there, but %v", n, err)
			}
		}
		users, err := x.CountResources(t.Context(), directory.BuiltinSource, directory.UserType)
		if seq, err2 := x.LastSeq(t.Context()); err != nil || err2 != nil || int(seq) != users || acknowledged == 0 {
			t.Errorf("%d users, %d events, %d acknowledged: %v, %v", users, seq, acknowledged, err, err2)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	storetest.CheckInvariants(t, s)
}

// With one connection for writers, nobody who waits for others keeps it from the one who leads.
func TestFlight_NobodyWaitsWithAConnection(t *testing.T) {
	t.Parallel()
	all := openURL(t, postgresURL(t)+"&pool_max_conns=2")
	var updates []func(*tx) error
	for n := range int64(3) {
		updates = append(updates, func(x *tx) error {
			if err := x.row("SELECT 1").scan(new(int)); err != nil { // takes the connection
				return err
			}
			if _, err := x.ByExternalID(t.Context(), directory.BuiltinSource, directory.UserType, "nobody"); !errors.Is(err, directory.ErrNotFound) {
				return err
			}
			return adding(t, benchUser(n))(x)
		})
	}
	if err := errors.Join(flown(t, all, updates...)...); err != nil {
		t.Error(err)
	}
}
