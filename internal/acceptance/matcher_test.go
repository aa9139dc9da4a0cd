package acceptance

import (
	"testing"

	"github.com/go-json-experiment/json"
)

func decode(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestMatch_Operators(t *testing.T) {
	t.Parallel()
	const absent = "absent"
	for _, c := range []struct {
		matcher, value string
		want           bool
	}{
		{`"a"`, `"a"`, true},
		{`"a"`, `"A"`, false},
		{`1`, `"1"`, false},
		{`true`, `"true"`, false},
		{`null`, `null`, true},
		{`null`, absent, false},
		{`{"value":"x"}`, `{"value":"x"}`, true},
		{`{"value":"x"}`, `{"value":"x","type":"work"}`, false},
		{`{"type":"work"}`, `{"type":"work"}`, true},
		{`{}`, `{}`, true},
		{`[1,2]`, `[1,2]`, true},
		{`[1,2]`, `[2,1]`, false},
		{`{"exists":true}`, `null`, true},
		{`{"exists":true}`, absent, false},
		{`{"exists":false}`, absent, true},
		{`{"absentOrEmpty":true}`, absent, true},
		{`{"absentOrEmpty":true}`, `""`, true},
		{`{"absentOrEmpty":true}`, `[]`, true},
		{`{"absentOrEmpty":true}`, `{}`, true},
		{`{"absentOrEmpty":true}`, `false`, false},
		{`{"absentOrEmpty":true}`, `0`, false},
		{`{"absentOrEmpty":false}`, `"x"`, true},
		{`{"absentOrEmpty":false}`, `""`, false},
		{`{"type":"boolean"}`, `false`, true},
		{`{"type":"string"}`, `1`, false},
		{`{"type":"number"}`, `1.5`, true},
		{`{"type":"array"}`, `[]`, true},
		{`{"type":"object"}`, `[]`, false},
		{`{"type":"null"}`, `null`, true},
		{`{"eq":{"type":"string"}}`, `{"type":"string"}`, true},
		{`{"ne":"a"}`, `"b"`, true},
		{`{"ne":"a"}`, `"a"`, false},
		{`{"ne":"a"}`, absent, true},
		{`{"ieq":"ABC"}`, `"abc"`, true},
		{`{"contains":"ell"}`, `"hello"`, true},
		{`{"contains":"x"}`, `"hello"`, false},
		{`{"contains":"a"}`, `["b","a"]`, true},
		{`{"contains":"a"}`, `["ab"]`, false},
		{`{"contains":{"value":"a"}}`, `[{"value":"a","type":"work"}]`, true},
		{`{"contains":{"value":"a","type":"home"}}`, `[{"value":"a","type":"work"}]`, false},
		{`{"contains":"a"}`, absent, false},
		{`{"notContains":{"value":"a"}}`, `[{"value":"b"}]`, true},
		{`{"notContains":{"value":"a"}}`, `[{"value":"a","x":1}]`, false},
		{`{"notContains":"a"}`, absent, true},
		{`{"icontains":"BEARER"}`, `"Bearer realm"`, true},
		{`{"icontains":"b"}`, `["A","B"]`, true},
		{`{"containsAll":["a","b"]}`, `["c","b","a"]`, true},
		{`{"containsAll":["a","b"]}`, `["a"]`, false},
		{`{"set":["a","b"]}`, `["b","a"]`, true},
		{`{"set":["a"]}`, `["a","a"]`, false},
		{`{"set":["a","a"]}`, `["a","b"]`, false},
		{`{"set":[]}`, absent, false},
		{`{"length":2}`, `[1,2]`, true},
		{`{"length":1}`, `[1,2]`, false},
		{`{"length":0}`, absent, false},
		{`{"minLength":1}`, `"x"`, true},
		{`{"minLength":1}`, `[]`, false},
		{`{"gte":2}`, `2`, true},
		{`{"gte":2}`, `1`, false},
		{`{"gte":2}`, `"3"`, false},
		{`{"lte":2}`, `2`, true},
		{`{"gte":"2020-01-01"}`, `"2021-01-01"`, true},
		{`{"matches":"^a.c$"}`, `"abc"`, true},
		{`{"matches":"^a.c$"}`, `"abcd"`, false},
		{`{"oneOf":["a",null]}`, `null`, true},
		{`{"oneOf":["a","b"]}`, `"c"`, false},
		{`{"unique":true}`, `[1,2]`, true},
		{`{"unique":true}`, `[1,1]`, false},
		{`{"type":"array","length":1}`, `[1]`, true},
		{`{"type":"array","length":1}`, `[1,2]`, false},
	} {
		var value any
		if c.value != absent {
			value = decode(t, c.value)
		}
		problems := Match(decode(t, c.matcher), value, c.value != absent)
		if (len(problems) == 0) != c.want {
			t.Errorf("Match(%s, %s): problems %v, want it to hold: %t", c.matcher, c.value, problems, c.want)
		}
	}
}

func TestPath_Find(t *testing.T) {
	t.Parallel()
	doc := decode(t, `{
		"a":{"b":1}, "name.given":"dotted", "*":"star",
		"urn:x:2.0:User":{"manager":{"value":"m"}},
		"list":[{"type":"Work","value":"w"},{"type":"home","value":"h"},{"type":"none"}],
		"n":[{"id":"1","in":[{"k":"x","v":2}]}]
	}`)
	for _, c := range []struct {
		path, want string
		present    bool
	}{
		{"", "", true},
		{"a.b", "1", true},
		{"a.c", "", false},
		{"a.b.c", "", false},
		{"A.b", "", false},
		{`["name.given"]`, `"dotted"`, true},
		{`["*"]`, `"star"`, true},
		{`["urn:x:2.0:User"].manager.value`, `"m"`, true},
		{"list.0.value", `"w"`, true},
		{"list.9", "", false},
		{"list[type=work].value", `"w"`, true},
		{"list[type=fax].value", "", false},
		{"list.*.value", `["w","h"]`, true},
		{"nothing.*.value", `[]`, true},
		{"n[id=1].in[k=x].v", "2", true},
	} {
		path, err := ParsePath(c.path)
		if err != nil {
			t.Errorf("%q: %v", c.path, err)
			continue
		}
		got, present := path.Find(doc)
		if present != c.present {
			t.Errorf("%q: present %t, want %t", c.path, present, c.present)
		}
		if c.want != "" && show(got) != c.want {
			t.Errorf("%q: got %s, want %s", c.path, show(got), c.want)
		}
	}
	for _, bad := range []string{`["open`, "a[b]", "a[b=c", "a..b"} {
		if _, err := ParsePath(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
