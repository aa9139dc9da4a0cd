package storetest

import (
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
)

func testTombstones(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	u := f.user(src, scim.Object{"userName": "ada", "externalId": "x1", "emails": []any{scim.Object{"value": "ada@example.com"}}})
	g1, g2 := f.group(src, "one", u.ID), f.group(src, "two", u.ID)
	f.update(func(w directory.Writer) error { return w.BuryResource(ctx, src, u.Type, u.ID, 2, at(1)) })
	f.view(func(r directory.Reader) error {
		_, err := r.Resource(ctx, src, u.Type, u.ID)
		f.wantErr("live", err, directory.ErrNotFound)
		_, err = r.ByName(ctx, src, u.Type, "ada")
		f.wantErr("by name", err, directory.ErrNotFound)
		_, err = r.ByExternalID(ctx, src, u.Type, "x1")
		f.wantErr("by external id", err, directory.ErrNotFound)
		if types, err := r.Existing(ctx, src, []directory.ResourceID{u.ID}); err != nil || len(types) != 0 {
			f.Errorf("existing: %v, %v", types, err)
		}
		want := *u
		want.Version, want.Deleted, want.Modified = 2, at(1), at(1)
		got, err := r.Tombstone(ctx, src, u.Type, u.ID)
		if diff := cmp.Diff(&want, got, sameRecord); err != nil || diff != "" {
			f.Errorf("tombstone: %v (-want +got):\n%s", err, diff)
		}
		if got, err := r.ResourceAnywhere(ctx, u.ID); err != nil || !got.Deleted.Equal(at(1)) {
			f.Errorf("anywhere: %+v, %v", got, err)
		}
		if n, err := r.CountMembers(ctx, src, g1.ID); err != nil || n != 0 {
			f.Errorf("%d members left, %v", n, err)
		}
		if got, err := r.Memberships(ctx, src, u.ID); err != nil || len(got) != 0 {
			f.Errorf("memberships of a tombstone: %v, %v", got, err)
		}
		return nil
	})
	if got := f.list(f.query(src, f.userType(), `emails.value eq "ada@example.com"`)); len(got) != 0 {
		f.Errorf("a tombstone was found by its e-mail address")
	}
	bury := func(w directory.Writer) error { return w.BuryResource(ctx, src, u.Type, u.ID, 3, at(2)) }
	f.wantErr("second burial", f.Update(ctx, bury), directory.ErrNotFound)
	f.wantErr("update of a tombstone", f.Update(ctx, func(w directory.Writer) error {
		again := *u
		again.Version = 3
		return w.UpdateResource(ctx, &again)
	}), directory.ErrNotFound)
	f.update(func(w directory.Writer) error {
		if added, err := w.AddMembers(ctx, src, g1.ID, []directory.ResourceID{u.ID}, start); err != nil || len(added) != 0 {
			f.Errorf("a tombstone became a member: %v, %v", added, err)
		}
		// Taking it out of a group counts, though it is in none now.
		_, err := w.RemoveMembers(ctx, src, g2.ID, []directory.ResourceID{u.ID})
		return err
	})
	restore := func(w directory.Writer) error { return w.RestoreResource(ctx, src, u.Type, u.ID, 3, at(3)) }
	f.update(restore)
	f.wantErr("second restore", f.Update(ctx, restore), directory.ErrNotFound)
	f.view(func(r directory.Reader) error {
		want := *u
		want.Version, want.Modified = 3, at(3)
		got, err := r.ByName(ctx, src, u.Type, "ada")
		if diff := cmp.Diff(&want, got, sameRecord); err != nil || diff != "" {
			f.Errorf("restored: %v (-want +got):\n%s", err, diff)
		}
		groups, err := r.Memberships(ctx, src, u.ID)
		if len(groups) != 1 || groups[0].Group != g1.ID {
			f.Errorf("memberships after restore: %v", groups)
		}
		return err
	})
	if got := f.list(f.query(src, f.userType(), `emails.value eq "ada@example.com"`)); len(got) != 1 {
		f.Errorf("a restored user was not found by its e-mail address")
	}
}

// testTombstonesOfBothEnds buries a group and its member in both orders and restores them in both
// orders; each time the membership comes back with the second restore.
func testTombstonesOfBothEnds(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	u := f.user(src, nil)
	g := f.group(src, "staff", u.ID)
	self := f.group(src, "self")
	f.update(func(w directory.Writer) error {
		_, err := w.AddMembers(ctx, src, self.ID, []directory.ResourceID{self.ID, u.ID}, start)
		return err
	})
	version := int64(1)
	for _, buried := range [][]*directory.Record{{u, g, self}, {self, g, u}} {
		for _, restored := range [][]*directory.Record{{u, g, self}, {g, self, u}} {
			version++
			for _, r := range buried {
				f.update(func(w directory.Writer) error {
					return w.BuryResource(ctx, src, r.Type, r.ID, version, at(int(version)))
				})
			}
			version++
			for _, r := range restored {
				f.update(func(w directory.Writer) error {
					return w.RestoreResource(ctx, src, r.Type, r.ID, version, at(int(version)))
				})
			}
			f.view(func(r directory.Reader) error {
				for _, c := range []struct{ group, member directory.ResourceID }{{g.ID, u.ID}, {self.ID, u.ID}, {self.ID, self.ID}} {
					if ok, err := r.IsMember(ctx, src, c.group, c.member); err != nil || !ok {
						f.Errorf("buried %s first, restored %s first: %s is not a member of %s (%v)", buried[0].Type, restored[0].Type, c.member, c.group, err)
					}
				}
				return nil
			})
			CheckInvariants(f.T, f.Store)
		}
	}
}

func testRestoreTaken(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	u := f.user(src, scim.Object{"userName": "ada"})
	f.update(func(w directory.Writer) error { return w.BuryResource(ctx, src, u.Type, u.ID, 2, at(1)) })
	heir := f.user(src, scim.Object{"userName": "ada"})
	f.wantDuplicate("restore", f.Update(ctx, func(w directory.Writer) error {
		return w.RestoreResource(ctx, src, u.Type, u.ID, 3, at(2))
	}), "userName", heir.ID)
	f.view(func(r directory.Reader) error {
		_, err := r.Tombstone(ctx, src, u.Type, u.ID)
		return err
	})
}

func testErase(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	u, v := f.user(src, nil), f.user(src, nil)
	g := f.group(src, "staff", u.ID, v.ID)
	erase := func(r *directory.Record) func(directory.Writer) error {
		return func(w directory.Writer) error { return w.EraseResource(ctx, src, r.Type, r.ID) }
	}
	f.update(erase(u))
	f.wantErr("second time", f.Update(ctx, erase(u)), directory.ErrNotFound)
	f.update(func(w directory.Writer) error { return w.BuryResource(ctx, src, g.Type, g.ID, 2, at(1)) })
	f.update(erase(v)) // its membership of the tombstone is forgotten
	f.update(func(w directory.Writer) error { return w.RestoreResource(ctx, src, g.Type, g.ID, 3, at(2)) })
	f.view(func(r directory.Reader) error {
		_, err := r.ResourceAnywhere(ctx, u.ID)
		f.wantErr("erased", err, directory.ErrNotFound)
		if members := f.members(r, src, g.ID); len(members) != 0 {
			f.Errorf("members: %v", members)
		}
		return nil
	})
	f.update(func(w directory.Writer) error { return w.BuryResource(ctx, src, g.Type, g.ID, 4, at(3)) })
	f.update(erase(g)) // tombstones can be erased, too
}

func testMove(f *fixture) {
	ctx := f.Context()
	from, to := f.source("from"), f.source("to")
	taken := f.user(to, scim.Object{"userName": "ada"})
	kept := f.group(to, "kept", taken.ID)
	var moved []directory.ResourceID
	for i := range 5 {
		moved = append(moved, f.user(from, scim.Object{"userName": []string{"ada", "bob", "cyd", "dee", "eve"}[i]}).ID)
	}
	g := f.group(from, "staff", moved[:3]...)
	f.update(func(w directory.Writer) error { return w.BuryResource(ctx, from, "User", moved[2], 2, at(1)) })
	f.update(func(w directory.Writer) error { return w.EraseResource(ctx, from, "User", moved[3]) })
	steps := 0
	for n := 2; n == 2; steps++ {
		f.update(func(w directory.Writer) (err error) {
			n, err = w.MoveResources(ctx, from, to, 2)
			if n > 2 {
				f.Errorf("moved %d at once", n)
			}
			return err
		})
		CheckInvariants(f.T, f.Store)
	}
	if steps < 4 {
		f.Errorf("moved everything in %d steps", steps)
	}
	late := f.user(to, nil)
	f.view(func(r directory.Reader) error {
		var got []directory.ResourceID
		total, err := r.Query(ctx, &directory.ResourceQuery{Source: to, Type: f.userType(), Limit: 10}, func(rec *directory.Record) error {
			got = append(got, rec.ID)
			return nil
		})
		if want := []directory.ResourceID{taken.ID, moved[0], moved[1], moved[4], late.ID}; err != nil || total != 5 || !slices.Equal(got, want) {
			f.Errorf("%d users %v, want %v: %v", total, got, want, err)
		}
		for _, typ := range []string{"User", "Group"} {
			if n, err := r.CountResources(ctx, from, typ); err != nil || n != 0 {
				f.Errorf("%d left of type %s, %v", n, typ, err)
			}
		}
		if ada, err := r.ByName(ctx, to, "User", "ada"); err != nil || ada.ID != taken.ID {
			f.Errorf("the name went to %+v, %v", ada, err)
		}
		if double, err := r.Resource(ctx, to, "User", moved[0]); err != nil || double.Keys.NameUnique {
			f.Errorf("moved user of a taken name: %+v, %v", double, err)
		}
		if members := f.members(r, to, g.ID); len(members) != 2 {
			f.Errorf("members of the moved group: %v", members)
		}
		if members := f.members(r, to, kept.ID); len(members) != 1 {
			f.Errorf("members of the old group: %v", members)
		}
		return nil
	})
	f.update(func(w directory.Writer) error { return w.RestoreResource(ctx, to, "User", moved[2], 3, at(3)) })
	f.view(func(r directory.Reader) error {
		if members := f.members(r, to, g.ID); len(members) != 3 {
			f.Errorf("members after the restore of a moved tombstone: %v", members)
		}
		return nil
	})
	f.update(func(w directory.Writer) error { return w.DeleteSource(ctx, from) })
}
