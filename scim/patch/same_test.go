package patch

import (
	"testing"

	"github.com/rosterhq/roster/scim"
)

func TestSame(t *testing.T) {
	t.Parallel()
	tests := []struct {
		x, y string
		want bool
	}{
		{`"a"`, `"a"`, true},
		{`"a"`, `"A"`, false},
		{`"1"`, `1`, false},
		{`true`, `null`, false},
		{`false`, `null`, false},
		{`[]`, `null`, false},
		{`["a","b"]`, `["b","a"]`, true},
		{`["a","a","b"]`, `["b","b","a"]`, false},
		{`["a","b","c"]`, `["a","c","b"]`, true},
		{`{"value":"a"}`, `{"value":"a","primary":false}`, true},
		{`{"value":"a"}`, `{"value":"a","booked":false}`, false},
		{`{"value":"a","primary":true}`, `{"value":"a"}`, false},
		{`{"value":"a"}`, `"a"`, false},
		{`[{"value":"a","primary":false},{"value":"b"}]`, `[{"value":"b","primary":false},{"value":"a"}]`, true},
		{`[{"value":"a"},{"value":"b"}]`, `[{"value":"b"},{"value":"a","type":"x"}]`, false},
		{`[{"n":1},{"list":["a","b"]}]`, `[{"list":["b","a"]},{"n":1}]`, true},
		{`[{"n":1},{"list":["a","b"]}]`, `[{"list":["b","b"]},{"n":1}]`, false},
	}
	for _, test := range tests {
		x, y := parsed(t, test.x), parsed(t, test.y)
		if same(x, y) != test.want || same(y, x) != test.want {
			t.Errorf("same(%s, %s) = %v, %v; want %v", test.x, test.y, same(x, y), same(y, x), test.want)
		}
	}
}

func parsed(t *testing.T, text string) any {
	t.Helper()
	v, err := scim.DecodeValue([]byte(text), scim.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}
