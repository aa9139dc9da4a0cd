package filter_test

import (
	"testing"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

func TestMatch_ValueSets(t *testing.T) {
	t.Parallel()
	user := schema.Core().TypeByName("User")
	ada := scim.Object{
		"userName": " Ada.Lovelace ",
		"title":    "",
		"name":     scim.Object{"familyName": "Lovelace"},
		"emails": []any{
			scim.Object{"value": "ada@example.com", "type": "work", "primary": true},
			scim.Object{"value": "ada@home.example"},
		},
		"phoneNumbers": []any{scim.Object{}},
		"ims":          []any{scim.Object{"value": ""}},
		enterprise:     scim.Object{"manager": scim.Object{"value": "m1"}},
	}
	for in, want := range map[string]bool{
		// Unique names compare without surrounding space, substrings of them keep the operand's.
		`userName eq "ada.lovelace"`:     true,
		`userName eq "  ADA.LOVELACE"`:   true,
		`userName sw "ada"`:              true,
		`userName sw " ada"`:             false,
		`name.familyName eq "lovelace "`: false,

		// ne holds for any other value, and for none at all.
		`emails.type ne "work"`:                 false,
		`emails.type ne "home"`:                 true,
		`emails.value ne "ada@example.com"`:     true,
		`nickName ne "x"`:                       true,
		`not (nickName eq "x")`:                 true,
		`emails[type ne "work"]`:                true,
		`emails[type ne "work" and primary pr]`: false,

		// Empty text is a value, but not present.
		`title eq null`:  false,
		`title ne null`:  true,
		`title pr`:       false,
		`title eq ""`:    true,
		`title co ""`:    true,
		`nickName co ""`: false,
		`ims pr`:         false,
		`ims eq null`:    false,

		// Empty elements are no values.
		`phoneNumbers pr`:                           false,
		`phoneNumbers eq null`:                      true,
		`phoneNumbers[not (value pr)]`:              false,
		`phoneNumbers ne "x"`:                       true,
		`emails eq "ADA@home.example"`:              true,
		`emails[value ew "example"].type eq "work"`: false,

		`manager eq "m1"`:                     true,
		`manager pr`:                          true,
		enterprise + `:manager.$ref pr`:       false,
		enterprise + `.manager.value eq "m1"`: true,
		enterprise + `:department ne "x"`:     true,
	} {
		if got := mustBind(t, in, user).Match(ada); got != want {
			t.Errorf("%s = %v, want %v", in, got, want)
		}
	}
}

// Match is called on canonical resources; on others it must still answer.
func TestMatch_SurvivesValuesOfWrongType(t *testing.T) {
	t.Parallel()
	f := loadFixtures(t)
	for _, v := range []any{nil, true, "x", scim.Number("1"), scim.Number("x"), scim.Object{"value": scim.Object{}}, []any{[]any{nil, "x"}}, 5} {
		obj := scim.Object{"userName": v, "active": v, "emails": v, "name": v, "meta": scim.Object{"created": v},
			hrSchema: scim.Object{"age": v}, enterprise: v}
		for _, vec := range f.vectors {
			if vec.Error == nil && vec.Endpoint == "/Users" {
				mustBind(t, vec.Filter, f.user).Match(obj)
			}
		}
		if got := mustBind(t, `meta.created eq "2026-01-31T08:30:00Z"`, f.user).Match(obj); got {
			t.Errorf("created %v equals an instant", v)
		}
		if got := mustBind(t, hrSchema+`:age ne 7`, f.user).Match(obj); !got {
			t.Errorf("age %v is 7", v)
		}
	}
}
