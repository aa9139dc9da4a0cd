package sqlstore

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// TestFilters_DecidedInSQL lists filters of which nothing is left to the evaluator, however many
// resources there are; that both agree is shown by package storetest.
func TestFilters_DecidedInSQL(t *testing.T) { onEachEngine(t, testFiltersDecidedInSQL) }

func testFiltersDecidedInSQL(t *testing.T, s *Store) {
	long := strings.Repeat("\U0001F600", 320)
	for typ, filters := range map[string][]string{
		"User": {
			`id eq "x"`, `id sw "0"`, `userName co "a"`, `userName eq "` + long + `"`, `userName sw "` + long + `"`, `not (userName ew "a")`,
			`externalId eq "x"`, `externalId ne "x"`, `externalId pr`, `externalId gt "x"`, `displayName co "x"`, `displayName pr`,
			`active eq true`, `active eq false`, `active ne true`, `active ne false`, `not (active eq true)`, `not (active eq false)`,
			`active pr`, `not (active pr)`, `active eq null`,
			`meta.created gt "2026-01-01T00:00:00Z"`, `meta.lastModified le "2026-01-01T00:00:00.0001Z"`, `meta.lastModified ne "2026-01-01T00:00:00Z"`,
			`emails.value eq "x"`, `emails eq "x"`, `emails.value ne "x"`, `emails.value co "x"`, `emails[value eq "x"]`, `emails[value sw "x" or value ew "y"]`,
			`groups.value eq "x"`, `groups pr`, `not (groups pr)`, `groups.value eq null`,
			`userName eq "x" or emails.value eq "x"`, `not (userName eq "x" and active eq false)`,
		},
		"Group": {
			`displayName eq "x"`, `displayName sw "x"`, `externalId eq "x"`,
			`members eq "x"`, `members.value ne "x"`, `members.value sw "x"`, `members pr`, `members.type eq "User"`, `members.type ne "User"`,
			`members[value eq "x"]`, `members[value eq "x" and type eq "User"]`, `members[not (type eq "Group") or value eq "x"]`,
		},
	} {
		for _, text := range filters {
			e, err := filter.Parse(text, filter.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			q := &directory.ResourceQuery{Source: 1, Type: schema.Core().TypeByName(typ)}
			if q.Filter, err = filter.Bind(e, q.Type); err != nil {
				t.Fatal(err)
			}
			err = s.view(t.Context(), func(x *tx) error {
				sel, err := x.selectionOf(q)
				if err == nil && !sel.exact {
					t.Errorf("%.100s is left to the evaluator", text)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
}

// TestFilters_LongValuesAreLeftToTheEvaluator: an index has only the beginning of a long value, which
// decides no more than a comparison for equality and short beginnings.
func TestFilters_LongValuesAreLeftToTheEvaluator(t *testing.T) {
	onEachEngine(t, testFiltersLongValuesAreLeftToTheEvaluator)
}

func testFiltersLongValuesAreLeftToTheEvaluator(t *testing.T, s *Store) {
	user := schema.Core().TypeByName("User")
	check := func(x *tx, text string, exact bool) error {
		e, err := filter.Parse(text, filter.Limits{})
		if err != nil {
			return err
		}
		q := &directory.ResourceQuery{Source: 1, Type: user, Match: func(context.Context, directory.Reader, *directory.Record) (bool, error) { return true, nil }}
		if q.Filter, err = filter.Bind(e, user); err != nil {
			return err
		}
		sel, err := x.selectionOf(q)
		if err == nil && sel.exact != exact {
			t.Errorf("%.50s is exact: %t, want %t", text, sel.exact, exact)
		}
		return err
	}
	undone := errors.New("nothing shall stay")
	err := s.update(t.Context(), func(x *tx) error {
		r := benchUser(1)
		obj, err := r.Object()
		if err != nil {
			return err
		}
		obj["displayName"] = strings.Repeat("x", 60_000)
		r.Keys, r.Label = directory.KeysOf(user, directory.Policies{}, obj), directory.LabelOf(obj)
		if len(r.Keys.Display) > 1100 || len(r.Label) > 1100 {
			t.Errorf("keys of %d and %d bytes", len(r.Keys.Display), len(r.Label))
		}
		if err := x.InsertResource(t.Context(), r); err != nil {
			return err
		}
		for text, exact := range map[string]bool{
			`displayName eq "x"`: true, `displayName ne "x"`: true, `displayName pr`: true, `displayName sw "xx"`: true,
			`displayName sw "` + strings.Repeat("x", 1000) + `"`: false, `displayName co "x"`: false, `displayName gt "x"`: false,
			`userName co "x"`: true,
		} {
			if err := check(x, text, exact); err != nil {
				return err
			}
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Error(err)
	}
}
