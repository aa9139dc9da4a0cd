package directory_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/schema"
)

// counted is a store that counts the reads of memberships.
type counted struct {
	directory.Store
	mu    sync.Mutex
	calls map[string]int // guarded by mu
}

func (c *counted) In(directory.SourceID) directory.Store { return c }

func (c *counted) View(ctx context.Context, fn func(directory.Reader) error) error {
	return c.Store.View(ctx, func(r directory.Reader) error { return fn(countedReader{r, c}) })
}

func (c *counted) Peek(ctx context.Context, fn func(directory.Reader) error) error {
	return c.View(ctx, fn)
}

func (c *counted) Update(ctx context.Context, fn func(directory.Writer) error) error {
	return c.Store.Update(ctx, func(w directory.Writer) error { return fn(countedWriter{w, c}) })
}

// take returns and forgets the counts so far.
func (c *counted) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls := c.calls
	c.calls = map[string]int{}
	return calls
}

func (c *counted) count(name string) { c.add(name, 1) }

func (c *counted) add(name string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls[name] += n
}

// countedWriter counts the members that are looked up and written.
type countedWriter struct {
	directory.Writer
	c *counted
}

func (w countedWriter) Existing(ctx context.Context, source directory.SourceID, ids []directory.ResourceID) (map[directory.ResourceID]string, error) {
	w.c.add("looked up", len(ids))
	return w.Writer.Existing(ctx, source, ids)
}

func (w countedWriter) AddMembers(ctx context.Context, source directory.SourceID, group directory.ResourceID, ids []directory.ResourceID, now time.Time) ([]directory.ResourceID, error) {
	w.c.add("added", len(ids))
	return w.Writer.AddMembers(ctx, source, group, ids, now)
}

func (w countedWriter) RemoveMembers(ctx context.Context, source directory.SourceID, group directory.ResourceID, ids []directory.ResourceID) ([]directory.ResourceID, error) {
	w.c.add("removed", len(ids))
	return w.Writer.RemoveMembers(ctx, source, group, ids)
}

func (w countedWriter) Members(ctx context.Context, source directory.SourceID, group, after directory.ResourceID, limit int, emit func(directory.Member) error) error {
	w.c.count("members")
	return w.Writer.Members(ctx, source, group, after, limit, emit)
}

func (w countedWriter) MemberIDs(ctx context.Context, source directory.SourceID, group directory.ResourceID, emit func(directory.ResourceID) error) error {
	w.c.count("members")
	return w.Writer.MemberIDs(ctx, source, group, emit)
}

type countedReader struct {
	directory.Reader
	c *counted
}

func (r countedReader) Members(ctx context.Context, source directory.SourceID, group, after directory.ResourceID, limit int, emit func(directory.Member) error) error {
	r.c.count("members")
	return r.Reader.Members(ctx, source, group, after, limit, emit)
}

func (r countedReader) Memberships(ctx context.Context, source directory.SourceID, member directory.ResourceID) ([]directory.Membership, error) {
	r.c.count("memberships")
	return r.Reader.Memberships(ctx, source, member)
}

func (r countedReader) MembershipsOf(ctx context.Context, source directory.SourceID, members []directory.ResourceID) (map[directory.ResourceID][]directory.Membership, error) {
	r.c.count("memberships")
	return r.Reader.MembershipsOf(ctx, source, members)
}

func TestQuery_ReadsMembershipsOncePerPage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	people := f.users(40)
	for i := range 3 {
		f.create("Group", fmt.Sprintf(`{"displayName":"G%d","members":%s}`, i, list(people[i*10:i*10+15]...)))
	}
	store := &counted{Store: f.store, calls: map[string]int{}}
	ress := directory.NewResources(store, f.clock.Now)
	for _, c := range []struct {
		typ  string
		with directory.With
		want map[string]int
	}{
		{"User", directory.With{}, map[string]int{}},
		{"User", directory.With{Groups: true}, map[string]int{"memberships": 1}},
		{"Group", directory.With{}, map[string]int{}},
		{"Group", directory.With{Members: true}, map[string]int{"members": 3}},
	} {
		seen, groups, members := 0, 0, 0
		_, err := ress.Query(t.Context(), &f.scope, &directory.ResourceQuery{Type: f.typ(c.typ), Limit: 100}, c.with, func(e *directory.Entry) error {
			seen, groups, members = seen+1, groups+len(e.Groups), members+len(e.Members)
			return nil
		})
		if err != nil || seen != map[string]int{"User": 40, "Group": 3}[c.typ] {
			t.Fatalf("%s %+v: %d resources, %v", c.typ, c.with, seen, err)
		}
		if c.with.Groups && groups != 45 || c.with.Members && members != 45 {
			t.Errorf("%s: %d groups of users, %d members of groups", c.typ, groups, members)
		}
		if got := store.take(); !maps.Equal(got, c.want) {
			t.Errorf("%s %+v reads %v, want %v", c.typ, c.with, got, c.want)
		}
	}
}

func TestMembers_OnlyGroupsAboveCanCloseACycle(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	below := f.user("ada")
	var chain []directory.ResourceID
	for i := range 30 {
		below = f.create("Group", fmt.Sprintf(`{"displayName":"L%d","members":%s}`, i, list(below))).ID
		chain = append(chain, below)
	}
	if groups := f.get("User", f.search("User", `userName eq "ada"`)[0]).Groups; len(groups) != 30 || !groups[0].Direct || groups[1].Direct {
		t.Errorf("ada's groups: %v", groups)
	}
	_, err := f.tryPatch("Group", chain[0], `[{"op":"add","path":"members","value":`+list(chain[29])+`}]`)
	wantError(t, err, 400, "invalidValue", "member.cycle")
	_, err = f.ress.AddMembers(t.Context(), &f.scope, f.typ("Group"), chain[0], []directory.ResourceID{chain[0]})
	wantError(t, err, 400, "invalidValue", "member.cycle")
	// A second way to the same group is no cycle.
	f.patch("Group", chain[29], `[{"op":"add","path":"members","value":`+list(chain[3])+`}]`)
	wide := f.canonical("Group", `{"displayName":"wide","members":`+list(chain...)+`}`, schema.ForCreate)
	if _, err := f.ress.Create(t.Context(), &f.scope, f.typ("Group"), wide); err != nil {
		t.Error(err)
	}
}

func TestMembers_WritesCostTheDifference(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	people := f.users(300)
	store := &counted{Store: f.store, calls: map[string]int{}}
	f.ress = directory.NewResources(store, f.clock.Now)
	g := f.create("Group", `{"displayName":"G","members":`+list(people[:290]...)+`}`).ID
	store.take()
	step := func(what string, want map[string]int, do func()) {
		t.Helper()
		do()
		if got := store.take(); !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	step("PATCH add", map[string]int{"looked up": 1, "added": 1}, func() {
		f.patch("Group", g, `[{"op":"add","path":"members","value":`+list(people[290])+`}]`)
	})
	step("PATCH remove", map[string]int{"looked up": 1, "removed": 1}, func() {
		f.patch("Group", g, `[{"op":"remove","path":"members[value eq \"`+string(people[290])+`\"]"}]`)
	})
	step("PUT of the same", map[string]int{"members": 1}, func() {
		if res := f.replace("Group", g, `{"displayName":"G","members":`+list(people[:290]...)+`}`); res.Outcome != directory.OutcomeNoOp {
			t.Errorf("outcome %s", res.Outcome)
		}
	})
	step("PUT", map[string]int{"members": 1, "looked up": 3, "added": 2, "removed": 1}, func() {
		f.replace("Group", g, `{"displayName":"G","members":`+list(people[1:292]...)+`}`)
	})
	if got := f.members(g); !slices.Equal(got, sorted(people[1:292]...)) {
		t.Errorf("%d members", len(got))
	}
	store.take()
	step("rename", map[string]int{}, func() { f.patch("Group", g, `[{"op":"replace","path":"displayName","value":"H"}]`) })
	step("DELETE", map[string]int{}, func() {
		if _, err := f.ress.Delete(t.Context(), &f.scope, f.typ("Group"), g, nil); err != nil {
			t.Error(err)
		}
	})
}
