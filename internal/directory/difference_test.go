package directory

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// TestTouchesValues_MissesNoChange draws two states of a user: what the index has of them differs only
// if the change is said to touch it, and the attributes that differ are exactly those that are named.
func TestTouchesValues_MissesNoChange(t *testing.T) {
	t.Parallel()
	typ := schema.Core().TypeByName(UserType)
	long := strings.Repeat("x", MaxIndexKey+1)
	list := func(values ...any) []any { return values }
	some := map[string][]any{
		"userName":                  {"ada", "bob", long},
		"externalId":                {nil, "1", long},
		"displayName":               {nil, "Ada", long},
		"active":                    {nil, true, false},
		"title":                     {nil, "Dr", "Countess"},
		"name":                      {nil, scim.Object{"givenName": "Ada"}, scim.Object{"givenName": "Ada", "familyName": "King"}},
		"emails":                    {nil, list(scim.Object{"value": "a@example.com"}), list(scim.Object{"value": "a@example.com", "type": "work"}), list(scim.Object{"value": "b@example.com"}, scim.Object{"value": long})},
		"phoneNumbers":              {nil, list(scim.Object{"value": "+1"}), list(scim.Object{"value": "+2"}, scim.Object{"value": "+1"})},
		scim.EnterpriseUserSchema:   {nil, scim.Object{"employeeNumber": "1"}, scim.Object{"employeeNumber": "2", "department": "x"}},
		"urn:example:unmapped:User": {nil, scim.Object{"n": scim.Number("1")}, scim.Object{"n": list(scim.Number("1"))}},
	}
	user := func(t *rapid.T, like scim.Object) scim.Object {
		obj := scim.Object{}
		for name, values := range some {
			if like != nil && rapid.IntRange(0, 2).Draw(t, "other "+name) > 0 {
				if v, has := like[name]; has {
					obj[name] = v
				}
				continue
			}
			if v := rapid.SampledFrom(values).Draw(t, name); v != nil {
				obj[name] = v
			}
		}
		return obj
	}
	rapid.Check(t, func(t *rapid.T) {
		before := user(t, nil)
		after := user(t, before)
		changed := changedNames(before, after)
		for name := range some {
			same := string(scim.AppendJSON(nil, before[name])) == string(scim.AppendJSON(nil, after[name]))
			if same == slices.Contains(changed, name) {
				t.Errorf("%s: %v and %v; changed are %v", name, before[name], after[name], changed)
			}
		}
		had, has := KeysOf(typ, Policies{}, before).Values, KeysOf(typ, Policies{}, after).Values
		if !touchesValues(typ, changed, before, after) && !slices.Equal(had, has) {
			t.Errorf("%v does not touch the values, but they were %v and are %v", changed, had, has)
		}
	})
	if touchesValues(typ, []string{"active"}, scim.Object{"active": true}, scim.Object{"active": false}) {
		t.Error("every change of active is said to touch the values")
	}
}
