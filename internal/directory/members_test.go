package directory_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

func (f *fixture) users(n int) []directory.ResourceID {
	f.t.Helper()
	ids := make([]directory.ResourceID, n)
	var wg sync.WaitGroup
	for i := range n {
		obj := f.canonical("User", fmt.Sprintf(`{"userName":"u%d"}`, i), schema.ForCreate)
		typ := f.typ("User")
		wg.Go(func() {
			res, err := f.ress.Create(context.Background(), &f.scope, typ, obj)
			if err != nil {
				f.t.Error(err)
				return
			}
			ids[i] = res.ID
		})
	}
	wg.Wait()
	return ids
}

func sorted(ids ...directory.ResourceID) []directory.ResourceID {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return ids
}

func list(ids ...directory.ResourceID) string {
	var parts []string
	for _, id := range ids {
		parts = append(parts, `{"value":"`+string(id)+`"}`)
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func TestMembers_PatchDialects(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.users(4)
	g := f.create("Group", `{"displayName":"G"}`).ID
	id := func(i int) string { return string(u[i]) }
	version := int64(1)
	for _, step := range []struct {
		ops  string
		want []directory.ResourceID
		same bool
	}{
		{ops: `[{"op":"Add","path":"members","value":` + list(u[0], u[1]) + `}]`, want: sorted(u[0], u[1])},
		{ops: `[{"op":"add","path":"members","value":` + list(u[1], u[0]) + `}]`, want: sorted(u[0], u[1]), same: true},
		{ops: `[{"op":"add","value":{"members":` + list(u[2]) + `}}]`, want: sorted(u[0], u[1], u[2])},
		{ops: `[{"op":"Remove","path":"members","value":[{"$ref":null,"value":"` + id(0) + `"}]}]`, want: sorted(u[1], u[2])},
		{ops: `[{"op":"remove","path":"members[value eq \"` + strings.ToUpper(id(1)) + `\"]"}]`, want: sorted(u[2])},
		{ops: `[{"op":"remove","path":"members[value eq \"` + id(1) + `\"]"}]`, want: sorted(u[2]), same: true},
		{ops: `[{"op":"add","path":"members[value eq \"` + id(3) + `\"]","value":{"value":"` + id(3) + `"}}]`, want: sorted(u[2], u[3])},
		{ops: `[{"op":"remove","path":"members[value eq \"` + id(2) + `\" or value eq \"` + id(3) + `\"]"},{"op":"add","path":"members","value":` + list(u[0]) + `}]`, want: sorted(u[0])},
		{ops: `[{"op":"add","path":"members","value":` + list(u[1]) + `},{"op":"remove","path":"members","value":` + list(u[1]) + `}]`, want: sorted(u[0]), same: true},
		{ops: `[{"op":"replace","path":"members","value":` + list(u...) + `}]`, want: sorted(u...)},
		{ops: `[{"op":"remove","path":"members[display co \"U1\"]"}]`, want: sorted(u[0], u[2], u[3])},
		{ops: `[{"op":"replace","path":"members[value eq \"` + id(0) + `\"]","value":{"value":"` + id(1) + `"}}]`, want: sorted(u[1], u[2], u[3])},
		{ops: `[{"op":"replace","value":{"id":"` + string(g) + `","displayName":"G"}}]`, want: sorted(u[1], u[2], u[3]), same: true},
		{ops: `[{"op":"replace","path":"members","value":[]}]`},
		{ops: `[{"op":"add","path":"members","value":` + list(u...) + `}]`, want: sorted(u...)},
		{ops: `[{"op":"remove","path":"members"}]`},
	} {
		res, err := f.tryPatch("Group", g, step.ops)
		if err != nil {
			t.Errorf("%s: %v", step.ops, err)
			continue
		}
		if !step.same {
			version++
		}
		if res.Version != version || (res.Outcome == directory.OutcomeNoOp) != step.same {
			t.Errorf("%s: %s, version %d, want %d", step.ops, res.Outcome, res.Version, version)
		}
		if got := f.members(g); !slices.Equal(got, step.want) {
			t.Fatalf("%s: members %v, want %v", step.ops, got, step.want)
		}
		f.checkFold()
	}
}

func TestMembers_Refused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.users(2)
	g := f.create("Group", `{"displayName":"G","members":`+list(u[0])+`}`).ID
	for ops, want := range map[string]scim.ErrorType{
		`[{"op":"replace","path":"members[value eq \"` + string(u[0]) + `\"].value","value":"` + string(u[1]) + `"}]`:     scim.Mutability,
		`[{"op":"replace","path":"members[value eq \"` + string(u[1]) + `\"]","value":{"value":"` + string(u[1]) + `"}}]`: scim.NoTarget,
		`[{"op":"add","path":"members","value":[{"type":"User"}]}]`:                                                       scim.InvalidValue,
		`[{"op":"add","path":"members","value":` + list(g) + `}]`:                                                         scim.InvalidValue,
	} {
		_, err := f.tryPatch("Group", g, ops)
		if err == nil || scim.AsError(err).Status != 400 || scim.AsError(err).Type != want {
			t.Errorf("%s: %v, want %s", ops, err, want)
		}
	}
	if got := f.members(g); !slices.Equal(got, u[:1]) {
		t.Errorf("members %v", got)
	}
}

// Pins R-CORE-12.
func TestMembers_UnknownOnesAreLeftOutOrRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.users(1)
	res := f.create("Group", `{"displayName":"G","members":`+list("nobody", u[0])+`}`)
	if got := f.members(res.ID); !slices.Equal(got, u) {
		t.Errorf("members %v", got)
	}
	if got := f.noted(); !slices.Equal(got, []string{"member.unknown"}) {
		t.Errorf("notes %v", got)
	}
	f.scope.Policies.StrictReferences = true
	_, err := f.tryPatch("Group", res.ID, `[{"op":"remove","path":"members"},{"op":"add","path":"members","value":`+list("nobody")+`}]`)
	wantError(t, err, 400, scim.InvalidValue, "member.unknown")
	if got := f.members(res.ID); !slices.Equal(got, u) {
		t.Errorf("members %v after a refused PATCH", got)
	}
	f.checkFold()
}

// Pins R-CORE-10, R-CORE-11.
func TestMembers_NestedGroupsWithoutCycles(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.users(1)
	a := f.create("Group", `{"displayName":"A","members":`+list(u[0])+`}`).ID
	b := f.create("Group", `{"displayName":"B","members":`+list(a)+`}`).ID
	c := f.create("Group", `{"displayName":"C","members":`+list(b)+`}`).ID
	_, err := f.tryPatch("Group", a, `[{"op":"add","path":"members","value":`+list(c)+`}]`)
	wantError(t, err, 400, scim.InvalidValue, "member.cycle")
	if !strings.Contains(err.Error(), `"A" is in "B" is in "C" is in "A"`) {
		t.Errorf("the detail does not show the cycle: %v", err)
	}
	_, err = f.tryReplace("Group", a, `{"displayName":"A","members":`+list(c)+`}`)
	wantError(t, err, 400, scim.InvalidValue, "member.cycle")
	var got []string
	for _, m := range f.get("User", u[0]).Groups {
		got = append(got, fmt.Sprint(m.Display, m.Direct))
	}
	if !slices.Equal(got, []string{"Atrue", "Bfalse", "Cfalse"}) {
		t.Errorf("groups %v", got)
	}
	if found := f.search("Group", `members.type eq "group"`); !slices.Equal(found, []directory.ResourceID{b, c}) {
		t.Errorf("groups with groups: %v", found)
	}
	f.checkFold()
}

// Pins R-PUT-12.
func TestMembers_PutReplacesClearsOrKeeps(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.users(3)
	g := f.create("Group", `{"displayName":"G","members":`+list(u[0], u[1])+`}`).ID
	f.replace("Group", g, `{"displayName":"G","members":`+list(u[1], u[2])+`}`)
	if got := f.members(g); !slices.Equal(got, sorted(u[1], u[2])) {
		t.Errorf("members %v", got)
	}
	f.scope.Policies.PutKeepsMembers = true
	if res := f.replace("Group", g, `{"displayName":"G"}`); res.Outcome != directory.OutcomeNoOp {
		t.Errorf("outcome %s", res.Outcome)
	}
	f.scope.Policies.PutKeepsMembers = false
	f.replace("Group", g, `{"displayName":"G"}`)
	if got := f.members(g); len(got) != 0 {
		t.Errorf("members %v", got)
	}
	f.checkFold()
}

func TestMembers_ParallelPatchesAllCount(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const n = 400
	u := f.users(n)
	g := f.create("Group", `{"displayName":"G","members":`+list(u[:n/2]...)+`}`).ID
	group := f.typ("Group")
	var wg sync.WaitGroup
	for i, id := range u {
		op := "add"
		if i < n/4 {
			op = "remove"
		}
		ops := operations(t, `[{"op":"`+op+`","path":"members","value":`+list(id)+`}]`)
		wg.Go(func() {
			if _, err := f.ress.Patch(context.Background(), &f.scope, group, g, ops, nil, schema.Options{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := f.members(g); !slices.Equal(got, sorted(u[n/4:]...)) {
		t.Errorf("%d members, want %d", len(got), n-n/4)
	}
	// A quarter was there already, so its additions changed nothing.
	if got := f.get("Group", g).Version; got != 1+n-n/4 {
		t.Errorf("version %d, want %d", got, 1+n-n/4)
	}
	f.checkFold()
}

// Pins R-EVT-14.
func TestMembers_EventsComeInPieces(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.users(1100)
	before := f.lastSeq()
	g := f.create("Group", `{"displayName":"G","members":`+list(u...)+`}`).ID
	want := []directory.EventType{directory.GroupCreated, directory.GroupMemberAdded, directory.GroupMemberAdded, directory.GroupMemberAdded}
	if got := eventTypes(f.events(before)); !slices.Equal(got, want) {
		t.Errorf("events %v", got)
	}
	if got := f.members(g); len(got) != 1100 || !slices.IsSorted(got) {
		t.Errorf("%d members", len(got))
	}
	f.checkFold()
}

// TestMembers_RandomWritesMatchAModel compares deltas of rows with sets kept in memory.
func TestMembers_RandomWritesMatchAModel(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.users(8)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		g := f.create("Group", fmt.Sprintf(`{"displayName":"G%d"}`, n)).ID
		model := map[directory.ResourceID]bool{}
		for range rapid.IntRange(1, 6).Draw(rt, "requests") {
			var ops []string
			for range rapid.IntRange(1, 4).Draw(rt, "operations") {
				some := rapid.SliceOfNDistinct(rapid.SampledFrom(u), 0, 4, rapid.ID).Draw(rt, "members")
				op := rapid.SampledFrom([]string{"add", "remove", "replace"}).Draw(rt, "op")
				if op == "remove" && len(some) == 0 {
					op = "replace"
				}
				ops = append(ops, `{"op":"`+op+`","path":"members","value":`+list(some...)+`}`)
				if op == "replace" {
					clear(model)
				}
				for _, id := range some {
					if op == "remove" {
						delete(model, id)
					} else {
						model[id] = true
					}
				}
			}
			if res := f.patch("Group", g, "["+strings.Join(ops, ",")+"]"); res.Members != len(model) {
				rt.Fatalf("the result tells of %d members, there are %d", res.Members, len(model))
			}
		}
		var want []directory.ResourceID
		for id := range model {
			want = append(want, id)
		}
		if got := f.members(g); !slices.Equal(got, sorted(want...)) {
			rt.Fatalf("members %v, want %v", got, want)
		}
	})
	f.checkFold()
}
