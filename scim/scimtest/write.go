package scimtest

import (
	"fmt"
	"strings"

	"github.com/rosterhq/roster/scim"
)

func replaceChecks() []check {
	return []check{
		{"R-PUT-01", "PUT replaces and answers 200 with the resource", "RFC 7644 §3.5.1", func(p *probe) {
			u := p.user(`"title":"x"`)
			r := p.put("/Users/"+u.id(), userBody(u.text("userName"), `"nickName":"A"`)).want(200)
			r.is("id", u.id()).is("nickName", "A").is("title", nil).is("meta/created", u.at("meta/created"))
		}},
		{"R-PUT-02", "PUT never creates", "RFC 7644 §3.5.1", func(p *probe) {
			p.put("/Users/"+p.run, userBody(p.name())).wantError("", 404)
		}},
		{"R-PUT-07", "read-only values in a PUT are ignored", "RFC 7644 §3.5.1", func(p *probe) {
			u := p.user()
			p.put("/Users/"+u.id(), userBody(u.text("userName"), `"id":"scimtest"`, `"meta":{"created":"2001-01-01T00:00:00Z"}`)).want(200).
				is("id", u.id()).is("meta/created", u.at("meta/created"))
		}},
		{"R-PUT-08", "a PUT without a required attribute is 400", "RFC 7644 §3.5.1", func(p *probe) {
			u := p.user()
			p.put("/Users/"+u.id(), fmt.Sprintf(`{"schemas":[%q],"title":"x"}`, scim.UserSchema)).wantError("invalidValue invalidSyntax", 400)
		}},
		{"R-PUT-09", "a PUT to a name that is taken is 409", "RFC 7644 Table 9", func(p *probe) {
			u, other := p.user(), p.user()
			p.put("/Users/"+u.id(), userBody(other.text("userName"))).wantError("uniqueness", 409)
		}},
		{"R-PUT-11", "what was read can be put back", "Okta", func(p *probe) {
			u := p.user(`"name":{"givenName":"Ada"}`, `"emails":[{"value":"a@example.com","type":"work","primary":true}]`)
			p.group(u.id())
			read := p.get("/Users/" + u.id()).want(200)
			p.put("/Users/"+u.id(), string(read.body)).want(200).is("name", u.at("name")).is("emails", u.at("emails"))
		}},
	}
}

func patchChecks() []check {
	return []check{
		{"R-PATCH-03", "a malformed PATCH is 400 invalidSyntax", "RFC 7644 §3.5.2", func(p *probe) {
			path := "/Users/" + p.user().id()
			p.patch(path).wantError("invalidSyntax", 400)
			p.patch(path, `{"op":"move","path":"title","value":"x"}`).wantError("invalidSyntax", 400)
			p.send("PATCH", path, `{"schemas":["`+scim.PatchOpMessage+`"]}`).wantError("invalidSyntax", 400)
		}},
		{"R-PATCH-04", "op is understood in any letter case", "Entra ID", func(p *probe) {
			p.patched(p.user(), `{"op":"Replace","path":"title","value":"x"}`, `{"op":"ADD","path":"nickName","value":"y"}`).is("title", "x").is("nickName", "y")
		}},
		{"R-PATCH-06", "a path that names nothing is 400", "RFC 7644 Table 9", func(p *probe) {
			p.patch("/Users/"+p.user().id(), `{"op":"add","path":"shoeSize","value":42}`).wantError("noTarget invalidPath invalidSyntax", 400)
			p.patch("/Users/"+p.user().id(), `{"op":"add","path":"name..x","value":"x"}`).wantError("invalidPath", 400)
		}},
		{"R-PATCH-08", "a PATCH is applied as a whole or not at all", "RFC 7644 §3.5.2", func(p *probe) {
			u := p.user()
			p.patch("/Users/"+u.id(), `{"op":"replace","path":"title","value":"half"}`, `{"op":"replace","path":"active","value":"perhaps"}`).wantError("", 400)
			p.get("/Users/"+u.id()).want(200).is("title", nil)
		}},
		{"R-PATCH-10", "a new primary value ends the old one", "RFC 7644 §3.5.2", func(p *probe) {
			u := p.user(`"emails":[{"value":"a@example.com","type":"work","primary":true}]`)
			r := p.patched(u, `{"op":"add","path":"emails","value":[{"value":"b@example.com","type":"home","primary":true}]}`)
			primaries := 0
			for _, v := range r.list("emails") {
				if valueAt(v, "primary") == true {
					primaries++
				}
			}
			if primaries != 1 {
				r.wrong("%d primary values", primaries)
			}
		}},
		{"R-PATCH-11", "a read-only target is 400 mutability", "RFC 7644 §3.5.2", func(p *probe) {
			p.patch("/Users/"+p.user().id(), `{"op":"replace","path":"meta.created","value":"2001-01-01T00:00:00Z"}`).wantError("mutability", 400)
		}},
		{"R-PATCH-14", "add without a path adds each attribute", "RFC 7644 §3.5.2.1", func(p *probe) {
			p.patched(p.user(), `{"op":"add","value":{"title":"x","name":{"givenName":"Ada"}}}`).is("title", "x").is("name/givenName", "Ada")
		}},
		{"R-PATCH-15", "add appends to a list and merges an object", "RFC 7644 §3.5.2.1", func(p *probe) {
			u := p.user(`"name":{"givenName":"Ada"}`, `"emails":[{"value":"a@example.com","type":"work"}]`)
			p.patched(u, `{"op":"add","path":"name","value":{"familyName":"L"}}`, `{"op":"add","path":"emails","value":[{"value":"b@example.com","type":"home"}]}`).
				is("name/givenName", "Ada").is("name/familyName", "L").values("emails", "a@example.com", "b@example.com")
		}},
		{"R-PATCH-16", "adding what is there changes nothing", "RFC 7644 §3.5.2.1", func(p *probe) {
			u := p.user(`"title":"x"`, `"emails":[{"value":"a@example.com","type":"work"}]`)
			p.patched(u, `{"op":"add","path":"title","value":"x"}`, `{"op":"add","path":"emails","value":[{"value":"a@example.com","type":"work"}]}`).
				values("emails", "a@example.com").is("meta/lastModified", u.at("meta/lastModified"))
		}},
		{"R-PATCH-17", "a filtered path without a match creates the value", "Entra ID", func(p *probe) {
			p.patched(p.user(), `{"op":"add","path":"emails[type eq \"work\"].value","value":"a@example.com"}`).
				is("emails/0/value", "a@example.com").is("emails/0/type", "work")
		}},
		{"R-PATCH-18", "remove without a path is 400 noTarget", "RFC 7644 §3.5.2.2", func(p *probe) {
			p.patch("/Users/"+p.user().id(), `{"op":"remove"}`).wantError("noTarget", 400)
		}},
		{"R-PATCH-19", "remove takes attributes, sub-attributes and selected values", "RFC 7644 §3.5.2.2", func(p *probe) {
			u := p.user(`"title":"x"`, `"name":{"givenName":"Ada","familyName":"L"}`, `"emails":[{"value":"a@example.com","type":"work"},{"value":"b@example.com","type":"home"}]`)
			p.patched(u, `{"op":"remove","path":"title"}`, `{"op":"remove","path":"name.givenName"}`, `{"op":"remove","path":"emails[type eq \"work\"]"}`).
				is("title", nil).is("name/givenName", nil).is("name/familyName", "L").values("emails", "b@example.com")
		}},
		{"R-PATCH-20", "a required attribute cannot be removed", "RFC 7644 §3.5.2.2", func(p *probe) {
			p.patch("/Users/"+p.user().id(), `{"op":"remove","path":"userName"}`).wantError("mutability invalidValue", 400)
		}},
		{"R-PATCH-25", "replace of a list replaces it as a whole", "RFC 7644 §3.5.2.3", func(p *probe) {
			u := p.user(`"emails":[{"value":"a@example.com","type":"work"}]`)
			p.patched(u, `{"op":"replace","path":"emails","value":[{"value":"b@example.com","type":"home"}]}`).values("emails", "b@example.com")
		}},
		{"R-PATCH-27", "replace with a filter changes the selected values only", "RFC 7644 §3.5.2.3", func(p *probe) {
			u := p.user(`"emails":[{"value":"a@example.com","type":"work"},{"value":"b@example.com","type":"home"}]`)
			p.patched(u, `{"op":"replace","path":"emails[type eq \"work\"].value","value":"c@example.com"}`).values("emails", "b@example.com", "c@example.com")
		}},
		{"R-PATCH-30", "booleans as strings are stored as booleans", "Entra ID", func(p *probe) {
			p.patched(p.user(), `{"op":"Replace","path":"active","value":"False"}`).is("active", false)
		}},
		{"R-PATCH-34", "a PATCH to a name that is taken is 409", "RFC 7644 Table 9", func(p *probe) {
			u, other := p.user(), p.user()
			p.patch("/Users/"+u.id(), fmt.Sprintf(`{"op":"replace","path":"userName","value":%q}`, strings.ToUpper(other.text("userName")))).wantError("uniqueness", 409)
		}},
		{"R-PATCH-36", "PATCH of an unknown id is 404", "RFC 7644 §3.2", func(p *probe) {
			p.patch("/Users/"+p.run, `{"op":"add","path":"title","value":"x"}`).wantError("", 404)
		}},
	}
}

// patched applies operations to a user and reads it again: an answer may have a body or not.
func (p *probe) patched(u *reply, operations ...string) *reply {
	path := "/Users/" + u.id()
	r := p.patch(path, operations...).want(200, 204)
	if r.status == 204 && len(r.body) > 0 {
		r.wrong("204 has a body")
	}
	return p.get(path).want(200)
}

func deleteChecks() []check {
	return []check{
		{"R-DEL-01", "DELETE is 204 without a body", "RFC 7644 §3.6", func(p *probe) {
			if r := p.delete("/Users/" + p.user().id()).want(204); len(r.body) > 0 {
				r.wrong("204 has a body")
			}
		}},
		{"R-DEL-02", "a deleted resource is gone for every operation", "RFC 7644 §3.6", func(p *probe) {
			u := p.user()
			path := "/Users/" + u.id()
			p.delete(path).want(204)
			p.get(path).wantError("", 404)
			p.delete(path).wantError("", 404)
			p.put(path, userBody(u.text("userName"))).wantError("", 404)
			p.find("/Users", `userName eq "`+u.text("userName")+`"`).want(200).is("totalResults", 0)
		}},
		{"R-DEL-05", "memberships end with the member", "RFC 7643 §4.2", func(p *probe) {
			u, other := p.user(), p.user()
			g := p.group(u.id(), other.id())
			p.delete("/Users/" + u.id()).want(204)
			p.get("/Groups/"+g.id()).want(200).values("members", other.id())
		}},
	}
}

func versionChecks() []check {
	return []check{
		{"R-ETAG-01", "ETag and meta.version are the same", "RFC 7644 §3.14", func(p *probe) {
			if !p.supports("etag/supported") {
				return
			}
			u := p.user().has("meta/version")
			u.headerIs("ETag", u.text("meta/version"))
			r := p.get("/Users/" + u.id()).want(200)
			r.is("meta/version", u.at("meta/version")).headerIs("ETag", r.text("meta/version"))
		}},
		{"R-ETAG-03", "If-None-Match with the current version is 304", "RFC 7644 §3.14", func(p *probe) {
			if !p.supports("etag/supported") {
				return
			}
			u := p.user()
			if r := p.get("/Users/"+u.id(), "If-None-Match", u.text("meta/version")).want(304); len(r.body) > 0 {
				r.wrong("304 has a body")
			}
			p.get("/Users/"+u.id(), "If-None-Match", `W/"scimtest"`).want(200)
		}},
		{"R-ETAG-04", "If-Match with another version is 412, and changes nothing", "RFC 7644 §3.14", func(p *probe) {
			if !p.supports("etag/supported") {
				return
			}
			u := p.user()
			path := "/Users/" + u.id()
			p.put(path, userBody(u.text("userName"), `"title":"x"`), "If-Match", `W/"scimtest"`).wantError("", 412)
			p.send("PATCH", path, patchMessage(`{"op":"add","path":"title","value":"x"}`), "If-Match", `W/"scimtest"`).wantError("", 412)
			p.delete(path, "If-Match", `W/"scimtest"`).wantError("", 412)
			p.get(path).want(200).is("title", nil)
			changed := p.put(path, userBody(u.text("userName"), `"title":"x"`), "If-Match", u.text("meta/version")).want(200)
			if changed.text("meta/version") == u.text("meta/version") {
				changed.wrong("the version is the same after a change")
			}
		}},
	}
}
