package schema_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// deliberate lists where the core schemas differ from the print of RFC 7643 §8.7, besides references,
// all of which are case-exact (§2.3.7, erratum 6001).
var deliberate = []string{
	"User.password: missing",
	"User.ims.type.canonicalValues: other added as in §4.1.2",
	"User.addresses.primary: added",
	"User.groups.$ref.referenceTypes: Group only",
	"User.x509Certificates.value.caseExact: true (§2.3.6, erratum 6000)",
	"Group.members.display: added",
	"Service Provider Configuration.etag: added",
	"Service Provider Configuration.pagination: added",
	"Service Provider Configuration.securityEvents: added",
	"Service Provider Configuration.authenticationSchemes.type: added",
	"Service Provider Configuration.authenticationSchemes.primary: added",
	"ResourceType.schemaExtensions.multiValued: true (§6)",
	"ResourceType.schemaExtensions.required: false (§6)",
}

// Pins R-DISC-20, R-SCHEMA-09.
func TestCore_EqualsPrintedSchemasButForDeliberateDifferences(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/rfc7643-schemas.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := scim.DecodeObject(text, scim.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	core := schema.Core()
	var differences []string
	for _, v := range doc["schemas"].([]any) {
		printed := v.(scim.Object)
		s := core.Schema(printed["id"].(string))
		if s == nil {
			t.Errorf("%v is missing", printed["id"])
			continue
		}
		if s.Name != printed["name"] {
			t.Errorf("%s is named %q", s.ID, s.Name)
		}
		ours := s.Document()["attributes"].([]any)
		differences = append(differences, compareAttributes(s.Name, printed["attributes"].([]any), ours)...)
	}
	want := make([]string, 0, len(deliberate))
	for _, d := range deliberate {
		path, _, _ := strings.Cut(d, ":")
		want = append(want, path)
	}
	slices.Sort(want)
	slices.Sort(differences)
	if diff := cmp.Diff(want, differences); diff != "" {
		t.Error(diff)
	}
}

// compareAttributes returns the paths at which two lists of attribute documents differ. What the
// print leaves out has the default of §2.2.
func compareAttributes(path string, printed, ours []any) []string {
	var paths []string
	byName := func(list []any, name any) scim.Object {
		for _, v := range list {
			if v.(scim.Object)["name"] == name {
				return v.(scim.Object)
			}
		}
		return nil
	}
	for _, v := range ours {
		if a := v.(scim.Object); byName(printed, a["name"]) == nil {
			paths = append(paths, fmt.Sprintf("%s.%s", path, a["name"]))
		}
	}
	for _, v := range printed {
		want := v.(scim.Object)
		at := fmt.Sprintf("%s.%s", path, want["name"])
		got := byName(ours, want["name"])
		if got == nil {
			paths = append(paths, at)
			continue
		}
		if got["description"] == "" {
			paths = append(paths, at+".description")
		}
		defaults := scim.Object{"required": false, "caseExact": false, "uniqueness": "none", "canonicalValues": nil, "referenceTypes": nil}
		for _, key := range []string{"type", "multiValued", "required", "caseExact", "mutability", "returned", "uniqueness", "canonicalValues", "referenceTypes"} {
			expected, stated := want[key]
			if list, ok := expected.([]any); !stated || ok && len(list) == 0 {
				expected = defaults[key]
			}
			if key == "caseExact" && want["type"] == "reference" {
				expected = true
			}
			if !cmp.Equal(expected, got[key]) {
				paths = append(paths, at+"."+key)
			}
		}
		subs, _ := want["subAttributes"].([]any)
		ourSubs, _ := got["subAttributes"].([]any)
		paths = append(paths, compareAttributes(at, subs, ourSubs)...)
	}
	return paths
}

func TestCore_IsFreshEachTime(t *testing.T) {
	t.Parallel()
	a, b := schema.Core(), schema.Core()
	a.TypeByName("User").Schema.Attributes[0].Name = "changed"
	if b.TypeByName("User").Schema.Attributes[0].Name != "userName" {
		t.Error("two registries share definitions")
	}
}

func TestCore_PassesOwnValidation(t *testing.T) {
	t.Parallel()
	r, err := schema.NewRegistry(schema.Core().Types())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, s := range r.Schemas() {
		ids = append(ids, s.ID)
	}
	want := []string{scim.UserSchema, scim.GroupSchema, scim.EnterpriseUserSchema, scim.ServiceProviderConfigSchema, scim.ResourceTypeSchema, scim.SchemaSchema}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
}

// Pins R-CORE-05.
func TestUserSchema_KnowsPasswordWithoutPublishingIt(t *testing.T) {
	t.Parallel()
	ref, ok := schema.Core().TypeByName("User").Resolve("", "password", "")
	if !ok || ref.Attr.Returned != schema.ReturnedNever || !ref.Attr.Discarded {
		t.Errorf("got %+v", ref.Attr)
	}
	for _, v := range schema.UserSchema().Document()["attributes"].([]any) {
		if v.(scim.Object)["name"] == "password" {
			t.Error("password is published")
		}
	}
}
