package scim_test

import (
	"math"
	"testing"

	"github.com/rosterhq/roster/scim"
)

func TestAppendJSON_Values(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   any
		want string
	}{
		{"null", nil, "null"},
		{"nil object", scim.Object(nil), "null"},
		{"booleans", []any{true, false}, "[true,false]"},
		{"number verbatim", scim.Number("1.50e+07"), "1.50e+07"},
		{"sorted names", scim.Object{"b": "1", "a": "2", "C": nil}, `{"C":null,"a":"2","b":"1"}`},
		{"Go integers", []any{1, int64(math.MinInt64)}, "[1,-9223372036854775808]"},
		{"Go floats", []any{0.5, 1e21, 1e-7, 3.0}, "[0.5,1e+21,1e-07,3]"},
		{"not a number", []any{math.NaN(), math.Inf(1)}, "[null,null]"},
		{"Go lists", []any{[]string{"x"}, []scim.Object{{"a": 1}}}, `[["x"],[{"a":1}]]`},
		{"version", scim.Version(`W/"1"`), `"W/\"1\""`},
		{"escapes", "\"\\/\b\t\n\r\x00\x1f\x7f", "\"\\\"\\\\/\\u0008\\t\\n\\r\\u0000\\u001f\x7f\""},
		{"no HTML escapes", "<a href='x'>&</a>\u2028", "\"<a href='x'>&</a>\u2028\""},
		{"invalid UTF-8", "a\xffb\xed\xa0\x80", "\"a\ufffdb\ufffd\ufffd\ufffd\""},
		{"replacement character", "\ufffd", "\"\ufffd\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := string(scim.AppendJSON([]byte("x"), tt.in)); got != "x"+tt.want {
				t.Errorf("got %s, want x%s", got, tt.want)
			}
		})
	}
}

func TestAppendJSON_PanicsOnForeignType(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a struct was encoded")
		}
	}()
	scim.AppendJSON(nil, struct{}{})
}
