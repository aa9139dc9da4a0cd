package directory_test

import (
	"context"
	"slices"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
)

func (f *fixture) delete(typ string, id directory.ResourceID) *directory.Result {
	f.t.Helper()
	res, err := f.ress.Delete(context.Background(), &f.scope, f.typ(typ), id, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	return res
}

// Pins R-DEL-04.
func TestDelete_LeavesATombstoneThatCanBeRestored(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.users(2)
	g := f.create("Group", `{"displayName":"G","members":`+list(u...)+`}`).ID
	before, version := f.lastSeq(), f.get("Group", g).Version
	if res := f.delete("User", u[0]); res.Outcome != directory.OutcomeDeleted || res.Version != 2 {
		t.Errorf("got %s version %d", res.Outcome, res.Version)
	}
	if got := eventTypes(f.events(before)); !slices.Equal(got, []directory.EventType{directory.UserDeleted}) {
		t.Errorf("events %v", got)
	}
	if got := f.members(g); !slices.Equal(got, u[1:]) || f.get("Group", g).Version != version {
		t.Errorf("members %v, version %d", got, f.get("Group", g).Version)
	}
	_, err := f.ress.Delete(context.Background(), &f.scope, f.typ("User"), u[0], nil)
	wantError(t, err, 404, "", "")
	f.checkFold()

	if _, err := f.ress.Restore(context.Background(), &f.scope, f.typ("User"), u[0]); err != nil {
		t.Fatal(err)
	}
	if got := f.members(g); !slices.Equal(got, sorted(u...)) {
		t.Errorf("members %v after the restoration", got)
	}
	if f.get("User", u[0]).Version != 3 {
		t.Errorf("version %d", f.get("User", u[0]).Version)
	}
	f.checkFold()

	f.delete("Group", g)
	f.checkFold()
	if _, err := f.ress.Restore(context.Background(), &f.scope, f.typ("Group"), g); err != nil {
		t.Fatal(err)
	}
	if got := f.members(g); len(got) != 2 {
		t.Errorf("members %v of the restored group", got)
	}
	f.checkFold()
}

func TestRestore_FailsWhenTheNameIsTaken(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id := f.user("ada")
	f.delete("User", id)
	f.user("ada")
	_, err := f.ress.Restore(context.Background(), &f.scope, f.typ("User"), id)
	wantError(t, err, 409, scim.Uniqueness, "uniqueness.user-name")
	f.checkFold()
}

func TestDelete_ByPolicyDeactivates(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.scope.Policies.Delete = directory.DeleteDeactivate
	id := f.user("ada")
	before := f.lastSeq()
	f.delete("User", id)
	if f.whole("User", id)["active"] != false {
		t.Error("the user is active")
	}
	if got := eventTypes(f.events(before)); !slices.Equal(got, []directory.EventType{directory.UserDeactivated}) {
		t.Errorf("events %v", got)
	}
	if res := f.delete("User", id); res.Outcome != directory.OutcomeNoOp {
		t.Errorf("a second DELETE is %s", res.Outcome)
	}
	g := f.create("Group", `{"displayName":"G"}`).ID
	if res := f.delete("Group", g); res.Outcome != directory.OutcomeDeleted {
		t.Errorf("DELETE of a group is %s", res.Outcome)
	}
	f.checkFold()
}

func TestDelete_ByPolicyErases(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.scope.Policies.Delete = directory.DeleteErase
	id := f.user("ada")
	f.create("Group", `{"displayName":"G","members":`+list(id)+`}`)
	f.delete("User", id)
	_, err := f.ress.Restore(context.Background(), &f.scope, f.typ("User"), id)
	wantError(t, err, 404, "", "")
	f.checkFold()
}
