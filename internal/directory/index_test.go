package directory

import (
	"testing"

	"github.com/rosterhq/roster/scim"
)

func TestLabelOf_SkipsBlanks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		obj  scim.Object
		want string
	}{
		{scim.Object{"displayName": "Ada", "userName": "ada"}, "Ada"},
		{scim.Object{"displayName": " ", "userName": "ada"}, "ada"},
		{scim.Object{"displayName": "", "userName": "ada"}, "ada"},
		{scim.Object{}, ""},
	} {
		if got := labelOf(tt.obj); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.obj, got, tt.want)
		}
	}
}
