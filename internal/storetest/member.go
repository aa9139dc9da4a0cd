package storetest

import (
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
)

// members lists all members of a group.
func (f *fixture) members(r directory.Reader, source directory.SourceID, group directory.ResourceID) (all []directory.Member) {
	f.Helper()
	err := r.Members(f.Context(), source, group, "", 0, func(m directory.Member) error { all = append(all, m); return nil })
	if err != nil {
		f.Error(err)
	}
	return all
}

func testMembers(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	ada := f.user(src, scim.Object{"displayName": "Ada"})
	bob := f.user(src, scim.Object{"userName": "bob"})
	sub := f.group(src, "sub")
	g := f.group(src, "staff")
	change := func(op func(w directory.Writer) ([]directory.ResourceID, error), want ...directory.ResourceID) {
		f.Helper()
		f.update(func(w directory.Writer) error {
			got, err := op(w)
			if err == nil && !slices.Equal(got, want) {
				f.Errorf("changed %v, want %v", got, want)
			}
			return err
		})
	}
	add := func(ids ...directory.ResourceID) func(directory.Writer) ([]directory.ResourceID, error) {
		return func(w directory.Writer) ([]directory.ResourceID, error) {
			return w.AddMembers(ctx, src, g.ID, ids, start)
		}
	}
	remove := func(ids ...directory.ResourceID) func(directory.Writer) ([]directory.ResourceID, error) {
		return func(w directory.Writer) ([]directory.ResourceID, error) {
			return w.RemoveMembers(ctx, src, g.ID, ids)
		}
	}
	change(add(sub.ID, "none", ada.ID, sub.ID), sub.ID, ada.ID)
	change(add(ada.ID, bob.ID), bob.ID)
	change(add())
	change(add("none"))
	want := []directory.Member{{ID: ada.ID, Type: "User", Display: "Ada"}, {ID: bob.ID, Type: "User", Display: "bob"}, {ID: sub.ID, Type: "Group", Display: "sub"}}
	f.view(func(r directory.Reader) error {
		if diff := cmp.Diff(want, f.members(r, src, g.ID)); diff != "" {
			f.Errorf("members (-want +got):\n%s", diff)
		}
		var page []directory.Member
		err := r.Members(ctx, src, g.ID, ada.ID, 1, func(m directory.Member) error { page = append(page, m); return nil })
		if diff := cmp.Diff(want[1:2], page); err != nil || diff != "" {
			f.Errorf("second page: %v (-want +got):\n%s", err, diff)
		}
		var ids []directory.ResourceID
		err = r.MemberIDs(ctx, src, g.ID, func(id directory.ResourceID) error { ids = append(ids, id); return nil })
		if err != nil || !slices.Equal(ids, []directory.ResourceID{ada.ID, bob.ID, sub.ID}) {
			f.Errorf("ids of members: %v, %v", ids, err)
		}
		stop := fmt.Errorf("stop")
		f.wantErr("an emit that fails", r.Members(ctx, src, g.ID, "", 0, func(directory.Member) error { return stop }), stop)
		for id, want := range map[directory.ResourceID]bool{ada.ID: true, g.ID: false, "none": false} {
			if ok, err := r.IsMember(ctx, src, g.ID, id); err != nil || ok != want {
				f.Errorf("%s is a member: %t, %v", id, ok, err)
			}
		}
		if n, err := r.CountMembers(ctx, src, "none"); err != nil || n != 0 {
			f.Errorf("%d members of no group, %v", n, err)
		}
		return nil
	})
	change(remove(bob.ID, "none", ada.ID, bob.ID), bob.ID, ada.ID)
	change(remove(ada.ID))
	f.view(func(r directory.Reader) error {
		if n, err := r.CountMembers(ctx, src, g.ID); err != nil || n != 1 {
			f.Errorf("%d members left, %v", n, err)
		}
		return nil
	})
	tells := func(r directory.Reader) error {
		group, err := r.Resource(ctx, src, g.Type, g.ID)
		if err != nil || group.Members != 1 {
			f.Errorf("the group with one member is %+v, %v", group, err)
		}
		if member, err := r.Resource(ctx, src, sub.Type, sub.ID); err != nil || member.Ungrouped {
			f.Errorf("the member is %+v, %v", member, err)
		}
		return nil
	}
	f.view(tells)
	f.update(func(w directory.Writer) error {
		// Whoever was in no group when it was read may be in one now.
		if _, err := w.Resource(ctx, src, ada.Type, ada.ID); err != nil {
			return err
		}
		if _, err := w.AddMembers(ctx, src, g.ID, []directory.ResourceID{ada.ID}, start); err != nil {
			return err
		}
		if groups, err := w.Memberships(ctx, src, ada.ID); err != nil || len(groups) != 1 {
			f.Errorf("the new member is in %v, %v", groups, err)
		}
		if _, err := w.RemoveMembers(ctx, src, g.ID, []directory.ResourceID{ada.ID}); err != nil {
			return err
		}
		return tells(w)
	})
	f.wantErr("members of an unknown group", f.Update(ctx, func(w directory.Writer) error {
		_, err := w.AddMembers(ctx, src, "none", []directory.ResourceID{ada.ID}, start)
		return err
	}), directory.ErrNotFound)
}

func testManyMembers(f *fixture) {
	ctx := f.Context()
	const many = 1234
	src := f.alone("acme")
	ids := make([]directory.ResourceID, many)
	f.update(func(w directory.Writer) error {
		for i := range ids {
			u := f.newUser(src, nil)
			if err := w.InsertResource(ctx, u); err != nil {
				return err
			}
			ids[i] = u.ID
		}
		return nil
	})
	g := f.group(src, "everyone")
	shuffled := slices.Clone(ids)
	for i := range shuffled {
		j := i * 7919 % (i + 1)
		shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
	}
	f.update(func(w directory.Writer) error {
		added, err := w.AddMembers(ctx, src, g.ID, shuffled, start)
		if err == nil && !slices.Equal(added, shuffled) {
			f.Errorf("added %d in another order", len(added))
		}
		return err
	})
	f.view(func(r directory.Reader) error {
		var got []directory.ResourceID
		for after, more := directory.ResourceID(""), true; more; {
			n := len(got)
			err := r.Members(ctx, src, g.ID, after, 100, func(m directory.Member) error { got = append(got, m.ID); return nil })
			if err != nil {
				return err
			}
			after, more = got[len(got)-1], len(got)-n == 100
		}
		if !slices.Equal(got, ids) {
			f.Errorf("listed %d members in pages", len(got))
		}
		types, err := r.Existing(ctx, src, ids)
		if len(types) != many {
			f.Errorf("%d of %d exist", len(types), many)
		}
		return err
	})
	f.update(func(w directory.Writer) error {
		removed, err := w.RemoveMembers(ctx, src, g.ID, shuffled[1:])
		if err == nil && !slices.Equal(removed, shuffled[1:]) {
			f.Errorf("removed %d in another order", len(removed))
		}
		return err
	})
}

func testNestedGroups(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	u := f.user(src, nil)
	// u ∈ a ∈ b ∈ c ∈ b, and u ∈ c; b and c form a cycle.
	a := f.group(src, "a", u.ID)
	b := f.group(src, "b", a.ID)
	c := f.group(src, "c", b.ID, u.ID)
	lone := f.group(src, "lone")
	f.update(func(w directory.Writer) error {
		_, err := w.AddMembers(ctx, src, b.ID, []directory.ResourceID{c.ID}, start)
		return err
	})
	f.view(func(r directory.Reader) error {
		for member, want := range map[directory.ResourceID][]directory.Membership{
			u.ID:    {{Group: a.ID, Display: "a", Direct: true}, {Group: c.ID, Display: "c", Direct: true}, {Group: b.ID, Display: "b"}},
			a.ID:    {{Group: b.ID, Display: "b", Direct: true}, {Group: c.ID, Display: "c"}},
			b.ID:    {{Group: c.ID, Display: "c", Direct: true}},
			lone.ID: nil,
		} {
			got, err := r.Memberships(ctx, src, member)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				f.Errorf("memberships of %s: %v (-want +got):\n%s", member, err, diff)
			}
		}
		for _, c := range []struct {
			group, target directory.ResourceID
			want          bool
		}{{a.ID, u.ID, true}, {b.ID, u.ID, true}, {c.ID, a.ID, true}, {b.ID, c.ID, true}, {b.ID, b.ID, true}, {a.ID, b.ID, false}, {lone.ID, u.ID, false}} {
			if got, err := r.Reaches(ctx, src, c.group, c.target); err != nil || got != c.want {
				f.Errorf("%s reaches %s: %t, %v", c.group, c.target, got, err)
			}
		}
		return nil
	})
}

// testDeepGroups asks for the groups of many at once: of a chain, of a diamond, and of nobody.
func testDeepGroups(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	u, v, lone := f.user(src, nil), f.user(src, nil), f.user(src, nil)
	below := u.ID
	var chain []directory.Membership
	for i := range 30 {
		name := fmt.Sprint("level ", i)
		g := f.group(src, name, below)
		chain = append(chain, directory.Membership{Group: g.ID, Display: name, Direct: i == 0})
		below = g.ID
	}
	left, right := f.group(src, "left", v.ID), f.group(src, "right", v.ID)
	top := f.group(src, "top", left.ID, right.ID)
	ids := []directory.ResourceID{u.ID, v.ID, lone.ID, left.ID, "none"}
	want := map[directory.ResourceID][]directory.Membership{
		u.ID:    chain,
		v.ID:    {{Group: left.ID, Display: "left", Direct: true}, {Group: right.ID, Display: "right", Direct: true}, {Group: top.ID, Display: "top"}},
		left.ID: {{Group: top.ID, Display: "top", Direct: true}},
	}
	f.update(func(w directory.Writer) error { // more than one statement takes
		ids = ids[:5]
		for i := range 500 {
			u := f.newUser(src, nil)
			if err := w.InsertResource(ctx, u); err != nil {
				return err
			}
			ids = append(ids, u.ID)
			if i%100 > 0 {
				continue
			}
			want[u.ID] = []directory.Membership{{Group: top.ID, Display: "top", Direct: true}}
			if _, err := w.AddMembers(ctx, src, top.ID, []directory.ResourceID{u.ID}, start); err != nil {
				return err
			}
		}
		return nil
	})
	f.view(func(r directory.Reader) error {
		got, err := r.MembershipsOf(ctx, src, ids)
		if diff := cmp.Diff(want, got); diff != "" {
			f.Errorf("memberships (-want +got):\n%s", diff)
		}
		if ok, err := r.Reaches(ctx, src, below, u.ID); err != nil || !ok {
			f.Errorf("the end of the chain is not reached: %v", err)
		}
		return err
	})
}
