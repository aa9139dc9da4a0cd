package directory_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/storetest"
	"github.com/rosterhq/roster/scim/schema"
)

// TestDeleteSource_InStepsBetweenWhichOthersWrite deletes a source of more users than one step takes, with
// each fate. Ahead of each of its transactions somebody else writes to the source that takes them over.
func TestDeleteSource_InStepsBetweenWhichOthersWrite(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const many = 250
	builtin := &directory.Scope{Source: directory.BuiltinSource}
	user := schema.Core().TypeByName("User")
	kept, writes := 0, 0
	for _, fate := range []directory.UserFate{directory.UsersKept, directory.UsersDeactivated, directory.UsersDeleted} {
		src, _ := f.source("To go " + string(fate))
		f.scope = f.scopeOf(src)
		people := f.users(many)
		f.create("Group", `{"displayName":"everyone `+string(fate)+`","members":`+list(people...)+`}`)
		before := writes
		store := &hooked{Store: f.store, before: func() error {
			writes++
			obj := f.canonical("User", fmt.Sprintf(`{"userName":"w%d"}`, writes), schema.ForCreate)
			_, err := f.ress.Create(t.Context(), builtin, user, obj)
			return err
		}}
		srcs := directory.NewSources(store, f.keys, f.defs, f.clock.Now)
		if err := srcs.Delete(t.Context(), src.Slug, fate, cause); err != nil {
			t.Fatal(err)
		}
		if writes-before < 4 {
			t.Errorf("%s: %d transactions for %d users", fate, writes-before, many)
		}
		if store.largest > 200 {
			t.Errorf("%s: %d resources in one transaction", fate, store.largest)
		}
		if fate != directory.UsersDeleted {
			kept += many
		}
	}
	f.scope = directory.Scope{Source: directory.BuiltinSource}
	if got := f.count("User", `id pr`); got != kept+writes {
		t.Errorf("%d users, want %d", got, kept+writes)
	}
	for _, fate := range []string{"keep", "deactivate"} {
		g := f.search("Group", `displayName eq "everyone `+fate+`"`)
		if len(g) != 1 || len(f.members(g[0])) != many {
			t.Errorf("%s: groups %v", fate, g)
		}
	}
	storetest.CheckInvariants(t, f.store)
}

func (w hookedWriter) MoveResources(ctx context.Context, from, to directory.SourceID, limit int) (int, error) {
	n, err := w.Writer.MoveResources(ctx, from, to, limit)
	w.h.indexed += n
	return n, err
}

func (w hookedWriter) EraseResource(ctx context.Context, source directory.SourceID, typ string, id directory.ResourceID) error {
	w.h.indexed++
	return w.Writer.EraseResource(ctx, source, typ, id)
}
