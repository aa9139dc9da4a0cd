package directory_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

func TestCreateSource_DerivesASlug(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, c := range []struct{ name, want string }{
		{"Acme", "acme-2"}, // the fixture has one
		{"ACME ", "acme-3"},
		{"Müller & Söhne GmbH", "muller-sohne-gmbh"},
		{"日本", "source-1"},
		{"admin", "admin-1"},
		{strings.Repeat("long name ", 12), "long-name-long-name-long-name-long-name-long-name-long-name-lon"},
	} {
		src, _ := f.source(c.name)
		if src.Slug != c.want || src.ServiceAccountName != "scim-"+c.want || !src.Enabled {
			t.Errorf("%q: slug %q, service account %q", c.name, src.Slug, src.ServiceAccountName)
		}
		if err := directory.CheckSlug(src.Slug); err != nil {
			t.Errorf("%q: %v", c.name, err)
		}
	}
}

func TestCreateSource_Refuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, c := range []struct {
		n     directory.NewSource
		field string
	}{
		{directory.NewSource{Name: " "}, "name"},
		{directory.NewSource{Name: "X", Slug: "Big"}, "slug"},
		{directory.NewSource{Name: "X", Slug: "built-in"}, "slug"},
		{directory.NewSource{Name: "X", Slug: "-x"}, "slug"},
		{directory.NewSource{Name: "X", Slug: strings.Repeat("x", 64)}, "slug"},
		{directory.NewSource{Name: "X", Preset: "nonsense"}, "preset"},
		{directory.NewSource{Name: "X", Policies: &directory.Policies{Delete: "never"}}, "policies.delete"},
	} {
		_, _, err := f.srcs.Create(context.Background(), c.n, cause)
		var input *directory.InputError
		if !errors.As(err, &input) || input.Field != c.field {
			t.Errorf("%+v: %v, want an error about %s", c.n, err, c.field)
		}
	}
	_, _, err := f.srcs.Create(context.Background(), directory.NewSource{Name: "X", Slug: "acme"}, cause)
	if !errors.Is(err, directory.ErrDuplicate) {
		t.Errorf("a taken slug: %v", err)
	}
}

func TestCreateSource_PresetChoosesPolicies(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	src, _, err := f.srcs.Create(context.Background(), directory.NewSource{Name: "Okta", Preset: "okta"}, cause)
	if err != nil || !src.Policies.GroupPatchBody {
		t.Errorf("%+v, %v", src, err)
	}
}

func TestUpdateSource_RenamesAndSwitches(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	slug, off, on := "wile", false, true
	policies := directory.Policies{StrictUnknown: true}
	_, err := f.srcs.Update(ctx, "acme", directory.SourceChange{Slug: &slug, Enabled: &off, Paused: &on, Policies: &policies}, cause)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.srcs.Show(ctx, "wile")
	if err != nil || info.Enabled || !info.Paused || info.Policies != policies || info.ServiceAccountName != "scim-wile" {
		t.Errorf("%+v, %v", info, err)
	}
	if _, err := f.srcs.Show(ctx, "acme"); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("the old slug: %v", err)
	}
	var input *directory.InputError
	if _, err := f.srcs.Update(ctx, directory.BuiltinSlug, directory.SourceChange{Enabled: &off}, cause); !errors.As(err, &input) {
		t.Errorf("switching off the built-in source: %v", err)
	}
	f.source("Other")
	if _, err := f.srcs.Update(ctx, "other", directory.SourceChange{Slug: &slug}, cause); !errors.Is(err, directory.ErrDuplicate) {
		t.Errorf("a taken slug: %v", err)
	}
}

func (f *fixture) usable(text string) bool {
	f.t.Helper()
	id, ok := directory.ParseToken(text)
	if !ok {
		f.t.Fatalf("%q is no token", text)
	}
	c, err := f.srcs.Credential(context.Background(), id)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.keys.Check(c.Token, text) && c.Token.Usable(f.clock.Now())
}

func TestTokens_RotateRevealRevoke(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	_, first := f.source("Rotating")
	if len(first) > 60 || !strings.HasPrefix(first, "rst_") || !f.usable(first) {
		t.Errorf("token %q", first)
	}
	second, ends, err := f.srcs.RotateToken(ctx, "rotating", time.Hour, cause)
	if err != nil || !ends.Equal(f.clock.Now().Add(time.Hour)) {
		t.Fatalf("%v, %v", ends, err)
	}
	if !f.usable(first) || !f.usable(second) {
		t.Error("both tokens must work during the overlap")
	}
	f.clock.Advance(time.Hour)
	if f.usable(first) || !f.usable(second) {
		t.Error("the old token must end with the overlap")
	}
	if got, err := f.srcs.RevealToken(ctx, "rotating", cause); err != nil || got != second {
		t.Errorf("revealed %q, %v", got, err)
	}
	third, _, err := f.srcs.RotateToken(ctx, "rotating", 0, cause)
	if err != nil || f.usable(second) || !f.usable(third) {
		t.Errorf("rotation at once: %v", err)
	}
	id, _ := directory.ParseToken(third)
	if err := f.srcs.RevokeToken(ctx, id, cause); err != nil || f.usable(third) {
		t.Errorf("revoked: %v", err)
	}
	if _, err := f.srcs.RevealToken(ctx, "rotating", cause); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("nothing to reveal: %v", err)
	}
	var actions []string
	err = f.store.View(ctx, func(r directory.Reader) error {
		rows, err := r.Audit(ctx, directory.AuditQuery{Limit: 100})
		for _, row := range rows {
			if row.ObjectType == "token" {
				actions = append(actions, row.Action)
			}
			if strings.Contains(string(row.Detail), second) {
				t.Errorf("the audit row %d holds a token", row.Seq)
			}
		}
		return err
	})
	want := "token.revoked token.created token.rotated token.revealed token.created token.rotated token.created token.created"
	if got := strings.Join(actions, " "); err != nil || got != want {
		t.Errorf("audit rows %q, %v", got, err)
	}
}

func TestTokens_LastUseIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	_, text := f.source("Used")
	id, _ := directory.ParseToken(text)
	last := func() time.Time {
		c, err := f.srcs.Credential(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return c.Token.LastUsed
	}
	start := f.clock.Now()
	for _, c := range []struct{ after, want time.Duration }{{0, 0}, {59 * time.Second, 0}, {time.Minute, time.Minute}} {
		if err := f.srcs.TouchToken(ctx, id, start.Add(c.after)); err != nil {
			t.Fatal(err)
		}
		if !last().Equal(start.Add(c.want)) {
			t.Errorf("after %v: last used %v", c.after, last())
		}
	}
	if err := f.srcs.TouchToken(ctx, "gone", start); err != nil {
		t.Errorf("a token that is gone: %v", err)
	}
}

func TestDeleteSource_Fates(t *testing.T) {
	t.Parallel()
	for fate, active := range map[directory.UserFate]any{directory.UsersKept: true, directory.UsersDeactivated: false, directory.UsersDeleted: nil} {
		t.Run(string(fate), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			ctx := context.Background()
			u := f.users(3)
			g := f.create("Group", `{"displayName":"G","members":`+list(u...)+`}`).ID
			f.delete("User", u[2])
			text, _, err := f.srcs.RotateToken(ctx, "acme", time.Hour, cause)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.srcs.Delete(ctx, "acme", fate, cause); err != nil {
				t.Fatal(err)
			}
			id, _ := directory.ParseToken(text)
			if c, err := f.srcs.Credential(ctx, id); err == nil && c.Token.Usable(f.clock.Now()) {
				t.Error("a token survived its source")
			}
			f.checkFold()
			f.scope.Source = directory.BuiltinSource
			if fate == directory.UsersDeleted {
				info, err := f.srcs.Show(ctx, directory.BuiltinSlug)
				if err != nil || info.Users+info.Groups != 0 {
					t.Errorf("%+v, %v", info, err)
				}
				return
			}
			if got := f.whole("User", u[0])["active"]; got != active {
				t.Errorf("active is %v", got)
			}
			if got := f.members(g); len(got) != 2 {
				t.Errorf("members %v", got)
			}
			if _, err := f.ress.Restore(ctx, &f.scope, f.typ("User"), u[2]); err != nil {
				t.Errorf("the tombstone was lost: %v", err)
			}
		})
	}
	f := newFixture(t)
	if err := f.srcs.Delete(context.Background(), "acme", "burn", cause); err == nil {
		t.Error("an unknown fate was accepted")
	}
	if err := f.srcs.Delete(context.Background(), "nobody", directory.UsersKept, cause); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("an unknown source: %v", err)
	}
}

func TestDefinitions_ExtendTypesAndAddNewOnes(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	badge := object(t, `{"id":"urn:example:badge","name":"Badge","attributes":[{"name":"number","type":"string","uniqueness":"server"},{"name":"pin","type":"string","returned":"never"}]}`)
	if _, err := f.defs.AddSchema(ctx, badge, f.scope.Source, "User", cause); err != nil {
		t.Fatal(err)
	}
	if _, err := f.defs.AddSchema(ctx, badge, f.scope.Source, "User", cause); err != nil {
		t.Errorf("the same again: %v", err)
	}
	if _, err := f.defs.AddSchema(ctx, object(t, `{"id":"urn:example:badge","name":"Badge","attributes":[{"name":"other"}]}`), f.scope.Source, "User", cause); !errors.Is(err, directory.ErrDuplicate) {
		t.Errorf("another content: %v", err)
	}
	_, err := f.defs.AddSchema(ctx, object(t, `{"id":"urn:example:x","name":"X","attributes":[{"name":"x"}]}`), f.scope.Source, "Robot", cause)
	if err == nil {
		t.Error("a schema extends a type that does not exist")
	}
	first := f.create("User", `{"userName":"a","urn:example:badge":{"number":"7","pin":"1234"}}`)
	_, err = f.tryCreate("User", `{"userName":"b","urn:example:badge":{"number":"7"}}`)
	wantError(t, err, 409, "uniqueness", "uniqueness.value")
	if got := f.search("User", `urn:example:badge:number eq "7"`); len(got) != 1 || got[0] != first.ID {
		t.Errorf("found %v", got)
	}
	before := f.lastSeq()
	f.patch("User", first.ID, `[{"op":"replace","path":"urn:example:badge:pin","value":"4321"}]`)
	for _, e := range f.events(0) {
		if strings.Contains(string(e.Data)+string(e.Changes), "1234") || strings.Contains(string(e.Data)+string(e.Changes), "4321") {
			t.Errorf("event %d holds a value that is never returned", e.Seq)
		}
	}
	if got := f.events(before); len(got) != 1 || string(got[0].Changes) != `[{"path":"urn:example:badge:pin"}]` {
		t.Errorf("events %v", got)
	}

	device := object(t, `{"id":"urn:example:Device","name":"Device","attributes":[{"name":"displayName","type":"string"},{"name":"serial","type":"string","uniqueness":"server","required":true}]}`)
	if _, err := f.defs.AddSchema(ctx, device, 0, "", cause); err != nil {
		t.Fatal(err)
	}
	kind := object(t, `{"name":"Device","endpoint":"/Devices","schema":"urn:example:Device"}`)
	if _, err := f.defs.AddResourceType(ctx, kind, 0, cause); err != nil {
		t.Fatal(err)
	}
	if x := f.typ("User").Extension("urn:example:Device"); x != nil {
		t.Error("the schema of a type extends users")
	}
	before = f.lastSeq()
	id := f.create("Device", `{"displayName":"Laptop","serial":"s1"}`).ID
	f.replace("Device", id, `{"serial":"s2"}`)
	f.delete("Device", id)
	want := []directory.EventType{directory.ResourceCreated, directory.ResourceUpdated, directory.ResourceDeleted}
	got := eventTypes(f.events(before))
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("events %v", got)
	}
	clash := object(t, `{"name":"Gadget","endpoint":"/Users","schema":"urn:example:Device"}`)
	if _, err := f.defs.AddResourceType(ctx, clash, 0, cause); err == nil {
		t.Error("two types share an endpoint")
	}
}

func TestDefinitions_OtherProcessIsSeen(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	if _, err := f.defs.Registry(ctx, f.scope.Source); err != nil {
		t.Fatal(err)
	}
	other := directory.NewDefinitions(f.store, f.clock.Now)
	doc := object(t, `{"id":"urn:example:badge","name":"Badge","attributes":[{"name":"number","type":"string"}]}`)
	if _, err := other.AddSchema(ctx, doc, 0, "Group", cause); err != nil {
		t.Fatal(err)
	}
	f.clock.Advance(time.Second)
	if f.typ("Group").Extension("urn:example:badge") == nil {
		t.Error("the definition is not there after a second")
	}
	r1, _ := f.defs.Registry(ctx, f.scope.Source)
	f.clock.Advance(time.Second)
	r2, _ := f.defs.Registry(ctx, f.scope.Source)
	if r1 != r2 {
		t.Error("the registry was made anew although nothing changed")
	}
}
