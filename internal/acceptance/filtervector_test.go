package acceptance

import (
	"slices"
	"strings"
	"testing"
)

// libraryOnly are the vectors that a server cannot be asked, because they depend on attributes of the
// fixtures that only a server sets. The library's own tests run them.
var libraryOnly = map[string]string{
	"F-010": "meta.lastModified of the fixture", "F-011": "meta.lastModified of the fixture",
	"F-014": "meta.lastModified of the fixture", "F-015": "meta.lastModified of the fixture",
	"F-016": "meta.lastModified of the fixture", "F-017": "meta.lastModified of the fixture",
	"F-018": "meta.lastModified of the fixture",
	"F-138": "meta.created of the fixture", "F-140": "meta.created of the fixture", "F-142": "meta.created of the fixture",
	"F-175": "a user that is created without active is active (RFC 7644 §3.3 lets the server default it)",
}

// decided are vectors of which the RFC leaves the outcome open and Roster takes the other one.
var decided = map[string]struct {
	match bool
	types []string // scimTypes of the error instead
	why   string
}{
	"F-242": {match: true, why: "manager eq \"x\" means manager.value, as Entra asks"},
	"F-352": {types: []string{"invalidFilter", "sensitive"}, why: "a filter on the password is refused as sensitive"},
}

func filterVectors(t *testing.T) *FilterVectors {
	t.Helper()
	v, err := LoadFilterVectors("testdata/vectors/filter.json")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// addHR registers the hr extension for one source.
func addHR(t *testing.T, v *FilterVectors, source Source) {
	t.Helper()
	name := t.TempDir() + "/hr.json"
	write(t, name, string(v.SchemaDocument()))
	var added struct {
		ID string `json:"id"`
	}
	if err := theServer(t).Run(t.Context(), &added, "schema", "add", name, "--source", source.Slug, "--resource", "User"); err != nil {
		t.Fatal(err)
	}
	if added.ID != HRSchema {
		t.Fatalf("schema add printed id %q, want %q", added.ID, HRSchema)
	}
	ex := do(t, scimGet(source.Base(), source.Token, "/Schemas/"+HRSchema))
	if ex.Answer.Status != 200 {
		t.Fatalf("the registered schema is not served\n%s", ex)
	}
}

func TestFilterVectors_OverHTTP(t *testing.T) { onEachEngine(t, testFilterVectorsOverHTTP) }

func testFilterVectorsOverHTTP(t *testing.T) {
	vectors := filterVectors(t)
	source := newSource(t)
	addHR(t, vectors, source)
	ids, names := IDs{}, map[string]string{}
	// Groups come last, the one without members before the one that has it as a member.
	for _, name := range []string{"u-bjensen", "u-jsmith", "u-minimal", "u-jose", "u-strasse", "g-empty", "g-tour"} {
		fixture, ok := vectors.Fixtures[name].(map[string]any)
		if !ok {
			t.Fatalf("no fixture %s", name)
		}
		path := "/Users"
		if strings.HasPrefix(name, "g-") {
			path = "/Groups"
		}
		id := makeResource(t, source, path, marshal(ids.Value(Writable(fixture))))
		ids[fixture["id"].(string)] = id
		names[id] = name
	}
	if len(names) != len(vectors.Fixtures) {
		t.Fatalf("%d fixtures were made, there are %d", len(names), len(vectors.Fixtures))
	}
	for _, v := range vectors.Vectors {
		if libraryOnly[v.ID] != "" {
			continue
		}
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			ex := do(t, scimGet(source.Base(), source.Token, filterQuery(v.Endpoint, ids.Text(v.Filter))))
			for _, problem := range append(SCIMProblems(ex.Answer), v.problems(ex.Answer, names)...) {
				t.Errorf("vector %s, filter %q: %s\n%s", v.ID, v.Filter, problem, ex)
			}
		})
	}
}

// problems compares an answer with the vector; names are the fixtures by the server's ids.
func (v *FilterVector) problems(a Answer, names map[string]string) []string {
	other, open := decided[v.ID]
	var types []string
	status := 200
	if v.Error != nil {
		status, types = v.Error.Status, append(v.Error.Acceptable, v.Error.SCIMType)
	}
	if open {
		types = other.types
		if other.match {
			status = 200
		}
	}
	if a.Status != status && (status != 400 || a.Status != 403 || !slices.Contains(types, "sensitive")) {
		return []string{"want status " + show(status)}
	}
	if status != 200 {
		if got := stringAt(a, "scimType"); !slices.Contains(types, got) {
			return []string{"scimType " + got + ", want one of " + show(types)}
		}
		return nil
	}
	doc, err := a.Document()
	if err != nil {
		return []string{err.Error()}
	}
	path, err := ParsePath("Resources.*.id")
	if err != nil {
		return []string{err.Error()}
	}
	found, _ := path.Find(doc)
	got := []string{}
	for _, id := range list(found) {
		text, _ := id.(string)
		got = append(got, names[text])
	}
	return v.compare(got, open && other.match)
}

func (v *FilterVector) compare(got []string, otherMatch bool) []string {
	var problems []string
	if match := slices.Contains(got, v.Resource); match != (v.Match || otherMatch) {
		problems = append(problems, "fixture "+v.Resource+" is matched: "+show(match))
	}
	if otherMatch {
		return problems
	}
	want := slices.Clone(v.Set)
	if strings.Contains(strings.ToLower(v.Filter), "active") {
		// The minimal user has no active in the vectors, and is active on a server.
		minimal := func(name string) bool { return name == "u-minimal" }
		got, want = slices.DeleteFunc(got, minimal), slices.DeleteFunc(want, minimal)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		problems = append(problems, "matched "+show(got)+", want "+show(want))
	}
	return problems
}

func TestFilterVectors_TablesNameVectorsThatExist(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, v := range filterVectors(t).Vectors {
		known[v.ID] = true
	}
	for id := range libraryOnly {
		if !known[id] {
			t.Errorf("%s is left to the library, and no vector", id)
		}
	}
	for id, d := range decided {
		if !known[id] || d.why == "" {
			t.Errorf("%s is decided, and no vector or without a reason", id)
		}
	}
}
