package sqlstore

import (
	"errors"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/storetest"
)

func TestPurge_RemovesTheOldestInSteps(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
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
		e := &directory.Event{ID: "next"}
		if err := x.AppendEvent(ctx, e); err != nil || e.Seq != 7 {
			t.Errorf("the event after a purge has seq %d: %v", e.Seq, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	storetest.CheckInvariants(t, s)
}
