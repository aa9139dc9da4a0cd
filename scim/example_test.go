package scim_test

import (
	"fmt"

	"github.com/rosterhq/roster/scim"
)

func Example() {
	obj, err := scim.DecodeObject([]byte(`{ "userName": "ada", "x": [1.50, null] }`), scim.Limits{})
	fmt.Println(string(scim.AppendJSON(nil, obj)), err)

	_, err = scim.DecodeObject([]byte("{\n  \"userName\": \"ada\",\n  \"USERNAME\": \"eve\"\n}"), scim.Limits{})
	fmt.Println(scim.AsError(err).Detail)
	// Output:
	// {"userName":"ada","x":[1.50,null]} <nil>
	// The body is not acceptable JSON at line 3, column 3: the names "userName" and "USERNAME" in one object mean the same attribute. Correct it and send the request again.
}
