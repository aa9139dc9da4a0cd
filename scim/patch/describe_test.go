package patch_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
)

// A replace operation makes only values of the types that the schema names (RFC 7644 §3.5.2.3); an add
// operation makes any.
func TestApply_ReplaceMakesCanonicalTypesOnly(t *testing.T) {
	t.Parallel()
	user := schema.Core().TypeByName("User")
	for _, tt := range []struct {
		op, kind string
		noTarget bool
	}{
		{"replace", "work", false},
		{"replace", "WORK", false},
		{"add", "personal", false},
		{"replace", "nonexistent", true},
	} {
		steps := compile(t, user, `[{"op":"`+tt.op+`","path":"emails[type eq \"`+tt.kind+`\"].value","value":"a@b.example"}]`)
		after, changed, _, err := patch.Apply(user, scim.Object{"userName": "ada"}, steps)
		if tt.noTarget {
			checkError(t, err, `400 noTarget: Operations[0]: The filter of the path selects none of the values of "emails.value".`)
			continue
		}
		want := []any{scim.Object{"type": tt.kind, "value": "a@b.example"}}
		if diff := cmp.Diff(want, after["emails"]); err != nil || !changed || diff != "" {
			t.Errorf("%s %s: %v, %s", tt.op, tt.kind, err, diff)
		}
	}
}
