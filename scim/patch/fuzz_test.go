package patch_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// FuzzApply sends any body to each kind of resource: bad ones are a 4xx that names the reason, good
// ones leave a resource that a strict reader takes.
func FuzzApply(f *testing.F) {
	w := loadWorld(f)
	for _, v := range w.vectors {
		f.Add([]byte(v.Request), v.Before)
	}
	f.Add([]byte(`{"Operations":[{"op":"add","path":"urn:acme:x","value":{"a":1}},{"op":"remove","path":"urn:acme:x"},{"op":"add","path":"urn:acme:x:a","value":[]}]}`), "user")
	f.Add([]byte(`{"Operations":[{"op":"replace","value":"{\"emails[type eq \\\"work\\\"].value\":\"x\"}"}]}`), "user-min")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		before, ok := w.resources[name]
		if !ok {
			name, before = "user-hr", w.resources["user-hr"]
		}
		request, err := scim.DecodeObject(data, scim.Limits{})
		if err != nil {
			return
		}
		rt := w.types["User"]
		if name == "group" || name == "group-empty" {
			rt = w.types["Group"]
		}
		was := string(scim.AppendJSON(nil, before))
		got, err := run(rt, before, request, schema.Options{})
		if string(scim.AppendJSON(nil, before)) != was {
			t.Fatal("the resource itself was modified")
		}
		if err != nil {
			var e *scim.Error
			if !errors.As(err, &e) || e.Status < 400 || e.Status > 499 || e.Detail == "" {
				t.Fatalf("error = %v", err)
			}
			return
		}
		if same := cmp.Equal(unordered(before), unordered(got.after)); same == got.changed {
			t.Fatalf("changed = %v, but equal = %v", got.changed, same)
		}
		if _, err := scim.DecodeObject(scim.AppendJSON(nil, got.after), scim.Limits{}); err != nil {
			t.Fatalf("the result cannot be read: %v\n%s", err, scim.AppendJSON(nil, got.after))
		}
	})
}
