package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// readTogether has reads wait for each other until all share a flight.
func readTogether(t *testing.T, s *Store, reads ...func() error) []error {
	t.Helper()
	w := s.engine.(*walled)
	lanes := &w.readersEarly
	lanes.patience = time.Hour
	for range lanes.flights {
		if err := lanes.join(t.Context(), w.scope, &share{}); err != nil {
			t.Fatal(err)
		}
	}
	errs := make([]error, len(reads))
	var wg sync.WaitGroup
	for i, read := range reads {
		wg.Go(func() { errs[i] = read() })
	}
	for waiting := 0; waiting < len(reads); {
		runtime.Gosched()
		lanes.mu.Lock()
		waiting = len(lanes.lanes[w.scope].queue)
		lanes.mu.Unlock()
	}
	for range lanes.flights {
		lanes.land(w.scope)
	}
	wg.Wait()
	return errs
}

// What is read together is what each would have read alone, and the wall stands.
func TestGather_ReadsWhatEachWouldAlone(t *testing.T) {
	t.Parallel()
	s := openPostgresTest(t)
	if err := s.update(t.Context(), func(x *tx) error {
		for _, n := range []int64{1, 3, 4} {
			if err := create(x, n); err != nil {
				return err
			}
		}
		if err := x.InsertResource(t.Context(), plannedGroup()); err != nil {
			return err
		}
		_, err := x.exec("INSERT INTO member (source_id, group_id, member_id, member_type, added) VALUES (1, $1, $2, 'User', 0)", plannedGroup().ID, benchID(3))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	get := func(s *Store, id directory.ResourceID) (rec *directory.Record, err error) {
		err = s.Peek(t.Context(), func(r directory.Reader) error {
			rec, err = r.Resource(t.Context(), directory.BuiltinSource, directory.UserType, id)
			return err
		})
		return rec, err
	}
	find := func(s *Store, name string) (found []*directory.Record) {
		err := s.view(t.Context(), func(x *tx) error {
			found = byUserName(t, x, name)
			for _, rec := range found {
				if _, err := x.Memberships(t.Context(), rec.Source, rec.ID); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		return found
	}
	for name, of := range map[string]scope{"its source": oneSource(directory.BuiltinSource), "another source": oneSource(77)} {
		scoped := s.scoped(of)
		ids := []directory.ResourceID{benchID(1), benchID(3), benchID(1), "nobody", "'", benchID(4)}
		names := []string{benchUser(1).Keys.Name, benchUser(3).Keys.Name, "nobody"}
		got, found := make([]*directory.Record, len(ids)), make([][]*directory.Record, len(names))
		gotErrs := make([]error, len(ids))
		var reads []func() error
		for i, id := range ids {
			reads = append(reads, func() error { got[i], gotErrs[i] = get(scoped, id); return nil })
		}
		for i, name := range names {
			reads = append(reads, func() error { found[i] = find(scoped, name); return nil })
		}
		if err := errors.Join(readTogether(t, scoped, reads...)...); err != nil {
			t.Fatal(err)
		}
		for i, id := range ids {
			want, err := get(scoped, id)
			if !reflect.DeepEqual(got[i], want) || !errors.Is(gotErrs[i], err) {
				t.Errorf("%s: user %s: %+v, %v, want %+v, %v", name, id, got[i], gotErrs[i], want, err)
			}
			if (want == nil) != (i == 3 || i == 4 || of != oneSource(directory.BuiltinSource)) {
				t.Errorf("%s: user %s is %+v", name, id, want)
			}
		}
		for i, who := range names {
			if want := find(scoped, who); !reflect.DeepEqual(found[i], want) {
				t.Errorf("%s: %s: %+v, want %+v", name, who, found[i], want)
			}
		}
	}
}

// A failure is that of the statement that has it, and of nobody who came along.
func TestGather_EachHasItsOwnError(t *testing.T) {
	t.Parallel()
	s := openPostgresTest(t)
	ask := func(ctx context.Context, query string, arg any) (n int64, err error) {
		err = s.view(ctx, func(x *tx) error {
			x.sole()
			return x.row(query, arg).scan(&n)
		})
		return n, err
	}
	var one, two int64
	left, leave := context.WithCancel(t.Context())
	errs := readTogether(t, s,
		func() (err error) { one, err = ask(t.Context(), "SELECT 10 / $1::bigint", 5); return err },
		func() error { _, err := ask(t.Context(), "SELECT 10 / $1::bigint", 0); return err },
		func() (err error) { two, err = ask(t.Context(), "SELECT $1::bigint", 7); return err },
		func() error { _, err := ask(t.Context(), "SELECT nonsense($1::bigint)", 0); return err })
	if one != 2 || two != 7 || errs[0] != nil || errs[2] != nil {
		t.Errorf("those without fault got %d, %d: %v", one, two, errs)
	}
	for i, want := range map[int]string{1: "division by zero", 3: "nonsense"} {
		if errs[i] == nil || !strings.Contains(errs[i].Error(), want) {
			t.Errorf("read %d: %v, want %s", i, errs[i], want)
		}
	}
	leave()
	if _, err := ask(left, "SELECT $1::bigint", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	s.engine.(*walled).waiting.Store(1 << 20)
	if _, err := ask(t.Context(), "SELECT $1::bigint", 1); !errors.Is(err, directory.ErrBusy) {
		t.Errorf("behind a full queue: %v", err)
	}
	s.engine.(*walled).waiting.Store(0)
}

// The policy and the array keep no index from being used, whatever PostgreSQL knows about the tables.
func TestGather_LooksUpByIndex(t *testing.T) {
	t.Parallel()
	s := openPostgresTest(t)
	for _, fill := range []bool{false, true} {
		err := s.scoped(oneSource(1)).update(t.Context(), func(x *tx) error {
			if fill {
				if _, err := x.exec("SELECT set_config('roster.source', 'all', true)"); err != nil {
					return err
				}
				if err := fillForPlans(x); err != nil {
					return err
				}
				if _, err := x.exec("SELECT set_config('roster.source', '1', true)"); err != nil {
					return err
				}
			}
			p := &postgresPlanner{conn: x.conn, t: t}
			for query, index := range map[string]string{
				selectResource + selectGrouped + resourceByID:                                                          "(id = asked.a0)",
				"SELECT " + recordColumns + byExternalID + " AND r.deleted = 0 AND r.external_id <> '' ORDER BY r.ord": "external_id = asked.a",
			} {
				var shares []*share
				for _, who := range []string{"a", "b"} {
					args := []any{who, int64(1), "User"}
					if strings.Contains(query, byExternalID) {
						args = []any{int64(1), "User", who}
					}
					shares = append(shares, &share{statements: []statement{{query: query, args: args}}})
				}
				st := gathered(shares)
				p.plans = nil
				p.explain(st.query, st.args)
				if plan := p.plans[0]; strings.Contains(plan, "Seq Scan") || !strings.Contains(plan[strings.Index(plan, "Index Cond"):], index) ||
					strings.Contains(plan, "hashed") {
					t.Errorf("filled %t: the plan is\n%s", fill, plan)
				}
			}
			return errors.New("nothing shall stay")
		})
		if err == nil || err.Error() != "nothing shall stay" {
			t.Error(err)
		}
	}
}

func TestGathered(t *testing.T) {
	t.Parallel()
	const around = "SELECT asked.n, q.* FROM unnest(%s) WITH ORDINALITY AS asked (%s, n), LATERAL (SELECT * FROM (%s) q OFFSET 0) q"
	for name, c := range map[string]struct {
		query string
		args  [][]any
		want  statement
	}{
		"one": {"SELECT $1", [][]any{{"a"}}, statement{query: "SELECT $1", args: []any{"a"}}},
		"one differs": {"SELECT $1, $2, $1", [][]any{{"a", int64(1)}, {"b", int64(1)}},
			statement{query: fmt.Sprintf(around, "$1::text[]", "a0", "SELECT asked.a0, $2, asked.a0"), args: []any{[]string{"a", "b"}, int64(1)}}},
		"none differs": {"SELECT $1, $2", [][]any{{"a", int64(1)}, {"a", int64(1)}},
			statement{query: fmt.Sprintf(around, "$1::text[]", "a0", "SELECT asked.a0, $2"), args: []any{[]string{"a", "a"}, int64(1)}}},
		"others differ": {"SELECT $3, $2, $1", [][]any{{"a", int64(1), true}, {"a", int64(2), false}},
			statement{query: fmt.Sprintf(around, "$2::bigint[], $3::boolean[]", "a1, a2", "SELECT asked.a2, asked.a1, $1"), args: []any{"a", []int64{1, 2}, []bool{true, false}}}},
	} {
		var shares []*share
		for _, args := range c.args {
			shares = append(shares, &share{statements: []statement{{query: c.query, args: args}}})
		}
		if got := gathered(shares); got.query != c.want.query || !reflect.DeepEqual(got.args, c.want.args) {
			t.Errorf("%s:\n%s %v, want\n%s %v", name, got.query, got.args, c.want.query, c.want.args)
		}
	}
	if gatherable(nil) || gatherable([]any{[]string{"a"}}) || gatherable([]any{nil}) || !gatherable([]any{"a", int64(1), true}) {
		t.Error("what can be put into arrays is not what is")
	}
}

// Who asks no longer waits for nobody, and leaves nobody waiting.
func TestTogether_EndOfContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &together{patience: time.Hour, flights: 1}
		if err := to.join(t.Context(), "1", &share{}); err != nil {
			t.Fatal(err)
		}
		shares := []*share{{}, {}, {}}
		back := make([]chan error, len(shares))
		ends := make([]context.CancelFunc, len(shares))
		for i, s := range shares {
			var ctx context.Context
			ctx, ends[i] = context.WithCancel(t.Context())
			back[i] = make(chan error, 1)
			go func() { back[i] <- to.join(ctx, "1", s) }()
			synctest.Wait()
		}
		ends[0]()
		if err := <-back[0]; err != nil || !shares[0].alone {
			t.Errorf("who leaves the queue gets %v: %+v", err, shares[0])
		}
		to.land("1") // takes both others
		if err := <-back[1]; err != nil || len(shares[1].flight) != 2 {
			t.Errorf("the next one leads %d: %v", len(shares[1].flight), err)
		}
		ends[2]()
		if err := <-back[2]; !errors.Is(err, context.Canceled) || shares[2].alone {
			t.Errorf("who leaves what is under way gets %v: %+v", err, shares[2])
		}
		ends[1]()
		if to.land("1"); len(to.lanes) != 0 {
			t.Error("a flight is still under way")
		}
	})
}

// Whoever is ready comes along, each once.
func TestTogether_Gathers(t *testing.T) {
	t.Parallel()
	to := &together{patience: time.Hour, flights: 2, gathers: true}
	var mu sync.Mutex
	carried := map[*share]int{}
	var wg sync.WaitGroup
	const all = 500
	for range all {
		wg.Go(func() {
			s := &share{}
			if err := to.join(context.Background(), "1", s); err != nil {
				t.Error(err)
			}
			if len(s.flight) == 0 {
				return
			}
			mu.Lock()
			for _, other := range s.flight {
				carried[other]++
			}
			mu.Unlock()
			to.land("1")
			for _, other := range s.flight[1:] {
				close(other.turn)
			}
		})
	}
	wg.Wait()
	for _, n := range carried {
		if n != 1 {
			t.Errorf("a share was carried %d times", n)
		}
	}
	if len(carried) != all || len(to.lanes) != 0 {
		t.Errorf("%d were carried; lanes are left: %v", len(carried), to.lanes)
	}
}
