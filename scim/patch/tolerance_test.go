package patch_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

const enterprise = scim.EnterpriseUserSchema

// patchTest applies operations to a fixture of the vectors.
type patchTest struct {
	name, before, operations string
	// want lists the attributes that differ afterwards, null for those that are gone; empty means
	// that nothing changes.
	want  string
	notes []string
	err   string
	opt   schema.Options
}

func runPatchTests(t *testing.T, tests []patchTest) {
	w := loadWorld(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			before, ok := w.resources[test.before]
			if !ok {
				t.Fatalf("there is no fixture %q", test.before)
			}
			rt := w.types["User"]
			if _, isUser := before["userName"]; !isUser {
				rt = w.types["Group"]
			}
			was := string(scim.AppendJSON(nil, before))
			got, err := run(rt, before, decode(t, []byte(`{`+patchOp+`"Operations":`+test.operations+`}`)), test.opt)
			if now := string(scim.AppendJSON(nil, before)); now != was {
				t.Errorf("the resource itself was modified:\n%s", now)
			}
			if test.err != "" {
				checkError(t, err, test.err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := scim.Clone(before)
			if test.want != "" {
				for name, v := range decode(t, []byte(test.want)) {
					if want[name] = v; v == nil {
						delete(want, name)
					}
				}
			}
			if diff := cmp.Diff(unordered(want), unordered(got.after)); diff != "" {
				t.Errorf("after (-want +got):\n%s", diff)
			}
			if got.changed != (test.want != "") {
				t.Errorf("changed = %v", got.changed)
			}
			if diff := cmp.Diff(append([]string{}, test.notes...), codes(got.notes)); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

// Pins R-PATCH-30.
func TestTolerances(t *testing.T) {
	t.Parallel()
	const manager = enterprise + ":manager"
	runPatchTests(t, []patchTest{
		{name: "T1 op in any case", before: "user-min", operations: `[{"op":"ADD","path":"title","value":"x"}]`,
			want: `{"title":"x"}`, notes: []string{"T1 Operations.op"}},

		{name: "T2 text for a boolean", before: "user", operations: `[{"op":"replace","path":"active","value":"False"}]`,
			want: `{"active":false}`, notes: []string{"T2 active"}},
		{name: "T2 text in a filter", before: "user-min",
			operations: `[{"op":"add","path":"roles[primary eq \"True\"].display","value":"D"},{"op":"add","path":"roles[primary eq \"True\"].value","value":"V"}]`,
			want:       `{"roles":[{"primary":true,"display":"D","value":"V"}]}`, notes: []string{"T4 roles.display"}},
		{name: "T2 text for a sub-attribute", before: "user-min", operations: `[{"op":"add","path":"roles","value":[{"value":"a","primary":"True"}]}]`,
			want: `{"roles":[{"value":"a","primary":true}]}`, notes: []string{"T2 roles.primary"}},

		{name: "T3 values to remove", before: "group", operations: `[{"op":"remove","path":"members","value":[{"$ref":null,"value":"A"},{"value":"c","display":"other"}]}]`,
			want: `{"members":[{"value":"b","type":"User","display":"B"}]}`, notes: []string{"T3 members"}},
		{name: "T3 one value to remove", before: "group", operations: `[{"op":"remove","path":"members","value":{"value":"b"}}]`,
			want:  `{"members":[{"value":"a","type":"User","display":"A"},{"value":"c","type":"Group","display":"C"}]}`,
			notes: []string{"single-value members", "T3 members"}},
		{name: "T3 empty list removes nothing", before: "group", operations: `[{"op":"remove","path":"members","value":[]}]`, notes: []string{"T3 members"}},
		{name: "T3 no value removes all", before: "group", operations: `[{"op":"remove","path":"members"}]`, want: `{"members":null}`},
		{name: "T3 by value and type", before: "user", operations: `[{"op":"remove","path":"emails","value":[{"value":"babs@jensen.org","type":"work"},{"value":"BJENSEN@example.com"}]}]`,
			want: `{"emails":[{"value":"babs@jensen.org","type":"home"}]}`, notes: []string{"T3 emails"}},
		{name: "T3 without value", before: "user-multi", operations: `[{"op":"remove","path":"addresses","value":[{"type":"home"},{"type":"work","country":"DE"}]}]`,
			want:  `{"addresses":[{"type":"work","streetAddress":"1 First St","locality":"Anytown","country":"US","primary":true}]}`,
			notes: []string{"T3 addresses"}},
		{name: "T3 simple values", before: "user-hr", operations: `[{"op":"remove","path":"` + hrSchema + `:tags","value":["ALPHA","x"]}]`,
			want: `{"` + hrSchema + `":{"age":34,"tags":["beta"],"badgeNo":"B-1","origin":"import","locker":{"code":"77","color":"red"},"rooms":[{"name":"Lab","number":101,"booked":true}]}}`, notes: []string{"T3 " + hrSchema + ":tags"}},
		{name: "T3 nothing named", before: "group", operations: `[{"op":"remove","path":"members","value":[{"foo":"a"}]}]`,
			err: `400 invalidValue: Operations[0]: An element of "members" has no "value".`},
		{name: "T3 empty text", before: "group", operations: `[{"op":"remove","path":"members","value":""}]`,
			err: "400 invalidValue: Operations[0]: The value of the remove operation names none"},
		{name: "T3 at a sub-attribute", before: "user", operations: `[{"op":"remove","path":"emails.value","value":"babs@jensen.org"}]`,
			err: "400 invalidValue: Operations[0]: A remove operation at \"emails.value\" takes no value. Select values with a filter, such as emails[value eq …]."},
		{name: "value of a single attribute", before: "user", operations: `[{"op":"remove","path":"title","value":"x"}]`,
			want: `{"title":null}`, notes: []string{"value-ignored title"}},

		{name: "T4 from two comparisons", before: "user-min", operations: `[{"op":"replace","path":"addresses[type eq \"work\" and primary eq true].country","value":"US"}]`,
			want: `{"addresses":[{"type":"work","primary":true,"country":"US"}]}`, notes: []string{"T4 addresses.country"}},
		{name: "T4 whole value", before: "user-min", operations: `[{"op":"add","path":"emails[type eq \"work\"]","value":{"value":"a"}}]`,
			want: `{"emails":[{"type":"work","value":"a"}]}`, notes: []string{"T4 emails"}},
		{name: "T4 takes primary from the others", before: "user", operations: `[{"op":"add","path":"emails[type eq \"other\" and primary eq true].value","value":"n"}]`,
			want:  `{"emails":[{"value":"bjensen@example.com","type":"work"},{"value":"babs@jensen.org","type":"home"},{"value":"n","type":"other","primary":true}]}`,
			notes: []string{"T4 emails.value"}},
		{name: "T4 not with ne", before: "user-min", operations: `[{"op":"replace","path":"addresses[type ne \"work\"].formatted","value":"x"}]`,
			err: "400 noTarget: Operations[0]: The filter of the path selects none of the values of \"addresses.formatted\"."},
		{name: "T4 not with or", before: "user-min", operations: `[{"op":"add","path":"emails[type eq \"a\" or type eq \"b\"].value","value":"x"}]`, err: "400 noTarget: Operations[0]:"},
		{name: "T4 not against the filter", before: "user", operations: `[{"op":"replace","path":"emails[value eq \"old\"].value","value":"new"}]`, err: "400 noTarget: Operations[0]:"},
		{name: "T4 nothing to clear", before: "user-min", operations: `[{"op":"replace","path":"emails[type eq \"work\"].value","value":""}]`,
			notes: []string{"T8 emails.value", "nothing-selected emails.value"}},

		{name: "T5 dotted and URN keys", before: "user-min",
			operations: `[{"op":"replace","value":{"displayName":"B","name.givenName":"K","NAME.familyName":"U","` + enterprise + `:employeeNumber":"A","` + enterprise + `:manager.value":"m"}}]`,
			want: `{"displayName":"B","name":{"givenName":"K","familyName":"U"},"` + enterprise + `":{"employeeNumber":"A","manager":{"value":"m"}},
				"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","` + enterprise + `"]}`,
			notes: []string{"T5 NAME.familyName", "T5 name.givenName", "T5 " + enterprise + ":employeeNumber", "T5 " + enterprise + ":manager.value"}},
		{name: "T5 nested extension", before: "user-ent", operations: `[{"op":"replace","value":{"` + enterprise + `":{"department":"D2","manager.value":"m1"}}}]`,
			want:  `{"` + enterprise + `":{"employeeNumber":"701984","department":"D2","manager":{"value":"m1","displayName":"Boss"}}}`,
			notes: []string{"T5 manager.value"}},
		{name: "T5 nested core schema", before: "user-min", operations: `[{"op":"add","value":{"urn:ietf:params:scim:schemas:core:2.0:User":{"title":"x","name.givenName":"y"}}}]`,
			want: `{"title":"x","name":{"givenName":"y"}}`, notes: []string{"core-urn urn:ietf:params:scim:schemas:core:2.0:User", "T5 name.givenName"}},
		{name: "T5 path with filter as key", before: "user-min", operations: `[{"op":"add","value":{"emails[type eq \"work\"].value":"w"}}]`,
			want: `{"emails":[{"type":"work","value":"w"}]}`, notes: []string{`T5 emails[type eq "work"].value`, "T4 emails.value"}},

		{name: "T6 path null", before: "user", operations: `[{"op":"replace","path":null,"value":{"id":"u1","title":"x"}}]`,
			want: `{"title":"x"}`, notes: []string{"T6 Operations.path"}},
		{name: "T6 remove value null", before: "group", operations: `[{"op":"remove","path":"members","value":null}]`,
			want: `{"members":null}`, notes: []string{"T6 Operations.value"}},

		{name: "T7 manager as text", before: "user-ent1", operations: `[{"op":"add","path":"` + manager + `","value":"m"}]`,
			want: `{"` + enterprise + `":{"department":"Sales","manager":{"value":"m"}}}`, notes: []string{"T7 " + manager}},
		{name: "T7 manager as array at the short path", before: "user-ent", operations: `[{"op":"Add","path":"manager","value":[{"$ref":"/Users/m","value":"m"}]}]`,
			want:  `{"` + enterprise + `":{"employeeNumber":"701984","department":"Sales","manager":{"value":"m","$ref":"/Users/m"}}}`,
			notes: []string{"T1 Operations.op", "T7 " + manager}},
		{name: "T7 dot after the URN", before: "user-ent1", operations: `[{"op":"replace","path":"` + enterprise + `.department","value":"D"}]`,
			want: `{"` + enterprise + `":{"department":"D"}}`, notes: []string{"T7 " + enterprise + ":department"}},
		{name: "T7 empty text clears", before: "user-ent", operations: `[{"op":"replace","path":"` + manager + `","value":""}]`,
			want: `{"` + enterprise + `":{"employeeNumber":"701984","department":"Sales"}}`, notes: []string{"T7 " + manager, "T8 " + manager}},
		{name: "T7 same manager keeps its name", before: "user-ent", operations: `[{"op":"replace","path":"` + manager + `","value":{"value":"m1"}}]`},
		{name: "T7 only what is read-only", before: "user-ent", operations: `[{"op":"replace","path":"` + manager + `","value":{"displayName":"X"}}]`,
			notes: []string{"read-only-ignored " + manager + ".displayName"}},
		{name: "T7 value through its path", before: "user-ent", operations: `[{"op":"replace","path":"` + manager + `.value","value":"m2"}]`,
			want: `{"` + enterprise + `":{"employeeNumber":"701984","department":"Sales","manager":{"value":"m2"}}}`},

		{name: "T8 empty and null clear", before: "user", operations: `[{"op":"replace","path":"title","value":""},{"op":"add","path":"displayName","value":null},{"op":"replace","path":"name.familyName","value":""}]`,
			want: `{"title":null,"displayName":null,"name":{"givenName":"Barbara"}}`, notes: []string{"T8 title", "T8 name.familyName"}},
		{name: "T8 null within a value", before: "user", operations: `[{"op":"replace","path":"name","value":{"givenName":null,"middleName":"M"}}]`,
			want: `{"name":{"familyName":"Jensen","middleName":"M"}}`},
		{name: "T8 all of a complex value", before: "user", operations: `[{"op":"replace","path":"name","value":{"givenName":null,"familyName":""}}]`,
			want: `{"name":null}`, notes: []string{"T8 name.familyName"}},
		{name: "T8 not userName", before: "user", operations: `[{"op":"replace","path":"title","value":"x"},{"op":"replace","path":"userName","value":""}]`,
			err: `400 mutability: Operations[1]: "userName" is required; it can be replaced but not removed or emptied.`},
		{name: "T8 null list", before: "user", operations: `[{"op":"replace","path":"emails","value":null}]`, want: `{"emails":null}`},
		{name: "T8 null added to a list", before: "user", operations: `[{"op":"add","path":"emails","value":null},{"op":"add","path":"emails[type eq \"work\"]","value":null}]`},

		{name: "T14 extra key", before: "group-empty", operations: `[{"name":"addMember","op":"add","path":"members","value":[{"displayName":"new","value":"u"}]}]`,
			want: `{"members":[{"value":"u"}]}`, notes: []string{"T14 Operations.name", "unknown-attribute members.displayName"}},

		{name: "T17 JSON text", before: "user-min", operations: `[{"op":"replace","value":"{\"title\":\"x\"}"}]`,
			want: `{"title":"x"}`, notes: []string{"T17 Operations.value"}},
		{name: "T17 not an object", before: "user-min", operations: `[{"op":"replace","value":"[1]"}]`,
			err: "400 invalidValue: Operations[0]: Without a path, the value must be an object of attributes, but a string was sent."},

		{name: "JSON text as role is kept", before: "user-min", operations: `[{"op":"Add","path":"roles","value":[{"value":"{\"id\":\"1\"}"}]},{"op":"Add","path":"roles","value":[{"value":"{\"id\":\"1\"}"}]}]`,
			want: `{"roles":[{"value":"{\"id\":\"1\"}"}]}`, notes: []string{"T1 Operations.op"}},
	})
}
