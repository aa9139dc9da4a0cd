package schema_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// keys are names that clients send, right and wrong.
var keys = []string{
	"userName", "USERNAME", "name", "name.givenName", "givenName", "emails", "value", "VALUE", "type", "primary", "active", "title",
	"roles", "addresses", "x509Certificates", "profileUrl", "password", "id", "meta", "groups", "schemas", "externalId", "members", "displayName",
	"department", "manager", "manager.value", "$ref", "shoeSize", "a.b", "age", "tags", "ratings", "rooms", "number", "hired", "badge", "locker", "score", "",
	"<user>", "<ent>", "<hr>", "<ent>:manager", "<ent>.manager", "<user>:title", "<user>:name.givenName", "<hr>:tags", "<ent>:floor", "urn:x:y", "urn:x:y:z",
	"urn:scim:schemas:core:1.0", "urn:scim:schemas:extension:enterprise:2.0",
}

var scalars = []any{
	nil, true, false, "", "x", "X", "True", "false", "work", "Work", " ", "QUJD", "2020-01-01T00:00:00Z", scim.Number("3"), scim.Number("3.0"),
	scim.Number("-0"), scim.Number("1.5"), scim.Number("1e999999"), scim.UserSchema, scim.EnterpriseUserSchema, scim.GroupSchema, "urn:x:y", "m",
}

// anything draws values that look like what clients send.
func anything(depth int) *rapid.Generator[any] {
	scalar := rapid.SampledFrom(scalars)
	if depth == 0 {
		return scalar
	}
	inner := anything(depth - 1)
	return rapid.OneOf(scalar, scalar,
		rapid.Map(rapid.SliceOfN(inner, 0, 3), func(v []any) any { return append([]any{}, v...) }),
		rapid.Map(object(depth-1, 4), func(o scim.Object) any { return o }))
}

func object(depth, size int) *rapid.Generator[scim.Object] {
	return rapid.Custom(func(t *rapid.T) scim.Object {
		obj := scim.Object{}
		seen := map[string]bool{}
		for range rapid.IntRange(0, size).Draw(t, "size") {
			key := expand(rapid.SampledFrom(keys).Draw(t, "key"))
			if lower := strings.ToLower(key); !seen[lower] {
				seen[lower] = true
				obj[key] = anything(depth).Draw(t, "value")
			}
		}
		return obj
	})
}

// checkCanonical checks what must be true of every canonical object.
func checkCanonical(t interface{ Fatalf(string, ...any) }, rt *schema.ResourceType, opt schema.Options, in, got scim.Object) {
	again, notes, err := rt.Canonicalize(got, schema.ForPatchValue, opt)
	if err != nil || !cmp.Equal(got, again) {
		t.Fatalf("canonicalizing again: %v\n%s", err, cmp.Diff(got, again))
	}
	for _, n := range notes {
		// What is kept without a definition is noted each time; nothing else is.
		if n.Code != schema.NoteUnmapped {
			t.Fatalf("a canonical object gives the note %+v", n)
		}
	}
	for _, never := range []string{"id", "meta", "groups", "password"} {
		if _, ok := got[never]; ok {
			t.Fatalf("%s is in %v", never, got)
		}
	}
	text := rt.AppendJSON(nil, got)
	decoded, err := scim.DecodeObject(text, scim.Limits{})
	if err != nil || !cmp.Equal(got, decoded) {
		t.Fatalf("encoded as %s: %v\n%s", text, err, cmp.Diff(got, decoded))
	}
	merged, err := rt.MergeReplace(got, got)
	if err != nil || !cmp.Equal(got, merged) {
		t.Fatalf("replaced by itself: %v\n%s", err, cmp.Diff(got, merged))
	}
	if !cmp.Equal(got, rt.Project(got, schema.Projection{})) && got[hrURN] == nil {
		t.Fatalf("the default projection drops something of %v", got)
	}
}

func TestCanonicalize_IsIdempotent(t *testing.T) {
	t.Parallel()
	r := hrRegistry(t)
	accepted := 0
	rapid.Check(t, func(t *rapid.T) {
		rt := rapid.SampledFrom(r.Types()).Draw(t, "type")
		in := object(3, 6).Draw(t, "object")
		before := scim.Clone(in)
		got, notes, err := rt.Canonicalize(in, schema.ForPatchValue, schema.Options{})
		if !cmp.Equal(before, in) {
			t.Fatalf("the input was modified: %s", cmp.Diff(before, in))
		}
		if err != nil {
			var e *scim.Error
			if !errors.As(err, &e) || e.Status != 400 || e.Type != scim.InvalidValue {
				t.Fatalf("got %v", err)
			}
			return
		}
		accepted++
		checkCanonical(t, rt, schema.Options{}, in, got)
		// Neither the result nor the notes depend on the order of a map.
		got2, notes2, _ := rt.Canonicalize(scim.Clone(in), schema.ForPatchValue, schema.Options{})
		if !cmp.Equal(got, got2) || !cmp.Equal(notes, notes2) {
			t.Fatalf("a second run differs: %s%s", cmp.Diff(got, got2), cmp.Diff(notes, notes2))
		}
	})
	if accepted == 0 {
		t.Error("no object was accepted")
	}
}

func FuzzCanonicalize(f *testing.F) {
	f.Add([]byte(entraUser))
	f.Add([]byte(`{"userName":"sg","active":true,"password":null,"name":{"givenName":"S","familyName":"G","formatted":null},"title":"","emails":[{"type":"work","value":"sg@example.com"}],"phoneNumbers":null,"entitlements":null}`))
	f.Add([]byte(`{"schemas":["urn:scim:schemas:core:2.0","urn:scim:schemas:extension:enterprise:2.0"],"userName":"ol","name":{"familyName":" User 01","givenName":"AAA Test"},"active":true}`))
	f.Add([]byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0User"],"userName":"jy","addresses":null,"meta":{"resourceType":"User"},"department":null,"manager":null}`))
	f.Add([]byte(`{"userName":"rep","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Sales","manager":"m"},"roles":[{"primary":"True","type":"WindowsAzureActiveDirectoryRole","displayName":"Admin","value":"Admin"}]}`))
	f.Add([]byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],"displayName":"D","members":[{"$ref":null,"value":"a"}]}`))
	r := schema.Core()
	f.Fuzz(func(t *testing.T, data []byte) {
		obj, err := scim.DecodeObject(data, scim.Limits{})
		if err != nil {
			return
		}
		for _, rt := range r.Types() {
			got, _, err := rt.Canonicalize(obj, schema.ForPatchValue, schema.Options{})
			if err != nil {
				if e := scim.AsError(err); e.Status != 400 {
					t.Fatalf("%s: %v", data, err)
				}
				continue
			}
			checkCanonical(t, rt, schema.Options{}, obj, got)
		}
	})
}

const entraUser = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
"externalId":"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef","userName":"ada.lovelace@example.com","active":true,"displayName":"Ada Lovelace",
"name":{"formatted":"Ms. Ada King Lovelace","familyName":"Lovelace","givenName":"Ada","middleName":"King","honorificPrefix":"Ms."},
"nickName":"Ada","title":"Analyst","userType":"Employee","preferredLanguage":"en-GB","locale":"en-GB","timezone":"Europe/London",
"emails":[{"primary":true,"type":"work","value":"ada.lovelace@example.com"},{"type":"home","value":"ada@lovelace.example"}],
"phoneNumbers":[{"type":"work","value":"+44 20 7946 0000"},{"type":"mobile","value":"+44 7700 900000"}],
"addresses":[{"type":"work","streetAddress":"12 St James's Square","locality":"London","region":"London","postalCode":"SW1Y 4JH","country":"GB","formatted":"12 St James's Square\nLondon SW1Y 4JH","primary":true}],
"roles":[{"value":"analyst","display":"Analyst","type":"WindowsAzureActiveDirectoryRole","primary":false}],
"meta":{"resourceType":"User"},
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984","costCenter":"4130","organization":"Analytical Engines","division":"Computing","department":"Notes","manager":{"value":"26118915-6090-4610-87e4-49d8ca9f808d"}}}`

func BenchmarkCanonicalize(b *testing.B) {
	user := schema.Core().TypeByName("User")
	obj := decode(b, entraUser)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := user.Canonicalize(obj, schema.ForCreate, schema.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	user := schema.Core().TypeByName("User")
	obj, _, err := user.Canonicalize(decode(b, entraUser), schema.ForCreate, schema.Options{})
	if err != nil {
		b.Fatal(err)
	}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = user.AppendJSON(buf[:0], obj)
	}
}

func BenchmarkProject(b *testing.B) {
	user := schema.Core().TypeByName("User")
	obj, _, err := user.Canonicalize(decode(b, entraUser), schema.ForCreate, schema.Options{})
	if err != nil {
		b.Fatal(err)
	}
	named, err := user.ParseProjection([]string{"userName,name.givenName,emails"}, nil)
	if err != nil {
		b.Fatal(err)
	}
	for name, p := range map[string]schema.Projection{"default": {}, "named": named} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				user.Project(obj, p)
			}
		})
	}
}
