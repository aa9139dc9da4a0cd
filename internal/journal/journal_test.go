package journal_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/internal/sqlstore"
)

func openStore(t *testing.T) *sqlstore.Store {
	t.Helper()
	store, err := sqlstore.Open(context.Background(), "sqlite://"+filepath.Join(t.TempDir(), "roster.db"), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

var start = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func record(n int, source directory.SourceID) *journal.Record {
	return &journal.Record{
		ID: fmt.Sprintf("req_%d", n), Time: start.Add(time.Duration(n) * time.Second), Source: source, Slug: "acme", TokenID: "tok", TokenLabel: "first",
		Client: "Okta SCIM Client 1.0.0", RemoteIP: "203.0.113.9", Method: "POST", Path: "/Users", Status: 201, Action: "create",
		ResourceType: "User", ResourceID: fmt.Sprintf("u%d", n), Subject: fmt.Sprintf("Ada%d@corp", n), Outcome: journal.Created,
		Duration: 1500 * time.Microsecond, Notes: []journal.Note{{Code: "T2", Path: "active", Message: "A string."}},
		RequestBody: []byte(`{"userName":"ada","password":"x"}`), ResponseBody: []byte(`{"id":"1"}`),
	}
}

func TestJournal_KeepsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	j := journal.New(openStore(t), journal.Options{})
	ctx := context.Background()
	for n := 1; n <= 3; n++ {
		j.Add(record(n, 7), directory.BodiesKept)
	}
	list, err := j.List(ctx, journal.Query{Limit: 10})
	if err != nil || len(list) != 3 || list[0].ID != "req_3" || list[0].RequestBody != nil {
		t.Fatalf("%d records, %v", len(list), err)
	}
	got, err := j.Get(ctx, "req_2")
	if err != nil {
		t.Fatal(err)
	}
	want := record(2, 7)
	want.Seq, want.RequestBody = got.Seq, []byte(`{"password":"[removed]","userName":"ada"}`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	if _, err := j.Get(ctx, "req_9"); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("an unknown id: %v", err)
	}
	if err := j.Close(ctx); err != nil {
		t.Fatal(err)
	}
	j.Add(record(4, 7), directory.BodiesKept)
	if j.Dropped() != 1 || j.Flush(ctx) != nil || j.Close(ctx) != nil {
		t.Errorf("after the end: %d dropped", j.Dropped())
	}
}

func TestJournal_Selects(t *testing.T) {
	t.Parallel()
	store := openStore(t)
	var records []*journal.Record
	for n := 1; n <= 6; n++ {
		r := record(n, directory.SourceID(1+n%2))
		if n > 4 {
			r.Status, r.Action, r.Method = 404, "get", "GET"
		}
		records = append(records, r)
	}
	if err := store.AppendRequests(context.Background(), records); err != nil {
		t.Fatal(err)
	}
	two := directory.SourceID(2)
	for name, c := range map[string]struct {
		q    journal.Query
		want []string
	}{
		"source":   {journal.Query{Source: &two}, []string{"req_5", "req_3", "req_1"}},
		"status":   {journal.Query{MinStatus: 400, MaxStatus: 499}, []string{"req_6", "req_5"}},
		"search":   {journal.Query{Search: "ADA3@"}, []string{"req_3"}},
		"resource": {journal.Query{ResourceID: "u2"}, []string{"req_2"}},
		"writes":   {journal.Query{Writes: true, Limit: 2}, []string{"req_4", "req_3"}},
		"page":     {journal.Query{Before: records[2].Seq}, []string{"req_2", "req_1"}},
	} {
		if c.q.Limit == 0 {
			c.q.Limit = 10
		}
		list, err := store.Requests(context.Background(), c.q)
		var got []string
		for _, r := range list {
			got = append(got, r.ID)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
		}
	}
}

// Pins R-SEC-04.
func TestJournal_PurgesInSteps(t *testing.T) {
	t.Parallel()
	store := openStore(t)
	ctx := context.Background()
	var records []*journal.Record
	for n := 1; n <= 10; n++ {
		records = append(records, record(n, directory.SourceID(n%2)))
	}
	if err := store.AppendRequests(ctx, records); err != nil {
		t.Fatal(err)
	}
	// Before second 5 everything goes, before second 9 what has no source.
	total := int64(0)
	for {
		n, err := store.PurgeRequests(ctx, start.Add(5*time.Second), start.Add(9*time.Second), 2)
		if err != nil || n > 4 {
			t.Fatalf("%d, %v", n, err)
		}
		if n == 0 {
			break
		}
		total += n
	}
	list, err := store.Requests(ctx, journal.Query{Limit: 10})
	if err != nil || total != 6 || len(list) != 4 || list[3].ID != "req_5" {
		t.Errorf("%d purged, %d left, %v", total, len(list), err)
	}
}

// brokenStore fails, after telling that it was asked; it waits when it is blocked.
type brokenStore struct {
	journal.Store
	asked   chan int
	blocked chan struct{}
}

func (s *brokenStore) AppendRequests(_ context.Context, records []*journal.Record) error {
	s.asked <- len(records)
	<-s.blocked
	return errors.New("broken")
}

func TestJournal_DropsWhenFullOrBroken(t *testing.T) {
	t.Parallel()
	s := &brokenStore{asked: make(chan int, 100), blocked: make(chan struct{})}
	j := journal.New(s, journal.Options{Queue: 2, Every: time.Nanosecond})
	j.Add(record(1, 7), directory.BodiesKept)
	<-s.asked
	for n := range 5 {
		j.Add(record(n, 7), directory.BodiesKept) // does not wait
	}
	if got := j.Dropped(); got != 3 {
		t.Errorf("%d dropped while the store was busy", got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := j.Flush(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Flush: %v", err)
	}
	close(s.blocked)
	if err := j.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := j.Dropped(); got != 6 {
		t.Errorf("%d dropped in the end", got)
	}
}

func TestJournal_BoundsUnauthenticatedRequests(t *testing.T) {
	t.Parallel()
	now := start
	j := journal.New(openStore(t), journal.Options{UnauthenticatedPerMinute: 3, Now: func() time.Time { return now }})
	refused := func(n int) *journal.Record {
		r := record(n, 7)
		r.TokenID, r.Rule, r.Status = "", "auth.unknown", 401
		return r
	}
	for n := range 10 {
		j.Add(refused(n), directory.BodiesOff)
	}
	j.Add(record(10, 7), directory.BodiesOff)
	if err := j.Flush(context.Background()); err != nil { // the clock is read by Add alone
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	j.Add(refused(11), directory.BodiesOff)
	list, err := j.List(context.Background(), journal.Query{Limit: 100})
	if err != nil || len(list) != 5 || j.Dropped() != 7 {
		t.Errorf("%d records, %d dropped, %v", len(list), j.Dropped(), err)
	}
	if err := j.Close(context.Background()); err != nil {
		t.Error(err)
	}
}
