package schema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// hrURN is an extension with every data type, made up for tests.
const hrURN = "urn:example:params:scim:schemas:extension:hr:2.0:User"

func hrSchema() *schema.Schema {
	return &schema.Schema{ID: hrURN, Name: "HR", Attributes: []*schema.Attribute{
		{Name: "age", Type: schema.Integer},
		{Name: "score", Type: schema.Decimal},
		{Name: "remote", Type: schema.Boolean},
		{Name: "hired", Type: schema.DateTime},
		{Name: "badge", Type: schema.Binary, CaseExact: true},
		{Name: "homepage", Type: schema.Reference, CaseExact: true},
		{Name: "codeName", Type: schema.String, CaseExact: true},
		{Name: "tags", Type: schema.String, MultiValued: true},
		{Name: "ratings", Type: schema.Integer, MultiValued: true},
		{Name: "rooms", Type: schema.Complex, MultiValued: true, SubAttributes: []*schema.Attribute{
			{Name: "name", Type: schema.String}, {Name: "number", Type: schema.Integer, Required: true}, {Name: "booked", Type: schema.Boolean},
		}},
		{Name: "badgeNo", Type: schema.String, Mutability: schema.Immutable},
		{Name: "origin", Type: schema.String, Mutability: schema.ReadOnly},
		{Name: "locker", Type: schema.Complex, SubAttributes: []*schema.Attribute{
			{Name: "code", Type: schema.String, Mutability: schema.Immutable}, {Name: "color", Type: schema.String},
		}},
		{Name: "salary", Type: schema.Decimal, Returned: schema.ReturnedRequest},
		{Name: "pin", Type: schema.String, Mutability: schema.WriteOnly, Returned: schema.ReturnedNever},
	}}
}

func hrRegistry(t testing.TB) *schema.Registry {
	t.Helper()
	types := schema.Core().Types()
	types[0].Extensions = append(types[0].Extensions, schema.Extension{Schema: hrSchema()})
	r, err := schema.NewRegistry(types)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Pins R-SCHEMA-03, R-SCHEMA-11, R-SCHEMA-25, R-DISC-12.
func TestNewRegistry_RefusesBadDefinitions(t *testing.T) {
	t.Parallel()
	attr := func(a schema.Attribute) *schema.Schema {
		return &schema.Schema{ID: "urn:x:thing", Name: "Thing", Attributes: []*schema.Attribute{&a}}
	}
	thing := func(s *schema.Schema) *schema.ResourceType {
		return &schema.ResourceType{Name: "Thing", Endpoint: "/Things", Schema: s}
	}
	ok := schema.Attribute{Name: "a", Type: schema.String}
	tests := []struct {
		name  string
		types []*schema.ResourceType
		want  string
	}{
		{"no schema", []*schema.ResourceType{{Name: "X", Endpoint: "/X"}}, "lacks its schema"},
		{"type name", []*schema.ResourceType{{Name: "a b", Endpoint: "/X", Schema: attr(ok)}}, `"a b"`},
		{"endpoint without slash", []*schema.ResourceType{{Name: "X", Endpoint: "X", Schema: attr(ok)}}, `endpoint "X"`},
		{"endpoint of two segments", []*schema.ResourceType{{Name: "X", Endpoint: "/X/Y", Schema: attr(ok)}}, `endpoint "/X/Y"`},
		{"endpoint of the protocol", []*schema.ResourceType{{Name: "X", Endpoint: "/Bulk", Schema: attr(ok)}}, `"/Bulk" of X is one that every`},
		{"endpoint of discovery in another case", []*schema.ResourceType{{Name: "X", Endpoint: "/schemas", Schema: attr(ok)}}, `"/schemas"`},
		{"type twice", []*schema.ResourceType{thing(attr(ok)), thing(attr(ok))}, "defined twice"},
		{"shared endpoint", []*schema.ResourceType{thing(attr(ok)), {Name: "Other", Endpoint: "/things", Schema: attr(ok)}}, "share the endpoint"},
		{"two schemas of one URN", []*schema.ResourceType{thing(attr(ok)), {Name: "Other", Endpoint: "/O", Schema: attr(ok)}}, "defined twice"},
		{"URN", []*schema.ResourceType{thing(&schema.Schema{ID: "no colon"})}, "not a URI"},
		{"attribute name", []*schema.ResourceType{thing(attr(schema.Attribute{Name: "1a", Type: schema.String}))}, `"1a"`},
		{"common attribute", []*schema.ResourceType{thing(attr(schema.Attribute{Name: "ID", Type: schema.String}))}, `common attribute "id"`},
		{"type", []*schema.ResourceType{thing(attr(schema.Attribute{Name: "a", Type: "text"}))}, `"text"`},
		{"mutability", []*schema.ResourceType{thing(attr(schema.Attribute{Name: "a", Type: schema.String, Mutability: "never"}))}, `"never"`},
		{"returned", []*schema.ResourceType{thing(attr(schema.Attribute{Name: "a", Type: schema.String, Returned: "x"}))}, `returned "x"`},
		{"uniqueness", []*schema.ResourceType{thing(attr(schema.Attribute{Name: "a", Type: schema.String, Uniqueness: "x"}))}, `uniqueness "x"`},
		{"complex without parts", []*schema.ResourceType{thing(attr(schema.Attribute{Name: "a", Type: schema.Complex}))}, "sub-attributes"},
		{"simple with parts", []*schema.ResourceType{thing(attr(schema.Attribute{Name: "a", Type: schema.String, SubAttributes: []*schema.Attribute{&ok}}))}, "sub-attributes"},
		{"complex in complex", []*schema.ResourceType{thing(attr(schema.Attribute{Name: "a", Type: schema.Complex, SubAttributes: []*schema.Attribute{
			{Name: "b", Type: schema.Complex, SubAttributes: []*schema.Attribute{&ok}}}}))}, "is complex"},
		{"name twice", []*schema.ResourceType{thing(&schema.Schema{ID: "urn:x", Attributes: []*schema.Attribute{&ok, {Name: "A", Type: schema.String}}})}, "defined twice"},
		{"extends itself", []*schema.ResourceType{{Name: "X", Endpoint: "/X", Schema: attr(ok), Extensions: []schema.Extension{{Schema: attr(ok)}}}}, "extends itself"},
		{"extension twice", []*schema.ResourceType{{Name: "X", Endpoint: "/X", Schema: attr(ok),
			Extensions: []schema.Extension{{Schema: hrSchema()}, {Schema: hrSchema()}}}}, "twice"},
		{"extension without schema", []*schema.ResourceType{{Name: "X", Endpoint: "/X", Schema: attr(ok), Extensions: []schema.Extension{{}}}}, "lacks its schema"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := schema.NewRegistry(tt.types)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestRegistry_Finds(t *testing.T) {
	t.Parallel()
	r := hrRegistry(t)
	if r.TypeByName("User") != r.TypeByEndpoint("/Users") || r.TypeByName("Group") != r.TypeByEndpoint("/Groups") || r.TypeByName("User") == nil {
		t.Error("types are not found by name and endpoint")
	}
	if r.TypeByName("user") != nil || r.TypeByEndpoint("/users") != nil {
		t.Error("names of types ignore case")
	}
	if s := r.Schema(strings.ToUpper(hrURN)); s == nil || s.ID != hrURN {
		t.Error("URNs do not ignore case")
	}
	if r.Schema("urn:x") != nil {
		t.Error("an unknown schema was found")
	}
}

func TestResourceType_ResolvePath(t *testing.T) {
	t.Parallel()
	user := hrRegistry(t).TypeByName("User")
	tests := []struct{ path, want string }{
		{"userName", "userName"},
		{"USERNAME", "userName"},
		{"uſerName", ""},
		{"name.givenname", "name.givenName"},
		{"meta.lastModified", "meta.lastModified"},
		{"externalid", "externalId"},
		{"schemas", "schemas"},
		{"groups.$REF", "groups.$ref"},
		{scim.UserSchema + ":emails.value", "emails.value"},
		{strings.ToUpper(scim.UserSchema) + ":Emails", "emails"},
		{scim.EnterpriseUserSchema + ":manager.value", scim.EnterpriseUserSchema + ":manager.value"},
		{scim.EnterpriseUserSchema + ".manager", scim.EnterpriseUserSchema + ":manager"},
		{hrURN + ":TAGS", hrURN + ":tags"},
		// Clients leave the URN of an extension out.
		{"manager", scim.EnterpriseUserSchema + ":manager"},
		{"manager.value", scim.EnterpriseUserSchema + ":manager.value"},
		{"locker.color", hrURN + ":locker.color"},
		// With the core URN they mean a core attribute.
		{scim.UserSchema + ":manager", ""},
		{scim.EnterpriseUserSchema + ":userName", ""},
		{"", ""}, {".", ""}, {"name.", ""}, {".givenName", ""}, {"name.givenName.x", ""}, {"userName.x", ""}, {"shoeSize", ""},
		{"urn:x:y:manager", ""}, {scim.UserSchema, ""}, {scim.UserSchema + ":", ""}, {scim.GroupSchema + ":displayName", ""},
	}
	for _, tt := range tests {
		ref, ok := user.ResolvePath(tt.path)
		got := ""
		if ok {
			got = ref.Path()
		}
		if got != tt.want {
			t.Errorf("%q resolves to %q, want %q", tt.path, got, tt.want)
		}
	}
}

func TestResourceType_ResolveOutsideRegistry(t *testing.T) {
	t.Parallel()
	bare := &schema.ResourceType{Name: "Thing", Endpoint: "/Things", Schema: schema.GroupSchema()}
	if ref, ok := bare.Resolve("", "id", ""); !ok || ref.Attr.Mutability != schema.ReadOnly {
		t.Error("a type outside a registry has no common attributes")
	}
}

func TestSchema_DocumentRoundTrip(t *testing.T) {
	t.Parallel()
	r := hrRegistry(t)
	for _, s := range r.Schemas() {
		doc := s.Document()
		parsed, err := schema.ParseSchema(doc)
		if err != nil {
			t.Fatalf("%s: %v", s.ID, err)
		}
		if diff := cmp.Diff(doc, parsed.Document()); diff != "" {
			t.Errorf("%s: %s", s.ID, diff)
		}
		// Documents are answers: they hold encodable types only.
		if _, err := scim.DecodeObject(scim.AppendJSON(nil, doc), scim.Limits{}); err != nil {
			t.Error(err)
		}
	}
	for _, rt := range r.Types() {
		parsed, err := schema.ParseResourceType(rt.Document(), r.Schema)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rt.Document(), parsed.Document()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestParseSchema_Refuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{`{}`, "not a URI"},
		{`{"id":1}`, `"id" must be a string, but the number 1`},
		{`{"id":"urn:x","attributes":{}}`, `"attributes" must be an array`},
		{`{"id":"urn:x","attributes":["a"]}`, "array of objects"},
		{`{"id":"urn:x","attributes":[{"name":"a","required":"yes"}]}`, `"required of a" must be true or false`},
		{`{"id":"urn:x","attributes":[{"name":"a","canonicalValues":[1]}]}`, `"canonicalValues of a"`},
		{`{"id":"urn:x","attributes":[{"name":"a","type":"complex","subAttributes":[{"name":"b","type":7}]}]}`, `"type of a.b"`},
		{`{"id":"urn:x","attributes":[{"name":"a","type":"number"}]}`, `type "number"`},
	}
	for _, tt := range tests {
		doc, err := scim.DecodeObject([]byte(tt.in), scim.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = schema.ParseSchema(doc)
		if err == nil || scim.AsError(err).Type != scim.InvalidValue || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.in, err, tt.want)
		}
	}
}

// Pins R-SCHEMA-04.
func TestParseSchema_Defaults(t *testing.T) {
	t.Parallel()
	s, err := schema.ParseSchema(scim.Object{"ID": "urn:x", "attributes": []any{scim.Object{"name": "a"}}})
	if err != nil {
		t.Fatal(err)
	}
	want := &schema.Schema{ID: "urn:x", Attributes: []*schema.Attribute{{Name: "a", Type: schema.String}}}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Error(diff)
	}
}

func TestParseResourceType_Refuses(t *testing.T) {
	t.Parallel()
	r := schema.Core()
	for in, want := range map[string]string{
		`{"name":"X","endpoint":"/X","schema":"urn:none"}`:                                                                                                             `"urn:none" does not exist`,
		`{"name":"X","endpoint":"X","schema":"urn:ietf:params:scim:schemas:core:2.0:User"}`:                                                                            "endpoint",
		`{"name":"X","endpoint":"/X","schema":"urn:ietf:params:scim:schemas:core:2.0:User","schemaExtensions":[{"schema":"urn:none"}]}`:                                `"urn:none"`,
		`{"name":"X","endpoint":"/X","schema":"urn:ietf:params:scim:schemas:core:2.0:User","schemaExtensions":[{"schema":"` + scim.GroupSchema + `","required":"x"}]}`: "true or false",
	} {
		doc, err := scim.DecodeObject([]byte(in), scim.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = schema.ParseResourceType(doc, r.Schema); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", in, err, want)
		}
	}
}
