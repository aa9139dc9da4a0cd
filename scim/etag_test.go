package scim_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
)

func TestParseETags_Lists(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		lines []string
		want  scim.ETags
	}{
		{"absent", nil, scim.ETags{}},
		{"any", []string{" * "}, scim.ETags{Any: true}},
		{"weak", []string{`W/"7"`}, scim.ETags{List: []scim.Version{`W/"7"`}}},
		{"strong", []string{`"7"`}, scim.ETags{List: []scim.Version{`"7"`}}},
		{"list", []string{`W/"7" ,"a,b",, w/"9"`}, scim.ETags{List: []scim.Version{`W/"7"`, `"a,b"`, `w/"9"`}}},
		{"two lines", []string{`"1"`, `"2"`}, scim.ETags{List: []scim.Version{`"1"`, `"2"`}}},
		{"empty tag", []string{`""`}, scim.ETags{List: []scim.Version{`""`}}},
		{"opaque bytes", []string{"\"\xe9!\""}, scim.ETags{List: []scim.Version{"\"\xe9!\""}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := scim.ParseETags(tt.lines...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if got.IsZero() != (tt.lines == nil) {
				t.Errorf("IsZero is %v", got.IsZero())
			}
		})
	}
}

func TestParseETags_Malformed(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", ",", "7", `"7`, `W/7`, `W/`, `W "7"`, `"7""8"`, `"7" "8"`, `*,"7"`, `"7",*`, "\"a\x01\"", `"a b"`} {
		if got, err := scim.ParseETags(in); err == nil {
			t.Errorf("%q was read as %v", in, got)
		} else if e := scim.AsError(err); e.Status != 400 || e.Type != scim.InvalidSyntax {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestETags_MatchComparesWeakly(t *testing.T) {
	t.Parallel()
	tests := []struct {
		tags    string
		version scim.Version
		want    bool
	}{
		{`*`, `W/"1"`, true},
		{`W/"1"`, `W/"1"`, true},
		{`"1"`, `W/"1"`, true},
		{`W/"1"`, `"1"`, true},
		{`w/"1"`, `W/"1"`, true},
		{`W/"1"`, `W/"2"`, false},
		{`"2", W/"1"`, `W/"1"`, true},
		{`"A"`, `W/"a"`, false},
	}
	for _, tt := range tests {
		tags, err := scim.ParseETags(tt.tags)
		if err != nil {
			t.Fatal(err)
		}
		if got := tags.Match(tt.version); got != tt.want {
			t.Errorf("%s against %s: %v", tt.tags, tt.version, got)
		}
	}
	if (scim.ETags{}).Match(`"1"`) {
		t.Error("no tags match something")
	}
}

func FuzzParseETags(f *testing.F) {
	f.Add(`W/"7", "8"`)
	f.Add(`*`)
	f.Fuzz(func(t *testing.T, in string) {
		tags, err := scim.ParseETags(in)
		if err == nil && !tags.Any && len(tags.List) == 0 {
			t.Errorf("%q was read as nothing", in)
		}
		for _, tag := range tags.List {
			if !tags.Match(tag) {
				t.Errorf("%q does not match itself", tag)
			}
		}
	})
}
