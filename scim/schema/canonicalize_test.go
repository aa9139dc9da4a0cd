package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

func decode(t testing.TB, text string) scim.Object {
	t.Helper()
	obj, err := scim.DecodeObject([]byte(text), scim.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return obj
}

// expand writes the URNs out that the tables below abbreviate.
func expand(s string) string {
	return strings.NewReplacer("<user>", scim.UserSchema, "<group>", scim.GroupSchema, "<ent>", scim.EnterpriseUserSchema, "<hr>", hrURN).Replace(s)
}

// codes returns the notes as "code path", in order.
func codes(notes []schema.Note) []string {
	var list []string
	for _, n := range notes {
		list = append(list, strings.TrimSpace(n.Code+" "+n.Path))
	}
	return list
}

func TestCanonicalize_User(t *testing.T) {
	t.Parallel()
	user := hrRegistry(t).TypeByName("User")
	const schemas = `"schemas":["<user>"],"userName":"ada"`
	tests := []struct {
		name string
		in   string
		want string
		// notes are "code path"
		notes []string
	}{
		{"canonical already", `{` + schemas + `,"active":true}`, `{` + schemas + `,"active":true}`, nil},
		{"names in any case", `{"SCHEMAS":["<user>"],"USERNAME":"Ada","Name":{"GIVENNAME":"A"},"EMAILS":[{"VALUE":"x"}]}`,
			`{"schemas":["<user>"],"userName":"Ada","name":{"givenName":"A"},"emails":[{"value":"x"}]}`, nil},
		{"strings stay as sent", `{"schemas":["<user>"],"userName":" Ada\u00a0","title":"  ","locale":"zz_","displayName":"e\u0301"}`,
			`{"schemas":["<user>"],"userName":" Ada\u00a0","title":"  ","locale":"zz_","displayName":"e\u0301"}`, nil},

		{"T2 string booleans", `{` + schemas + `,"active":"False","roles":[{"value":"a","primary":"True"}],"emails":[{"value":"x","primary":"FALSE"}]}`,
			`{` + schemas + `,"active":false,"roles":[{"value":"a","primary":true}],"emails":[{"value":"x","primary":false}]}`,
			[]string{"T2 active", "T2 emails.primary", "T2 roles.primary"}},
		{"T5 dotted key", `{` + schemas + `,"name.givenName":"A","NAME.familyname":"L"}`, `{` + schemas + `,"name":{"givenName":"A","familyName":"L"}}`,
			[]string{"T5 NAME.familyname", "T5 name.givenName"}},
		{"T5 dotted key beside the object", `{` + schemas + `,"name.givenName":"A","name":{"familyName":"L"}}`, `{` + schemas + `,"name":{"givenName":"A","familyName":"L"}}`,
			[]string{"T5 name.givenName"}},
		{"T5 URN keys", `{` + schemas + `,"<ent>:department":"D","<user>:title":"T","<user>:name.givenName":"A","<ent>:manager.value":"m"}`,
			`{"schemas":["<user>","<ent>"],"userName":"ada","title":"T","name":{"givenName":"A"},"<ent>":{"department":"D","manager":{"value":"m"}}}`,
			[]string{"T5 <user>:name.givenName", "T5 <user>:title", "T5 <ent>:department", "T5 <ent>:manager.value"}},
		{"T5 URN key ending in a dot", `{` + schemas + `,"<ent>.manager":{"value":"m"}}`,
			`{"schemas":["<user>","<ent>"],"userName":"ada","<ent>":{"manager":{"value":"m"}}}`, []string{"T5 <ent>.manager"}},
		{"T5 dotted key in an extension", `{` + schemas + `,"<ent>":{"manager.value":"m"}}`,
			`{"schemas":["<user>","<ent>"],"userName":"ada","<ent>":{"manager":{"value":"m"}}}`, []string{"T5 <ent>:manager.value"}},
		{"core attributes under the core URN", `{"schemas":["<user>"],"<user>":{"username":"ada","name.givenName":"A","shoeSize":1}}`,
			`{` + schemas + `,"name":{"givenName":"A"}}`, []string{"core-urn <user>", "unknown-attribute shoeSize"}},

		{"T7 manager as a string", `{` + schemas + `,"<ent>":{"manager":"m"}}`,
			`{"schemas":["<user>","<ent>"],"userName":"ada","<ent>":{"manager":{"value":"m"}}}`, []string{"T7 <ent>:manager"}},
		{"T7 manager as an array", `{` + schemas + `,"<ent>":{"manager":[{"$ref":"../Users/m","value":"m"}]}}`,
			`{"schemas":["<user>","<ent>"],"userName":"ada","<ent>":{"manager":{"value":"m","$ref":"../Users/m"}}}`, []string{"T7 <ent>:manager"}},
		{"T7 manager as an array of a string", `{` + schemas + `,"<ent>":{"manager":["m"]}}`,
			`{"schemas":["<user>","<ent>"],"userName":"ada","<ent>":{"manager":{"value":"m"}}}`, []string{"T7 <ent>:manager"}},
		{"T7 manager cleared", `{` + schemas + `,"<ent>":{"manager":""}}`, `{` + schemas + `}`, []string{"T7 <ent>:manager", "T8 <ent>:manager"}},
		{"T7 manager as an empty array", `{` + schemas + `,"<ent>":{"manager":[]}}`, `{` + schemas + `}`, []string{"T7 <ent>:manager"}},

		{"an empty string is a value", `{` + schemas + `,"title":"","name":{"givenName":"","familyName":" "},"<ent>":{"department":"","manager":{"value":""}},"phoneNumbers":[{"value":"1","display":""}]}`,
			`{"schemas":["<user>","<ent>"],"userName":"ada","title":"","name":{"givenName":"","familyName":" "},"<ent>":{"department":""},"phoneNumbers":[{"value":"1"}]}`,
			[]string{"T8 phoneNumbers.display", "T8 <ent>:manager.value"}},
		{"T8 nothing in many notations", `{` + schemas + `,"profileUrl":"","nickName":null,"emails":[],"phoneNumbers":null,"name":{},"photos":[null,{}],"ims":"",` +
			`"addresses":[{"region":""}],"active":null,"externalId":"","<ent>":{"department":null},"<hr>":null}`,
			`{` + schemas + `}`, []string{"T8 externalId", "T8 profileUrl", "T8 ims", "T8 addresses.region"}},

		{"T9 no schemas", `{"userName":"ada"}`, `{` + schemas + `}`, []string{"T9 schemas"}},
		{"T9 schemas null", `{"schemas":null,"userName":"ada"}`, `{` + schemas + `}`, []string{"T9 schemas"}},
		{"T9 schemas as a string", `{"schemas":"<user>","userName":"ada"}`, `{` + schemas + `}`, nil},
		{"T9 SCIM 1", `{"schemas":["urn:scim:schemas:core:1.0","<user>"],"userName":"ada"}`, `{` + schemas + `}`, []string{"T9 schemas"}},
		{"T9 SCIM 1 alone", `{"schemas":["urn:scim:schemas:core:1.0"],"userName":"ada"}`, `{` + schemas + `}`, []string{"T9 schemas"}},
		{"T9 drafts of SCIM 2", `{"schemas":["urn:scim:schemas:core:2.0","urn:scim:schemas:core:2.0:User","urn:scim:schemas:extension:enterprise:2.0"],"userName":"ada"}`,
			`{` + schemas + `}`, []string{"T9 schemas"}},
		{"T9 mistyped extension", `{"schemas":["<user>","urn:ietf:params:scim:schemas:extension:enterprise:2.0User"],"userName":"ada"}`, `{` + schemas + `}`, []string{"T9 schemas"}},
		{"T9 mistyped core", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0User"],"userName":"ada"}`, `{` + schemas + `}`, []string{"T9 schemas"}},
		{"T9 old extension with values", `{` + schemas + `,"urn:scim:schemas:extension:enterprise:1.0":{"department":"D"}}`,
			`{"schemas":["<user>","<ent>"],"userName":"ada","<ent>":{"department":"D"}}`, []string{"T9 urn:scim:schemas:extension:enterprise:1.0"}},
		{"only an extension is declared", `{"schemas":["<ent>"],"userName":"ada"}`, `{` + schemas + `}`, []string{"T9 schemas"}},
		{"URNs in any case", `{"schemas":["URN:IETF:PARAMS:SCIM:SCHEMAS:CORE:2.0:USER"],"userName":"ada","URN:IETF:params:scim:schemas:extension:enterprise:2.0:user":{"DEPARTMENT":"D"}}`,
			`{"schemas":["<user>","<ent>"],"userName":"ada","<ent>":{"department":"D"}}`, nil},
		{"declared extension without values", `{"schemas":["<user>","<ent>"],"userName":"ada"}`, `{` + schemas + `}`, nil},
		{"undeclared extension with values", `{` + schemas + `,"<ent>":{"department":"D"}}`, `{"schemas":["<user>","<ent>"],"userName":"ada","<ent>":{"department":"D"}}`, nil},
		{"unknown schema without values", `{"schemas":["<user>","urn:x:y"],"userName":"ada"}`, `{` + schemas + `}`, []string{"unmapped-extension urn:x:y"}},

		{"T10 read-only attributes", `{` + schemas + `,"id":"1","meta":{"resourceType":"User"},"groups":[{"value":"g"}],"<ent>":{"manager":{"value":"m","displayName":"M"}}}`,
			`{"schemas":["<user>","<ent>"],"userName":"ada","<ent>":{"manager":{"value":"m"}}}`,
			[]string{"read-only-ignored id", "read-only-ignored meta", "read-only-ignored groups", "read-only-ignored <ent>:manager.displayName"}},
		{"unknown attributes", `{` + schemas + `,"shoeSize":12,"roles":[{"value":"a","displayName":"A"}],"department":"D","a.b":1}`,
			`{` + schemas + `,"roles":[{"value":"a"}]}`,
			[]string{"unknown-attribute roles.displayName", "unknown-attribute a.b", "unknown-attribute department", "unknown-attribute shoeSize"}},
		{"empty values of what is ignored", `{` + schemas + `,"department":null,"shoeSize":"","groups":[],"id":null,"meta":{},"roles":[{"value":"a","x":null}]}`,
			`{` + schemas + `,"roles":[{"value":"a"}]}`, nil},
		{"unknown extensions", `{` + schemas + `,"urn:x:y":{"n":1e999999,"A":null},"urn:x:z:attr":"v","urn:x:empty":{},"<ent>":{"floor":[1]},"<user>:shoe":1,"<ent>:wing":"w"}`,
			`{"schemas":["<user>","<ent>","urn:x:y"],"userName":"ada","<ent>":{"floor":[1],"wing":"w"},"urn:x:y":{"n":1e999999,"A":null},"urn:x:z:attr":"v"}`,
			[]string{"unmapped-extension <ent>:floor", "unknown-attribute <user>:shoe", "unmapped-extension <ent>:wing", "unmapped-extension urn:x:y", "unmapped-extension urn:x:z:attr"}},
		{"password", `{` + schemas + `,"password":"s3cret"}`, `{` + schemas + `}`, []string{"password-discarded password"}},
		{"password null", `{` + schemas + `,"password":null}`, `{` + schemas + `}`, nil},

		{"bare value of a multi-valued attribute", `{` + schemas + `,"emails":{"value":"x"},"<hr>":{"tags":"t"}}`,
			`{"schemas":["<user>","<hr>"],"userName":"ada","emails":[{"value":"x"}],"<hr>":{"tags":["t"]}}`, []string{"single-value emails", "single-value <hr>:tags"}},
		{"equal values collapse", `{` + schemas + `,"emails":[{"value":"X@x","type":"work"},{"value":"x@X","type":"Work","primary":true},{"value":"x@x","type":"home"},{"value":"x@x"}],` +
			`"<hr>":{"tags":["a","A","b"],"ratings":[1,1.0,2]}}`,
			`{"schemas":["<user>","<hr>"],"userName":"ada","emails":[{"value":"X@x","type":"work","primary":true},{"value":"x@x","type":"home"},{"value":"x@x"}],` +
				`"<hr>":{"tags":["a","b"],"ratings":[1,2]}}`, []string{"duplicate-value emails", "duplicate-value <hr>:tags", "duplicate-value <hr>:ratings"}},
		{"values without value", `{` + schemas + `,"addresses":[{"type":"work","region":"A"},{"type":"work","region":"B"},{"region":"A","type":"work"}]}`,
			`{` + schemas + `,"addresses":[{"type":"work","region":"A"},{"type":"work","region":"B"}]}`, []string{"duplicate-value addresses"}},
		{"JSON text in a role", `{` + schemas + `,"roles":[{"value":"{\"id\":\"1\"}"}]}`, `{` + schemas + `,"roles":[{"value":"{\"id\":\"1\"}"}]}`, nil},
		{"types", `{` + schemas + `,"x509Certificates":[{"value":"AAAA"},{"value":"QQ"},{"value":"QQ=="}],` +
			`"<hr>":{"age":3.0,"score":-1.50,"hired":"2020-01-01T00:00:00+01:00","ratings":[-3e0,20E-1,0.0,-0,9223372036854775807],"codeName":"X"}}`,
			`{"schemas":["<user>","<hr>"],"userName":"ada","x509Certificates":[{"value":"AAAA"},{"value":"QQ"},{"value":"QQ=="}],` +
				`"<hr>":{"age":3,"score":-1.50,"hired":"2020-01-01T00:00:00+01:00","ratings":[-3,2,0,9223372036854775807],"codeName":"X"}}`,
			[]string{"duplicate-value <hr>:ratings"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := decode(t, expand(tt.in))
			before := scim.Clone(in)
			got, notes, err := user.Canonicalize(in, schema.ForCreate, schema.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decode(t, expand(tt.want)), got); diff != "" {
				t.Error(diff)
			}
			var want []string
			for _, n := range tt.notes {
				want = append(want, expand(n))
			}
			if diff := cmp.Diff(want, codes(notes)); diff != "" {
				t.Error(diff)
			}
			for _, n := range notes {
				if n.Message == "" || strings.Contains(n.Message, "s3cret") {
					t.Errorf("message of %s is %q", n.Code, n.Message)
				}
			}
			if !cmp.Equal(before, in) {
				t.Error("the input was modified")
			}
		})
	}
}

func TestCanonicalize_UserRefused(t *testing.T) {
	t.Parallel()
	user := hrRegistry(t).TypeByName("User")
	tests := []struct{ name, in, want string }{
		{"no userName", `{"schemas":["<user>"]}`, `"userName" is required`},
		{"userName null", `{"userName":null}`, `"userName" is required`},
		{"userName empty", `{"userName":""}`, `"userName" is required`},
		{"userName blank", `{"userName":" \u00a0\t"}`, `"userName"`},
		{"userName invisible", `{"userName":"\u00ad\u200b"}`, "invisible"},
		{"userName a number", `{"userName":12345}`, `"userName" must be a string, but the number 12345 was sent`},
		{"userName an object", `{"userName":{"$ne":null}}`, "an object was sent"},
		{"userName an array", `{"userName":["ada"]}`, "an array was sent"},
		{"userName with CR LF", `{"userName":"a\r\nb"}`, "control character"},
		{"userName too long", `{"userName":"` + strings.Repeat("é", 321) + `"}`, "more than 320 characters"},
		{"userName twice", `{"userName":"a","<user>:userName":"b"}`, "given twice"},
		{"sub-attribute twice", `{"userName":"a","name":{"givenName":"x"},"name.givenName":"y"}`, `"name.givenName" is given twice`},
		{"externalId a number", `{"userName":"a","externalId":1}`, `"externalId" must be a string`},
		{"active 0", `{"userName":"a","active":0}`, "the number 0"},
		{"active maybe", `{"userName":"a","active":"maybe"}`, `the string "maybe"`},
		{"active an array", `{"userName":"a","active":[false]}`, "an array was sent"},
		{"name a string", `{"userName":"a","name":"Ada"}`, `"name" must be an object`},
		{"name an array", `{"userName":"a","name":[{"givenName":"x"}]}`, `"name" must be an object`},
		{"emails a string", `{"userName":"a","emails":"a@x"}`, "an array of objects"},
		{"emails of strings", `{"userName":"a","emails":["a@x"]}`, `"emails" must be an object, but the string "a@x"`},
		{"emails nested", `{"userName":"a","emails":[[{"value":"x"}]]}`, "an array was sent"},
		{"roles of JSON text", `{"userName":"a","roles":["{\"value\":\"x\"}"]}`, `"roles" must be an object`},
		{"e-mail value a number", `{"userName":"a","emails":[{"value":1}]}`, `"emails.value" must be a string`},
		{"two primaries", `{"userName":"a","emails":[{"value":"x","primary":true},{"value":"y","primary":"true"}]}`, "primary"},
		{"101 e-mails", `{"userName":"a","emails":[` + strings.Repeat(`{"value":"x"},`, 100) + `{"value":"x"}]}`, "101 values"},
		{"dotted key of a list", `{"userName":"a","emails.value":"x"}`, "multi-valued"},
		{"two managers", `{"userName":"a","<ent>":{"manager":["x","y"]}}`, "one object"},
		{"manager nested", `{"userName":"a","<ent>":{"manager":[["x"]]}}`, "one object"},
		{"manager a number", `{"userName":"a","<ent>":{"manager":7}}`, "one object"},
		{"extension a string", `{"userName":"a","<ent>":"x"}`, "an object of attributes"},
		{"core URN a string", `{"userName":"a","<user>":"x"}`, "an object of attributes"},
		{"integer text", `{"userName":"a","<hr>":{"age":"34"}}`, "whole number"},
		{"integer fraction", `{"userName":"a","<hr>":{"age":3.5}}`, "whole number"},
		{"integer tiny fraction", `{"userName":"a","<hr>":{"age":1e-999999999999}}`, "whole number"},
		{"integer too large", `{"userName":"a","<hr>":{"age":9223372036854775808}}`, "whole number"},
		{"integer far too large", `{"userName":"a","<hr>":{"age":1e999999}}`, "whole number"},
		{"decimal too large", `{"userName":"a","<hr>":{"score":1e999999}}`, "a number"},
		{"decimal text", `{"userName":"a","<hr>":{"score":"1"}}`, "a number"},
		{"date without time", `{"userName":"a","<hr>":{"hired":"2020-01-01"}}`, "date and time"},
		{"date a number", `{"userName":"a","<hr>":{"hired":20200101}}`, "a string"},
		{"not base64", `{"userName":"a","<hr>":{"badge":"a*b="}}`, "base64"},
		{"base64 of bad length", `{"userName":"a","<hr>":{"badge":"A"}}`, "base64"},
		{"base64 of bad padding", `{"userName":"a","<hr>":{"badge":"AAAA="}}`, "base64"},
		{"reference a number", `{"userName":"a","profileUrl":1}`, "a string"},
		{"required sub-attribute", `{"userName":"a","<hr>":{"rooms":[{"number":1},{"name":"Lab"}]}}`, `:rooms.number" is required`},
		{"schemas an object", `{"schemas":{},"userName":"a"}`, "array of URNs"},
		{"schemas of numbers", `{"schemas":[1],"userName":"a"}`, "array of URNs"},
		{"schemas of a group", `{"schemas":["<group>"],"userName":"a"}`, "a User is expected"},
		{"schemas of an old group", `{"schemas":["urn:scim:schemas:core:2.0:Group"],"userName":"a"}`, "a User is expected"},
		{"schemas of a message", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"userName":"a"}`, "a User is expected"},
		{"unmapped too large", `{"userName":"a","urn:x":{"a":"` + strings.Repeat("x", 40<<10) + `"},"<ent>":{"b":"` + strings.Repeat("x", 40<<10) + `"}}`, "more than 65536 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := user.Canonicalize(decode(t, expand(tt.in)), schema.ForReplace, schema.Options{})
			e := scim.AsError(err)
			if err == nil || e.Status != 400 || e.Type != scim.InvalidValue || !strings.Contains(e.Detail, tt.want) {
				t.Errorf("got %v, want 400 invalidValue with %q", err, tt.want)
			}
		})
	}
}

// Pins R-SCHEMA-23.
func TestCanonicalize_StrictUnknown(t *testing.T) {
	t.Parallel()
	user := schema.Core().TypeByName("User")
	strict := schema.Options{StrictUnknown: true}
	for _, in := range []string{
		`{"userName":"a","shoeSize":1}`, `{"userName":"a","roles":[{"displayName":"x"}]}`, `{"userName":"a","urn:x:y":{"a":1}}`,
		`{"userName":"a","<ent>":{"floor":1}}`, `{"userName":"a","<ent>:floor":1}`, `{"userName":"a","<user>:shoe":1}`, `{"userName":"a","schemas":["<user>","urn:x:y"]}`,
	} {
		_, _, err := user.Canonicalize(decode(t, expand(in)), schema.ForCreate, strict)
		if e := scim.AsError(err); err == nil || e.Status != 400 || e.Type != scim.InvalidSyntax {
			t.Errorf("%s: %v", in, err)
		}
	}
	if _, _, err := user.Canonicalize(decode(t, expand(`{"userName":"a","id":"x","password":"p","<ent>":{"manager":"m"}}`)), schema.ForCreate, strict); err != nil {
		t.Errorf("strictness about the unknown refuses the known: %v", err)
	}
}

func TestCanonicalize_Group(t *testing.T) {
	t.Parallel()
	group := schema.Core().TypeByName("Group")
	got, notes, err := group.Canonicalize(decode(t, expand(`{"schemas":["<group>","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
		"displayName":"Design","members":[{"$ref":null,"value":"a","display":"A"},{"value":"b","type":"User"},{"value":"A","type":"Group"}]}`)), schema.ForCreate, schema.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := decode(t, expand(`{"schemas":["<group>"],"displayName":"Design","members":[{"value":"a"},{"value":"b","type":"User"}]}`))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"read-only-ignored members.display", "duplicate-value members", "T9 schemas"}, codes(notes)); diff != "" {
		t.Error(diff)
	}
	for _, in := range []string{`{"displayName":""}`, `{}`, `{"displayName":"\u200b "}`} {
		if _, _, err := group.Canonicalize(decode(t, in), schema.ForCreate, schema.Options{}); err == nil {
			t.Errorf("%s was accepted", in)
		}
	}
}

func TestCanonicalize_Limits(t *testing.T) {
	t.Parallel()
	r := schema.Core()
	members := func(n int) scim.Object {
		list := make([]any, n)
		for i := range list {
			list[i] = scim.Object{"value": fmt.Sprint("u", i), "display": "x"}
		}
		return scim.Object{"displayName": "g", "members": list}
	}
	emails := scim.Object{"userName": "a", "emails": []any{scim.Object{"value": "1"}, scim.Object{"value": "2"}}}
	tests := []struct {
		name string
		typ  string
		obj  scim.Object
		opt  schema.Options
		ok   bool
	}{
		{"members are excepted", "Group", members(5000), schema.Options{}, true},
		{"members have a limit", "Group", members(100_001), schema.Options{}, false},
		{"members with a limit of their own", "Group", members(3), schema.Options{LargeAttributes: map[string]int{"members": 2}}, false},
		{"members without exception", "Group", members(101), schema.Options{LargeAttributes: map[string]int{}}, false},
		{"within MaxValues", "User", emails, schema.Options{MaxValues: 2}, true},
		{"above MaxValues", "User", emails, schema.Options{MaxValues: 1}, false},
		{"MaxUserName", "User", scim.Object{"userName": "abc"}, schema.Options{MaxUserName: 2}, false},
		{"320 characters", "User", scim.Object{"userName": strings.Repeat("é", 320)}, schema.Options{}, true},
		{"MaxUnmapped", "User", scim.Object{"userName": "a", "urn:x": scim.Object{"a": "b"}}, schema.Options{MaxUnmapped: 10}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := r.TypeByName(tt.typ).Canonicalize(tt.obj, schema.ForCreate, tt.opt)
			if (err == nil) != tt.ok {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestCanonicalize_NotesAreBounded(t *testing.T) {
	t.Parallel()
	obj := scim.Object{"userName": "a"}
	for i := range 1000 {
		obj[fmt.Sprint("unknown", i)] = true
	}
	_, notes, err := schema.Core().TypeByName("User").Canonicalize(obj, schema.ForCreate, schema.Options{})
	if err != nil || len(notes) != 100 {
		t.Errorf("got %d notes, %v", len(notes), err)
	}
}

func TestCanonicalize_PatchValueNeedsNoRequired(t *testing.T) {
	t.Parallel()
	got, _, err := schema.Core().TypeByName("User").Canonicalize(scim.Object{"TITLE": "T"}, schema.ForPatchValue, schema.Options{})
	if err != nil || got["title"] != "T" {
		t.Errorf("got %v, %v", got, err)
	}
}

// Pins R-SCHEMA-17.
func TestCanonicalize_RequiredExtension(t *testing.T) {
	t.Parallel()
	types := schema.Core().Types()
	types[0].Extensions[0].Required = true
	r, err := schema.NewRegistry(types)
	if err != nil {
		t.Fatal(err)
	}
	user := r.TypeByName("User")
	if _, _, err := user.Canonicalize(scim.Object{"userName": "a"}, schema.ForCreate, schema.Options{}); err == nil || !strings.Contains(err.Error(), scim.EnterpriseUserSchema) {
		t.Errorf("got %v", err)
	}
	obj := scim.Object{"userName": "a", scim.EnterpriseUserSchema: scim.Object{"department": "D"}}
	if _, _, err := user.Canonicalize(obj, schema.ForCreate, schema.Options{}); err != nil {
		t.Error(err)
	}
}

func TestCanonicalValue(t *testing.T) {
	t.Parallel()
	user := hrRegistry(t).TypeByName("User")
	tests := []struct {
		path, in, want string
		notes          []string
	}{
		{"active", `"TRUE"`, `true`, []string{"T2 active"}},
		{"emails.primary", `"False"`, `false`, []string{"T2 emails.primary"}},
		{"emails", `{"VALUE":"x"}`, `[{"value":"x"}]`, []string{"single-value emails"}},
		{"emails", `[]`, `null`, nil},
		{"title", `""`, `null`, []string{"T8 title"}},
		{"title", `null`, `null`, nil},
		{"manager", `"m"`, `{"value":"m"}`, []string{"T7 <ent>:manager"}},
		{"manager", `""`, `null`, []string{"T7 <ent>:manager", "T8 <ent>:manager"}},
		// A merge has to clear what is sent as null.
		{"name", `{"givenName":"A","middleName":null,"honorificPrefix":""}`, `{"givenName":"A","middleName":null,"honorificPrefix":null}`, []string{"T8 name.honorificPrefix"}},
		{"emails", `[{"value":"x","display":null}]`, `[{"value":"x"}]`, nil},
		{"<hr>:ratings", `[2.0]`, `[2]`, nil},
	}
	for _, tt := range tests {
		ref, ok := user.ResolvePath(expand(tt.path))
		if !ok {
			t.Fatal(tt.path)
		}
		in, err := scim.DecodeValue([]byte(tt.in), scim.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		got, notes, err := user.CanonicalValue(ref, in, schema.Options{})
		if err != nil {
			t.Errorf("%s %s: %v", tt.path, tt.in, err)
			continue
		}
		want, err := scim.DecodeValue([]byte(tt.want), scim.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %s: %s", tt.path, tt.in, diff)
		}
		var wantNotes []string
		for _, n := range tt.notes {
			wantNotes = append(wantNotes, expand(n))
		}
		if diff := cmp.Diff(wantNotes, codes(notes)); diff != "" {
			t.Errorf("%s %s: %s", tt.path, tt.in, diff)
		}
	}
	ref, _ := user.ResolvePath("displayName")
	if _, _, err := user.CanonicalValue(ref, scim.Object{"x": scim.Number("1")}, schema.Options{}); scim.AsError(err).Type != scim.InvalidValue {
		t.Errorf("got %v", err)
	}
}

func TestCanonicalize_MembersNeedAnID(t *testing.T) {
	t.Parallel()
	group := schema.Core().TypeByName("Group")
	for _, members := range []string{`[{"display":"x"}]`, `[{"type":"User"}]`, `[{"value":"a"},{"value":null,"type":"User"}]`, `{"foo":1}`} {
		_, _, err := group.Canonicalize(decode(t, `{"displayName":"g","members":`+members+`}`), schema.ForCreate, schema.Options{})
		if e := scim.AsError(err); err == nil || e.Status != 400 || e.Type != scim.InvalidValue {
			t.Errorf("members %s: %v, want 400 invalidValue", members, err)
		}
	}
	// Elsewhere a value that cannot be changed is not an id.
	thing := &schema.ResourceType{Name: "Thing", Endpoint: "/Things", Schema: &schema.Schema{ID: "urn:x:Thing", Name: "Thing", Attributes: []*schema.Attribute{
		{Name: "items", Type: schema.Complex, MultiValued: true, SubAttributes: []*schema.Attribute{
			{Name: "value", Type: schema.String, Mutability: schema.Immutable}, {Name: "code", Type: schema.String}}}}}}
	if obj, _, err := thing.Canonicalize(decode(t, `{"items":[{"code":"c"}]}`), schema.ForCreate, schema.Options{}); err != nil || len(obj["items"].([]any)) != 1 {
		t.Errorf("%v, %v", obj, err)
	}
	for _, members := range []string{`null`, `[]`, `[null]`, `[{}]`, `[{"value":"a","display":"x","$ref":null}]`} {
		if _, _, err := group.Canonicalize(decode(t, `{"displayName":"g","members":`+members+`}`), schema.ForCreate, schema.Options{}); err != nil {
			t.Errorf("members %s: %v", members, err)
		}
	}
}
