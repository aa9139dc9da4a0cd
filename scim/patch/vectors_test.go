package patch_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
)

const hrSchema = "urn:example:params:scim:schemas:extension:hr:2.0:User"

// vectorFile is testdata/patch.json; its $about member explains the format. The attribute
// definitions are in testdata/attributes.json.
type vectorFile struct {
	Fixtures map[string]json.RawMessage
	Vectors  []vector
}

type vector struct {
	ID, Title, ResourceType, Before string
	Request                         json.RawMessage
	Expect                          struct {
		After          json.RawMessage
		VersionChanges *bool
		Error          *struct {
			Status              int
			SCIMType            scim.ErrorType
			AcceptableSCIMTypes []scim.ErrorType
		}
	}
}

type attributeType struct {
	Type          schema.Type
	MultiValued   bool
	CaseExact     bool
	Mutability    schema.Mutability
	Returned      schema.Returned
	Required      bool
	SubAttributes map[string]attributeType
}

func definitions(types map[string]attributeType) []*schema.Attribute {
	var attrs []*schema.Attribute
	for _, name := range slices.Sorted(maps.Keys(types)) {
		a := types[name]
		attrs = append(attrs, &schema.Attribute{
			Name: name, Type: a.Type, MultiValued: a.MultiValued, CaseExact: a.CaseExact, Required: a.Required,
			Mutability: a.Mutability, Returned: a.Returned, SubAttributes: definitions(a.SubAttributes),
			Discarded: name == "password",
		})
	}
	return attrs
}

// world is what the tests patch: resource types with a made-up extension, and resources.
type world struct {
	types     map[string]*schema.ResourceType
	resources map[string]scim.Object
	vectors   []vector
}

func loadWorld(t testing.TB) *world {
	t.Helper()
	var types map[string]map[string]attributeType
	var file vectorFile
	for name, v := range map[string]any{"testdata/attributes.json": &types, "testdata/patch.json": &file} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, v); err != nil {
			t.Fatal(err)
		}
	}
	define := func(urn string) *schema.Schema {
		return &schema.Schema{ID: urn, Name: urn, Attributes: definitions(types[urn])}
	}
	user := &schema.ResourceType{Name: "User", Endpoint: "/Users", Schema: define(scim.UserSchema),
		Extensions: []schema.Extension{{Schema: define(scim.EnterpriseUserSchema)}, {Schema: define(hrSchema)}}}
	group := &schema.ResourceType{Name: "Group", Endpoint: "/Groups", Schema: define(scim.GroupSchema)}
	if _, err := schema.NewRegistry([]*schema.ResourceType{user, group}); err != nil {
		t.Fatal(err)
	}
	w := &world{
		types:     map[string]*schema.ResourceType{"User": user, "Group": group},
		resources: make(map[string]scim.Object),
		vectors:   file.Vectors,
	}
	for name, raw := range file.Fixtures {
		w.resources[name] = decode(t, raw)
	}
	return w
}

func decode(t testing.TB, data []byte) scim.Object {
	t.Helper()
	obj, err := scim.DecodeObject(data, scim.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return obj
}

// result is what a request did.
type result struct {
	after   scim.Object
	changed bool
	notes   []schema.Note
}

// run parses, compiles and applies a request.
func run(rt *schema.ResourceType, obj, request scim.Object, opt schema.Options) (result, error) {
	ops, notes, err := patch.Parse(request, patch.Limits{})
	if err != nil {
		return result{}, err
	}
	steps, more, err := patch.Compile(rt, ops, opt)
	if err != nil {
		return result{}, err
	}
	notes = append(notes, more...)
	after, changed, more, err := patch.Apply(rt, obj, steps)
	return result{after, changed, append(notes, more...)}, err
}

// unordered brings a resource into a form in which equal ones are equal to cmp: lists sorted, primary
// false absent, as the vectors ask for.
func unordered(v any) any {
	switch v := v.(type) {
	case scim.Object:
		out := make(scim.Object, len(v))
		for name, e := range v {
			if name != "primary" || e != false {
				out[name] = unordered(e)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = unordered(e)
		}
		slices.SortFunc(out, func(a, b any) int {
			return slices.Compare(scim.AppendJSON(nil, a), scim.AppendJSON(nil, b))
		})
		return out
	}
	return v
}

func TestVectors(t *testing.T) {
	t.Parallel()
	w := loadWorld(t)
	unchanged := json.RawMessage(`"unchanged"`)
	for _, v := range w.vectors {
		opt := schema.Options{}
		switch v.ID {
		case "P-046":
			opt.StrictUnknown = true // the other outcome of the vector, an ignored attribute, is the default
		case "P-169":
			// A message without schemas is tolerated; several clients send it.
			v.Expect.Error = nil
			v.Expect.After = fixtureWith(t, w, v.Before, "title", "x")
		case "P-150":
			continue // whether a userName is taken is not known here
		}
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			before := w.resources[v.Before]
			bytes := string(scim.AppendJSON(nil, before))
			got, err := run(w.types[v.ResourceType], before, decode(t, v.Request), opt)
			if now := string(scim.AppendJSON(nil, before)); now != bytes {
				t.Errorf("%s: the resource itself was modified:\n%s", v.Title, now)
			}
			if want := v.Expect.Error; want != nil {
				var e *scim.Error
				if !errors.As(err, &e) {
					t.Fatalf("%s: error = %v, want %d %s", v.Title, err, want.Status, want.SCIMType)
				}
				if e.Status != want.Status || e.Type != want.SCIMType && !slices.Contains(want.AcceptableSCIMTypes, e.Type) {
					t.Errorf("%s: error = %v, want %d %s", v.Title, e, want.Status, want.SCIMType)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s: %v", v.Title, err)
			}
			want := before
			if string(v.Expect.After) != string(unchanged) {
				want = decode(t, v.Expect.After)
			}
			if diff := cmp.Diff(unordered(want), unordered(got.after)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", v.Title, diff)
			}
			if c := v.Expect.VersionChanges; c != nil && got.changed != *c {
				t.Errorf("%s: changed = %v, want %v", v.Title, got.changed, *c)
			}
		})
	}
}

func fixtureWith(t *testing.T, w *world, name, attribute string, v any) json.RawMessage {
	t.Helper()
	obj := maps.Clone(w.resources[name])
	obj[attribute] = v
	return scim.AppendJSON(nil, obj)
}
