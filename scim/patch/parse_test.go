package patch_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
)

const patchOp = `"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],`

// codes returns the codes of notes with their paths.
func codes(notes []schema.Note) []string {
	list := []string{}
	for _, n := range notes {
		list = append(list, n.Code+" "+n.Path)
	}
	return list
}

// checkError wants an error that starts with want: "400 noTarget: Operations[0]: …".
func checkError(t *testing.T, err error, want string) {
	t.Helper()
	var e *scim.Error
	if !errors.As(err, &e) {
		t.Fatalf("error = %v\n want %s", err, want)
	}
	if !strings.HasPrefix(e.Error(), want) {
		t.Errorf("error = %s\n want %s", e, want)
	}
	if e.Status == 400 && (e.Type == "" || !strings.HasSuffix(e.Detail, ".")) {
		t.Errorf("error lacks a scimType or a full stop: %s", e)
	}
}

// Pins R-PATCH-02, R-PATCH-03, R-PATCH-04.
func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		notes      []string
		err        string
	}{
		{name: "as in the RFC", body: `{` + patchOp + `"Operations":[{"op":"add","path":"title","value":"x"}]}`},
		{name: "no schemas", body: `{"Operations":[{"op":"add","path":"title","value":"x"}]}`, notes: []string{"T9 schemas"}},
		{name: "schemas empty", body: `{"schemas":[],"Operations":[{"op":"remove","path":"title"}]}`, notes: []string{"T9 schemas"}},
		{name: "schemas null", body: `{"schemas":null,"Operations":[{"op":"remove","path":"title"}]}`, notes: []string{"T9 schemas"}},
		{name: "schemas a string", body: `{"schemas":"urn:ietf:params:scim:api:messages:2.0:PatchOp","Operations":[{"op":"remove","path":"title"}]}`},
		{name: "schemas in another case", body: `{"schemas":["URN:ietf:params:scim:api:messages:2.0:patchop"],"Operations":[{"op":"remove","path":"title"}]}`},
		{name: "another message", body: `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"op":"remove","path":"title"}]}`,
			err: `400 invalidSyntax: "schemas" of a PATCH request must contain "urn:ietf:params:scim:api:messages:2.0:PatchOp".`},
		{name: "schemas of numbers", body: `{"schemas":[1],"Operations":[{"op":"remove","path":"title"}]}`, err: `400 invalidSyntax: "schemas"`},
		{name: "schemas an object", body: `{"schemas":{},"Operations":[{"op":"remove","path":"title"}]}`, err: `400 invalidSyntax: "schemas"`},

		{name: "letter case", body: `{"Schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"operations":[{"Op":"Replace","PATH":"title","Value":"x"},{"op":"ADD","path":"title","value":"x"}]}`,
			notes: []string{"T1 schemas", "T1 Operations", "T1 Operations.op", "T1 Operations.path", "T1 Operations.value"}},
		{name: "extra members", body: `{` + patchOp + `"id":"1","Operations":[{"name":"addMember","op":"remove","path":"title"}]}`, notes: []string{"T14 id", "T14 Operations.name"}},
		{name: "path null", body: `{` + patchOp + `"Operations":[{"op":"add","path":null,"value":{}}]}`, notes: []string{"T6 Operations.path"}},
		{name: "remove with value null", body: `{` + patchOp + `"Operations":[{"op":"remove","path":"members","value":null}]}`, notes: []string{"T6 Operations.value"}},

		{name: "no operations", body: `{` + patchOp + `"x":1}`, err: "400 invalidSyntax: A PATCH request needs \"Operations\""},
		{name: "operations empty", body: `{` + patchOp + `"Operations":[]}`, err: "400 invalidSyntax: A PATCH request needs"},
		{name: "operations an object", body: `{` + patchOp + `"Operations":{}}`, err: "400 invalidSyntax: A PATCH request needs"},
		{name: "operation null", body: `{` + patchOp + `"Operations":[{"op":"remove","path":"title"},null]}`, err: "400 invalidSyntax: Operations[1]: An operation is an object"},
		{name: "op missing", body: `{` + patchOp + `"Operations":[{"path":"title"}]}`, err: "400 invalidSyntax: Operations[0]: An operation needs \"op\""},
		{name: "op unknown", body: `{` + patchOp + `"Operations":[{"op":"move","path":"title"}]}`, err: "400 invalidSyntax: Operations[0]: PATCH has no operation \"move\"."},
		{name: "path a number", body: `{` + patchOp + `"Operations":[{"op":"remove","path":1}]}`, err: "400 invalidPath: Operations[0]: \"path\" must be a string"},
		{name: "path empty", body: `{` + patchOp + `"Operations":[{"op":"add","path":"","value":1}]}`, err: "400 invalidPath: Operations[0]:"},
		{name: "path empty in remove", body: `{` + patchOp + `"Operations":[{"op":"remove","path":""}]}`, err: "400 noTarget: Operations[0]:"},
		{name: "path broken", body: `{` + patchOp + `"Operations":[{"op":"remove","path":"name."}]}`, err: "400 invalidPath: Operations[0]:"},
		{name: "filter broken", body: `{` + patchOp + `"Operations":[{"op":"remove","path":"emails[type eq]"}]}`, err: "400 invalidPath: Operations[0]:"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ops, notes, err := patch.Parse(decode(t, []byte(test.body)), patch.Limits{})
			if test.err != "" {
				checkError(t, err, test.err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(ops) == 0 {
				t.Error("no operations")
			}
			if diff := cmp.Diff(append([]string{}, test.notes...), codes(notes)); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParse_KeepsValuesAndOrder(t *testing.T) {
	t.Parallel()
	body := decode(t, []byte(`{`+patchOp+`"Operations":[{"op":"Add","value":{"title":null}},{"op":"remove","path":"name.givenName","value":null},{"op":"replace","path":"title","value":null}]}`))
	ops, _, err := patch.Parse(body, patch.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, o := range ops {
		path := "-"
		if o.Path != nil {
			path = o.Path.String()
		}
		got += fmt.Sprintf("%d %s %s %s %v\n", o.Index, o.Op, path, scim.AppendJSON(nil, o.Value), o.HasValue)
	}
	want := "0 add - {\"title\":null} true\n1 remove name.givenName null false\n2 replace title null true\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
}

func TestParse_RefusesMembersTwice(t *testing.T) {
	t.Parallel()
	list := []any{scim.Object{"op": "remove", "path": "title"}}
	_, _, err := patch.Parse(scim.Object{"Operations": list, "operations": list}, patch.Limits{})
	checkError(t, err, `400 invalidSyntax: "Operations" is given twice`)
	_, _, err = patch.Parse(scim.Object{"Operations": []any{scim.Object{"op": "remove", "OP": "add"}}}, patch.Limits{})
	checkError(t, err, `400 invalidSyntax: Operations[0]: "op" is given twice`)
}

func TestParse_LimitsOperations(t *testing.T) {
	t.Parallel()
	request := func(n int) scim.Object {
		list := make([]any, n)
		for i := range list {
			list[i] = scim.Object{"op": "Remove", "path": "title"}
		}
		return scim.Object{"Operations": list}
	}
	if _, notes, err := patch.Parse(request(5000), patch.Limits{}); err != nil || len(notes) != 2 {
		t.Errorf("5000 operations: %v, %d notes", err, len(notes))
	}
	_, _, err := patch.Parse(request(5001), patch.Limits{})
	checkError(t, err, "413: The request has 5001 operations, but 5000 is the limit.")
	_, _, err = patch.Parse(request(3), patch.Limits{Operations: 2})
	checkError(t, err, "413: The request has 3 operations, but 2 is the limit.")
}
