package patch_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
)

// deviceType has what the core schemas have no example of.
func deviceType(t *testing.T) *schema.ResourceType {
	t.Helper()
	rt := &schema.ResourceType{Name: "Device", Endpoint: "/Devices",
		Schema: &schema.Schema{ID: "urn:acme:device", Name: "Device", Attributes: []*schema.Attribute{
			{Name: "place", Type: schema.Complex, SubAttributes: []*schema.Attribute{
				{Name: "floor", Type: schema.Integer},
				{Name: "tags", Type: schema.String, MultiValued: true},
			}},
			{Name: "origin", Type: schema.Complex, Mutability: schema.Immutable, SubAttributes: []*schema.Attribute{
				{Name: "country", Type: schema.String}, {Name: "plant", Type: schema.String},
			}},
			{Name: "checks", Type: schema.Complex, MultiValued: true, SubAttributes: []*schema.Attribute{
				{Name: "at", Type: schema.DateTime},
				{Name: "by", Type: schema.String, MultiValued: true},
				{Name: "result", Type: schema.String},
			}},
		}},
		Extensions: []schema.Extension{{Schema: &schema.Schema{ID: "urn:acme:ext", Name: "Ext", Attributes: []*schema.Attribute{
			{Name: "serial", Type: schema.String, Mutability: schema.ReadOnly},
			{Name: "labels", Type: schema.String, MultiValued: true},
		}}}}}
	if _, err := schema.NewRegistry([]*schema.ResourceType{rt}); err != nil {
		t.Fatal(err)
	}
	return rt
}

func TestApply_Device(t *testing.T) {
	t.Parallel()
	rt := deviceType(t)
	device := decode(t, []byte(`{"schemas":["urn:acme:device","urn:acme:ext"],"place":{"floor":1,"tags":["a"]},"origin":{"country":"DE"},
		"checks":[{"at":"2026-01-02T03:04:05Z","by":["ann","bob"]}],"urn:acme:ext":{"serial":"1","labels":["x"],"other":true}}`))
	tests := []struct{ operations, want, err string }{
		{`[{"op":"add","path":"place","value":{"tags":["A","b"]}}]`, `{"place":{"floor":1,"tags":["a","b"]}}`, ""},
		{`[{"op":"add","path":"place.tags","value":"c"}]`, `{"place":{"floor":1,"tags":["a","c"]}}`, ""},
		{`[{"op":"replace","path":"place","value":{"tags":["b"]}}]`, `{"place":{"floor":1,"tags":["b"]}}`, ""},
		{`[{"op":"replace","path":"place","value":{"tags":[]}}]`, `{"place":{"floor":1}}`, ""},
		{`[{"op":"remove","path":"place.floor"},{"op":"remove","path":"place.tags"}]`, `{"place":null}`, ""},

		{`[{"op":"replace","path":"origin","value":{"country":"de"}}]`, `{}`, ""},
		{`[{"op":"replace","path":"origin","value":{"country":"FR"}}]`, "", "400 mutability"},
		{`[{"op":"add","path":"origin.plant","value":"1"}]`, "", "400 mutability"},
		{`[{"op":"remove","path":"origin"}]`, "", "400 mutability"},

		{`[{"op":"add","path":"checks[at eq \"2026-05-06T07:08:09.123456Z\" and by eq \"cy\"].result","value":"ok"}]`,
			`{"checks":[{"at":"2026-01-02T03:04:05Z","by":["ann","bob"]},{"at":"2026-05-06T07:08:09.123456Z","by":["cy"],"result":"ok"}]}`, ""},
		{`[{"op":"remove","path":"checks","value":[{"at":"2026-01-02T04:04:05+01:00","by":["bob","ann"]}]}]`, `{"checks":null}`, ""},
		{`[{"op":"remove","path":"checks","value":[{"at":"2026-01-02T04:04:05+01:00"}]}]`, `{"checks":null}`, ""},
		{`[{"op":"remove","path":"checks","value":[{"by":["ann","bob"],"result":null}]}]`, `{"checks":null}`, ""},
		{`[{"op":"remove","path":"checks","value":[{"at":"2026-01-02T03:04:05Z","by":["bob"]}]}]`, `{}`, ""},
		{`[{"op":"remove","path":"checks","value":[{"at":"yesterday"}]}]`, "", "400 invalidValue"},

		// What the provider wrote itself stays.
		{`[{"op":"add","path":"urn:acme:ext:labels","value":["y"]},{"op":"remove","path":"urn:acme:ext"}]`, `{"urn:acme:ext":{"serial":"1"}}`, ""},
	}
	for _, test := range tests {
		got, err := run(rt, device, decode(t, []byte(`{`+patchOp+`"Operations":`+test.operations+`}`)), schema.Options{})
		if test.err != "" {
			checkError(t, err, test.err)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", test.operations, err)
			continue
		}
		want := scim.Clone(device)
		for name, v := range decode(t, []byte(test.want)) {
			if want[name] = v; v == nil {
				delete(want, name)
			}
		}
		if diff := cmp.Diff(unordered(want), unordered(got.after)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.operations, diff)
		}
		if got.changed == (test.want == "{}") {
			t.Errorf("%s: changed = %v", test.operations, got.changed)
		}
	}
}

// The display name of a member is read-only: it stays with the member as long as that stays.
func TestApply_KeepsWhatIsDerivedWithItsValue(t *testing.T) {
	t.Parallel()
	group := schema.Core().TypeByName("Group")
	before := decode(t, []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"G",
		"members":[{"value":"a","display":"Ada","type":"User"},{"value":"b","display":"Bob","type":"User"}]}`))
	for operations, want := range map[string]string{
		`[{"op":"replace","path":"members","value":[{"value":"A"},{"value":"c","display":"x"}]}]`:                `[{"value":"A","display":"Ada"},{"value":"c"}]`,
		`[{"op":"replace","path":"members[value eq \"b\"]","value":{"value":"b","type":"User"}}]`:                `[{"value":"a","display":"Ada","type":"User"},{"value":"b","display":"Bob","type":"User"}]`,
		`[{"op":"replace","path":"members[value eq \"b\"]","value":{"value":"c"}}]`:                              `[{"value":"a","display":"Ada","type":"User"},{"value":"c"}]`,
		`[{"op":"remove","path":"members"},{"op":"add","path":"members","value":[{"value":"a","display":"x"}]}]`: `[{"value":"a"}]`,
		`[{"op":"add","path":"members[value eq \"b\"].$ref","value":"/Users/b"}]`:                                `[{"value":"a","display":"Ada","type":"User"},{"value":"b","display":"Bob","type":"User","$ref":"/Users/b"}]`,
	} {
		got, err := run(group, before, decode(t, []byte(`{"Operations":`+operations+`}`)), schema.Options{})
		if err != nil {
			t.Errorf("%s: %v", operations, err)
			continue
		}
		list, _ := scim.DecodeValue([]byte(want), scim.Limits{})
		if diff := cmp.Diff(unordered(list), unordered(got.after["members"])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", operations, diff)
		}
	}
	// A filter on what the provider derives describes nothing that could be made.
	_, err := run(group, before, decode(t, []byte(`{"Operations":[{"op":"add","path":"members[display eq \"x\"].value","value":"c"}]}`)), schema.Options{})
	checkError(t, err, "400 noTarget: Operations[0]:")
}

// The URI of a manager belongs to the value it came with.
func TestApply_DropsTheReferenceWithItsValue(t *testing.T) {
	t.Parallel()
	user := schema.Core().TypeByName("User")
	before := decode(t, []byte(`{"schemas":["`+scim.UserSchema+`","`+enterprise+`"],"userName":"a",
		"`+enterprise+`":{"manager":{"value":"m1","$ref":"/Users/m1","displayName":"M"}}}`))
	for value, want := range map[string]string{
		`"m2"`:                              `{"value":"m2"}`,
		`{"value":"m2","$ref":"/Users/m2"}`: `{"$ref":"/Users/m2","value":"m2"}`,
		`"M1"`:                              `{"$ref":"/Users/m1","displayName":"M","value":"M1"}`,
		`{"$ref":"/v2/Users/m1"}`:           `{"$ref":"/v2/Users/m1","displayName":"M","value":"m1"}`,
	} {
		got, err := run(user, before, decode(t, []byte(`{"Operations":[{"op":"replace","path":"manager","value":`+value+`}]}`)), schema.Options{})
		if err != nil {
			t.Fatal(err)
		}
		manager := got.after[enterprise].(scim.Object)["manager"]
		if text := string(scim.AppendJSON(nil, manager)); text != want {
			t.Errorf("manager replaced with %s: %s, want %s", value, text, want)
		}
	}
}

func TestApply_WithoutSteps(t *testing.T) {
	t.Parallel()
	user := schema.Core().TypeByName("User")
	obj := scim.Object{"schemas": []any{scim.UserSchema}, "userName": "a"}
	if after, changed, notes, err := patch.Apply(user, obj, nil); err != nil || changed || len(notes) > 0 || !cmp.Equal(obj, after) {
		t.Errorf("%v, %v, %v, %v", after, changed, notes, err)
	}
	steps := compile(t, user, `[{"op":"add","path":"title","value":"x"}]`)
	if after, changed, _, err := patch.Apply(user, nil, steps); err != nil || !changed || after["title"] != "x" {
		t.Errorf("on nothing: %v, %v, %v", after, changed, err)
	}
}

func TestNotes_AreBounded(t *testing.T) {
	t.Parallel()
	user := schema.Core().TypeByName("User")
	value := scim.Object{strings.Repeat("x", 1000): "1"}
	for i := range 300 {
		value[strings.Repeat("y", i+1)] = "1"
	}
	got, err := run(user, scim.Object{"userName": "a"}, scim.Object{"Operations": []any{scim.Object{"op": "add", "value": value}}}, schema.Options{})
	if err != nil || len(got.notes) > 101 {
		t.Fatalf("%d notes, %v", len(got.notes), err)
	}
	for _, n := range got.notes {
		if len(n.Path) > 400 {
			t.Errorf("a note has a path of %d bytes", len(n.Path))
		}
	}
}
