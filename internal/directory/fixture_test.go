package directory_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/sqlstore"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
)

// fixture is a directory in a database of its own, with one source.
type fixture struct {
	t     *testing.T
	store *sqlstore.Store
	clock *fakeClock
	keys  *directory.Keyring
	defs  *directory.Definitions
	srcs  *directory.Sources
	ress  *directory.Resources

	scope directory.Scope
	mu    sync.Mutex
	notes []schema.Note // guarded by mu
}

type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

var cause = directory.Cause{Kind: "scim", RequestID: "req_1", ActorID: "sa_1", ActorName: "scim-acme"}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	store, err := sqlstore.Open(context.Background(), "sqlite://"+filepath.Join(t.TempDir(), "roster.db"), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	f := &fixture{t: t, store: store, clock: &fakeClock{now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}}
	f.keys, err = directory.NewKeyring(make([]byte, directory.MasterKeySize))
	if err != nil {
		t.Fatal(err)
	}
	f.defs = directory.NewDefinitions(store, f.clock.Now)
	f.srcs = directory.NewSources(store, f.keys, f.defs, f.clock.Now)
	f.ress = directory.NewResources(store, f.clock.Now)
	src, _ := f.source("Acme")
	f.scope = f.scopeOf(src)
	return f
}

func (f *fixture) scopeOf(src *directory.Source) directory.Scope {
	return directory.Scope{Source: src.ID, Policies: src.Policies, Cause: cause, BaseURL: "https://d.example/scim", Note: func(n schema.Note) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.notes = append(f.notes, n)
	}}
}

func (f *fixture) source(name string) (*directory.Source, string) {
	f.t.Helper()
	src, token, err := f.srcs.Create(context.Background(), directory.NewSource{Name: name}, cause)
	if err != nil {
		f.t.Fatal(err)
	}
	return src, token
}

// noted returns and forgets the codes of the notes so far.
func (f *fixture) noted() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var codes []string
	for _, n := range f.notes {
		codes = append(codes, n.Code)
	}
	f.notes = nil
	return codes
}

func (f *fixture) typ(name string) *schema.ResourceType {
	f.t.Helper()
	r, err := f.defs.Registry(context.Background(), f.scope.Source)
	if err != nil {
		f.t.Fatal(err)
	}
	typ := r.TypeByName(name)
	if typ == nil {
		f.t.Fatalf("no resource type %q", name)
	}
	return typ
}

func object(t *testing.T, text string) scim.Object {
	t.Helper()
	obj, err := scim.DecodeObject([]byte(text), scim.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return obj
}

func (f *fixture) canonical(typ, text string, op schema.Purpose) scim.Object {
	f.t.Helper()
	obj, _, err := f.typ(typ).Canonicalize(object(f.t, text), op, schema.Options{})
	if err != nil {
		f.t.Fatal(err)
	}
	return obj
}

func (f *fixture) tryCreate(typ, text string) (*directory.Result, error) {
	f.t.Helper()
	return f.ress.Create(context.Background(), &f.scope, f.typ(typ), f.canonical(typ, text, schema.ForCreate))
}

func (f *fixture) create(typ, text string) *directory.Result {
	f.t.Helper()
	res, err := f.tryCreate(typ, text)
	if err != nil {
		f.t.Fatalf("create %s %s: %v", typ, text, err)
	}
	return res
}

func (f *fixture) user(name string) directory.ResourceID {
	f.t.Helper()
	return f.create("User", `{"userName":"`+name+`"}`).ID
}

func (f *fixture) tryReplace(typ string, id directory.ResourceID, text string) (*directory.Result, error) {
	f.t.Helper()
	return f.ress.Replace(context.Background(), &f.scope, f.typ(typ), id, f.canonical(typ, text, schema.ForReplace), nil)
}

func (f *fixture) replace(typ string, id directory.ResourceID, text string) *directory.Result {
	f.t.Helper()
	res, err := f.tryReplace(typ, id, text)
	if err != nil {
		f.t.Fatalf("replace %s: %v", text, err)
	}
	return res
}

func operations(t *testing.T, text string) []patch.Operation {
	t.Helper()
	ops, _, err := patch.Parse(object(t, `{"schemas":["`+scim.PatchOpMessage+`"],"Operations":`+text+`}`), patch.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return ops
}

func (f *fixture) tryPatch(typ string, id directory.ResourceID, text string) (*directory.Result, error) {
	f.t.Helper()
	return f.ress.Patch(context.Background(), &f.scope, f.typ(typ), id, operations(f.t, text), nil, schema.Options{})
}

func (f *fixture) patch(typ string, id directory.ResourceID, text string) *directory.Result {
	f.t.Helper()
	res, err := f.tryPatch(typ, id, text)
	if err != nil {
		f.t.Fatalf("patch %s: %v", text, err)
	}
	return res
}

func (f *fixture) get(typ string, id directory.ResourceID) *directory.Entry {
	f.t.Helper()
	e, err := f.ress.Get(context.Background(), &f.scope, f.typ(typ), id, directory.With{Members: true, Groups: true})
	if err != nil {
		f.t.Fatalf("get %s %s: %v", typ, id, err)
	}
	return e
}

// whole returns the resource as an object with its members or groups.
func (f *fixture) whole(typ string, id directory.ResourceID) scim.Object {
	f.t.Helper()
	e := f.get(typ, id)
	obj, err := e.Object()
	if err != nil {
		f.t.Fatal(err)
	}
	e.Complement(obj, f.scope.BaseURL)
	return obj
}

func (f *fixture) members(group directory.ResourceID) []directory.ResourceID {
	f.t.Helper()
	var ids []directory.ResourceID
	err := f.ress.EachMember(context.Background(), &f.scope, group, func(m directory.Member) error {
		ids = append(ids, m.ID)
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return ids
}

func (f *fixture) filter(typ, text string) *filter.Filter {
	f.t.Helper()
	e, err := filter.Parse(text, filter.Limits{})
	if err != nil {
		f.t.Fatal(err)
	}
	bound, err := filter.Bind(e, f.typ(typ))
	if err != nil {
		f.t.Fatal(err)
	}
	return bound
}

// search returns the ids of the matches of a filter.
func (f *fixture) search(typ, text string) []directory.ResourceID {
	f.t.Helper()
	bound := f.filter(typ, text)
	var ids []directory.ResourceID
	total, err := f.ress.Query(context.Background(), &f.scope, &directory.ResourceQuery{Type: f.typ(typ), Filter: bound, Limit: 100},
		directory.With{}, func(e *directory.Entry) error {
			ids = append(ids, e.ID)
			return nil
		})
	if err != nil {
		f.t.Fatal(err)
	}
	if total != len(ids) {
		f.t.Errorf("filter %s: total %d, but %d resources", text, total, len(ids))
	}
	return ids
}

// events returns every event after seq.
func (f *fixture) events(after directory.Seq) []*directory.Event {
	f.t.Helper()
	var list []*directory.Event
	err := f.store.View(context.Background(), func(r directory.Reader) error {
		list = nil
		return r.Events(context.Background(), 0, after, 1_000_000, func(e *directory.Event) error {
			list = append(list, e)
			return nil
		})
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return list
}

func (f *fixture) lastSeq() directory.Seq {
	events := f.events(0)
	if len(events) == 0 {
		return 0
	}
	return events[len(events)-1].Seq
}

func eventTypes(events []*directory.Event) []directory.EventType {
	var types []directory.EventType
	for _, e := range events {
		types = append(types, e.Type)
	}
	return types
}

// wantError checks the status and the scimType of a failure, and that it names a rule when one is given.
func wantError(t *testing.T, err error, status int, typ scim.ErrorType, rule string) {
	t.Helper()
	var e *scim.Error
	if !errors.As(err, &e) {
		t.Fatalf("got error %v, want a %d", err, status)
	}
	if e.Status != status || e.Type != typ || e.Rule != rule {
		t.Fatalf("got %d %q %q (%s), want %d %q %q", e.Status, e.Type, e.Rule, e.Detail, status, typ, rule)
	}
}
