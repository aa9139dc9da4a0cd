package patch_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
)

func compile(t testing.TB, rt *schema.ResourceType, operations string) []patch.Step {
	t.Helper()
	ops, _, err := patch.Parse(decode(t, []byte(`{`+patchOp+`"Operations":`+operations+`}`)), patch.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	steps, _, err := patch.Compile(rt, ops, schema.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

func TestStep_EqValues(t *testing.T) {
	t.Parallel()
	registry := schema.Core()
	group, user := registry.TypeByName("Group"), registry.TypeByName("User")
	tests := []struct {
		rt         *schema.ResourceType
		operations string
		want       []string
		ok         bool
	}{
		{group, `[{"op":"remove","path":"members[value eq \"a\"]"}]`, []string{"a"}, true},
		{group, `[{"op":"remove","path":"members[value eq \"a\" or (value eq \"b\" or VALUE eq \"c\")]"}]`, []string{"a", "b", "c"}, true},
		{group, `[{"op":"remove","path":"members[value sw \"a\"]"}]`, nil, false},
		{group, `[{"op":"remove","path":"members[type eq \"User\"]"}]`, nil, false},
		{group, `[{"op":"remove","path":"members[value eq \"a\" or type eq \"User\"]"}]`, nil, false},
		{group, `[{"op":"remove","path":"members[value eq \"a\" and type eq \"User\"]"}]`, nil, false},
		{group, `[{"op":"remove","path":"members[not (value eq \"a\")]"}]`, nil, false},
		{group, `[{"op":"remove","path":"members","value":[{"value":"a","$ref":null},{"value":"b","type":"User"}]}]`, []string{"a", "b"}, true},
		{group, `[{"op":"remove","path":"members","value":[]}]`, nil, true},
		{group, `[{"op":"remove","path":"members"}]`, nil, false},
		{group, `[{"op":"add","path":"members","value":[{"value":"a"},{"value":"b"}]}]`, []string{"a", "b"}, true},
		{user, `[{"op":"remove","path":"emails","value":[{"value":"a","type":"work"}]}]`, nil, false},
		{user, `[{"op":"replace","path":"title","value":"a"}]`, nil, false},
	}
	for _, test := range tests {
		steps := compile(t, test.rt, test.operations)
		got, ok := steps[0].EqValues()
		if ok != test.ok || ok && !cmp.Equal(test.want, got) {
			t.Errorf("%s: %q, %v; want %q, %v", test.operations, got, ok, test.want, test.ok)
		}
	}
}

func TestStep_CarriesCanonicalValues(t *testing.T) {
	t.Parallel()
	group := schema.Core().TypeByName("Group")
	steps := compile(t, group, `[
		{"op":"Add","path":"MEMBERS","value":{"VALUE":"a","display":"A","$ref":null}},
		{"op":"remove","path":"members"},
		{"op":"replace","path":"members","value":[]},
		{"op":"replace","value":{"members":[{"value":"b"}],"displayName":"N","id":"1"}}]`)
	type plain struct {
		Op       patch.Op
		Path     string
		Members  bool
		Value    any
		HasValue bool
		Index    int
	}
	var got []plain
	for _, s := range steps {
		got = append(got, plain{s.Op, s.Ref.Path(), s.Targets("members"), s.Value, s.HasValue, s.Index})
	}
	want := []plain{
		{patch.Add, "members", true, []any{scim.Object{"value": "a"}}, true, 0},
		{patch.Remove, "members", true, nil, false, 1},
		{patch.Replace, "members", true, nil, true, 2},
		{patch.Replace, "displayName", false, "N", true, 3},
		{patch.Replace, "id", false, "1", true, 3},
		{patch.Replace, "members", true, []any{scim.Object{"value": "b"}}, true, 3},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestStep_TargetsOnlyCoreAttributes(t *testing.T) {
	t.Parallel()
	user := schema.Core().TypeByName("User")
	steps := compile(t, user, `[{"op":"remove","path":"manager"},{"op":"remove","path":"`+enterprise+`"},{"op":"remove","path":"name.givenName"}]`)
	for i, name := range []string{"manager", "manager", "name"} {
		if got, want := steps[i].Targets(name), i == 2; got != want {
			t.Errorf("step %d targets %s: %v, want %v", i, name, got, want)
		}
	}
}

func TestApply_RequiredExtension(t *testing.T) {
	t.Parallel()
	extension := &schema.Schema{ID: "urn:acme:ext", Name: "Ext", Attributes: []*schema.Attribute{
		{Name: "code", Type: schema.String, Required: true},
		{Name: "note", Type: schema.String},
		{Name: "tags", Type: schema.Complex, MultiValued: true, SubAttributes: []*schema.Attribute{
			{Name: "value", Type: schema.String, Required: true}, {Name: "kind", Type: schema.String}}},
	}}
	rt := &schema.ResourceType{Name: "User", Endpoint: "/Users", Schema: schema.UserSchema(),
		Extensions: []schema.Extension{{Schema: extension, Required: true}}}
	if _, err := schema.NewRegistry([]*schema.ResourceType{rt}); err != nil {
		t.Fatal(err)
	}
	obj := scim.Object{"schemas": []any{scim.UserSchema, "urn:acme:ext"}, "userName": "a", "urn:acme:ext": scim.Object{"code": "1"}}
	bare := scim.Object{"schemas": []any{scim.UserSchema}, "userName": "a"}
	tests := []struct {
		obj             scim.Object
		operations, err string
	}{
		{obj, `[{"op":"replace","path":"urn:acme:ext:note","value":"n"}]`, ""},
		{obj, `[{"op":"remove","path":"urn:acme:ext"}]`, `400 mutability: Operations[0]: "urn:acme:ext" is required`},
		{obj, `[{"op":"remove","path":"urn:acme:ext:code"}]`, `400 mutability: Operations[0]: "urn:acme:ext:code" is required`},
		{obj, `[{"op":"add","path":"urn:acme:ext:tags","value":{"kind":"x"}}]`, `400 invalidValue: "urn:acme:ext:tags.value" is required`},
		{obj, `[{"op":"add","path":"urn:acme:ext:tags","value":{"value":"x","kind":"y"}},{"op":"remove","path":"urn:acme:ext:tags.value"}]`,
			`400 mutability: Operations[1]: "urn:acme:ext:tags.value" is required`},
		// A resource that is older than its schema can still change.
		{bare, `[{"op":"replace","path":"title","value":"n"}]`, ""},
		{bare, `[{"op":"remove","path":"userName"}]`, `400 mutability: Operations[0]: "userName" is required`},
	}
	for _, test := range tests {
		_, err := run(rt, test.obj, decode(t, []byte(`{`+patchOp+`"Operations":`+test.operations+`}`)), schema.Options{})
		if test.err != "" {
			checkError(t, err, test.err)
		} else if err != nil {
			t.Errorf("%s: %v", test.operations, err)
		}
	}
}

// Pins R-PATCH-32.
func TestApply_ImmutableList(t *testing.T) {
	t.Parallel()
	rt := &schema.ResourceType{Name: "Device", Endpoint: "/Devices", Schema: &schema.Schema{ID: "urn:acme:device", Name: "Device",
		Attributes: []*schema.Attribute{{Name: "serials", Type: schema.String, MultiValued: true, Mutability: schema.Immutable}}}}
	if _, err := schema.NewRegistry([]*schema.ResourceType{rt}); err != nil {
		t.Fatal(err)
	}
	empty := scim.Object{"schemas": []any{"urn:acme:device"}}
	set, err := run(rt, empty, decode(t, []byte(`{"Operations":[{"op":"add","path":"serials","value":["a","b"]}]}`)), schema.Options{})
	if err != nil || !set.changed {
		t.Fatalf("%v, changed %v", err, set.changed)
	}
	for operation, want := range map[string]string{
		`{"op":"add","path":"serials","value":["b"]}`:                           "",
		`{"op":"replace","path":"serials","value":["b","a"]}`:                   "",
		`{"op":"remove","path":"serials[value eq \"c\"]"}`:                      "",
		`{"op":"add","path":"serials","value":["c"]}`:                           "400 mutability",
		`{"op":"remove","path":"serials"}`:                                      "400 mutability",
		`{"op":"replace","path":"serials[value eq \"a\"]","value":"c"}`:         "400 mutability",
		`{"op":"replace","path":"serials[value eq \"missing\"]","value":"\"c"}`: "400 noTarget",
	} {
		got, err := run(rt, set.after, decode(t, []byte(`{"Operations":[`+operation+`]}`)), schema.Options{})
		if want != "" {
			checkError(t, err, want)
		} else if err != nil || got.changed {
			t.Errorf("%s: %v, changed %v", operation, err, got.changed)
		}
	}
}
