package schema_test

import (
	"testing"
	"time"

	"golang.org/x/text/secure/precis"
	"pgregory.net/rapid"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// Pins R-I18N-01, R-I18N-02, R-I18N-06.
func TestCaseKey_Table(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"", ""},
		{"ada", "ada"},
		{"Ada.LOVELACE@Example.com", "ada.lovelace@example.com"},
		{"RENE\u0301", "ren\u00e9"}, // NFD and NFC are one name
		{"René", "ren\u00e9"},
		{"STRASSE", "strasse"},
		{"Straße", "straße"}, // ß is not ss (RFC 8265 §3.2)
		{"ΣΑΣ", "σασ"},       // no final sigma
		{"mıke", "mıke"},     // dotless i is a letter of its own
		{"İ", "i\u0307"},     // full lower-casing, not the simple one
		{"ＡＢＣ＠ｅｘ", "abc@ex"}, // full width
		{"ｶﾞ", "ガ"},          // half width
		{"\u212a", "k"},      // Kelvin sign
		{"a b", "a b"},       // a space: PRECIS refuses, we do not
		{"🙂 X", "🙂 x"},
	}
	for _, tt := range tests {
		if got := schema.CaseKey(tt.in); got != tt.want {
			t.Errorf("CaseKey(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// Pins R-I18N-01.
func TestCaseKey_EqualsPRECIS(t *testing.T) {
	t.Parallel()
	letters := rapid.StringOfN(rapid.RuneFrom([]rune("abzABZ019._@-éÉßΣσςİıǅﬀЖжאabcＡｂｶﾞÅÅḂ\u0301\u0307\u0323")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		s := letters.Draw(t, "name")
		want, err := precis.UsernameCaseMapped.String(s)
		if err != nil {
			return
		}
		if got := schema.CaseKey(s); got != want {
			t.Fatalf("CaseKey(%q) = %q, PRECIS gives %q", s, got, want)
		}
	})
}

func TestKeys_AreIdempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		if k := schema.CaseKey(s); schema.CaseKey(k) != k {
			t.Fatalf("CaseKey(%q) = %q, whose key is %q", s, k, schema.CaseKey(k))
		}
		if k := schema.ExactKey(s); schema.ExactKey(k) != k {
			t.Fatalf("ExactKey(%q) = %q", s, k)
		}
	})
}

func TestAttribute_Key(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		attr schema.Attribute
		in   string
		want string
	}{
		{"case-insensitive", schema.Attribute{Type: schema.String}, " A ", " a "},
		{"unique", schema.Attribute{Type: schema.String, Uniqueness: schema.UniqueServer}, " \u00a0A ", "a"},
		{"uniqueness none", schema.Attribute{Type: schema.String, Uniqueness: schema.UniqueNone}, " A ", " a "},
		{"exact", schema.Attribute{Type: schema.String, CaseExact: true}, "Ae\u0301", "A\u00e9"},
		{"reference", schema.Attribute{Type: schema.Reference}, "http://X/", "http://X/"},
		{"binary", schema.Attribute{Type: schema.Binary}, "AbC=", "AbC="},
	}
	for _, tt := range tests {
		if got := tt.attr.Key(tt.in); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Pins R-SCHEMA-07.
func TestParseDateTime_Table(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"2026-01-31T08:30:00Z", "2026-01-31T08:30:00.000Z"},
		{"2026-01-31T08:30:00", "2026-01-31T08:30:00.000Z"},
		{"2026-01-31T08:30:00+05:30", "2026-01-31T03:00:00.000Z"},
		{"2026-01-31T00:30:00+14:00", "2026-01-30T10:30:00.000Z"},
		{"2026-01-31T08:30:00-00:00", "2026-01-31T08:30:00.000Z"},
		{"2026-01-31T08:30:00.1234567Z", "2026-01-31T08:30:00.123Z"},
		{"2026-01-31T08:30:00.123456789012Z", "2026-01-31T08:30:00.123Z"},
		{"2024-02-29T23:59:59.999Z", "2024-02-29T23:59:59.999Z"},
		{"2026-12-31T24:00:00Z", "2027-01-01T00:00:00.000Z"},
		{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"},
	}
	for _, tt := range tests {
		got, err := schema.ParseDateTime(tt.in)
		if err != nil || schema.FormatDateTime(got) != tt.want {
			t.Errorf("%s: got %v, %v, want %s", tt.in, got, err, tt.want)
		}
	}
	for _, in := range []string{
		"", "now", "2026-01-31", "08:30:00Z", "2026-01-31 08:30:00Z", "2026-01-31T08:30Z", "2026-01-31t08:30:00z", "2026-01-31T08:30:00z",
		"2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
		"2026-01-31T24:00:01Z", "2026-01-31T25:00:00Z", "2026-01-31T08:60:00Z", "2026-01-31T08:30:60Z", "0000-01-01T00:00:00Z", "12026-01-31T08:30:00Z",
		"-2026-01-31T08:30:00Z", "2026-01-31T08:30:00.Z", "2026-01-31T08:30:00+14:01", "2026-01-31T08:30:00+0530", "2026-01-31T08:30:00+05", "2026-01-31T08:30:00 Z",
		"٢٠٢٦-01-31T08:30:00Z",
	} {
		if got, err := schema.ParseDateTime(in); err == nil || scim.AsError(err).Type != scim.InvalidValue {
			t.Errorf("%q: got %v, %v", in, got, err)
		}
	}
}

func TestParseDateTime_InvertsFormat(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		millis := rapid.Int64Range(-62135596800000, 253402300799999).Draw(t, "millis")
		want := time.UnixMilli(millis).UTC()
		got, err := schema.ParseDateTime(schema.FormatDateTime(want))
		if err != nil || !got.Equal(want) {
			t.Fatalf("%v became %v, %v", want, got, err)
		}
		// Any spelling that the standard library reads as RFC 3339 means the same here.
		zone := time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "minutes"))
		text := want.In(zone).Format(time.RFC3339Nano)
		if got, err := schema.ParseDateTime(text); len(text) > 0 && text[4] == '-' && text[0] != '-' && text[:4] != "0000" && (err != nil || !got.Equal(want)) {
			t.Fatalf("%s became %v, %v", text, got, err)
		}
	})
}
