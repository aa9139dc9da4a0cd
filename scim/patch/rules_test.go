package patch_test

import (
	"testing"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

func TestPaths(t *testing.T) {
	t.Parallel()
	runPatchTests(t, []patchTest{
		{name: "unknown", before: "user", operations: `[{"op":"replace","path":"shoeSize","value":1}]`,
			err: `400 invalidPath: Operations[0]: User has no attribute "shoeSize". Correct the path`},
		{name: "unknown in remove", before: "user", operations: `[{"op":"remove","path":"shoeSize"}]`, err: "400 invalidPath: Operations[0]:"},
		{name: "unknown sub-attribute", before: "group", operations: `[{"op":"replace","path":"members[value eq \"a\"].displayName","value":"X"}]`,
			err: `400 invalidPath: Operations[0]: members has no sub-attribute "displayName". It has $ref, display, type, value.`},
		{name: "sub-attribute of a simple one", before: "user", operations: `[{"op":"replace","path":"title.x","value":"X"}]`,
			err: `400 invalidPath: Operations[0]: title is simple and has no sub-attribute "x".`},
		{name: "unknown in a known extension", before: "user", operations: `[{"op":"replace","path":"` + enterprise + `:shoeSize","value":1}]`, err: "400 invalidPath: Operations[0]:"},
		{name: "unknown in a known extension, with a dot", before: "user", operations: `[{"op":"replace","path":"` + enterprise + `.shoeSize","value":1}]`, err: "400 invalidPath: Operations[0]:"},
		{name: "of another type", before: "user", operations: `[{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:Group:displayName","value":"x"}]`, err: "400 invalidPath: Operations[0]:"},
		{name: "no URN", before: "user", operations: `[{"op":"replace","path":"foo:bar","value":"x"}]`, err: "400 invalidPath: Operations[0]:"},
		{name: "filter on unknown", before: "user", operations: `[{"op":"remove","path":"emails[foo eq \"x\"]"}]`, err: "400 invalidFilter: Operations[0]:"},
		{name: "old URN", before: "user-ent1", operations: `[{"op":"replace","path":"urn:scim:schemas:extension:enterprise:1.0:department","value":"D"}]`,
			want: `{"` + enterprise + `":{"department":"D"}}`, notes: []string{"T9 urn:scim:schemas:extension:enterprise:1.0"}},
		{name: "old URN of nothing removes nothing", before: "user-ent1", operations: `[{"op":"remove","path":"urn:scim:schemas:extension:enterprise:1.0:foo"}]`,
			err: "400 invalidPath: Operations[0]:"},
		{name: "mistyped URN with an object", before: "user-ent1", operations: `[{"op":"replace","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0User":{"department":"D"}}},{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0User","value":{"division":"V"}}]`,
			want: `{"` + enterprise + `":{"department":"D","division":"V"}}`, notes: []string{"T9 urn:ietf:params:scim:schemas:extension:enterprise:2.0User"}},
		{name: "whole resource", before: "user", operations: `[{"op":"remove","path":"urn:ietf:params:scim:schemas:core:2.0:User"}]`, err: "400 noTarget: Operations[0]:"},
		{name: "core URN as path of an object", before: "user-min", operations: `[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User","value":{"title":"x"}}]`,
			want: `{"title":"x"}`, notes: []string{"core-urn urn:ietf:params:scim:schemas:core:2.0:User"}},
		{name: "extension URN as path of an object", before: "user-ent1", operations: `[{"op":"replace","path":"` + enterprise + `","value":{"division":"V"}}]`,
			want: `{"` + enterprise + `":{"department":"Sales","division":"V"}}`},
		{name: "extension URN as path of text", before: "user-ent1", operations: `[{"op":"replace","path":"` + enterprise + `","value":"V"}]`, err: "400 invalidValue: Operations[0]:"},
		{name: "extension replaced with null", before: "user-ent1", operations: `[{"op":"replace","value":{"` + enterprise + `":null}}]`,
			want: `{"` + enterprise + `":null,"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}`},
		{name: "null added to an extension", before: "user-ent1", operations: `[{"op":"add","value":{"` + enterprise + `":null}}]`},
		{name: "value missing", before: "user", operations: `[{"op":"add","path":"title"}]`, err: `400 invalidValue: Operations[0]: The add operation needs a "value".`},
		{name: "value missing without path", before: "user", operations: `[{"op":"replace"}]`, err: `400 invalidValue: Operations[0]: The replace operation needs`},
		{name: "second operation fails", before: "user", operations: `[{"op":"add","path":"title","value":"x"},{"op":"add","path":"active","value":"maybe"}]`, err: "400 invalidValue: Operations[1]:"},
	})
}

func TestSingleValuedWithFilter(t *testing.T) {
	t.Parallel()
	runPatchTests(t, []patchTest{
		{name: "selected", before: "user", operations: `[{"op":"replace","path":"name[familyName eq \"jensen\"].givenName","value":"B"}]`, want: `{"name":{"givenName":"B","familyName":"Jensen"}}`},
		{name: "removed", before: "user", operations: `[{"op":"remove","path":"name[familyName eq \"jensen\"]"}]`, want: `{"name":null}`},
		{name: "not selected", before: "user", operations: `[{"op":"remove","path":"name[familyName eq \"x\"].givenName"}]`, notes: []string{"nothing-selected name.givenName"}},
		{name: "another is there", before: "user", operations: `[{"op":"add","path":"name[familyName eq \"x\"].givenName","value":"B"}]`, err: "400 noTarget: Operations[0]:"},
		{name: "made", before: "user-min", operations: `[{"op":"add","path":"name[familyName eq \"x\"].givenName","value":"B"}]`, want: `{"name":{"familyName":"x","givenName":"B"}}`, notes: []string{"T4 name.givenName"}},
		{name: "not described", before: "user-min", operations: `[{"op":"add","path":"name[familyName pr].givenName","value":"B"}]`, err: "400 noTarget: Operations[0]:"},
	})
}

func TestLists(t *testing.T) {
	t.Parallel()
	runPatchTests(t, []patchTest{
		{name: "same value again with more", before: "user", operations: `[{"op":"add","path":"emails","value":[{"value":"BABS@jensen.org","type":"home","display":"Babs"}]}]`,
			want: `{"emails":[{"value":"bjensen@example.com","type":"work","primary":true},{"value":"babs@jensen.org","type":"home","display":"Babs"}]}`},
		{name: "same value becomes primary", before: "user", operations: `[{"op":"add","path":"emails","value":[{"value":"babs@jensen.org","type":"home","primary":true}]}]`,
			want: `{"emails":[{"value":"bjensen@example.com","type":"work"},{"value":"babs@jensen.org","type":"home","primary":true}]}`},
		{name: "same list in another order", before: "user", operations: `[{"op":"replace","path":"emails","value":[{"value":"babs@jensen.org","type":"home","primary":false},{"value":"bjensen@example.com","type":"work","primary":true}]}]`},
		{name: "primary for the only value without filter", before: "user-min", operations: `[{"op":"add","path":"emails","value":[{"value":"a"}]},{"op":"replace","path":"emails.primary","value":true}]`,
			want: `{"emails":[{"value":"a","primary":true}]}`},
		{name: "primary for all", before: "user", operations: `[{"op":"replace","path":"emails.primary","value":true}]`, err: "400 invalidValue: Operations[0]: The operation makes more than one value of \"emails.primary\" primary."},
		{name: "two primaries in a list", before: "user-min", operations: `[{"op":"add","path":"emails","value":[{"value":"a","primary":true},{"value":"b","primary":true}]}]`, err: "400 invalidValue: Operations[0]:"},
		{name: "sub-attribute of all", before: "user", operations: `[{"op":"replace","path":"emails.type","value":"work"}]`,
			want: `{"emails":[{"value":"bjensen@example.com","type":"work","primary":true},{"value":"babs@jensen.org","type":"work"}]}`},
		{name: "sub-attribute of none", before: "user-min", operations: `[{"op":"add","path":"emails.value","value":"a"}]`, want: `{"emails":[{"value":"a"}]}`},
		{name: "values become alike", before: "user", operations: `[{"op":"replace","path":"emails.value","value":"x"},{"op":"replace","path":"emails.type","value":"work"}]`,
			want: `{"emails":[{"value":"x","type":"work","primary":true}]}`},
		{name: "values become alike, the second is primary", before: "user", operations: `[{"op":"replace","path":"emails[type eq \"home\"].primary","value":true},{"op":"replace","path":"emails.value","value":"x"},{"op":"replace","path":"emails.type","value":"work"}]`,
			want: `{"emails":[{"value":"x","type":"work","primary":true}]}`},
		{name: "removed by filter and by list", before: "group", operations: `[{"op":"remove","path":"members[value eq \"a\"]"},{"op":"remove","path":"members","value":[{"value":"a"},{"value":"b"}]}]`,
			want: `{"members":[{"value":"c","type":"Group","display":"C"}]}`, notes: []string{"T3 members"}},
		{name: "nothing left of a value", before: "user-multi", operations: `[{"op":"replace","path":"emails","value":[{"value":"a"},{"value":"b","type":"x"}]},{"op":"remove","path":"emails.value"}]`,
			want: `{"emails":[{"type":"x"}]}`},
		{name: "selected value replaced with nothing", before: "user", operations: `[{"op":"replace","path":"emails[type eq \"home\"]","value":null}]`,
			want: `{"emails":[{"value":"bjensen@example.com","type":"work","primary":true}]}`},
		{name: "selected value replaced with two", before: "user", operations: `[{"op":"replace","path":"emails[type eq \"home\"]","value":[{"value":"a"},{"value":"b"}]}]`, err: "400 invalidValue: Operations[0]: A path with a filter takes one value"},
		{name: "added to a selected value", before: "user", operations: `[{"op":"add","path":"emails[type eq \"home\"]","value":{"display":"D"}}]`,
			want: `{"emails":[{"value":"bjensen@example.com","type":"work","primary":true},{"value":"babs@jensen.org","type":"home","display":"D"}]}`},
		{name: "or of values", before: "group", operations: `[{"op":"remove","path":"members[value eq \"a\" or value eq \"C\" or value eq \"zz\"]"}]`,
			want: `{"members":[{"value":"b","type":"User","display":"B"}]}`},
		{name: "removed and added again", before: "group", operations: `[{"op":"remove","path":"members[value eq \"a\"]"},{"op":"add","path":"members","value":[{"value":"a","type":"User","display":"A"}]}]`},
		{name: "added and removed again", before: "group", operations: `[{"op":"add","path":"members","value":[{"value":"n"}]},{"op":"remove","path":"members[value eq \"n\"]"}]`},
		{name: "added after a removed value changed", before: "user", operations: `[{"op":"replace","path":"emails[type eq \"home\"].value","value":"n"},{"op":"add","path":"emails","value":[{"value":"babs@jensen.org","type":"home"},{"value":"n","type":"home"}]},{"op":"remove","path":"emails[value eq \"n\"]"}]`},
		{name: "junk does not empty the list", before: "group", operations: `[{"op":"replace","path":"members","value":[{"foo":"x"}]}]`, err: "400 invalidValue: Operations[0]: An element of \"members\" has no \"value\"."},
		{name: "unstorable values do not empty the list", before: "user", operations: `[{"op":"replace","path":"emails","value":[{"foo":"x"}]}]`, err: "400 invalidValue: Operations[0]: Nothing in the value of \"emails\" can be stored."},
		{name: "empty value in a simple list", before: "user-hr", operations: `[{"op":"add","path":"` + hrSchema + `:tags","value":[""]}]`, notes: []string{"T8 " + hrSchema + ":tags"}},
		{name: "too many by adding", before: "user", operations: `[{"op":"add","path":"emails","value":[{"value":"c"}]},{"op":"add","path":"emails","value":[{"value":"d"}]}]`,
			opt: schema.Options{MaxValues: 3}, err: `400 invalidValue: Operations[1]: "emails" would have more than 3 values.`},
		{name: "at the limit", before: "user", operations: `[{"op":"add","path":"emails","value":[{"value":"c"},{"value":"babs@jensen.org","type":"home"}]}]`, opt: schema.Options{MaxValues: 3},
			want: `{"emails":[{"value":"bjensen@example.com","type":"work","primary":true},{"value":"babs@jensen.org","type":"home"},{"value":"c"}]}`},
	})
}

// Pins R-PATCH-11, R-PATCH-32, R-SCHEMA-19.
func TestMutability(t *testing.T) {
	t.Parallel()
	const badge = hrSchema + ":badgeNo"
	runPatchTests(t, []patchTest{
		{name: "id repeated", before: "group", operations: `[{"op":"replace","value":{"id":"g1","displayName":"N"}}]`, want: `{"displayName":"N"}`},
		{name: "id changed", before: "group", operations: `[{"op":"replace","value":{"id":"g9","displayName":"N"}}]`, err: `400 mutability: Operations[0]: "id" is read-only.`},
		{name: "id of another type", before: "group", operations: `[{"op":"replace","value":{"id":[{}],"displayName":"N"}}]`, err: "400 mutability: Operations[0]:"},
		{name: "id null", before: "group", operations: `[{"op":"replace","value":{"id":null,"displayName":"N"}}]`, want: `{"displayName":"N"}`},
		{name: "meta, groups and schemas sent back", before: "user", operations: `[{"op":"replace","value":{"schemas":["x"],"meta":{"version":"1"},"groups":[],"title":"x"}}]`,
			want: `{"title":"x"}`, notes: []string{"read-only-ignored groups", "read-only-ignored meta"}},
		{name: "path to groups", before: "user", operations: `[{"op":"add","path":"groups","value":[{"value":"g"}]}]`, err: `400 mutability: Operations[0]: "groups" is read-only.`},
		{name: "path to a read-only sub-attribute", before: "user-ent", operations: `[{"op":"replace","path":"` + enterprise + `:manager.displayName","value":"x"}]`, err: "400 mutability: Operations[0]:"},
		{name: "password", before: "user", operations: `[{"op":"replace","path":"password","value":"x"},{"op":"add","value":{"password":"y"}}]`, notes: []string{"password-discarded password"}},
		{name: "read-only of an extension repeated", before: "user-hr", operations: `[{"op":"replace","value":{"` + hrSchema + `":{"origin":"import"}}}]`},
		{name: "read-only of an extension changed", before: "user-hr", operations: `[{"op":"replace","value":{"` + hrSchema + `":{"origin":"x"}}}]`, err: "400 mutability: Operations[0]:"},
		{name: "immutable removed", before: "user-hr", operations: `[{"op":"remove","path":"` + badge + `"}]`, err: "400 mutability: Operations[0]:"},
		{name: "immutable cleared", before: "user-hr", operations: `[{"op":"replace","path":"` + badge + `","value":null}]`, err: "400 mutability: Operations[0]:"},
		{name: "immutable absent removed", before: "user-min", operations: `[{"op":"remove","path":"` + badge + `"}]`},
		{name: "immutable in another case", before: "user-hr", operations: `[{"op":"replace","path":"` + badge + `","value":"b-1"}]`},
		{name: "immutable sub-attribute removed with all", before: "user-hr", operations: `[{"op":"remove","path":"` + hrSchema + `:locker"}]`, err: `400 mutability: Operations[0]: "` + hrSchema + `:locker.code" is immutable`},
		{name: "extension with something immutable", before: "user-hr", operations: `[{"op":"remove","path":"` + hrSchema + `"}]`, err: "400 mutability: Operations[0]:"},
		{name: "member value repeated", before: "group", operations: `[{"op":"replace","path":"members[value eq \"a\"].value","value":"a"}]`},
		{name: "member in other words", before: "group", operations: `[{"op":"add","path":"members","value":[{"value":"A","type":"Group"}]}]`},
		{name: "required removed and added again", before: "group", operations: `[{"op":"remove","path":"displayName"},{"op":"add","path":"displayName","value":"N"}]`, want: `{"displayName":"N"}`},
		{name: "required removed", before: "group", operations: `[{"op":"remove","path":"displayName"},{"op":"add","path":"externalId","value":"N"}]`,
			err: `400 mutability: Operations[0]: "displayName" is required`},
		{name: "userName in another case", before: "user", operations: `[{"op":"replace","path":"userName","value":"BJensen"}]`, want: `{"userName":"BJensen"}`},
	})
}

// Pins R-PATCH-12.
func TestSchemasAttribute(t *testing.T) {
	t.Parallel()
	const core = `"urn:ietf:params:scim:schemas:core:2.0:User"`
	runPatchTests(t, []patchTest{
		{name: "declared", before: "user-min", operations: `[{"op":"add","path":"schemas","value":["URN:ietf:params:scim:schemas:extension:enterprise:2.0:user"]}]`,
			want: `{"schemas":[` + core + `,"` + enterprise + `"]}`},
		{name: "declared and withdrawn", before: "user-min", operations: `[{"op":"add","path":"schemas","value":["` + enterprise + `"]},{"op":"remove","path":"schemas[value eq \"` + enterprise + `\"]"}]`},
		{name: "withdrawn with values", before: "user-ent1", operations: `[{"op":"replace","path":"schemas","value":[` + core + `]}]`, err: `400 invalidValue: Operations[0]: "` + enterprise + `" cannot leave schemas`},
		{name: "withdrawn after the values", before: "user-ent1", operations: `[{"op":"remove","path":"` + enterprise + `:department"},{"op":"replace","path":"schemas","value":[` + core + `]}]`,
			want: `{"schemas":[` + core + `],"` + enterprise + `":null}`},
		{name: "without the core schema", before: "user-ent1", operations: `[{"op":"replace","path":"schemas","value":["` + enterprise + `"]}]`, err: `400 mutability: Operations[0]:`},
		{name: "removed", before: "user-min", operations: `[{"op":"remove","path":"schemas"}]`, err: `400 mutability: Operations[0]:`},
		{name: "mistyped", before: "user-min", operations: `[{"op":"add","path":"schemas","value":["urn:scim:schemas:core:1.0"]}]`, notes: []string{"T9 urn:scim:schemas:core:1.0"}},
		{name: "unknown", before: "user-min", operations: `[{"op":"add","path":"schemas","value":["urn:x:y"]}]`, notes: []string{"unmapped-extension urn:x:y"}},
		{name: "unknown, strict", before: "user-min", operations: `[{"op":"add","path":"schemas","value":["urn:x:y"]}]`, opt: schema.Options{StrictUnknown: true}, err: "400 invalidValue: Operations[0]:"},
		{name: "no text", before: "user-min", operations: `[{"op":"add","path":"schemas","value":[1]}]`, err: "400 invalidValue: Operations[0]:"},
	})
}

// Pins R-PATCH-06, R-SCHEMA-23.
func TestUnknownAttributes(t *testing.T) {
	t.Parallel()
	const urn = "urn:acme:params:2.0:User"
	const schemas = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","` + urn + `"]`
	strict := schema.Options{StrictUnknown: true}
	runPatchTests(t, []patchTest{
		{name: "core ignored", before: "user-min", operations: `[{"op":"add","value":{"shoeSize":1,"name.x":2,"foo[type eq \"x\"].y":3,"urn:ietf:params:scim:schemas:core:2.0:User:z":4,"title":"x"}}]`,
			want: `{"title":"x"}`, notes: []string{`unknown-attribute foo[type eq "x"].y`, "unknown-attribute name.x", "unknown-attribute shoeSize", "unknown-attribute z"}},
		{name: "core, strict", before: "user-min", operations: `[{"op":"add","value":{"title":"x","shoeSize":1}}]`, opt: strict, err: `400 invalidValue: Operations[0]: User has no attribute "shoeSize".`},
		{name: "path kept", before: "user-min", operations: `[{"op":"add","path":"` + urn + `:color","value":"red"}]`,
			want: `{"` + urn + `":{"color":"red"},` + schemas + `}`, notes: []string{"unmapped-extension " + urn + ":color"}},
		{name: "path, strict", before: "user-min", operations: `[{"op":"add","path":"` + urn + `:color","value":"red"}]`, opt: strict, err: "400 invalidPath: Operations[0]:"},
		{name: "sub-attribute", before: "user-min", operations: `[{"op":"add","path":"` + urn + `:color.x","value":"red"}]`, err: "400 invalidPath: Operations[0]:"},
		{name: "filter", before: "user-min", operations: `[{"op":"add","path":"` + urn + `:color[x eq 1]","value":"red"}]`, err: "400 invalidPath: Operations[0]:"},
		{name: "keys kept", before: "user-min", operations: `[{"op":"add","value":{"` + urn + `:color":"red","` + urn + `":{"size":4,"none":null,"list":[]}}}]`,
			want: `{"` + urn + `":{"color":"red","size":4},` + schemas + `}`,
			notes: []string{"unmapped-extension " + urn + ":list", "unmapped-extension " + urn + ":none", "unmapped-extension " + urn + ":size",
				"unmapped-extension " + urn + ":color"}},
		{name: "key, strict", before: "user-min", operations: `[{"op":"add","value":{"` + urn + `":{"size":4}}}]`, opt: strict, err: "400 invalidValue: Operations[0]:"},
		{name: "in a known extension", before: "user-ent1", operations: `[{"op":"replace","value":{"` + enterprise + `":{"shoe":1},"` + enterprise + `:hat":2,"` + enterprise + `:a.b":3}}]`,
			want:  `{"` + enterprise + `":{"department":"Sales","shoe":1,"hat":2}}`,
			notes: []string{"unmapped-extension " + enterprise + ":shoe", "unknown-attribute " + enterprise + ":a.b", "unmapped-extension " + enterprise + ":hat"}},
		{name: "last one removed", before: "user-min", operations: `[{"op":"add","path":"` + urn + `:color","value":"red"},{"op":"remove","path":"URN:acme:params:2.0:user:COLOR"}]`,
			notes: []string{"unmapped-extension " + urn + ":color"}},
		{name: "cleared", before: "user-min", operations: `[{"op":"add","path":"` + urn + `:color","value":"red"},{"op":"replace","path":"` + urn + `:color","value":""}]`,
			notes: []string{"unmapped-extension " + urn + ":color"}},
		{name: "extension removed", before: "user-min", operations: `[{"op":"add","path":"` + urn + `","value":{"a":1,"b":2}},{"op":"remove","path":"` + urn + `"}]`,
			notes: []string{"unmapped-extension " + urn + ":a", "unmapped-extension " + urn + ":b"}},
		{name: "URN that cannot end in a name", before: "user-min", operations: `[{"op":"add","path":"urn:acme:2.0","value":{"a":1}},{"op":"add","path":"urn:acme:2.0:b","value":2},{"op":"remove","path":"urn:acme:2.0:a"}]`,
			want:  `{"urn:acme:2.0":{"b":2},"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:acme:2.0"]}`,
			notes: []string{"unmapped-extension urn:acme:2.0:a", "unmapped-extension urn:acme:2.0:b"}},
		{name: "list grows", before: "user-min", operations: `[{"op":"add","path":"` + urn + `:tags","value":["a"]},{"op":"add","path":"` + urn + `:tags","value":["a","b"]},{"op":"add","path":"` + urn + `:tags","value":[]}]`,
			want: `{"` + urn + `":{"tags":["a","b"]},` + schemas + `}`, notes: []string{"unmapped-extension " + urn + ":tags"}},
		{name: "too large at once", before: "user-min", operations: `[{"op":"add","path":"` + urn + `:a","value":"12345678901"}]`, opt: schema.Options{MaxUnmapped: 10}, err: "400 invalidValue: Operations[0]: Attributes without a definition take more than 10 bytes."},
		{name: "removing what is not there", before: "user-min", operations: `[{"op":"remove","path":"` + urn + `:color"}]`},
	})
}

func TestUnmappedData_StaysWithinItsLimit(t *testing.T) {
	t.Parallel()
	w := loadWorld(t)
	obj := w.resources["user-min"]
	opt := schema.Options{MaxUnmapped: 40}
	add := func(name string) error {
		got, err := run(w.types["User"], obj, decode(t, []byte(`{`+patchOp+`"Operations":[{"op":"add","path":"urn:a:b:`+name+`","value":"0123456789"}]}`)), opt)
		if err == nil {
			obj = got.after
		}
		return err
	}
	for _, name := range []string{"x", "x"} {
		if err := add(name); err != nil {
			t.Fatal(err)
		}
	}
	// The container counts as well: {"x":"0123456789"} under urn:a:b.
	checkError(t, add("y"), "400 invalidValue: Attributes without a definition take more than 40 bytes.")
	if _, has := obj["urn:a:b"].(scim.Object)["y"]; has {
		t.Error("a refused value was stored")
	}
}
