package patch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
)

// verbose is the largest request that Microsoft's validator sends: 36 operations on a user that has
// only a userName.
func verbose() string {
	var list []string
	add := func(path, value string) {
		list = append(list, fmt.Sprintf(`{"op":"Add","path":%s,"value":%q}`, scim.AppendString(nil, path), value))
	}
	for _, name := range []string{"displayName", "title", "preferredLanguage", "name.givenName", "name.familyName", "name.formatted",
		"name.middleName", "name.honorificPrefix", "name.honorificSuffix", "nickName", "userType", "locale", "timezone", "profileUrl", "externalId"} {
		add(name, "value of "+name)
	}
	for _, kind := range []string{"work", "home", "other"} {
		add(`emails[type eq "`+kind+`"].value`, kind+"@example.com")
	}
	for _, kind := range []string{"work", "mobile", "fax"} {
		add(`phoneNumbers[type eq "`+kind+`"].value`, "+1 555 0100")
	}
	for _, sub := range []string{"formatted", "streetAddress", "locality", "region", "postalCode", "country"} {
		add(`addresses[type eq "work"].`+sub, "value of "+sub)
	}
	for _, sub := range []string{"display", "value", "type"} {
		add(`roles[primary eq "True"].`+sub, "value of "+sub)
	}
	for _, name := range []string{"employeeNumber", "costCenter", "organization", "division", "department", "manager"} {
		add(enterprise+":"+name, "value of "+name)
	}
	return `{` + patchOp + `"Operations":[` + strings.Join(list, ",") + `]}`
}

func BenchmarkPatch_Verbose(b *testing.B) {
	user := schema.Core().TypeByName("User")
	before := scim.Object{"schemas": []any{scim.UserSchema}, "id": "1", "userName": "ada"}
	request := decode(b, []byte(verbose()))
	if n := len(request["Operations"].([]any)); n != 36 {
		b.Fatalf("%d operations", n)
	}
	b.ReportAllocs()
	for b.Loop() {
		if got, err := run(user, before, request, schema.Options{}); err != nil || !got.changed {
			b.Fatal(err, got.changed)
		}
	}
}

// BenchmarkApply_Members adds members one by one to groups of two sizes; the time for each operation
// must not depend on the size.
func BenchmarkApply_Members(b *testing.B) {
	for _, n := range []int{1000, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			group := schema.Core().TypeByName("Group")
			before, steps := memberAdds(b, group, n)
			b.ReportAllocs()
			for b.Loop() {
				if _, changed, _, err := patch.Apply(group, before, steps); err != nil || !changed {
					b.Fatal(err, changed)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/member")
		})
	}
}

// memberAdds returns a group of n members and n operations, each of which adds another one.
func memberAdds(t testing.TB, group *schema.ResourceType, n int) (scim.Object, []patch.Step) {
	t.Helper()
	members := make([]any, n)
	operations := make([]any, n)
	for i := range n {
		members[i] = scim.Object{"value": fmt.Sprintf("018f-%06d", i), "type": "User"}
		operations[i] = scim.Object{"op": "add", "path": "members", "value": []any{scim.Object{"value": fmt.Sprintf("019f-%06d", i)}}}
	}
	ops, _, err := patch.Parse(scim.Object{"Operations": operations}, patch.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	steps, _, err := patch.Compile(group, ops, schema.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return scim.Object{"schemas": []any{scim.GroupSchema}, "displayName": "G", "members": members}, steps
}
