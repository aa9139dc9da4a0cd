package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
)

// Pins R-PUT-06.
func TestResourceType_MergeReplace(t *testing.T) {
	t.Parallel()
	r := hrRegistry(t)
	tests := []struct{ name, typ, old, in, want string }{
		{"what is left out is cleared", "User", `{"schemas":["<user>","<ent>"],"userName":"a","title":"T","externalId":"e","<ent>":{"department":"D"}}`,
			`{"schemas":["<user>"],"userName":"b"}`, `{"schemas":["<user>"],"userName":"b"}`},
		{"read-only attributes stay", "User", `{"schemas":["<user>"],"id":"1","userName":"a","groups":[{"value":"g"}],"meta":{"version":"1"}}`,
			`{"schemas":["<user>"],"id":"2","userName":"a","groups":[]}`, `{"schemas":["<user>"],"id":"1","userName":"a","groups":[{"value":"g"}],"meta":{"version":"1"}}`},
		{"read-only attributes do not appear", "User", `{"userName":"a"}`, `{"userName":"a","groups":[{"value":"g"}],"<hr>":{"origin":"x"}}`, `{"schemas":["<user>"],"userName":"a"}`},
		{"read-only attribute of an extension", "User", `{"userName":"a","<hr>":{"origin":"import","age":1}}`, `{"userName":"a"}`,
			`{"schemas":["<user>","<hr>"],"userName":"a","<hr>":{"origin":"import"}}`},
		{"immutable left out", "User", `{"userName":"a","<hr>":{"badgeNo":"B-1"}}`, `{"userName":"a"}`, `{"schemas":["<user>","<hr>"],"userName":"a","<hr>":{"badgeNo":"B-1"}}`},
		{"immutable the same", "User", `{"userName":"a","<hr>":{"badgeNo":"B-1"}}`, `{"userName":"a","<hr>":{"badgeNo":"b-1"}}`, `{"schemas":["<user>","<hr>"],"userName":"a","<hr>":{"badgeNo":"B-1"}}`},
		{"immutable new", "User", `{"userName":"a"}`, `{"userName":"a","<hr>":{"badgeNo":"B-1"}}`, `{"schemas":["<user>","<hr>"],"userName":"a","<hr>":{"badgeNo":"B-1"}}`},
		{"immutable part left out", "User", `{"userName":"a","<hr>":{"locker":{"code":"77","color":"red"}}}`, `{"userName":"a","<hr>":{"locker":{"color":"blue"}}}`,
			`{"schemas":["<user>","<hr>"],"userName":"a","<hr>":{"locker":{"code":"77","color":"blue"}}}`},
		{"immutable part with its whole left out", "User", `{"userName":"a","<hr>":{"locker":{"code":"77","color":"red"}}}`, `{"userName":"a"}`,
			`{"schemas":["<user>","<hr>"],"userName":"a","<hr>":{"locker":{"code":"77"}}}`},
		{"derived part stays with its value", "User", `{"userName":"a","<ent>":{"manager":{"value":"m","displayName":"M"}}}`, `{"userName":"a","<ent>":{"manager":{"value":"m"}}}`,
			`{"schemas":["<user>","<ent>"],"userName":"a","<ent>":{"manager":{"value":"m","displayName":"M"}}}`},
		{"derived part goes with its value", "User", `{"userName":"a","<ent>":{"manager":{"value":"m","displayName":"M"}}}`, `{"userName":"a","<ent>":{"manager":{"value":"n"}}}`,
			`{"schemas":["<user>","<ent>"],"userName":"a","<ent>":{"manager":{"value":"n"}}}`},
		{"manager cleared", "User", `{"userName":"a","<ent>":{"manager":{"value":"m","displayName":"M"}}}`, `{"userName":"a"}`, `{"schemas":["<user>"],"userName":"a"}`},
		{"members", "Group", `{"displayName":"g","members":[{"value":"a","display":"A"},{"value":"b","display":"B"}]}`, `{"displayName":"g","members":[{"value":"c"},{"value":"b","type":"User"}]}`,
			`{"schemas":["<group>"],"displayName":"g","members":[{"value":"c"},{"value":"b","type":"User","display":"B"}]}`},
		{"members left out", "Group", `{"displayName":"g","members":[{"value":"a"}]}`, `{"displayName":"g"}`, `{"schemas":["<group>"],"displayName":"g"}`},
		{"unknown extensions", "User", `{"userName":"a","urn:x:y":{"a":1}}`, `{"userName":"a","urn:x:z":{"b":1}}`, `{"schemas":["<user>","urn:x:z"],"userName":"a","urn:x:z":{"b":1}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			old, in := decode(t, expand(tt.old)), decode(t, expand(tt.in))
			oldBefore, inBefore := scim.Clone(old), scim.Clone(in)
			got, err := r.TypeByName(tt.typ).MergeReplace(old, in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decode(t, expand(tt.want)), got); diff != "" {
				t.Error(diff)
			}
			if !cmp.Equal(oldBefore, old) || !cmp.Equal(inBefore, in) {
				t.Error("an argument was modified")
			}
		})
	}
}

// Pins R-PUT-06, R-SCHEMA-19.
func TestResourceType_MergeReplaceRefusesImmutableChange(t *testing.T) {
	t.Parallel()
	user := hrRegistry(t).TypeByName("User")
	for _, tt := range [][2]string{
		{`{"<hr>":{"badgeNo":"B-1"}}`, `{"<hr>":{"badgeNo":"B-2"}}`},
		{`{"<hr>":{"locker":{"code":"77"}}}`, `{"<hr>":{"locker":{"code":"78"}}}`},
	} {
		_, err := user.MergeReplace(decode(t, expand(tt[0])), decode(t, expand(tt[1])))
		if e := scim.AsError(err); err == nil || e.Status != 400 || e.Type != scim.Mutability {
			t.Errorf("%s: %v", tt[1], err)
		}
	}
}

func TestAttribute_Equal(t *testing.T) {
	t.Parallel()
	user := hrRegistry(t).TypeByName("User")
	tests := []struct {
		path, x, y string
		want       bool
	}{
		{"userName", `"Ada"`, `" aDA "`, true},
		{"title", `"A"`, `"a"`, true},
		{"title", `"A"`, `"a "`, false},
		{"title", `"A"`, `null`, false},
		{"title", `null`, `null`, true},
		{"externalId", `"A"`, `"a"`, false},
		{"externalId", `"\u00e9"`, `"e\u0301"`, true},
		{"active", `true`, `true`, true},
		{"active", `true`, `false`, false},
		{"<hr>:age", `3`, `3`, true},
		{"<hr>:codeName", `"3"`, `3`, false},
		{"<hr>:hired", `"2020-01-01T01:00:00+01:00"`, `"2020-01-01T00:00:00Z"`, true},
		{"<hr>:tags", `["a","b"]`, `["B","A"]`, true},
		{"<hr>:tags", `["a","a"]`, `["a","b"]`, false},
		{"<hr>:tags", `["a"]`, `["a","b"]`, false},
		{"<hr>:tags", `["a"]`, `"a"`, false},
		{"name", `{"givenName":"A"}`, `{"givenName":"a"}`, true},
		{"name", `{"givenName":"A"}`, `{"givenName":"A","familyName":"B"}`, false},
		{"name", `{"givenName":"A"}`, `null`, false},
		{"emails", `[{"value":"x","primary":false},{"value":"y"}]`, `[{"value":"Y"},{"value":"X"}]`, true},
		{"emails", `[{"value":"x","primary":true}]`, `[{"value":"x"}]`, false},
		{"emails", `[{"value":"x","type":"work"},{"value":"x","type":"home"}]`, `[{"value":"x","type":"home"},{"value":"x","type":"work"}]`, true},
		{"emails", `[{"value":"x","type":"work"},{"value":"x","type":"home"}]`, `[{"value":"x","type":"home"},{"value":"x","type":"home"}]`, false},
		{"addresses", `[{"region":"A"},{"region":"B"}]`, `[{"region":"B"},{"region":"A"}]`, true},
	}
	for _, tt := range tests {
		ref, ok := user.ResolvePath(expand(tt.path))
		if !ok {
			t.Fatal(tt.path)
		}
		x, errX := scim.DecodeValue([]byte(tt.x), scim.Limits{})
		y, errY := scim.DecodeValue([]byte(tt.y), scim.Limits{})
		if errX != nil || errY != nil {
			t.Fatal(errX, errY)
		}
		if got := ref.Attr.Equal(x, y); got != tt.want {
			t.Errorf("%s: %s equals %s: %v", tt.path, tt.x, tt.y, got)
		}
		if got := ref.Attr.Equal(y, x); got != tt.want {
			t.Errorf("%s: %s equals %s: %v", tt.path, tt.y, tt.x, got)
		}
	}
}

func TestResourceType_CheckRequired(t *testing.T) {
	t.Parallel()
	user := hrRegistry(t).TypeByName("User")
	for in, ok := range map[string]bool{
		`{"userName":"a"}`:  true,
		`{}`:                false,
		`{"userName":null}`: false,
		`{"userName":" "}`:  false,
		`{"userName":"a","emails":[{"value":"x","primary":true},{"value":"y","primary":false}]}`: true,
		`{"userName":"a","emails":[{"value":"x","primary":true},{"value":"y","primary":true}]}`:  false,
		`{"userName":"a","<hr>":{"rooms":[{"name":"Lab"}]}}`:                                     false,
		`{"userName":"a","<hr>":{"rooms":[{"number":1}]}}`:                                       true,
	} {
		err := user.CheckRequired(decode(t, expand(in)))
		if (err == nil) != ok || err != nil && scim.AsError(err).Type != scim.InvalidValue {
			t.Errorf("%s: %v", in, err)
		}
	}
}
