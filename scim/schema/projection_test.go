package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

const projected = `{"schemas":["<user>","<ent>","<hr>","urn:x:y"],"id":"1","userName":"ada","name":{"givenName":"A","familyName":"L"},
"emails":[{"value":"x","type":"work","primary":true},{"type":"home"}],"groups":[{"value":"g"}],
"<ent>":{"department":"D","manager":{"value":"m","displayName":"M"},"floor":3},"<hr>":{"age":3,"salary":10,"pin":"1234","tags":["t"]},
"urn:x:y":{"a":1},"meta":{"resourceType":"User","version":"W/\"1\""}}`

func TestResourceType_Project(t *testing.T) {
	t.Parallel()
	user := hrRegistry(t).TypeByName("User")
	tests := []struct {
		name                 string
		attributes, excluded []string
		want                 string
	}{
		{"default", nil, nil, `{"schemas":["<user>","<ent>","<hr>","urn:x:y"],"id":"1","userName":"ada","name":{"givenName":"A","familyName":"L"},
			"emails":[{"value":"x","type":"work","primary":true},{"type":"home"}],"groups":[{"value":"g"}],
			"<ent>":{"department":"D","manager":{"value":"m","displayName":"M"},"floor":3},"<hr>":{"age":3,"tags":["t"]},
			"urn:x:y":{"a":1},"meta":{"resourceType":"User","version":"W/\"1\""}}`},
		{"one", []string{"userName"}, nil, `{"userName":"ada"}`},
		{"in any case, comma-separated", []string{" USERNAME , Name.GivenName,", "meta.version"}, nil,
			`{"userName":"ada","name":{"givenName":"A"},"meta":{"version":"W/\"1\""}}`},
		{"part of values", []string{"emails.value"}, nil, `{"emails":[{"value":"x"}]}`},
		{"two parts of values", []string{"emails.value", "emails.type"}, nil, `{"emails":[{"value":"x","type":"work"},{"type":"home"}]}`},
		{"part no value has", []string{"emails.display"}, nil, `{}`},
		{"unknown only", []string{"shoeSize", "urn:y:z", "name.x"}, nil, `{}`},
		{"by URN", []string{"<user>:userName", "<ent>:department"}, nil, `{"userName":"ada","<ent>":{"department":"D"}}`},
		{"extension without URN", []string{"manager.value"}, nil, `{"<ent>":{"manager":{"value":"m"}}}`},
		{"whole extension", []string{"<ent>"}, nil, `{"<ent>":{"department":"D","manager":{"value":"m","displayName":"M"},"floor":3}}`},
		{"unmapped attribute", []string{"<ent>:floor"}, nil, `{"<ent>":{"floor":3}}`},
		{"unmapped extension", []string{"URN:X:Y"}, nil, `{"urn:x:y":{"a":1}}`},
		{"whole core schema", []string{"<user>"}, nil, `{"userName":"ada","name":{"givenName":"A","familyName":"L"},
			"emails":[{"value":"x","type":"work","primary":true},{"type":"home"}],"groups":[{"value":"g"}],"meta":{"resourceType":"User","version":"W/\"1\""}}`},
		{"returned on request", []string{"<hr>:salary"}, nil, `{"<hr>":{"salary":10}}`},
		{"returned never", []string{"<hr>:pin", "password"}, nil, `{}`},
		{"without", nil, []string{"emails", "NAME", "meta", "<ent>", "groups", "urn:x:y", "<hr>:tags"}, `{"userName":"ada","<hr>":{"age":3}}`},
		{"without parts", nil, []string{"emails.value", "name.familyName", "<ent>:floor", "<ent>:manager.displayName", "<hr>", "meta,groups", "urn:x:y"},
			`{"userName":"ada","name":{"givenName":"A"},"emails":[{"type":"work","primary":true},{"type":"home"}],"<ent>":{"department":"D","manager":{"value":"m"}}}`},
		{"without what is always returned", nil, []string{"id", "schemas", "<user>", "<ent>", "<hr>", "urn:x:y"}, `{}`},
		{"without nothing known", nil, []string{"shoeSize"}, `{"userName":"ada","name":{"givenName":"A","familyName":"L"},
			"emails":[{"value":"x","type":"work","primary":true},{"type":"home"}],"groups":[{"value":"g"}],
			"<ent>":{"department":"D","manager":{"value":"m","displayName":"M"},"floor":3},"<hr>":{"age":3,"tags":["t"]},
			"urn:x:y":{"a":1},"meta":{"resourceType":"User","version":"W/\"1\""}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			obj := decode(t, expand(projected))
			before := scim.Clone(obj)
			expandAll := func(names []string) []string {
				var out []string
				for _, n := range names {
					out = append(out, expand(n))
				}
				return out
			}
			p, err := user.ParseProjection(expandAll(tt.attributes), expandAll(tt.excluded))
			if err != nil {
				t.Fatal(err)
			}
			got := user.Project(obj, p)
			want := decode(t, expand(tt.want))
			want["schemas"], want["id"] = obj["schemas"], "1"
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if !cmp.Equal(before, obj) {
				t.Error("the resource was modified")
			}
			if p.IsDefault() != (tt.attributes == nil && tt.excluded == nil) {
				t.Errorf("IsDefault is %v", p.IsDefault())
			}
		})
	}
}

func TestResourceType_ProjectDefaultSharesWhenNothingIsHidden(t *testing.T) {
	t.Parallel()
	user := schema.Core().TypeByName("User")
	obj := scim.Object{"userName": "ada"}
	got := user.Project(obj, schema.Projection{})
	got["mark"] = true
	if obj["mark"] != true {
		t.Error("the object was copied without need")
	}
	// A password never leaves, however it got in.
	if got := user.Project(scim.Object{"userName": "ada", "password": "x"}, schema.Projection{}); got["password"] != nil {
		t.Error("a password was returned")
	}
}

func TestParseProjection_Edges(t *testing.T) {
	t.Parallel()
	user := schema.Core().TypeByName("User")
	if _, err := user.ParseProjection([]string{"userName"}, []string{"emails"}); scim.AsError(err).Type != scim.InvalidValue {
		t.Errorf("both lists: %v", err)
	}
	for _, empty := range [][]string{nil, {""}, {" , ", ""}} {
		p, err := user.ParseProjection(empty, empty)
		if err != nil || !p.IsDefault() {
			t.Errorf("%q is not the default: %v", empty, err)
		}
	}
}

func TestProjection_Includes(t *testing.T) {
	t.Parallel()
	r := schema.Core()
	group := r.TypeByName("Group")
	tests := []struct {
		attributes, excluded []string
		path                 string
		want                 bool
	}{
		{nil, nil, "members", true},
		{nil, []string{"members"}, "members", false},
		{nil, []string{"members"}, "members.value", false},
		{nil, []string{"MEMBERS"}, "members", false},
		{nil, []string{"members.display"}, "members", true},
		{nil, []string{"members.display"}, "members.display", false},
		{nil, []string{"members"}, "displayName", true},
		{[]string{"displayName"}, nil, "members", false},
		{[]string{"members.value"}, nil, "members", true},
		{[]string{"members.value"}, nil, "members.value", true},
		{[]string{"members.value"}, nil, "members.display", false},
		{[]string{scim.GroupSchema + ":members"}, nil, "members", true},
		{[]string{"displayName"}, nil, "id", true},
		{nil, []string{"id"}, "id", true},
	}
	for _, tt := range tests {
		p, err := group.ParseProjection(tt.attributes, tt.excluded)
		if err != nil {
			t.Fatal(err)
		}
		// The definition may come from another copy of the schema.
		ref, ok := schema.Core().TypeByName("Group").ResolvePath(tt.path)
		if !ok {
			t.Fatal(tt.path)
		}
		if got := p.Includes(ref); got != tt.want {
			t.Errorf("attributes=%v excludedAttributes=%v include %s: %v", tt.attributes, tt.excluded, tt.path, got)
		}
	}
	password, _ := r.TypeByName("User").Resolve("", "password", "")
	if (schema.Projection{}).Includes(password) {
		t.Error("password is included")
	}
}

func TestResourceType_AppendJSON_Order(t *testing.T) {
	t.Parallel()
	user := hrRegistry(t).TypeByName("User")
	obj := decode(t, expand(`{"meta":{"version":"1","x":1,"resourceType":"User"},"urn:b":{"z":1,"a":2},"urn:a":"v","<hr>":{"tags":["t"],"age":1},
		"<ent>":{"zz":1,"manager":{"displayName":"M","value":"m"},"employeeNumber":"7"},"emails":[{"primary":true,"other":1,"value":"x"}],"externalId":"e","userName":"ada","id":"1","schemas":["<user>"]}`))
	want := expand(`{"schemas":["<user>"],"id":"1","externalId":"e","userName":"ada","emails":[{"value":"x","primary":true,"other":1}],` +
		`"<ent>":{"employeeNumber":"7","manager":{"value":"m","displayName":"M"},"zz":1},"<hr>":{"age":1,"tags":["t"]},"urn:a":"v","urn:b":{"a":2,"z":1},` +
		`"meta":{"resourceType":"User","version":"1","x":1}}`)
	if got := string(user.AppendJSON([]byte("."), obj)); got != "."+want {
		t.Errorf("got  %s\nwant .%s", got, want)
	}
	if got := string(user.AppendJSON(nil, scim.Object{})); got != "{}" {
		t.Errorf("nothing is %s", got)
	}
	// Values of other shapes than the schema's are encoded all the same.
	odd := scim.Object{"userName": nil, "name": "x", "emails": scim.Object{"value": int64(1)}, scim.EnterpriseUserSchema: "x", "meta": nil}
	if got, want := string(user.AppendJSON(nil, odd)), expand(`{"userName":null,"name":"x","emails":{"value":1},"<ent>":"x","meta":null}`); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
