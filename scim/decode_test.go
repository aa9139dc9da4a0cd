package scim_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rosterhq/roster/scim"
)

func TestDecodeObject_KeepsValues(t *testing.T) {
	t.Parallel()
	got, err := scim.DecodeObject([]byte(` {"a":null,"b":true,"c":"x\u00e9\n","d":1e999999,"e":[-0,1.50,{}],"f":{"g":[]},"ſ":1,"s":2} `), scim.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := scim.Object{
		"a": nil, "b": true, "c": "xé\n", "d": scim.Number("1e999999"),
		"e": []any{scim.Number("-0"), scim.Number("1.50"), scim.Object{}},
		"f": scim.Object{"g": []any{}},
		// U+017F is another name than s: folding is ASCII only.
		"ſ": scim.Number("1"), "s": scim.Number("2"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Pins R-HTTP-16, R-I18N-08.
func TestDecodeObject_Refuses(t *testing.T) {
	t.Parallel()
	lim := scim.Limits{Depth: 4, Keys: 3, StringBytes: 8, Bytes: 200}
	tests := []struct{ name, in, want string }{
		{"nothing", "", "line 1, column 1: the body is empty"},
		{"white space", " \n ", "the body is empty"},
		{"array at top", "[]", "is a JSON array"},
		{"number at top", "42", "is a JSON number"},
		{"null at top", "null", "is a JSON null"},
		{"boolean at top", "true", "is a JSON boolean"},
		{"string at top", `"x"`, "is a JSON string"},
		{"second document", "{}\n {}", "line 2, column 2: something follows"},
		{"garbage behind", "{} garbage", "line 1, column 4: something follows"},
		{"comma behind", "{},", "something follows"},
		{"truncated", `{"a":`, "line 1, column 6: the text ends"},
		{"truncated string", `{"a":"b`, "the text ends"},
		{"comment", `{"a":1,/*x*/"b":2}`, "line 1, column 8"},
		{"single quotes", `{'a':1}`, "line 1, column 2"},
		{"trailing comma", `{"a":1,}`, "line 1"},
		{"NaN", `{"a":NaN}`, "line 1, column 6"},
		{"leading zero", `{"a":01}`, "line 1"},
		{"hexadecimal", `{"a":0x1}`, "line 1"},
		{"plus", `{"a":+1}`, "line 1, column 6"},
		{"control character", "{\"a\":\"\x01\"}", "line 1"},
		{"byte order mark", "\xef\xbb\xbf{}", "byte order mark"},
		{"UTF-16 little endian", "{\x00}\x00", "UTF-16"},
		{"UTF-16 big endian", "\x00{\x00}", "UTF-16"},
		{"UTF-16 with mark", "\xff\xfe{\x00", "UTF-16"},
		{"invalid UTF-8", "{\"a\":\"\xff\"}", "line 1, column 7: invalid UTF-8"},
		{"invalid UTF-8 in a name", "{\"\xff\":1}", "invalid UTF-8"},
		{"overlong UTF-8", "{\"a\":\"\xc0\x80\"}", "invalid UTF-8"},
		{"UTF-8 of a surrogate", "{\"a\":\"\xed\xa0\x80\"}", "invalid UTF-8"},
		{"lone high surrogate", `{"a":"\ud800"}`, "line 1"},
		{"lone low surrogate", `{"a":"\udc00x"}`, "line 1"},
		{"surrogates in the wrong order", `{"a":"\udc00\ud800"}`, "line 1"},
		{"NUL in a string", `{"a":"x\u0000"}`, "U+0000"},
		{"NUL in a name", `{"\u0000":1}`, "U+0000"},
		{"same name", "{\"a\":1,\n\"a\":2}", `line 2, column 1: the name "a" occurs twice`},
		{"same name in other case", `{"aB":1,"Ab":2}`, `"aB" and "Ab"`},
		{"same name, escaped", `{"a":1,"\u0041":2}`, `"a" and "A"`},
		{"same name deep inside", `{"x":[{"a":1,"a":1}]}`, "twice"},
		{"too deep", `{"a":[[[[]]]]}`, "more than 4 deep"},
		{"too many members", `{"a":1,"b":1,"c":1,"d":1}`, "more than 3 members"},
		{"string too long", `{"a":"123456789"}`, "more than 8 bytes"},
		{"name too long", `{"123456789":1}`, "more than 8 bytes"},
		{"number too long", `{"a":123456789}`, "more than 8 characters"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := scim.DecodeObject([]byte(tt.in), lim)
			var e *scim.Error
			if !errors.As(err, &e) {
				t.Fatalf("error is %v", err)
			}
			if e.Status != http.StatusBadRequest || e.Type != scim.InvalidSyntax || !strings.Contains(e.Detail, tt.want) {
				t.Errorf("got %v, want 400 invalidSyntax with %q", e, tt.want)
			}
		})
	}
}

func TestDecodeObject_BodyTooLarge(t *testing.T) {
	t.Parallel()
	_, err := scim.DecodeObject([]byte(`{"a":1}`), scim.Limits{Bytes: 6})
	if e := scim.AsError(err); e.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("got %v", err)
	}
}

func TestDecodeObject_DefaultLimits(t *testing.T) {
	t.Parallel()
	deep := func(n int) string {
		return `{"a":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + "}"
	}
	var keys strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&keys, `"k%d":0,`, i)
	}
	tests := []struct {
		name string
		in   string
		ok   bool
	}{
		{"32 levels", deep(32), true},
		{"33 levels", deep(33), false},
		{"200,000 levels", deep(200_000), false},
		{"2,000 members", "{" + strings.TrimSuffix(keys.String(), ",") + "}", true},
		{"2,001 members", "{" + keys.String() + `"more":0}`, false},
		{"the 2,000th in other case", "{" + keys.String() + `"K77":0}`, false},
		{"64 KiB", `{"a":"` + strings.Repeat("x", 64<<10) + `"}`, true},
		{"more than 64 KiB", `{"a":"` + strings.Repeat("x", 64<<10+1) + `"}`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := scim.DecodeObject([]byte(tt.in), scim.Limits{}); (err == nil) != tt.ok {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestDecodeValue_AnyType(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]any{
		"null": nil, "false": false, `"x"`: "x", "-1.5E+3": scim.Number("-1.5E+3"), "[[]]": []any{[]any{}}, "{}": scim.Object{},
	} {
		got, err := scim.DecodeValue([]byte(in), scim.Limits{})
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s: got %v, %v", in, got, err)
		}
	}
}

// values draws anything that DecodeValue can return.
func values(depth int) *rapid.Generator[any] {
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.ReplaceAll(strings.ToValidUTF8(rapid.String().Draw(t, "text"), ""), "\x00", "")
	})
	scalar := rapid.OneOf(
		rapid.Just[any](nil), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(text, func(s string) any { return s }),
		rapid.Map(rapid.StringMatching(`-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,9})?([eE][+-]?[0-9]{1,7})?`), func(s string) any { return scim.Number(s) }),
	)
	if depth == 0 {
		return scalar
	}
	inner := values(depth - 1)
	list := rapid.Map(rapid.SliceOfN(inner, 0, 4), func(v []any) any { return append([]any{}, v...) })
	object := rapid.Custom(func(t *rapid.T) any {
		obj := scim.Object{}
		seen := map[string]bool{}
		for _, name := range rapid.SliceOfN(text, 0, 30).Draw(t, "names") {
			if key := asciiLower(name); !seen[key] {
				seen[key] = true
				obj[name] = inner.Draw(t, "value")
			}
		}
		return obj
	})
	return rapid.OneOf(scalar, list, object)
}

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 32
		}
		return r
	}, s)
}

func TestDecodeValue_InvertsAppendJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := values(3).Draw(t, "value")
		text := scim.AppendJSON(nil, v)
		got, err := scim.DecodeValue(text, scim.Limits{})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(v, got); diff != "" {
			t.Fatal(diff)
		}
		if again := scim.AppendJSON(nil, got); string(again) != string(text) {
			t.Fatalf("encoded as %s and as %s", text, again)
		}
	})
}

// FuzzDecodeObject checks that the reader never panics, answers with an *Error, and that what it
// accepts survives encoding and reading again.
func FuzzDecodeObject(f *testing.F) {
	f.Add([]byte(sampleUser))
	f.Add([]byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}`))
	f.Add([]byte(`{"userName":"a","USERNAME":"b"}`))
	f.Add([]byte(`{"a":"\ud83d\ude00\u0000","n":1e999999}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		obj, err := scim.DecodeObject(data, scim.Limits{})
		if err != nil {
			var e *scim.Error
			if !errors.As(err, &e) || e.Status != 400 || e.Detail == "" {
				t.Fatalf("%q: %v", data, err)
			}
			return
		}
		again, err := scim.DecodeObject(scim.AppendJSON(nil, obj), scim.Limits{})
		if err != nil || !cmp.Equal(obj, again) {
			t.Fatalf("%q: %v\n%s", data, err, cmp.Diff(obj, again))
		}
	})
}

const sampleUser = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
"externalId":"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef","userName":"ada.lovelace@example.com","active":true,"displayName":"Ada Lovelace",
"name":{"formatted":"Ms. Ada King Lovelace","familyName":"Lovelace","givenName":"Ada","middleName":"King","honorificPrefix":"Ms."},
"nickName":"Ada","title":"Analyst","userType":"Employee","preferredLanguage":"en-GB","locale":"en-GB","timezone":"Europe/London",
"emails":[{"primary":true,"type":"work","value":"ada.lovelace@example.com"},{"type":"home","value":"ada@lovelace.example"}],
"phoneNumbers":[{"type":"work","value":"+44 20 7946 0000"},{"type":"mobile","value":"+44 7700 900000"}],
"addresses":[{"type":"work","streetAddress":"12 St James's Square","locality":"London","region":"London","postalCode":"SW1Y 4JH","country":"GB","formatted":"12 St James's Square\nLondon SW1Y 4JH","primary":true}],
"roles":[{"value":"analyst","display":"Analyst","type":"WindowsAzureActiveDirectoryRole","primary":false}],
"meta":{"resourceType":"User"},
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984","costCenter":"4130","organization":"Analytical Engines","division":"Computing","department":"Notes","manager":{"value":"26118915-6090-4610-87e4-49d8ca9f808d"}}}`

func BenchmarkDecodeObject(b *testing.B) {
	data := []byte(sampleUser)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := scim.DecodeObject(data, scim.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	obj, err := scim.DecodeObject([]byte(sampleUser), scim.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = scim.AppendJSON(buf[:0], obj)
	}
}
