package acceptance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// patchDecided are vectors whose outcome the RFC leaves open, or whose refusal no real client bears,
// and what Roster does instead.
var patchDecided = map[string]struct {
	after func(before map[string]any) map[string]any
	why   string
}{
	"P-046": {func(b map[string]any) map[string]any { return b }, "an unknown core attribute in a value is ignored and recorded, as in POST"},
	"P-169": {func(b map[string]any) map[string]any { b["title"] = "x"; return b }, "a PatchOp without schemas is understood (scimgateway sends it)"},
}

func TestPatchVectors_OverHTTP(t *testing.T) { onEachEngine(t, testPatchVectorsOverHTTP) }

func testPatchVectorsOverHTTP(t *testing.T) {
	vectors, err := LoadPatchVectors("testdata/vectors/patch.json")
	if err != nil {
		t.Fatal(err)
	}
	hr := filterVectors(t)
	const shards = 4
	for shard := range shards {
		t.Run(fmt.Sprintf("shard %d", shard), func(t *testing.T) {
			t.Parallel()
			source := newSource(t)
			addHR(t, hr, source)
			for i := shard; i < len(vectors.Vectors); i += shards {
				v := &vectors.Vectors[i]
				t.Run(v.ID, func(t *testing.T) { playPatch(t, source, vectors, v) })
			}
		})
	}
}

// stage makes what a vector needs in a source: the fixture, what it refers to, and its neighbours.
type stage struct {
	t      *testing.T
	source Source
	ids    IDs
	made   []string // paths to delete afterwards
}

func (s *stage) create(path, fixtureID string, body map[string]any) string {
	s.t.Helper()
	id := makeResource(s.t, s.source, path, marshal(body))
	s.ids[fixtureID] = id
	s.made = append(s.made, path+"/"+id)
	return id
}

func (s *stage) tearDown() {
	for _, path := range slices.Backward(s.made) {
		if ex := do(s.t, scimWrite("DELETE", s.source.Base(), s.source.Token, path, nil)); ex.Answer.Status != 204 {
			s.t.Errorf("delete after the vector\n%s", ex)
		}
	}
}

// members makes a user, or the group that the fixture has, for every member that a vector may name.
func (s *stage) members() {
	for _, id := range []string{"a", "b", "d", "e", "x", "y"} {
		s.create("/Users", id, map[string]any{"schemas": []string{userSchema}, "userName": "member-" + id, "displayName": strings.ToUpper(id)})
	}
	s.create("/Groups", "c", map[string]any{"schemas": []string{groupSchema}, "displayName": "C"})
}

func playPatch(t *testing.T, source Source, vectors *PatchVectors, v *PatchVector) {
	s := &stage{t: t, source: source, ids: IDs{}}
	defer s.tearDown()
	fixture := vectors.Fixtures[v.Before].(map[string]any)
	path := "/" + v.ResourceType + "s"
	if v.ResourceType == "Group" {
		s.members()
	}
	for _, name := range v.OtherResources {
		other := vectors.Fixtures[name].(map[string]any)
		s.create("/Users", other["id"].(string), Writable(other))
	}
	id := s.create(path, fixture["id"].(string), s.ids.Value(Writable(fixture)).(map[string]any))
	if groups := list(fixture["groups"]); groups != nil {
		s.create("/Groups", "g1", map[string]any{"schemas": []string{groupSchema}, "displayName": "Tour Guides", "members": []any{map[string]any{"value": id}}})
	}
	get := scimGet(source.Base(), source.Token, path+"/"+id)
	before := do(t, get)
	patched := do(t, scimWrite("PATCH", source.Base(), source.Token, path+"/"+id, s.request(v.Request)))
	after := do(t, get)
	for _, problem := range append(SCIMProblems(patched.Answer), v.problems(s.ids, fixture, before.Answer, patched.Answer, after.Answer)...) {
		t.Errorf("vector %s (%s): %s\n%safterwards %s", v.ID, v.Title, problem, patched, abbreviate(string(after.Answer.Body), 1500))
	}
}

// request replaces ids in the request as it is written, in strings that are an id and in filters.
func (s *stage) request(text []byte) []byte {
	out := string(text)
	for from, to := range s.ids {
		out = strings.ReplaceAll(out, `"`+from+`"`, `"`+to+`"`)
		out = strings.ReplaceAll(out, `\"`+from+`\"`, `\"`+to+`\"`)
	}
	return []byte(out)
}

func (v *PatchVector) problems(ids IDs, fixture map[string]any, before, patched, after Answer) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	want := v.Expect
	if d, ok := patchDecided[v.ID]; ok {
		want = PatchExpect{Status: []int{200, 204}, After: d.after(maps.Clone(fixture))}
	}
	if e := want.Error; e != nil {
		if statuses := append(e.AcceptableStatus, e.Status); !slices.Contains(statuses, patched.Status) {
			say("status %d, want one of %v", patched.Status, statuses)
		}
		if got, types := stringAt(patched, "scimType"), append(e.AcceptableTypes, e.SCIMType); !slices.Contains(types, got) {
			say("scimType %q, want one of %v", got, types)
		}
		if string(before.Body) != string(after.Body) {
			say("the resource has changed: %s", cmp.Diff(string(before.Body), string(after.Body)))
		}
		return problems
	}
	if !slices.Contains(want.Status, patched.Status) {
		say("status %d, want one of %v", patched.Status, want.Status)
	}
	expected, ok := want.After.(map[string]any)
	if !ok {
		expected = fixture
	}
	doc, err := after.Document()
	if err != nil {
		return append(problems, err.Error())
	}
	_, mentionsActive := expected["active"]
	if diff := cmp.Diff(Comparable(ids.Value(expected), mentionsActive), Comparable(doc, mentionsActive)); diff != "" {
		say("the resource is not what it should be (-want +got):\n%s", diff)
	}
	if changed := stringAt(before, "meta.version") != stringAt(after, "meta.version"); want.VersionChanges != nil && changed != *want.VersionChanges {
		say("the version has changed: %t, want %t", changed, *want.VersionChanges)
	}
	return problems
}

func TestComparable_IgnoresWhatOnlyAServerSets(t *testing.T) {
	t.Parallel()
	parse := func(text string) any { return decode(t, text) }
	const want = `{"schemas":["a","b"],"id":"u1","emails":[{"value":"1","primary":true},{"value":"2"}],"members":[{"value":"m"}]}`
	same := `{"schemas":["b","a"],"id":"other","meta":{},"active":true,"emails":[{"value":"2","primary":false},{"value":"1","primary":true}],
		"members":[{"value":"m","display":"M","$ref":"x","type":"User"}],"groups":[{"value":"g"}],"roles":[]}`
	if diff := cmp.Diff(Comparable(parse(want), false), Comparable(parse(same), false)); diff != "" {
		t.Error(diff)
	}
	for _, other := range []string{
		strings.Replace(same, `"value":"2"`, `"value":"3"`, 1), strings.Replace(same, `"value":"m"`, `"value":"n"`, 1),
		strings.Replace(same, `"primary":true`, `"primary":false`, 1), strings.Replace(same, `["b","a"]`, `["b"]`, 1),
	} {
		if cmp.Diff(Comparable(parse(want), false), Comparable(parse(other), false)) == "" {
			t.Errorf("no difference was seen in %s", other)
		}
	}
	if cmp.Diff(Comparable(parse(want), true), Comparable(parse(same), true)) == "" {
		t.Error("active is not compared although the vector mentions it")
	}
}
