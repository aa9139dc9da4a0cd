package adminapi

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/httpx"
	"github.com/rosterhq/roster/internal/journal"
)

// countingStore counts what is asked of a store by lists, in about as many statements. What no list should ask of it
// panics.
type countingStore struct {
	directory.Store
	asked *atomic.Int64
}

func (s countingStore) View(ctx context.Context, fn func(directory.Reader) error) error {
	return s.Store.View(ctx, func(r directory.Reader) error { return fn(&countingReader{of: r, asked: s.asked}) })
}

type countingReader struct {
	directory.Reader // nil
	of               directory.Reader
	asked            *atomic.Int64
}

func (r *countingReader) counted() directory.Reader {
	r.asked.Add(1)
	return r.of
}

func (r *countingReader) Source(ctx context.Context, id directory.SourceID) (*directory.Source, error) {
	return r.counted().Source(ctx, id)
}

func (r *countingReader) Sources(ctx context.Context) ([]*directory.Source, error) {
	return r.counted().Sources(ctx)
}

func (r *countingReader) TokensOf(ctx context.Context, of []directory.SourceID) (map[directory.SourceID][]*directory.Token, error) {
	return r.counted().TokensOf(ctx, of)
}

func (r *countingReader) TokenPage(ctx context.Context, offset, limit int) ([]*directory.Token, int, error) {
	return r.counted().TokenPage(ctx, offset, limit)
}

func (r *countingReader) Query(ctx context.Context, q *directory.ResourceQuery, emit func(*directory.Record) error) (int, error) {
	return r.counted().Query(ctx, q, emit)
}

func (r *countingReader) CountBySource(ctx context.Context, q directory.CountQuery) (map[directory.SourceID]int, error) {
	return r.counted().CountBySource(ctx, q)
}

func (r *countingReader) CountMembers(ctx context.Context, source directory.SourceID, group directory.ResourceID) (int, error) {
	return r.counted().CountMembers(ctx, source, group)
}

func (r *countingReader) MembershipsOf(ctx context.Context, source directory.SourceID, ids []directory.ResourceID) (map[directory.ResourceID][]directory.Membership, error) {
	return r.counted().MembershipsOf(ctx, source, ids)
}

func (r *countingReader) Events(ctx context.Context, source directory.SourceID, after directory.Seq, limit int, emit func(*directory.Event) error) error {
	if limit > 1 { // the search for a time asks more often the more events there are
		r.asked.Add(1)
	}
	return r.of.Events(ctx, source, after, limit, emit)
}

func (r *countingReader) LastSeq(ctx context.Context) (directory.Seq, error) {
	return r.counted().LastSeq(ctx)
}

// countingRecords does so for the store of a journal.
type countingRecords struct {
	journal.Store // nil
	of            journal.Store
	asked         *atomic.Int64
}

func (s countingRecords) Standings(ctx context.Context, of []directory.SourceID) (map[directory.SourceID]journal.Standing, error) {
	s.asked.Add(1)
	return s.of.Standings(ctx, of)
}

// counted serves the API of a fixture once more, and counts what is asked of its store.
func (f *fixture) counted() *atomic.Int64 {
	f.t.Helper()
	asked := &atomic.Int64{}
	c := f.api.Config
	store := countingStore{c.Store, asked}
	keyring := must(directory.NewKeyring(make([]byte, directory.MasterKeySize)))(f.t)
	c.Store, c.Sources = store, directory.NewSources(store, keyring, c.Definitions, c.Now)
	records := journal.New(countingRecords{of: f.store, asked: asked}, journal.Options{Every: time.Hour})
	f.t.Cleanup(func() {
		if err := records.Close(context.Background()); err != nil {
			f.t.Error(err)
		}
	})
	c.Journal = records
	f.server = httptest.NewServer(httpx.WithRequestID(must(New(c))(f.t)))
	f.t.Cleanup(f.server.Close)
	return asked
}

// crowd makes sources, every third of them empty; the others have a user, a group and a connection each. The latest
// events are all of the built-in source.
func (f *fixture) crowd(sources int) (users []string) {
	f.t.Helper()
	var records []*journal.Record
	for n := range sources {
		src, _ := f.source(fmt.Sprintf("Source %02d", n))
		if n%3 == 1 {
			continue
		}
		users = append(users, f.user(src, fmt.Sprintf("person%02d", n)))
		f.provision(src, directory.GroupType, object{"displayName": "Staff"})
		records = append(records, &journal.Record{ID: fmt.Sprint("r", n), Time: f.clock.Now(), Source: src.ID, Slug: src.Slug,
			TokenID: "t", Method: "POST", Path: "/Users", Status: 201, Action: "create", ResourceType: "User"})
	}
	if err := f.store.AppendRequests(f.t.Context(), records); err != nil {
		f.t.Fatal(err)
	}
	for n := range recentChanges {
		users = slices.Insert(users, n, f.owner("POST", "/users", object{"user_name": fmt.Sprint("local", n), "active": n%2 == 0}).want(201).text("id"))
	}
	return users
}

// TestLists_AskNoMoreOfMoreSources compares a directory of few sources with one of many.
func TestLists_AskNoMoreOfMoreSources(t *testing.T) {
	t.Parallel()
	lists := []string{"/overview", "/sources?limit=3", "/sources?limit=3&q=source", "/tokens?limit=2", "/users?limit=2", "/users?limit=2&q=person",
		"/users?limit=2&active=false", "/users?limit=2&state=deleted", "/groups?limit=1", "/groups?limit=1&q=staff", "/users/export.csv?q=local"}
	asked := func(sources int) map[string]int64 {
		f := newFixture(t)
		f.crowd(sources)
		n := f.counted()
		counts := map[string]int64{}
		for _, path := range lists {
			n.Store(0)
			f.owner("GET", path, nil).want(200)
			if counts[path] = n.Load(); counts[path] == 0 {
				t.Errorf("%s asked nothing", path)
			}
		}
		return counts
	}
	if diff := cmp.Diff(asked(4), asked(60)); diff != "" {
		t.Errorf("questions with 4 and with 60 sources:\n%s", diff)
	}
}

func TestLists_CrossManySources(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	users := f.crowd(70)
	for _, limit := range []string{"1", "7", "100"} {
		var got []string
		for _, u := range f.walk("/users", query("limit", limit)) {
			got = append(got, u["id"].(string))
		}
		if diff := cmp.Diff(users, got); diff != "" {
			t.Errorf("users by %s: %s", limit, diff)
		}
		if n := len(f.walk("/groups", query("limit", limit))); n != len(users)-recentChanges {
			t.Errorf("%d groups by %s", n, limit)
		}
		sources := f.walk("/sources", query("limit", limit))
		if len(sources) != 71 || sources[70]["slug"] != "built-in" {
			t.Fatalf("%d sources by %s", len(sources), limit)
		}
		tokens := map[any]bool{}
		for _, k := range f.walk("/tokens", query("limit", limit)) {
			tokens[k["source"]] = true
		}
		if len(tokens) != 70 {
			t.Errorf("tokens of %d sources by %s", len(tokens), limit)
		}
		for n, src := range sources[:70] {
			alone := f.owner("GET", "/sources/"+src["slug"].(string), nil).want(200).object()
			if diff := cmp.Diff(alone, src); diff != "" || src["name"] != fmt.Sprintf("Source %02d", n) || len(src["tokens"].([]any)) != 1 {
				t.Errorf("source %d (-alone +in the list): %s", n, diff)
			}
		}
	}
	if page := f.owner("GET", "/tokens?cursor="+cursor("tokens", 70), nil).want(200); len(page.items()) != 0 || page.object()["total"] != 70.0 {
		t.Errorf("behind the last token: %s", page.body)
	}
	o := f.owner("GET", "/overview", nil).want(200).object()
	want := object{"healthy": 47.0, "waiting": 23.0, "verified": 0.0, "failing": 0.0, "paused": 0.0}
	if diff := cmp.Diff(want, o["sources"].(object)["by_health"]); diff != "" || o["groups"] != 47.0 {
		t.Errorf("overview %v: %s", o, diff)
	}
	if diff := cmp.Diff(object{"total": 57.0, "active": 52.0}, o["users"]); diff != "" {
		t.Errorf("users of the overview: %s", diff)
	}
	rows := strings.Split(strings.TrimSpace(string(f.owner("GET", "/users/export.csv", nil).want(200).body)), "\n")
	if len(rows) != 58 {
		t.Errorf("an export has %d lines", len(rows))
	}
}
