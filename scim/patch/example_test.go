package patch_test

import (
	"fmt"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
)

func Example() {
	user := schema.Core().TypeByName("User")
	resource, _ := scim.DecodeObject([]byte(`{
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
		"id": "2819c223", "userName": "ada", "active": true
	}`), scim.Limits{})
	// What Entra sends when somebody leaves and the work address changes.
	request, _ := scim.DecodeObject([]byte(`{
		"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
		"Operations": [
			{"op": "Replace", "path": "active", "value": "False"},
			{"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "ada@example.com"}
		]
	}`), scim.Limits{})

	ops, notes, err := patch.Parse(request, patch.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	steps, more, err := patch.Compile(user, ops, schema.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	notes = append(notes, more...)
	after, changed, more, err := patch.Apply(user, resource, steps)
	if err != nil {
		fmt.Println(err)
		return
	}
	notes = append(notes, more...)

	fmt.Println(changed, after["active"])
	fmt.Printf("%s\n", scim.AppendJSON(nil, after["emails"]))
	for _, n := range notes {
		fmt.Println(n.Code, n.Path)
	}
	// Output:
	// true false
	// [{"type":"work","value":"ada@example.com"}]
	// T1 Operations.op
	// T2 active
	// T4 emails.value
}

func ExampleStep_EqValues() {
	group := schema.Core().TypeByName("Group")
	request, _ := scim.DecodeObject([]byte(`{
		"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
		"Operations": [
			{"op": "remove", "path": "members[value eq \"2819c223\"]"},
			{"op": "add", "path": "members", "value": [{"value": "902c246b"}]},
			{"op": "replace", "path": "displayName", "value": "Tour Guides"}
		]
	}`), scim.Limits{})
	ops, _, _ := patch.Parse(request, patch.Limits{})
	steps, _, _ := patch.Compile(group, ops, schema.Options{})
	for _, s := range steps {
		if s.Targets("members") {
			ids, _ := s.EqValues()
			fmt.Println(s.Op, ids)
		}
	}
	// Output:
	// remove [2819c223]
	// add [902c246b]
}
