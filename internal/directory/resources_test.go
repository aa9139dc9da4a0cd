package directory_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

func TestCreate_DefaultsAndKeeps(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	res := f.create("User", `{"userName":"Ada@corp","externalId":"e1","emails":[{"value":"Ada@Corp.example","type":"work"}],"displayName":"Ada L."}`)
	if res.Outcome != directory.OutcomeCreated || res.Version != 1 || !res.Active || res.Label != "Ada L." {
		t.Errorf("got %+v", res)
	}
	want := `{"schemas":["` + scim.UserSchema + `"],"id":"` + string(res.ID) + `","externalId":"e1","userName":"Ada@corp","displayName":"Ada L.","active":true,` +
		`"emails":[{"value":"Ada@Corp.example","type":"work"}]}`
	if diff := cmp.Diff(want, string(res.Body)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	for _, text := range []string{`userName eq "ADA@CORP"`, `externalId eq "e1"`, `emails[type eq "work"].value eq "ada@corp.EXAMPLE"`,
		`displayName sw "ada"`, `active eq true`, `id eq "` + string(res.ID) + `"`, `meta.location ew "/Users/` + string(res.ID) + `"`} {
		if got := f.search("User", text); !slices.Equal(got, []directory.ResourceID{res.ID}) {
			t.Errorf("filter %s found %v", text, got)
		}
	}
	if got := f.search("User", `externalId eq "E1"`); len(got) != 0 {
		t.Errorf("externalId must be case-exact, found %v", got)
	}
	f.checkFold()
}

func TestCreate_TakenUserNameIs409(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id := f.user("ada")
	_, err := f.tryCreate("User", `{"userName":" ADA "}`)
	wantError(t, err, 409, scim.Uniqueness, "uniqueness.user-name")
	if !strings.Contains(err.Error(), string(id)) {
		t.Errorf("the detail does not name the holder: %v", err)
	}
	if _, err := f.ress.Delete(context.Background(), &f.scope, f.typ("User"), id, nil); err != nil {
		t.Fatal(err)
	}
	if again := f.user("ada"); again == id {
		t.Error("an id was given again")
	}
	f.checkFold()
}

// Pins R-CREATE-12.
func TestCreate_RacesForOneUserNameHaveOneWinner(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	obj := f.canonical("User", `{"userName":"race"}`, schema.ForCreate)
	typ := f.typ("User")
	const n = 32
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { _, errs[i] = f.ress.Create(context.Background(), &f.scope, typ, obj) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wantError(t, err, 409, scim.Uniqueness, "uniqueness.user-name")
	}
	if won != 1 {
		t.Errorf("%d creations succeeded", won)
	}
	f.checkFold()
}

// Pins R-CREATE-13.
func TestCreate_ReactivatesByExternalID(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id := f.create("User", `{"userName":"old","externalId":"x","active":false,"title":"Boss"}`).ID
	before := f.lastSeq()
	res := f.create("User", `{"userName":"new","externalId":"x"}`)
	if res.ID != id || res.Outcome != directory.OutcomeReactivated || res.Version != 2 || !res.Active {
		t.Errorf("got %s %s version %d", res.ID, res.Outcome, res.Version)
	}
	if obj := f.whole("User", id); obj["userName"] != "new" || obj["title"] != nil {
		t.Errorf("the user was not replaced: %v", obj)
	}
	if got := eventTypes(f.events(before)); !slices.Equal(got, []directory.EventType{directory.UserReactivated}) {
		t.Errorf("events %v", got)
	}
	// Now it is active: the name is free for nobody, and the externalId is merely noted.
	f.noted()
	f.create("User", `{"userName":"third","externalId":"x"}`)
	if got := f.noted(); !slices.Equal(got, []string{"external-id.duplicate"}) {
		t.Errorf("notes %v", got)
	}
	_, err := f.tryCreate("User", `{"userName":"new","externalId":"x"}`)
	wantError(t, err, 409, scim.Uniqueness, "uniqueness.user-name")
	f.checkFold()
}

func TestCreate_PolicyForbidsReactivation(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.scope.Policies.NoReactivation = true
	f.create("User", `{"userName":"old","externalId":"x","active":false}`)
	_, err := f.tryCreate("User", `{"userName":"new","externalId":"x"}`)
	wantError(t, err, 409, scim.Uniqueness, "uniqueness.external-id")
	f.create("User", `{"userName":"new","externalId":""}`)
}

func TestGroupNames_AreUniqueUnlessAllowed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create("Group", `{"displayName":"Sales"}`)
	_, err := f.tryCreate("Group", `{"displayName":"SALES"}`)
	wantError(t, err, 409, scim.Uniqueness, "uniqueness.display-name")
	f.scope.Policies.AllowDuplicateGroupNames = true
	f.create("Group", `{"displayName":"SALES"}`)
	f.checkFold()
}

func TestReplace_ClearsButKeepsActive(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id := f.create("User", `{"userName":"ada","title":"Boss","active":false}`).ID
	res := f.replace("User", id, `{"userName":"ada"}`)
	obj := f.whole("User", id)
	if obj["title"] != nil || obj["active"] != false || res.Active || res.Version != 2 {
		t.Errorf("got %v", obj)
	}
	before := f.lastSeq()
	if res := f.replace("User", id, `{"userName":"ada"}`); res.Outcome != directory.OutcomeNoOp || res.Version != 2 {
		t.Errorf("the same again is %s, version %d", res.Outcome, res.Version)
	}
	if f.lastSeq() != before {
		t.Error("a write that changes nothing made an event")
	}
	if res := f.replace("User", id, `{"userName":"ada","active":true}`); !res.Active {
		t.Error("active was not set")
	}
	_, err := f.tryReplace("User", "0198c000-0000-7000-8000-000000000000", `{"userName":"ada"}`)
	wantError(t, err, 404, "", "")
	f.checkFold()
}

// Pins R-SEC-06.
func TestEvents_TellWhatChanged(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id := f.create("User", `{"userName":"ada","title":"Boss","`+scim.EnterpriseUserSchema+`":{"department":"A"}}`).ID
	before := f.lastSeq()
	f.patch("User", id, `[{"op":"replace","path":"active","value":"False"},{"op":"remove","path":"title"},
		{"op":"add","path":"nickName","value":"Countess"},{"op":"replace","path":"`+scim.EnterpriseUserSchema+`:department","value":"B"}]`)
	events := f.events(before)
	if len(events) != 1 || events[0].Type != directory.UserDeactivated || events[0].SubjectVersion != 2 || events[0].Cause != cause {
		t.Fatalf("got %d events, the first %+v", len(events), events[0])
	}
	want := `[{"path":"active","before":true,"after":false},{"path":"nickName","after":"Countess"},{"path":"title","before":"Boss"},` +
		`{"path":"` + scim.EnterpriseUserSchema + `:department","before":"A","after":"B"}]`
	if diff := cmp.Diff(want, string(events[0].Changes)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	f.patch("User", id, `[{"op":"replace","path":"active","value":true}]`)
	if got := eventTypes(f.events(events[0].Seq)); !slices.Equal(got, []directory.EventType{directory.UserReactivated}) {
		t.Errorf("events %v", got)
	}
	f.checkFold()
}

// Pins R-PATCH-08, R-ETAG-06.
func TestPatch_IsAtomicAndConditional(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("taken")
	u := f.user("ada")
	g := f.create("Group", `{"displayName":"G","members":[{"value":"`+string(u)+`"}]}`).ID
	before := f.lastSeq()
	_, err := f.tryPatch("Group", g, `[{"op":"remove","path":"members"},{"op":"replace","path":"displayName","value":"H"},{"op":"remove","path":"displayName"}]`)
	if err == nil || scim.AsError(err).Status != 400 {
		t.Errorf("removing a required attribute: %v", err)
	}
	_, err = f.tryPatch("User", u, `[{"op":"replace","path":"title","value":"x"},{"op":"replace","path":"userName","value":"TAKEN"}]`)
	wantError(t, err, 409, scim.Uniqueness, "uniqueness.user-name")
	_, err = f.ress.Patch(context.Background(), &f.scope, f.typ("User"), u, operations(t, `[{"op":"replace","path":"title","value":"x"}]`),
		func(v scim.Version) bool { return v == `W/"9"` }, schema.Options{})
	wantError(t, err, 412, "", "version.conflict")
	if got := f.members(g); !slices.Equal(got, []directory.ResourceID{u}) {
		t.Errorf("members %v", got)
	}
	if f.whole("User", u)["title"] != nil || f.whole("Group", g)["displayName"] != "G" || f.lastSeq() != before {
		t.Error("something of a failed write was applied")
	}
	f.checkFold()
}

// Pins R-CORE-14.
func TestManager_UnknownIsKeptOrRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	boss := f.user("boss")
	with := func(name, manager string) string {
		return `{"userName":"` + name + `","` + scim.EnterpriseUserSchema + `":{"manager":{"value":"` + manager + `"}}}`
	}
	f.create("User", with("a", string(boss)))
	if got := f.noted(); len(got) != 0 {
		t.Errorf("notes %v", got)
	}
	id := f.create("User", with("b", "nobody")).ID
	if got := f.noted(); !slices.Equal(got, []string{"manager.unknown"}) {
		t.Errorf("notes %v", got)
	}
	f.scope.Policies.StrictReferences = true
	_, err := f.tryCreate("User", with("c", "nobody"))
	wantError(t, err, 400, scim.InvalidValue, "manager.unknown")
	// A manager that was kept earlier does not stand in the way of other changes.
	f.patch("User", id, `[{"op":"replace","path":"title","value":"x"}]`)
}

func TestNotFound_ForEveryOperation(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id := f.user("ada")
	other, _ := f.source("Other")
	foreign := f.scopeOf(other)
	ctx := context.Background()
	user := f.typ("User")
	obj := f.canonical("User", `{"userName":"eve"}`, schema.ForReplace)
	ops := operations(t, `[{"op":"replace","path":"title","value":"x"}]`)
	for name, call := range map[string]func() error{
		"get": func() error {
			_, err := f.ress.Get(ctx, &foreign, user, id, directory.With{Groups: true})
			return err
		},
		"replace": func() error { _, err := f.ress.Replace(ctx, &foreign, user, id, obj, nil); return err },
		"patch": func() error {
			_, err := f.ress.Patch(ctx, &foreign, user, id, ops, nil, schema.Options{})
			return err
		},
		"delete":  func() error { _, err := f.ress.Delete(ctx, &foreign, user, id, nil); return err },
		"restore": func() error { _, err := f.ress.Restore(ctx, &foreign, user, id); return err },
		"type": func() error {
			_, err := f.ress.Get(ctx, &f.scope, f.typ("Group"), id, directory.With{})
			return err
		},
	} {
		if err := call(); err == nil || scim.AsError(err).Status != 404 {
			t.Errorf("%s: %v", name, err)
		}
	}
	total, err := f.ress.Query(ctx, &foreign, &directory.ResourceQuery{Type: user, Limit: 10}, directory.With{}, func(*directory.Entry) error {
		return errors.New("a foreign user was listed")
	})
	if total != 0 || err != nil {
		t.Errorf("list: %d, %v", total, err)
	}
	// The same name and externalId are free in another source.
	if _, err := f.ress.Create(ctx, &foreign, user, f.canonical("User", `{"userName":"ada"}`, schema.ForCreate)); err != nil {
		t.Error(err)
	}
	g, err := f.ress.Create(ctx, &foreign, f.typ("Group"), f.canonical("Group", `{"displayName":"G","members":[{"value":"`+string(id)+`"}]}`, schema.ForCreate))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.noted(); !slices.Equal(got, []string{"member.unknown"}) {
		t.Errorf("notes %v", got)
	}
	if err := f.ress.EachMember(ctx, &foreign, g.ID, func(directory.Member) error { return errors.New("a foreign member") }); err != nil {
		t.Error(err)
	}
	f.checkFold()
}
