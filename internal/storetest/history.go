package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
)

// model is what a store should hold, kept in the simplest way.
type model struct {
	names   map[directory.ResourceID]string
	version map[directory.ResourceID]int64
	buried  map[directory.ResourceID]bool
	// members holds memberships of tombstones, too: they come back.
	members map[[2]directory.ResourceID]bool
}

// testHistories applies random changes to a store and to a model and compares what can be seen.
func testHistories(f *fixture) {
	run := 0
	rapid.Check(f.T, func(t *rapid.T) {
		run++
		h := &history{fixture: f, source: f.source(fmt.Sprint("run", run)), model: model{
			names: map[directory.ResourceID]string{}, version: map[directory.ResourceID]int64{},
			buried: map[directory.ResourceID]bool{}, members: map[[2]directory.ResourceID]bool{},
		}}
		for step := range rapid.IntRange(1, 25).Draw(t, "steps") {
			h.step(t, step)
		}
		h.compare(t)
	})
}

type history struct {
	*fixture
	model
	source directory.SourceID
}

func typeOf(id directory.ResourceID) string {
	if id[0] == 'g' {
		return directory.GroupType
	}
	return directory.UserType
}

func (h *history) known(t *rapid.T) directory.ResourceID {
	return rapid.SampledFrom(append(slices.Sorted(maps.Keys(h.names)), "u-none", "g-none")).Draw(t, "id")
}

// taken tells whether a live resource other than id has the name.
func (h *history) taken(id directory.ResourceID, name string) bool {
	for other, n := range h.names {
		if other != id && n == name && !h.buried[other] && typeOf(other) == typeOf(id) {
			return true
		}
	}
	return false
}

func (h *history) live(id directory.ResourceID) bool {
	_, known := h.names[id]
	return known && !h.buried[id]
}

func (h *history) step(t *rapid.T, n int) {
	ctx := h.Context()
	name := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
	check := func(what string, err, want error) {
		if !errors.Is(err, want) {
			t.Fatalf("step %d: %s: got %v, want %v", n, what, err, want)
		}
	}
	outcome := func(ok bool, otherwise error) error {
		if ok {
			return nil
		}
		return otherwise
	}
	switch rapid.SampledFrom([]string{"insert", "insert", "rename", "add", "add", "remove", "bury", "restore", "erase"}).Draw(t, "op") {
	case "insert":
		id := rapid.SampledFrom([]string{"u", "u", "g"}).Draw(t, "kind") + string(h.nextID())
		r := h.make(directory.ResourceID(id), name.Draw(t, "name"), 1)
		want := outcome(!h.taken(r.ID, r.Keys.Name), directory.ErrDuplicate)
		check("insert", h.Update(ctx, func(w directory.Writer) error { return w.InsertResource(ctx, r) }), want)
		if want == nil {
			h.names[r.ID], h.version[r.ID] = r.Keys.Name, 1
		}
	case "rename":
		id := h.known(t)
		r := h.make(id, name.Draw(t, "name"), h.version[id]+1)
		want := outcome(h.live(id), directory.ErrNotFound)
		if want == nil {
			want = outcome(!h.taken(id, r.Keys.Name), directory.ErrDuplicate)
		}
		check("rename", h.Update(ctx, func(w directory.Writer) error { return w.UpdateResource(ctx, r) }), want)
		if want == nil {
			h.names[id] = r.Keys.Name
			h.version[id]++
		}
	case "add", "remove":
		h.changeMembers(t, n)
	case "bury":
		id := h.known(t)
		want := outcome(h.live(id), directory.ErrNotFound)
		check("bury", h.Update(ctx, func(w directory.Writer) error {
			return w.BuryResource(ctx, h.source, typeOf(id), id, h.version[id]+1, at(n))
		}), want)
		if want == nil {
			h.buried[id] = true
			h.version[id]++
		}
	case "restore":
		id := h.known(t)
		want := outcome(h.buried[id], directory.ErrNotFound)
		if want == nil {
			want = outcome(!h.taken(id, h.names[id]), directory.ErrDuplicate)
		}
		check("restore", h.Update(ctx, func(w directory.Writer) error {
			return w.RestoreResource(ctx, h.source, typeOf(id), id, h.version[id]+1, at(n))
		}), want)
		if want == nil {
			delete(h.buried, id)
			h.version[id]++
		}
	case "erase":
		id := h.known(t)
		_, known := h.names[id]
		check("erase", h.Update(ctx, func(w directory.Writer) error {
			return w.EraseResource(ctx, h.source, typeOf(id), id)
		}), outcome(known, directory.ErrNotFound))
		delete(h.names, id)
		delete(h.version, id)
		delete(h.buried, id)
		maps.DeleteFunc(h.model.members, func(pair [2]directory.ResourceID, _ bool) bool { return slices.Contains(pair[:], id) })
	}
}

func (h *history) changeMembers(t *rapid.T, n int) {
	ctx := h.Context()
	group := h.known(t)
	if !h.live(group) {
		return
	}
	ids := rapid.SliceOfN(rapid.Custom(h.known), 0, 4).Draw(t, "ids")
	adding := rapid.IntRange(0, 2).Draw(t, "direction") > 0
	var want []directory.ResourceID
	for _, id := range ids {
		pair := [2]directory.ResourceID{group, id}
		if h.live(id) && h.model.members[pair] != adding {
			want = append(want, id)
			h.model.members[pair] = adding
		}
		if !adding {
			delete(h.model.members, pair)
		}
	}
	err := h.Update(ctx, func(w directory.Writer) error {
		change := func() ([]directory.ResourceID, error) { return w.RemoveMembers(ctx, h.source, group, ids) }
		if adding {
			change = func() ([]directory.ResourceID, error) { return w.AddMembers(ctx, h.source, group, ids, at(n)) }
		}
		got, err := change()
		if err == nil && !slices.Equal(got, want) {
			err = fmt.Errorf("changed %v, want %v", got, want)
		}
		return err
	})
	if err != nil {
		t.Fatalf("step %d: members of %s: %v", n, group, err)
	}
}

func (h *history) make(id directory.ResourceID, name string, version int64) *directory.Record {
	typ, attr := h.userType(), "userName"
	if typeOf(id) == directory.GroupType {
		typ, attr = h.groupType(), "displayName"
	}
	r := record(h.source, typ, id, scim.Object{attr: name}, start)
	r.Version = version
	return r
}

func (h *history) compare(t *rapid.T) {
	err := h.View(h.Context(), func(r directory.Reader) error {
		for id, name := range h.names {
			rec, err := r.ResourceAnywhere(h.Context(), id)
			if err != nil {
				return err
			}
			if rec.Keys.Name != name || rec.Version != h.version[id] || rec.Deleted.IsZero() == h.buried[id] {
				t.Errorf("%s is %+v; want name %s, version %d, buried %t", id, rec, name, h.version[id], h.buried[id])
			}
			var got, want []directory.ResourceID
			if err := r.Members(h.Context(), h.source, id, "", 0, func(m directory.Member) error { got = append(got, m.ID); return nil }); err != nil {
				return err
			}
			for pair, ok := range h.model.members {
				if ok && pair[0] == id && h.live(id) && h.live(pair[1]) {
					want = append(want, pair[1])
				}
			}
			if slices.Sort(want); !slices.Equal(got, want) {
				t.Errorf("%s has the members %v, want %v", id, got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
