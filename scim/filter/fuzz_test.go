package filter_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
)

// FuzzParse: whatever parses, prints to text that parses to the same tree; the rest is 400.
func FuzzParse(f *testing.F) {
	for _, v := range loadFixtures(f).vectors {
		f.Add(v.Filter)
	}
	f.Add(`emails[type eq "work" and (a pr or not (b eq -1e5))].value sw "\ud83d\ude00"`)
	f.Fuzz(func(t *testing.T, in string) {
		e, err := filter.Parse(in, filter.Limits{})
		if err != nil {
			checkError(t, err, scim.InvalidFilter, "")
			return
		}
		got, err := filter.Parse(e.String(), wide())
		if err != nil {
			t.Fatalf("%q prints as %q: %v", in, e, err)
		}
		if diff := cmp.Diff(e, got); diff != "" {
			t.Fatalf("%q prints as %q (-want +got):\n%s", in, e, diff)
		}
	})
}

// FuzzParsePath: as FuzzParse, for PATCH paths.
func FuzzParsePath(f *testing.F) {
	for _, in := range []string{"userName", "name.givenName", `emails[type eq "work"].value`, enterprise, enterprise + ".manager.value",
		enterprise + ":manager", "emails[0]", "urn:a:2.0", `members[value eq"a"]`, "[x]", "a[b pr", `a.b[c pr]`} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		p, err := filter.ParsePath(in, filter.Limits{})
		if err != nil {
			if e := scim.AsError(err); e.Status != 400 || e.Type != scim.InvalidPath && e.Type != scim.InvalidFilter {
				t.Fatalf("%q: %v", in, err)
			}
			return
		}
		got, err := filter.ParsePath(p.String(), wide())
		if err != nil {
			t.Fatalf("%q prints as %q: %v", in, p, err)
		}
		if diff := cmp.Diff(p, got); diff != "" {
			t.Fatalf("%q prints as %q (-want +got):\n%s", in, p, diff)
		}
	})
}

// FuzzMatch: binding and evaluating never panic, a negation is the opposite, and a query over several
// types agrees with one over a single type wherever that is allowed.
func FuzzMatch(f *testing.F) {
	fix := loadFixtures(f)
	for _, v := range fix.vectors {
		f.Add(v.Filter, "Babs", "1")
	}
	f.Fuzz(func(t *testing.T, in, text, number string) {
		e, err := filter.Parse(in, filter.Limits{})
		if err != nil {
			return
		}
		bound, err := filter.Bind(e, fix.user)
		if err != nil {
			checkError(t, err, scim.InvalidFilter, "")
			return
		}
		obj := scim.Object{
			"userName": text, "displayName": text, "active": text == "", "meta": scim.Object{"created": text},
			"name":   scim.Object{"familyName": text},
			"emails": []any{scim.Object{"value": text, "type": "work"}, scim.Object{}},
			hrSchema: scim.Object{"age": scim.Number(number), "tags": []any{text, "x"}, "hired": text},
		}
		got := bound.Match(obj)
		not, err := filter.Bind(filter.Not{Expr: e}, fix.user)
		if err != nil || not.Match(obj) == got {
			t.Fatalf("not (%s) is %v as well (%v)", e, got, err)
		}
		anyType, err := filter.BindAny(e, fix.user)
		if err != nil || anyType.Match(obj) != got {
			t.Fatalf("%s: BindAny disagrees (%v)", e, err)
		}
	})
}
