package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
)

// sameRecord compares records; a store need not return Keys.Values, and tells more of some.
var sameRecord = cmp.Options{cmpopts.IgnoreFields(directory.Keys{}, "Values"), cmpopts.IgnoreFields(directory.Record{}, "Members", "Ungrouped")}

func testResources(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	u := f.user(src, scim.Object{
		"userName": "Ada", "displayName": "Ada Lovelace", "externalId": "x1", "active": false,
		"emails": []any{scim.Object{"value": "Ada@Example.com"}, scim.Object{"value": "ada@home.example"}},
	})
	twin := f.user(src, scim.Object{"externalId": "x1"})
	f.group(src, "Ada") // a name is unique within its type only
	if u.Ord <= 0 || twin.Ord <= u.Ord {
		f.Errorf("ord %d, then %d", u.Ord, twin.Ord)
	}
	f.view(func(r directory.Reader) error {
		for what, get := range map[string]func() (*directory.Record, error){
			"by id":    func() (*directory.Record, error) { return r.Resource(ctx, src, u.Type, u.ID) },
			"anywhere": func() (*directory.Record, error) { return r.ResourceAnywhere(ctx, u.ID) },
			"by name":  func() (*directory.Record, error) { return r.ByName(ctx, src, u.Type, "ada") },
		} {
			got, err := get()
			if diff := cmp.Diff(u, got, sameRecord); err != nil || diff != "" {
				f.Errorf("%s: %v (-want +got):\n%s", what, err, diff)
			}
		}
		got, err := r.ByExternalID(ctx, src, u.Type, "x1")
		if diff := cmp.Diff([]*directory.Record{u, twin}, got, sameRecord); err != nil || diff != "" {
			f.Errorf("by external id: %v (-want +got):\n%s", err, diff)
		}
		types, err := r.Existing(ctx, src, []directory.ResourceID{u.ID, "none", twin.ID, u.ID})
		if diff := cmp.Diff(map[directory.ResourceID]string{u.ID: "User", twin.ID: "User"}, types); err != nil || diff != "" {
			f.Errorf("existing: %v (-want +got):\n%s", err, diff)
		}
		_, err = r.Resource(ctx, src, "Group", u.ID)
		f.wantErr("by id with another type", err, directory.ErrNotFound)
		_, err = r.Tombstone(ctx, src, u.Type, u.ID)
		f.wantErr("tombstone of a live resource", err, directory.ErrNotFound)
		_, err = r.ByName(ctx, src, u.Type, "Ada")
		f.wantErr("by a name that is no key", err, directory.ErrNotFound)
		_, err = r.ByExternalID(ctx, src, u.Type, "none")
		f.wantErr("by unknown external id", err, directory.ErrNotFound)
		_, err = r.ByExternalID(ctx, src, u.Type, "")
		f.wantErr("by no external id", err, directory.ErrNotFound)
		_, err = r.ResourceAnywhere(ctx, "none")
		f.wantErr("anywhere", err, directory.ErrNotFound)
		for typ, want := range map[string]int{"User": 2, "Group": 1, "Device": 0} {
			if n, err := r.CountResources(ctx, src, typ); err != nil || n != want {
				f.Errorf("%d resources of type %s, want %d: %v", n, typ, want, err)
			}
		}
		return nil
	})
	again := *u
	f.wantDuplicate("insert of a used id", f.Update(ctx, func(w directory.Writer) error { return w.InsertResource(ctx, &again) }), "id", u.ID)
}

func testUpdate(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	u := f.user(src, scim.Object{"userName": "ada", "displayName": "Ada", "emails": []any{scim.Object{"value": "a@example.com"}}})
	g := f.group(src, "staff", u.ID)
	change := func(obj scim.Object, version int64) error {
		r := record(src, f.userType(), u.ID, obj, at(int(version)))
		r.Version = version
		return f.Update(ctx, func(w directory.Writer) error { return w.UpdateResource(ctx, r) })
	}
	renamed := scim.Object{"userName": "countess", "displayName": "Countess", "externalId": "x9", "active": true, "emails": []any{scim.Object{"value": "c@example.com"}}}
	if err := change(renamed, 2); err != nil {
		f.Fatal(err)
	}
	f.wantErr("stale version", change(renamed, 2), directory.ErrVersion)
	f.wantErr("version from the future", change(renamed, 4), directory.ErrVersion)
	f.view(func(r directory.Reader) error {
		want := record(src, f.userType(), u.ID, renamed, at(2))
		want.Version, want.Created, want.Ord = 2, start, u.Ord
		got, err := r.ByName(ctx, src, u.Type, "countess")
		if diff := cmp.Diff(want, got, sameRecord); err != nil || diff != "" {
			f.Errorf("%v (-want +got):\n%s", err, diff)
		}
		_, err = r.ByName(ctx, src, u.Type, "ada")
		f.wantErr("old name", err, directory.ErrNotFound)
		if members := f.members(r, src, g.ID); len(members) != 1 || members[0].Display != "Countess" {
			f.Errorf("members after renaming: %v", members)
		}
		return nil
	})
	if got := f.list(f.query(src, f.userType(), `emails.value eq "A@example.com"`)); len(got) != 0 {
		f.Errorf("found by an old e-mail address: %v", got)
	}
	if got := f.list(f.query(src, f.userType(), `emails.value eq "C@example.com"`)); len(got) != 1 {
		f.Errorf("found by the new e-mail address: %v", got)
	}
	f.update(func(w directory.Writer) error {
		r := record(src, f.userType(), u.ID, renamed, at(3))
		r.Version, r.Active, r.Keys.Values, r.Keys.SameValues = 3, false, nil, true
		return w.UpdateResource(ctx, r)
	})
	if got := f.list(f.query(src, f.userType(), `active eq false and emails.value eq "C@example.com"`)); len(got) != 1 {
		f.Errorf("found by an e-mail address that stayed: %v", got)
	}
	f.update(func(w directory.Writer) error {
		if _, err := w.Resource(ctx, src, u.Type, u.ID); err != nil {
			return err
		}
		next := record(src, f.userType(), u.ID, renamed, at(4))
		for next.Version = 4; next.Version < 6; next.Version++ {
			if err := w.UpdateResource(ctx, next); err != nil {
				return err
			}
			f.wantErr("the same version twice in a transaction", w.UpdateResource(ctx, next), directory.ErrVersion)
		}
		return nil
	})
	f.update(func(w directory.Writer) error { return w.TouchResource(ctx, src, g.Type, g.ID, 2, at(9)) })
	f.view(func(r directory.Reader) error {
		got, err := r.Resource(ctx, src, g.Type, g.ID)
		if err != nil || got.Version != 2 || !got.Modified.Equal(at(9)) || !bytes.Equal(got.Body, g.Body) {
			f.Errorf("touched: %+v, %v", got, err)
		}
		return nil
	})
	gone := record(src, f.userType(), "none", renamed, start)
	f.wantErr("update of an unknown resource", f.Update(ctx, func(w directory.Writer) error { return w.UpdateResource(ctx, gone) }), directory.ErrNotFound)
}

func testNames(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	insert := func(r *directory.Record) error {
		return f.Update(ctx, func(w directory.Writer) error { return w.InsertResource(ctx, r) })
	}
	u := f.user(src, scim.Object{"userName": "ada"})
	f.wantDuplicate("user of a taken name", insert(f.newUser(src, scim.Object{"userName": "ADA"})), "userName", u.ID)
	g := f.group(src, "staff")
	double := record(src, f.groupType(), f.nextID(), scim.Object{"displayName": "Staff"}, start)
	f.wantDuplicate("group of a taken name", insert(double), "displayName", g.ID)
	double.Keys.NameUnique = false
	if err := insert(double); err != nil {
		f.Errorf("a group that does not claim its name: %v", err)
	}
	second := *double
	second.ID = f.nextID()
	if err := insert(&second); err != nil {
		f.Errorf("a second one: %v", err)
	}
	second.Keys.NameUnique, second.Version = true, 2
	f.wantDuplicate("claim of a taken name", f.Update(ctx, func(w directory.Writer) error { return w.UpdateResource(ctx, &second) }), "displayName", g.ID)
	other := f.user(src, scim.Object{"userName": "grace"})
	other.Keys.Name, other.Version = "ada", 2
	f.wantDuplicate("rename to a taken name", f.Update(ctx, func(w directory.Writer) error { return w.UpdateResource(ctx, other) }), "userName", u.ID)
	f.view(func(r directory.Reader) error {
		if got, err := r.ByName(ctx, src, "Group", "staff"); err != nil || got.ID != g.ID || !got.Keys.NameUnique {
			f.Errorf("of several groups of one name, got %+v, %v", got, err)
		}
		if got, err := r.Resource(ctx, src, "Group", double.ID); err != nil || got.Keys.NameUnique {
			f.Errorf("group without a claim: %+v, %v", got, err)
		}
		return nil
	})
}

func testValues(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	badge := func(key string, unique bool) *directory.Record {
		r := f.newUser(src, nil)
		r.Keys.Values = append(r.Keys.Values,
			directory.IndexedValue{Path: "urn:x:badge", Key: key, Unique: unique},
			directory.IndexedValue{Path: "a.list", Key: "same"}, directory.IndexedValue{Path: "a.list", Key: "same"})
		return r
	}
	insert := func(r *directory.Record) error {
		return f.Update(ctx, func(w directory.Writer) error { return w.InsertResource(ctx, r) })
	}
	first := badge("b1", true)
	if err := insert(first); err != nil {
		f.Fatal(err)
	}
	f.wantDuplicate("taken value", insert(badge("b1", true)), "urn:x:badge", first.ID)
	if err := insert(badge("b1", false)); err != nil {
		f.Errorf("a value without a claim: %v", err)
	}
	second := badge("b2", true)
	if err := insert(second); err != nil {
		f.Fatal(err)
	}
	second.Version, second.Keys.Values = 2, []directory.IndexedValue{{Path: "urn:x:badge", Key: "b1", Unique: true}}
	update := func(w directory.Writer) error { return w.UpdateResource(ctx, second) }
	f.wantDuplicate("update to a taken value", f.Update(ctx, update), "urn:x:badge", first.ID)
	f.update(func(w directory.Writer) error { return w.BuryResource(ctx, src, first.Type, first.ID, 2, at(1)) })
	f.update(update)
	f.wantDuplicate("restore of a taken value", f.Update(ctx, func(w directory.Writer) error {
		return w.RestoreResource(ctx, src, first.Type, first.ID, 3, at(2))
	}), "urn:x:badge", second.ID)
	f.update(func(w directory.Writer) error { return w.EraseResource(ctx, src, second.Type, second.ID) })
	f.update(func(w directory.Writer) error { return w.RestoreResource(ctx, src, first.Type, first.ID, 3, at(2)) })
	f.wantDuplicate("restored value", insert(badge("b1", true)), "urn:x:badge", first.ID)
}

func testNameRace(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	var won, lost atomic.Int32
	var wg sync.WaitGroup
	for range 64 {
		r := f.newUser(src, scim.Object{"userName": "ada"})
		wg.Go(func() {
			err := f.Update(ctx, func(w directory.Writer) error { return w.InsertResource(ctx, r) })
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, directory.ErrDuplicate):
				lost.Add(1)
			default:
				f.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 || lost.Load() != 63 {
		f.Errorf("%d inserts succeeded and %d were duplicates", won.Load(), lost.Load())
	}
}

func testRollback(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	u := f.user(src, nil)
	g := f.group(src, "staff")
	failure := errors.New("no")
	err := f.Update(ctx, func(w directory.Writer) error {
		if err := w.InsertResource(ctx, f.newUser(src, scim.Object{"userName": "ghost"})); err != nil {
			return err
		}
		if _, err := w.AddMembers(ctx, src, g.ID, []directory.ResourceID{u.ID}, start); err != nil {
			return err
		}
		if err := w.AppendEvent(ctx, &directory.Event{ID: "e", Source: src, Type: directory.UserCreated}); err != nil {
			return err
		}
		if err := w.AppendAudit(ctx, &directory.AuditEntry{Source: src, Action: "x"}); err != nil {
			return err
		}
		if err := w.BuryResource(ctx, src, u.Type, u.ID, 2, at(1)); err != nil {
			return err
		}
		return failure
	})
	f.wantErr("update", err, failure)
	f.view(func(r directory.Reader) error {
		if got, err := r.Resource(ctx, src, u.Type, u.ID); err != nil || got.Version != 1 {
			f.Errorf("user: %+v, %v", got, err)
		}
		_, err := r.ByName(ctx, src, "User", "ghost")
		f.wantErr("ghost", err, directory.ErrNotFound)
		if seq, err := r.LastSeq(ctx); err != nil || seq != 0 {
			f.Errorf("last seq %d, %v", seq, err)
		}
		if rows, err := r.Audit(ctx, directory.AuditQuery{Limit: 1}); err != nil || len(rows) != 0 {
			f.Errorf("audit rows %v, %v", rows, err)
		}
		return nil
	})
}

// testDuplicateLeavesNothing goes on after a refused insert, as a caller may that updates the holder
// instead.
func testDuplicateLeavesNothing(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	u := f.user(src, scim.Object{"userName": "ada"})
	var refused error // in the last run
	f.update(func(w directory.Writer) error {
		refused = w.InsertResource(ctx, f.newUser(src, scim.Object{"userName": "ada"}))
		u.Version = 2
		return w.UpdateResource(ctx, u)
	})
	f.wantErr("insert", refused, directory.ErrDuplicate)
	f.view(func(r directory.Reader) error {
		if n, err := r.CountResources(ctx, src, "User"); err != nil || n != 1 {
			f.Errorf("%d users, %v", n, err)
		}
		return nil
	})
}

func testSnapshot(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	f.user(src, nil)
	f.view(func(r directory.Reader) error {
		before, err := r.CountResources(ctx, src, "User")
		if err != nil {
			return err
		}
		f.user(src, nil)
		after, err := r.CountResources(ctx, src, "User")
		if err != nil {
			return err
		}
		total, err := r.Query(ctx, &directory.ResourceQuery{Source: src, Type: f.userType()}, nil)
		if before != 1 || after != 1 || total != 1 {
			f.Errorf("counted %d, then %d, listed %d", before, after, total)
		}
		return err
	})
}

// testPeek reads groups of a resource both ways: known from the look-up, and asked for.
func testPeek(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	u, lone := f.user(src, nil), f.user(src, nil)
	g := f.group(src, "staff", u.ID)
	err := f.Peek(ctx, func(r directory.Reader) error {
		for id, want := range map[directory.ResourceID]int{u.ID: 1, lone.ID: 0, g.ID: 0} {
			typ := u.Type
			if id == g.ID {
				typ = g.Type
			}
			rec, err := r.Resource(ctx, src, typ, id)
			if err != nil || rec.ID != id || rec.Version != 1 {
				f.Errorf("got %+v: %v", rec, err)
			}
			if groups, err := r.Memberships(ctx, src, id); err != nil || len(groups) != want {
				f.Errorf("%s is in %v, want %d groups: %v", id, groups, want, err)
			}
			if groups, err := r.Memberships(ctx, src, u.ID); err != nil || len(groups) != 1 {
				f.Errorf("another one is in %v: %v", groups, err)
			}
		}
		_, err := r.Resource(ctx, src, u.Type, "none")
		f.wantErr("an unknown resource", err, directory.ErrNotFound)
		return nil
	})
	if err != nil {
		f.Error(err)
	}
	stop := errors.New("stop")
	f.wantErr("a peek that fails", f.Peek(ctx, func(directory.Reader) error { return stop }), stop)
}

// testConcurrentUpdates lets writers change one group and append events at the same time.
func testConcurrentUpdates(f *fixture) {
	ctx := f.Context()
	const writers, rounds = 16, 8
	src := f.alone("acme")
	g := f.group(src, "staff")
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for n := range rounds {
				u := f.newUser(src, scim.Object{"userName": fmt.Sprintf("w%d-%d", i, n)})
				err := f.Update(ctx, func(w directory.Writer) error {
					if err := w.InsertResource(ctx, u); err != nil {
						return err
					}
					if _, err := w.AddMembers(ctx, src, g.ID, []directory.ResourceID{u.ID}, start); err != nil {
						return err
					}
					group, err := w.Resource(ctx, src, g.Type, g.ID)
					if err != nil {
						return err
					}
					if err := w.TouchResource(ctx, src, g.Type, g.ID, group.Version+1, at(n)); err != nil {
						return err
					}
					e := &directory.Event{ID: string(u.ID), Source: src, Type: directory.UserCreated, OccurredAt: start, SubjectType: u.Type, SubjectID: string(u.ID), SubjectVersion: 1}
					if err := w.AppendEvent(ctx, e); err != nil {
						return err
					}
					if err := w.AppendAudit(ctx, &directory.AuditEntry{Time: start, Source: src, Action: "user.created", ObjectID: string(u.ID)}); err != nil {
						return err
					}
					if n == rounds-1 {
						return directory.ErrVersion // the last round of everyone fails
					}
					return nil
				})
				if (err != nil) != (n == rounds-1) {
					f.Errorf("writer %d, round %d: %v", i, n, err)
				}
			}
		})
	}
	wg.Wait()
	f.view(func(r directory.Reader) error {
		n, err := r.CountMembers(ctx, src, g.ID)
		if err != nil {
			return err
		}
		group, err := r.Resource(ctx, src, g.Type, g.ID)
		if err != nil {
			return err
		}
		seq, err := r.LastSeq(ctx)
		if want := writers * (rounds - 1); n != want || group.Version != int64(want+1) || seq != directory.Seq(want) {
			f.Errorf("%d members, version %d, seq %d; want %d changes", n, group.Version, seq, want)
		}
		return err
	})
}
