package sqlstore

import (
	"errors"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/storetest"
)

func TestPurge_RemovesTheOldestInSteps(t *testing.T) {
	onEachEngine(t, testPurgeRemovesTheOldestInSteps)
}

func testPurgeRemovesTheOldestInSteps(t *testing.T, s *Store) {
	ctx := t.Context()
	day := func(n int) time.Time { return benchNow.AddDate(0, 0, n) }
	err := s.update(ctx, func(x *tx) error {
		for n := range int64(6) {
			if err := create(x, n); err != nil {
				return err
			}
			if n < 5 {
				if err := x.BuryResource(ctx, directory.BuiltinSource, directory.UserType, benchID(n), 2, day(int(n))); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{2, 1, 0} {
		if n, err := s.PurgeTombstones(ctx, day(3), 2); err != nil || n != want {
			t.Errorf("purged %d tombstones, want %d: %v", n, want, err)
		}
	}
	for _, want := range []int64{4, 1, 0} {
		if n, err := s.PurgeEvents(ctx, day(1), 4); err != nil || n != want {
			t.Errorf("purged %d events, want %d: %v", n, want, err)
		}
	}
	err = s.update(ctx, func(x *tx) error {
		for n, want := range []error{directory.ErrNotFound, directory.ErrNotFound, directory.ErrNotFound, nil, nil} {
			if _, err := x.Tombstone(ctx, directory.BuiltinSource, directory.UserType, benchID(int64(n))); !errors.Is(err, want) {
				t.Errorf("tombstone %d: %v, want %v", n, err, want)
			}
		}
		return x.AppendEvent(ctx, &directory.Event{ID: "next"})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.view(ctx, func(x *tx) error {
		seq, err := x.LastSeq(ctx)
		if seq != 7 {
			t.Errorf("the event after a purge has seq %d", seq)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	storetest.CheckInvariants(t, s)
}

func TestSweep_RemovesTheMembersOfErasedGroupsInSteps(t *testing.T) {
	onEachEngine(t, testSweepRemovesTheMembersOfErasedGroupsInSteps)
}

func testSweepRemovesTheMembersOfErasedGroupsInSteps(t *testing.T, s *Store) {
	ctx := t.Context()
	g := benchID(1000)
	err := s.update(ctx, func(x *tx) error {
		var ids []directory.ResourceID
		for n := range int64(25) {
			if err := create(x, n); err != nil {
				return err
			}
			ids = append(ids, benchID(n))
		}
		if err := x.InsertResource(ctx, &directory.Record{Source: 1, Type: "Group", ID: g, Version: 1, Body: []byte("{}")}); err != nil {
			return err
		}
		if _, err := x.AddMembers(ctx, 1, g, ids, benchNow); err != nil {
			return err
		}
		if err := x.BuryResource(ctx, 1, "User", ids[0], 2, benchNow); err != nil {
			return err
		}
		return x.EraseResource(ctx, 1, "Group", g)
	})
	if err != nil {
		t.Fatal(err)
	}
	// 24 members, one that was set aside, and the group.
	for i, want := range []int{10, 10, 6, 0} {
		if n, err := s.SweepMembers(ctx, 10); err != nil || n != want {
			t.Errorf("swept %d, want %d: %v", n, want, err)
		}
		// A write gets through between two steps.
		if err := s.update(ctx, func(x *tx) error { return create(x, 2000+int64(i)) }); err != nil {
			t.Error(err)
		}
	}
	err = s.view(ctx, func(x *tx) error {
		var left int
		err := x.row("SELECT (SELECT count(*) FROM member) + (SELECT count(*) FROM aside_member) + (SELECT count(*) FROM erased_group)").scan(&left)
		if left != 0 {
			t.Errorf("%d rows are left", left)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	storetest.CheckInvariants(t, s)
}
