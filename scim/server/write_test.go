package server

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	req(t, "R-CREATE-01", "R-CREATE-02", "R-CREATE-03", "R-CREATE-08", "R-META-01", "R-META-03", "R-META-05", "R-META-06", "R-META-07", "R-META-08", "R-META-11", "R-CORE-13", "R-ETAG-01", "R-ETAG-02")
	h := newHarness(t)
	a := h.user("ada", `"id":"mine"`, `"meta":{"resourceType":"Group","version":"9"}`, `"groups":[{"value":"x"}]`, `"password":"secret"`)
	id := a.id()
	location := testBase + "/Users/" + id
	a.wantAt("userName", "ada").wantAt("active", true).wantAt("groups", nil).wantAt("password", nil).
		wantAt("schemas", []any{scim.UserSchema}).wantAt("meta.resourceType", "User").wantAt("meta.location", location).
		wantAt("meta.version", `W/"1"`).wantHeader("Location", location).wantHeader("ETag", `W/"1"`)
	if id == "mine" || a.at("meta.created") == nil || a.at("meta.created") != a.at("meta.lastModified") {
		t.Errorf("id %s, meta %v", id, a.at("meta"))
	}
	if got := h.do("GET", "/Users/"+id, "").want(200); !bytes.Equal(got.body, a.body) {
		t.Errorf("POST answered %s\nGET answers   %s", a.body, got.body)
	}
	o := h.seen[0]
	if o.Action != ActionCreate || o.ID != id || o.Status != 201 || o.Type.Name != "User" || o.Operation != 0 {
		t.Errorf("observed %+v", o)
	}
	var codes []string
	for _, n := range o.Notes {
		codes = append(codes, n.Code+" "+n.Path)
	}
	if got := strings.Join(codes, ", "); !strings.Contains(got, "read-only-ignored groups") || !strings.Contains(got, "password-discarded") {
		t.Errorf("notes %s", got)
	}
	h.do("POST", "/Users?attributes=userName", `{"userName":"bob"}`).want(201).wantAt("userName", "bob").wantAt("active", nil).wantAt("meta", nil)
}

func TestCreate_Refused(t *testing.T) {
	t.Parallel()
	req(t, "R-CREATE-05", "R-CREATE-06", "R-CREATE-14")
	h := newHarness(t)
	h.user("ada")
	h.do("POST", "/Users", `{"userName":" ADA "}`).wantError(409, scim.Uniqueness)
	h.do("POST", "/Users", `{"schemas":["`+scim.UserSchema+`"]}`).wantError(400, scim.InvalidValue)
	h.do("POST", "/Users", `{"userName":""}`).wantError(400, scim.InvalidValue)
	h.do("POST", "/Users", `{"userName":1}`).wantError(400, scim.InvalidValue)
	h.do("POST", "/Groups", `{"members":[]}`).wantError(400, scim.InvalidValue)
	h.do("POST", "/Users", `{"userName":"x","emails":[{"value":"a","primary":true},{"value":"b","primary":true}]}`).wantError(400, scim.InvalidValue)
	h.do("POST", "/Users?attributes=a&excludedAttributes=b", `{"userName":"x"}`).wantError(400, scim.InvalidValue)
	h.do("GET", "/Users", "").wantAt("totalResults", 1)
	if o := h.last(); o.Action != ActionSearch {
		t.Errorf("observed %+v", o)
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	req(t, "R-PUT-01", "R-PUT-02", "R-PUT-03", "R-PUT-04", "R-PUT-05", "R-PUT-07", "R-PUT-08", "R-PUT-09", "R-PUT-10", "R-PUT-11", "R-META-10")
	h := newHarness(t)
	created := h.user("ada", `"title":"Countess"`, `"active":false`, `"name":{"givenName":"Ada"}`)
	id := created.id()
	path := "/Users/" + id
	// What was read is put back, as Okta does.
	h.do("PUT", path, string(created.body)).want(200).wantAt("meta.version", `W/"1"`).wantAt("meta.lastModified", created.at("meta.lastModified"))
	h.do("PUT", path, `{"id":"other","userName":"ada","nickName":"A","name":null}`).want(200).
		wantAt("id", id).wantAt("title", nil).wantAt("name", nil).wantAt("nickName", "A").wantAt("active", false).
		wantAt("meta.version", `W/"2"`).wantHeader("ETag", `W/"2"`).wantAt("meta.created", created.at("meta.created"))
	h.do("PUT", path, `{"nickName":"B"}`).wantError(400, scim.InvalidValue)
	h.user("bob")
	h.do("PUT", path, `{"userName":"BOB"}`).wantError(409, scim.Uniqueness)
	h.do("PUT", path, `{"userName":"Ada"}`).want(200).wantAt("userName", "Ada")
	h.do("PUT", "/Users/none", `{"userName":"x"}`).wantError(404, "")
	h.do("PUT", "/Users/none", `{}`).wantError(404, "")
	h.do("PUT", "/Groups/"+id, `{"displayName":"x"}`).wantError(404, "")
	h.do("GET", "/Users", "").wantAt("totalResults", 2)
}

func TestPatch_Answers(t *testing.T) {
	t.Parallel()
	req(t, "R-PATCH-01", "R-PATCH-08", "R-PATCH-09", "R-PATCH-34", "R-PATCH-36", "R-PATCH-38", "R-PATCH-03")
	for name, backend := range map[string]func(*Config){
		"patcher": func(*Config) {},
		// Without Patcher the Server reads, applies and replaces.
		"replace": func(c *Config) { c.Backend = struct{ Backend }{c.Backend} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, backend, func(c *Config) { c.Limits.PatchOperations = 3 })
			user := "/Users/" + h.user("ada").id()
			group := "/Groups/" + h.group("staff").id()
			h.do("PATCH", user, patchBody(`{"op":"replace","path":"title","value":"x"}`)).want(200).
				wantAt("title", "x").wantAt("meta.version", `W/"2"`).wantHeader("ETag", `W/"2"`)
			h.do("PATCH", user, patchBody(`{"op":"Replace","value":{"id":"`+user[7:]+`","title":"x","active":"True"}}`)).want(200).wantAt("meta.version", `W/"2"`)
			a := h.do("PATCH", group, patchBody(`{"op":"replace","path":"displayName","value":"crew"}`)).want(204).wantHeader("ETag", `W/"2"`)
			if len(a.body) > 0 || a.header.Get("Content-Type") != "" {
				t.Errorf("204 with %q", a.body)
			}
			h.do("PATCH", group+"?attributes=displayName", patchBody(`{"op":"replace","path":"displayName","value":"team"}`)).want(200).wantAt("displayName", "team").wantAt("meta", nil)
			h.do("PATCH", group+"?excludedAttributes=members", patchBody(`{"op":"replace","path":"displayName","value":"band"}`)).want(200).wantAt("displayName", "band")
			h.do("PATCH", group+"?attributes=", patchBody(`{"op":"replace","path":"displayName","value":"gang"}`)).want(204)

			h.do("PATCH", user, patchBody(`{"op":"replace","path":"title","value":"half"},{"op":"replace","path":"active","value":"perhaps"}`)).wantError(400, scim.InvalidValue)
			h.do("GET", user, "").wantAt("title", "x").wantAt("active", true)
			h.do("PATCH", user, patchBody(`{"op":"remove"}`)).wantError(400, scim.NoTarget)
			h.do("PATCH", user, patchBody(``)).wantError(400, scim.InvalidSyntax)
			h.do("PATCH", user, patchBody(strings.Repeat(`{"op":"add","path":"title","value":"x"},`, 3)+`{"op":"add","path":"title","value":"x"}`)).want(413)
			h.user("bob")
			h.do("PATCH", user, patchBody(`{"op":"replace","path":"userName","value":"Bob"}`)).wantError(409, scim.Uniqueness)
			h.do("PATCH", "/Users/none", patchBody(`{"op":"add","path":"title","value":"x"}`)).wantError(404, "")
		})
	}
}

func TestPatchAnswer_IsAPolicy(t *testing.T) {
	t.Parallel()
	req(t, "R-PATCH-09")
	h := newHarness(t, func(c *Config) { c.PatchAnswer = patchAnswers(AnswerBody) })
	group := "/Groups/" + h.group("staff").id()
	h.do("PATCH", group, patchBody(`{"op":"replace","path":"displayName","value":"crew"}`)).want(200).wantAt("displayName", "crew")
}

// omitting is a backend that finds every representation long.
type omitting struct{ Backend }

func (b omitting) Replace(ctx context.Context, t *schema.ResourceType, id string, obj scim.Object, pre Precondition, sel Selection) (*Resource, error) {
	res, err := b.Backend.Replace(ctx, t, id, obj, pre, sel)
	if err == nil {
		res.Omitted = sel.Optional
	}
	return res, err
}

func TestPatchAnswer_LongOnesMayBeOmitted(t *testing.T) {
	t.Parallel()
	req(t, "R-PATCH-09")
	for _, long := range []bool{false, true} {
		h := newHarness(t, func(c *Config) {
			c.PatchAnswer = patchAnswers(AnswerShort)
			if long {
				c.Backend = omitting{c.Backend}
			}
		})
		group := "/Groups/" + h.group("staff").id()
		body := patchBody(`{"op":"replace","path":"displayName","value":"crew"}`)
		if !long {
			h.do("PATCH", group, body).want(200).wantAt("displayName", "crew")
			continue
		}
		if a := h.do("PATCH", group, body).want(204); len(a.body) > 0 || a.header.Get("ETag") == "" {
			t.Errorf("204 with %q %v", a.body, a.header)
		}
		body = patchBody(`{"op":"replace","path":"displayName","value":"team"}`)
		h.do("PATCH", group+"?attributes=displayName", body).want(200).wantAt("displayName", "team")
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	req(t, "R-DEL-01", "R-DEL-02", "R-DEL-03", "R-DEL-05", "R-CREATE-10")
	h := newHarness(t)
	id := h.user("ada").id()
	bob := h.user("bob").id()
	group := "/Groups/" + h.group("staff", id, bob).id()
	if a := h.do("DELETE", "/Users/"+id, "").want(204); len(a.body) > 0 || a.header.Get("Content-Type") != "" {
		t.Errorf("204 with %q", a.body)
	}
	for _, method := range []string{"GET", "DELETE"} {
		h.do(method, "/Users/"+id, "").wantError(404, "")
	}
	h.do("PUT", "/Users/"+id, `{"userName":"ada"}`).wantError(404, "")
	h.do("PATCH", "/Users/"+id, patchBody(`{"op":"add","path":"title","value":"x"}`)).wantError(404, "")
	a := h.do("GET", group, "").want(200).wantAt("members.0.value", bob)
	if n := len(a.list("members")); n != 1 {
		t.Errorf("%d members", n)
	}
	if again := h.user("ada").id(); again == id {
		t.Error("the id was used again")
	}
}

func TestETag_Preconditions(t *testing.T) {
	t.Parallel()
	req(t, "R-ETAG-03", "R-ETAG-04", "R-ETAG-05", "R-ETAG-07", "R-ETAG-08", "R-PUT-13")
	h := newHarness(t)
	user := h.user("ada")
	path := "/Users/" + user.id()
	title := func(s string) string { return patchBody(`{"op":"replace","path":"title","value":"` + s + `"}`) }

	a := h.do("GET", path, "", "If-None-Match", `W/"1"`).want(304).wantHeader("ETag", `W/"1"`)
	if len(a.body) > 0 {
		t.Errorf("304 with %s", a.body)
	}
	for _, tags := range []string{`"1"`, `*`, `"0", W/"1"`} {
		h.do("GET", path, "", "If-None-Match", tags).want(304)
	}
	h.do("GET", path, "", "If-None-Match", `W/"2"`).want(200)
	h.do("GET", path, "", "If-Match", `W/"2"`).want(412)
	h.do("GET", path+"?attributes=userName", "", "If-None-Match", `W/"1"`).want(304)

	h.do("PATCH", path, title("a"), "If-Match", `W/"9"`).wantError(412, "")
	h.do("PUT", path, `{"userName":"ada"}`, "If-Match", `"9"`).wantError(412, "")
	h.do("DELETE", path, "", "If-Match", `W/"9"`).wantError(412, "")
	h.do("PATCH", path, title("a"), "If-Match", `"1"`).want(200).wantHeader("ETag", `W/"2"`)
	h.do("PATCH", path, title("b"), "If-Match", "*").want(200)
	h.do("PATCH", path, title("c"), "If-Match", `W/"1"`, "If-Match", `W/"3"`).want(200).wantHeader("ETag", `W/"4"`)
	h.do("PATCH", path, title("d"), "If-None-Match", "*").wantError(412, "")
	h.do("PATCH", path, title("d"), "If-None-Match", `"4"`).wantError(412, "")
	h.do("PATCH", path, title("d"), "If-None-Match", `"3"`).want(200)
	for _, bad := range []string{"5", `"1`, `W/1`, `"1" "2"`, ","} {
		h.do("GET", path, "", "If-None-Match", bad).wantError(400, scim.InvalidSyntax)
		h.do("PATCH", path, title("x"), "If-Match", bad).wantError(400, scim.InvalidSyntax)
	}
	h.do("DELETE", "/Users/none", "", "If-Match", "*").wantError(404, "")
	h.do("DELETE", "/Users/none", "", "If-Match", `"1"`).wantError(404, "")
	h.do("DELETE", path, "", "If-Match", `W/"5"`).want(204)
}
