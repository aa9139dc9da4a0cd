package app

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/internal/sqlstore"
	"github.com/rosterhq/roster/internal/storetest"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// TestRetention_TrimsInSmallStepsAndLetsWritesThrough fills a directory with more than one step of
// everything that grows old.
func TestRetention_TrimsInSmallStepsAndLetsWritesThrough(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store, err := sqlstore.Open(ctx, "sqlite://"+filepath.Join(t.TempDir(), "roster.db"), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	now := start
	a := &App{Store: store, Log: slog.New(slog.DiscardHandler), now: func() time.Time { return now }}
	a.Resources = directory.NewResources(store, a.now)
	user, group := schema.Core().TypeByName("User"), schema.Core().TypeByName("Group")
	scope := &directory.Scope{Source: directory.BuiltinSource}
	create := func(typ *schema.ResourceType, obj scim.Object) directory.ResourceID {
		t.Helper()
		res, err := a.Resources.Create(ctx, scope, typ, obj)
		if err != nil {
			t.Fatal(err)
		}
		return res.ID
	}
	const many = retentionStep + 50
	var members []any
	for i := range many {
		members = append(members, scim.Object{"value": string(create(user, scim.Object{"userName": fmt.Sprint("u", i)}))})
	}
	staff := create(group, scim.Object{"displayName": "staff", "members": members})
	for _, m := range members[1:] {
		id := directory.ResourceID(m.(scim.Object)["value"].(string))
		if _, err := a.Resources.Delete(ctx, scope, user, id, nil); err != nil {
			t.Fatal(err)
		}
	}
	erasing := &directory.Scope{Source: directory.BuiltinSource, Policies: directory.Policies{Delete: directory.DeleteErase}}
	if _, err := a.Resources.Delete(ctx, erasing, group, staff, nil); err != nil {
		t.Fatal(err)
	}
	var records []*journal.Record
	for range many {
		records = append(records, &journal.Record{ID: journal.NewID(), Time: now, Source: directory.BuiltinSource})
	}
	if err := store.AppendRequests(ctx, records); err != nil {
		t.Fatal(err)
	}

	now = start.Add(400 * 24 * time.Hour)
	writes := 0
	for _, kind := range a.trimmings(ctx) {
		steps := 0
		a.trim(ctx, kind.what, func(at time.Time) (int, error) {
			// A write between two steps does not wait for the rest of them.
			writes++
			create(user, scim.Object{"userName": fmt.Sprint("w", writes)})
			n, err := kind.step(at)
			if steps++; n > retentionStep {
				t.Errorf("%s: %d in one step", kind.what, n)
			}
			return n, err
		})
		if steps < 2 {
			t.Errorf("%s were trimmed in %d steps", kind.what, steps)
		}
	}
	err = store.View(ctx, func(r directory.Reader) error {
		dead := &directory.ResourceQuery{Source: directory.BuiltinSource, Type: user, Deleted: true}
		n, err := r.Query(ctx, dead, func(*directory.Record) error { return nil })
		if n != 0 || err != nil {
			t.Errorf("%d tombstones are left: %v", n, err)
		}
		return r.Events(ctx, 0, 0, 1_000_000, func(e *directory.Event) error {
			if e.OccurredAt.Before(start.Add(time.Hour)) {
				t.Errorf("event %d is left", e.Seq)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := store.SweepMembers(ctx, 10); n != 0 || err != nil {
		t.Errorf("%d members are left: %v", n, err)
	}
	if left, err := store.Requests(context.WithoutCancel(ctx), journal.Query{Limit: 10}); len(left) != 0 || err != nil {
		t.Errorf("%d request records are left: %v", len(left), err)
	}
	storetest.CheckInvariants(t, store)
}
