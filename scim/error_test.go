package scim_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
)

func TestError_MarshalSCIM(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  *scim.Error
		want scim.Object
	}{
		{"with scimType and rule", scim.Conflict("userName %q is taken.", "ada").WithRule("uniqueness.user-name"), scim.Object{
			"schemas": []any{scim.ErrorMessage}, "status": "409", "scimType": "uniqueness",
			"detail": `userName "ada" is taken. [R-uniqueness.user-name]`,
		}},
		{"without", scim.Errorf(503, "Paused."), scim.Object{"schemas": []any{scim.ErrorMessage}, "status": "503", "detail": "Paused."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := scim.DecodeObject(tt.err.MarshalSCIM(), scim.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAsError_HidesCause(t *testing.T) {
	t.Parallel()
	secret := errors.New("disk I/O error at /var/lib")
	e := scim.AsError(fmt.Errorf("write: %w", secret))
	if e.Status != 500 || strings.Contains(string(e.MarshalSCIM()), "disk") {
		t.Errorf("got %s", e.MarshalSCIM())
	}
	if !errors.Is(e, secret) || !strings.Contains(e.Error(), "disk") {
		t.Errorf("the cause is lost: %v", e)
	}
	if own := scim.NotFound("User", "x"); scim.AsError(fmt.Errorf("get: %w", own)) != own {
		t.Error("an Error was replaced")
	}
}

func TestAbbreviate_CutsByCharacter(t *testing.T) {
	t.Parallel()
	if got := scim.Abbreviate(strings.Repeat("é", 65)); got != strings.Repeat("é", 64)+"…" {
		t.Errorf("got %q", got)
	}
	if s := strings.Repeat("é", 64); scim.Abbreviate(s) != s {
		t.Error("64 characters were cut")
	}
}

func TestClone_SharesNothing(t *testing.T) {
	t.Parallel()
	orig := scim.Object{"a": []any{scim.Object{"b": "c"}}, "n": nil}
	c := scim.Clone(orig)
	c["a"].([]any)[0].(scim.Object)["b"] = "changed"
	if orig["a"].([]any)[0].(scim.Object)["b"] != "c" {
		t.Error("the copy shares an object with the original")
	}
	if got := scim.Clone[any](nil); got != nil {
		t.Errorf("got %v", got)
	}
}
