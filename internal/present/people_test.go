package present

import (
	"testing"

	"github.com/rosterhq/roster/scim"
)

func TestDisplayName(t *testing.T) {
	t.Parallel()
	name := func(formatted, given, family string) scim.Object {
		return scim.Object{"formatted": formatted, "givenName": given, "familyName": family}
	}
	for _, tt := range []struct {
		obj  scim.Object
		want string
	}{
		{scim.Object{}, ""},
		{scim.Object{"displayName": "Ada", "name": name("Ms. Ada", "A", "L")}, "Ada"},
		{scim.Object{"displayName": "", "name": name("Ms. Ada", "A", "L")}, "Ms. Ada"},
		{scim.Object{"displayName": " ", "name": name(" ", "Ada", "Lovelace")}, "Ada Lovelace"},
		{scim.Object{"name": name("", "", "Lovelace")}, "Lovelace"},
		{scim.Object{"name": name("", "Ada", " ")}, "Ada"},
		{scim.Object{"displayName": "", "name": name(" ", "", " ")}, ""},
	} {
		if got := displayName(tt.obj); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.obj, got, tt.want)
		}
	}
}

func TestEmail(t *testing.T) {
	t.Parallel()
	work, home := scim.Object{"value": "w@x.example"}, scim.Object{"value": "h@x.example", "primary": true}
	for _, tt := range []struct {
		emails any
		want   string
	}{
		{nil, ""},
		{[]any{work}, "w@x.example"},
		{[]any{work, home}, "h@x.example"},
		{[]any{scim.Object{"primary": true}, work}, "w@x.example"},
	} {
		if got := email(scim.Object{"emails": tt.emails}); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.emails, got, tt.want)
		}
	}
}
