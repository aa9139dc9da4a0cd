package directory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/storetest"
	"github.com/rosterhq/roster/scim/schema"
)

const badgeURN = "urn:example:badge"

const badgeSchema = `{"id":"` + badgeURN + `","name":"Badge","attributes":[
	{"name":"number","type":"string","uniqueness":"server"},
	{"name":"color","type":"string","indexed":true},
	{"name":"note","type":"string"}]}`

func (f *fixture) addSchema(text string) error {
	f.t.Helper()
	_, err := f.defs.AddSchema(context.Background(), object(f.t, text), 0, "User", cause)
	return err
}

func badge(user, number string) string {
	return fmt.Sprintf(`{"userName":%q,%q:{"number":%q,"color":"Red","note":"n%s"}}`, user, badgeURN, number, number)
}

// hooked calls before ahead of each Update, and counts the resources indexed, moved or erased in one.
type hooked struct {
	directory.Store
	before  func() error
	largest int
	indexed int
}

func (h *hooked) In(directory.SourceID) directory.Store { return h }

func (h *hooked) Update(ctx context.Context, fn func(directory.Writer) error) error {
	if err := h.before(); err != nil {
		return err
	}
	return h.Store.Update(ctx, func(w directory.Writer) error {
		h.indexed = 0
		err := fn(hookedWriter{w, h})
		h.largest = max(h.largest, h.indexed)
		return err
	})
}

type hookedWriter struct {
	directory.Writer
	h *hooked
}

func (w hookedWriter) IndexResource(ctx context.Context, r *directory.Record) error {
	w.h.indexed++
	return w.Writer.IndexResource(ctx, r)
}

func TestSchema_IndexesWhatIsThereAlready(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for i := range 230 {
		f.create("User", badge(fmt.Sprint("u", i), fmt.Sprint("n", i)))
	}
	f.user("without")
	dead := f.search("User", `userName eq "u7"`)[0]
	f.delete("User", dead)
	writes := 0
	store := &hooked{Store: f.store, before: func() error {
		// Others write between two steps.
		writes++
		_, err := f.ress.Create(t.Context(), &f.scope, schema.Core().TypeByName("User"), f.canonical("User", fmt.Sprintf(`{"userName":"w%d"}`, writes), schema.ForCreate))
		return err
	}}
	f.defs = directory.NewDefinitions(store, f.clock.Now)
	if err := f.addSchema(badgeSchema); err != nil {
		t.Fatal(err)
	}
	if writes < 5 || store.largest == 0 || store.largest > 100 {
		t.Errorf("%d transactions, of which one indexed %d resources", writes, store.largest)
	}
	for text, want := range map[string]int{
		badgeURN + `:number eq "N5"`: 1, badgeURN + `:color eq "red"`: 229, badgeURN + `:color ne "red"`: 1 + writes,
		badgeURN + `:number sw "n22"`: 11, badgeURN + `:note eq "nn5"`: 1, badgeURN + `:number eq "n7"`: 0,
	} {
		if got := f.count("User", text); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
	_, err := f.tryCreate("User", badge("new", "n5"))
	wantError(t, err, 409, "uniqueness", "uniqueness.value")
	f.create("User", badge("heir", "n7"))
	_, err = f.ress.Restore(t.Context(), &f.scope, f.typ("User"), dead)
	wantError(t, err, 409, "uniqueness", "uniqueness.value")
	storetest.CheckInvariants(t, f.store)
}

// count returns the number of matches of a filter.
func (f *fixture) count(typ, text string) int {
	f.t.Helper()
	q := &directory.ResourceQuery{Type: f.typ(typ), Filter: f.filter(typ, text)}
	n, err := f.ress.Query(context.Background(), &f.scope, q, directory.With{}, func(*directory.Entry) error { return nil })
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

func TestSchema_RefusesValuesThatAreNotUnique(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	a, b := f.create("User", badge("ada", "7")).ID, f.create("User", badge("bob", " 7 ")).ID
	err := f.addSchema(badgeSchema)
	wantError(t, err, 409, "uniqueness", "")
	for _, part := range []string{badgeURN + ":number", string(a), string(b), "ada", "bob"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not name %s", err, part)
		}
	}
	if f.typ("User").Extension(badgeURN) != nil {
		t.Error("the schema is there")
	}
	f.delete("User", b)
	if err := f.addSchema(badgeSchema); err != nil {
		t.Error(err)
	}
	if f.typ("User").Extension(badgeURN) == nil {
		t.Error("the schema is not there")
	}
}

func TestSchema_WithdrawnWhenAnEqualValueComesMeanwhile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create("User", badge("ada", "7"))
	store := &hooked{Store: f.store, before: func() error { return nil }}
	core := f.typ("User")
	obj := f.canonical("User", badge("bob", "7"), schema.ForCreate)
	store.before = func() error { // after the check, ahead of the registration
		store.before = func() error { return nil }
		_, err := f.ress.Create(t.Context(), &f.scope, core, obj)
		return err
	}
	f.defs = directory.NewDefinitions(store, f.clock.Now)
	wantError(t, f.addSchema(badgeSchema), 409, "uniqueness", "")
	if f.typ("User").Extension(badgeURN) != nil {
		t.Error("the schema is there")
	}
	f.create("User", badge("cyd", "7")) // nothing is unique any more
}

func TestSchema_InterruptedRegistrationIsResumed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for i := range 120 {
		f.create("User", badge(fmt.Sprint("u", i), fmt.Sprint("n", i)))
	}
	cut, n := errors.New("cut"), 0
	store := &hooked{Store: f.store, before: func() error {
		if n++; n == 3 { // the second chunk
			return cut
		}
		return nil
	}}
	f.defs = directory.NewDefinitions(store, f.clock.Now)
	if err := f.addSchema(badgeSchema); !errors.Is(err, cut) {
		t.Fatalf("got %v", err)
	}
	// Half an index is not used.
	if got := f.count("User", badgeURN+`:color eq "red"`); got != 120 {
		t.Errorf("%d found", got)
	}
	if err := f.addSchema(badgeSchema); err != nil {
		t.Fatal(err)
	}
	if got := f.count("User", badgeURN+`:color eq "red"`); got != 120 {
		t.Errorf("%d found by the index", got)
	}
	_, err := f.tryCreate("User", badge("new", "n119"))
	wantError(t, err, 409, "uniqueness", "uniqueness.value")
}

func TestSchema_WriterThatDoesNotKnowItTriesAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	core := f.typ("User")
	id := f.user("ada")
	obj := f.canonical("User", badge("bob", "7"), schema.ForCreate)
	if err := f.addSchema(badgeSchema); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ress.Create(t.Context(), &f.scope, core, obj); !errors.Is(err, directory.ErrBusy) {
		t.Errorf("create: %v", err)
	}
	if _, err := f.ress.Replace(t.Context(), &f.scope, core, id, obj, nil); !errors.Is(err, directory.ErrBusy) {
		t.Errorf("replace: %v", err)
	}
	f.create("User", badge("bob", "7"))
	group := f.canonical("Group", `{"displayName":"G","`+badgeURN+`":{"number":"7"}}`, schema.ForCreate)
	if _, err := f.ress.Create(t.Context(), &f.scope, f.typ("Group"), group); err != nil {
		t.Errorf("what extends users is nothing to groups: %v", err)
	}
}

func TestSchema_RefusesIndexesThatCannotBe(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, attribute := range []string{`"type":"integer","uniqueness":"server"`, `"type":"boolean","indexed":true`, `"type":"dateTime","uniqueness":"global"`} {
		err := f.addSchema(`{"id":"urn:x:y","name":"Y","attributes":[{"name":"a",` + attribute + `}]}`)
		wantError(t, err, 400, "invalidValue", "")
	}
}

func TestResourceType_UniqueDisplayName(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for kind, uniqueness := range map[string]string{"Desk": "server", "Chair": "none"} {
		doc := `{"id":"urn:example:` + kind + `","name":"` + kind + `","attributes":[{"name":"displayName","type":"string","uniqueness":"` + uniqueness + `"}]}`
		if _, err := f.defs.AddSchema(t.Context(), object(t, doc), 0, "", cause); err != nil {
			t.Fatal(err)
		}
		typ := `{"name":"` + kind + `","endpoint":"/` + kind + `s","schema":"urn:example:` + kind + `"}`
		if _, err := f.defs.AddResourceType(t.Context(), object(t, typ), 0, cause); err != nil {
			t.Fatal(err)
		}
		f.create(kind, `{"displayName":"A"}`)
		f.create(kind, `{}`)
	}
	f.create("Chair", `{"displayName":"a"}`)
	_, err := f.tryCreate("Desk", `{"displayName":"a"}`)
	wantError(t, err, 409, "uniqueness", "uniqueness.display-name")
	f.create("Desk", `{}`) // no name is not a name
}
