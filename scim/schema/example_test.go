package schema_test

import (
	"fmt"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

func Example() {
	user := schema.Core().TypeByName("User")
	sent := scim.Object{"USERNAME": "Ada", "active": "True", "emails": scim.Object{"value": "ada@example.com"}, "title": nil}

	obj, notes, err := user.Canonicalize(sent, schema.ForCreate, schema.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(user.AppendJSON(nil, obj)))
	for _, n := range notes {
		fmt.Println(n.Code, n.Path)
	}
	// Output:
	// {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"Ada","active":true,"emails":[{"value":"ada@example.com"}]}
	// T2 active
	// single-value emails
	// T9 schemas
}

func ExampleResourceType_Project() {
	user := schema.Core().TypeByName("User")
	obj := scim.Object{"id": "1", "userName": "ada", "name": scim.Object{"givenName": "Ada", "familyName": "Lovelace"}}

	p, err := user.ParseProjection([]string{"name.givenName"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(user.AppendJSON(nil, user.Project(obj, p))))
	// Output: {"id":"1","name":{"givenName":"Ada"}}
}
