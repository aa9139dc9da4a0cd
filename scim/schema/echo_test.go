package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// secretive has attributes that are returned on request only, at each level.
func secretive(t *testing.T) *schema.ResourceType {
	t.Helper()
	onRequest := func(name string) *schema.Attribute {
		return &schema.Attribute{Name: name, Type: schema.String, Returned: schema.ReturnedRequest}
	}
	shown := func(name string) *schema.Attribute { return &schema.Attribute{Name: name, Type: schema.String} }
	typ := &schema.ResourceType{
		Name: "Thing", Endpoint: "/Things",
		Schema: &schema.Schema{ID: "urn:x:Thing", Name: "Thing", Attributes: []*schema.Attribute{
			shown("title"), onRequest("note"),
			{Name: "place", Type: schema.Complex, SubAttributes: []*schema.Attribute{shown("city"), onRequest("room")}},
			{Name: "keys", Type: schema.Complex, MultiValued: true, SubAttributes: []*schema.Attribute{shown("value"), onRequest("pin")}},
			{Name: "box", Type: schema.Complex, Returned: schema.ReturnedRequest, SubAttributes: []*schema.Attribute{shown("a"), shown("b")}},
		}},
		Extensions: []schema.Extension{{Schema: &schema.Schema{ID: "urn:x:More", Name: "More", Attributes: []*schema.Attribute{shown("open"), onRequest("hint")}}}},
	}
	r, err := schema.NewRegistry([]*schema.ResourceType{typ})
	if err != nil {
		t.Fatal(err)
	}
	return r.Types()[0]
}

const secretiveThing = `{"schemas":["urn:x:Thing"],"id":"1","title":"t","note":"n","place":{"city":"c","room":"r"},
"keys":[{"value":"k","pin":"1"}],"box":{"a":"1","b":"2"},"urn:x:More":{"open":"o","hint":"h"}}`

// Pins R-SCHEMA-20.
func TestProjection_Echo(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body, path, excluded string
		want                       string
	}{
		{"nothing of it", `{"title":"x"}`, "", "", `{"title":"t","place":{"city":"c"},"keys":[{"value":"k"}],"urn:x:More":{"open":"o"}}`},
		{"one attribute", `{"NOTE":"x"}`, "", "", `{"title":"t","note":"n","place":{"city":"c"},"keys":[{"value":"k"}],"urn:x:More":{"open":"o"}}`},
		{"parts of an object and of values", `{"place":{"room":"x"},"keys":[{"value":"k"},{"pin":"x"}]}`, "", "",
			`{"title":"t","place":{"city":"c","room":"r"},"keys":[{"value":"k","pin":"1"}],"urn:x:More":{"open":"o"}}`},
		{"a whole object", `{"box":{"a":"x"}}`, "", "", `{"title":"t","place":{"city":"c"},"keys":[{"value":"k"}],"box":{"a":"1","b":"2"},"urn:x:More":{"open":"o"}}`},
		{"an extension", `{"urn:x:More":{"hint":"x","none":1}}`, "", "", `{"title":"t","place":{"city":"c"},"keys":[{"value":"k"}],"urn:x:More":{"open":"o","hint":"h"}}`},
		{"paths as names", `{"urn:x:More:hint":"x","place.room":"x","box.a":"x"}`, "", "",
			`{"title":"t","place":{"city":"c","room":"r"},"keys":[{"value":"k"}],"box":{"a":"1","b":"2"},"urn:x:More":{"open":"o","hint":"h"}}`},
		{"a path", `{"pin":"x"}`, "keys", "", `{"title":"t","place":{"city":"c"},"keys":[{"value":"k","pin":"1"}],"urn:x:More":{"open":"o"}}`},
		{"beside what is left out", `{"note":"x","place":{"room":"x"}}`, "", "title,place,keys", `{"note":"n","urn:x:More":{"open":"o"}}`},
		{"but not when left out itself", `{"note":"x"}`, "", "note,title,keys", `{"place":{"city":"c"},"urn:x:More":{"open":"o"}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			typ := secretive(t)
			p, err := typ.ParseProjection(nil, []string{tt.excluded})
			if err != nil {
				t.Fatal(err)
			}
			if body := decode(t, tt.body); tt.path == "" {
				p = p.Echo(typ, body)
			} else {
				p = p.EchoPath(typ, tt.path, body)
			}
			want := decode(t, tt.want)
			want["schemas"], want["id"] = []any{"urn:x:Thing"}, "1"
			if diff := cmp.Diff(want, typ.Project(decode(t, secretiveThing), p)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestProjection_EchoLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	typ := secretive(t)
	named, err := typ.ParseProjection([]string{"title"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	body := decode(t, secretiveThing)
	if got := typ.Project(decode(t, secretiveThing), named.Echo(typ, body).EchoPath(typ, "note", "x")); len(got) != 3 {
		t.Errorf("a projection by name returned %v", got)
	}
	var none schema.Projection
	first := none.EchoPath(typ, "note", "x")
	if second := first.EchoPath(typ, "box", "x"); second.IsDefault() || first.IsDefault() || !none.IsDefault() {
		t.Error("the default set is told wrongly")
	}
	if got := typ.Project(decode(t, secretiveThing), first); got["box"] != nil || got["note"] == nil {
		t.Errorf("a later call changed an earlier projection: %v", got)
	}
	user := schema.Core().TypeByName("User")
	if !none.Echo(user, scim.Object{"userName": "ada", "password": "x"}).IsDefault() {
		t.Error("a type without such attributes has no default set any more")
	}
}

func TestResourceType_HidesSent(t *testing.T) {
	t.Parallel()
	core := schema.Core()
	for _, tt := range []struct {
		typ  *schema.ResourceType
		want bool
	}{
		{core.TypeByName("User"), false},  // the password is discarded
		{core.TypeByName("Group"), false}, // nobody sets the display of a member
		{secretive(t), true},
	} {
		if got := tt.typ.HidesSent(); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.typ.Name, got, tt.want)
		}
	}
}
