package scimtest

import (
	"fmt"
	"strings"

	"github.com/rosterhq/roster/scim"
)

func createChecks() []check {
	return []check{
		{"R-CREATE-01", "POST is 201 with Location and the resource", "RFC 7644 §3.3", func(p *probe) {
			r := p.user()
			r.has("id", "schemas", "userName", "meta/location").is("meta/resourceType", "User").headerIs("Location", r.text("meta/location"))
		}},
		{"R-CREATE-03", "read-only values in the body are ignored", "RFC 7644 §3.3", func(p *probe) {
			r := p.user(`"id":"scimtest"`, `"meta":{"resourceType":"Group"}`, `"groups":[{"value":"x"}]`)
			if r.text("id") == "scimtest" || len(r.list("groups")) > 0 {
				r.wrong("a read-only value was taken")
			}
			r.is("meta/resourceType", "User")
		}},
		{"R-CREATE-05", "a userName that is taken, in any case, is 409 uniqueness", "RFC 7644 §3.3", func(p *probe) {
			name := p.user().text("userName")
			p.post("/Users", userBody(name)).wantError("uniqueness", 409)
			p.post("/Users", userBody(strings.ToUpper(name))).wantError("uniqueness", 409)
		}},
		{"R-CREATE-06", "a missing required attribute is 400 invalidValue", "RFC 7644 Table 9", func(p *probe) {
			p.post("/Users", fmt.Sprintf(`{"schemas":[%q],"displayName":"x"}`, scim.UserSchema)).wantError("invalidValue invalidSyntax", 400)
		}},
		{"R-CREATE-07", "what is no JSON object is 400 invalidSyntax", "RFC 7644 Table 9", func(p *probe) {
			for _, body := range []string{"{", "[]", `"x"`, "42", `{"userName":"x"} x`} {
				p.post("/Users", body).wantError("invalidSyntax", 400)
			}
		}},
		{"R-CREATE-14", "two primary values never come back", "RFC 7643 §2.4", func(p *probe) {
			r := p.post("/Users", userBody(p.name(), `"emails":[{"value":"a@example.com","primary":true},{"value":"b@example.com","primary":true}]`)).want(201, 400)
			primaries := 0
			for _, v := range r.list("emails") {
				if valueAt(v, "primary") == true {
					primaries++
				}
			}
			if primaries > 1 {
				r.wrong("%d primary values", primaries)
			}
		}},
		{"R-CREATE-10", "a name is free again after DELETE, and the new resource has another id", "RFC 7644 §3.6", func(p *probe) {
			first := p.user()
			p.delete("/Users/" + first.id()).want(204)
			if again := p.post("/Users", userBody(first.text("userName"))).want(201); again.text("id") == first.text("id") {
				again.wrong("the id was used again")
			}
		}},
		{"R-META-06", "created and lastModified are date-times and equal at first", "RFC 7643 §3.1", func(p *probe) {
			r := p.user().has("meta/created")
			r.is("meta/lastModified", r.at("meta/created"))
		}},
		{"R-SCHEMA-14", "null and empty lists are as absent", "RFC 7643 §2.5", func(p *probe) {
			p.user(`"emails":[]`, `"title":null`, `"phoneNumbers":null`).is("emails", nil).is("title", nil).is("phoneNumbers", nil)
		}},
		{"R-SCHEMA-03", "names are compared ignoring case and answered in the schema's spelling", "RFC 7643 §2.1", func(p *probe) {
			name := p.name()
			p.post("/Users", fmt.Sprintf(`{"schemas":[%q],"USERNAME":%q,"Name":{"GIVENNAME":"Ada"}}`, scim.UserSchema, name)).want(201).
				is("userName", name).is("name/givenName", "Ada")
		}},
		{"R-SCHEMA-15", "extension values live under their URN", "RFC 7643 §3.3", func(p *probe) {
			r := p.user(`"`+scim.EnterpriseUserSchema+`":{"department":"Maths"}`).contains("schemas", scim.EnterpriseUserSchema)
			p.get("/Users/"+r.id()).want(200).is(scim.EnterpriseUserSchema+"/department", "Maths")
		}},
		{"R-CORE-04", "a password is never answered", "RFC 7643 §4.1.1", func(p *probe) {
			r := p.user(`"password":"scimtest-T0p-secret"`).is("password", nil)
			p.get("/Users/"+r.id()+"?attributes=password").want(200).is("password", nil)
		}},
		{"R-CORE-13", "active is always answered", "clients", func(p *probe) {
			p.user().is("active", true)
			p.user(`"active":false`).is("active", false)
		}},
		{"R-I18N-04", "values come back exactly as sent", "RFC 8265", func(p *probe) {
			name := p.name() + " Zoë Ångström ﬀ 🙂"
			r := p.user(fmt.Sprintf(`"displayName":%q`, name)).is("displayName", name)
			p.get("/Users/"+r.id()).is("displayName", name)
		}},
		{"R-I18N-08", "text that is not UTF-8, and NUL, are refused", "RFC 8259 §8", func(p *probe) {
			p.post("/Users", "{\"userName\":\"\xff"+p.name()+"\"}").wantError("invalidSyntax invalidValue", 400)
			p.post("/Users", `{"userName":"\u0000`+p.name()+`"}`).wantError("invalidSyntax invalidValue", 400)
		}},
	}
}

func readChecks() []check {
	return []check{
		{"R-GET-01", "GET answers the resource, an unknown id is 404", "RFC 7644 §3.4.1", func(p *probe) {
			u := p.user(`"title":"x"`)
			p.get("/Users/"+u.id()).want(200).is("id", u.id()).is("title", "x").is("meta", u.at("meta"))
			p.get("/Users/"+p.run).wantError("", 404)
		}},
		{"R-LIST-01", "a list is a ListResponse with numbers", "RFC 7644 §3.4.2", func(p *probe) {
			p.user()
			r := p.get("/Users?count=1&startIndex=1").want(200).contains("schemas", scim.ListResponseMessage).has("Resources/0/id")
			r.number("totalResults")
			r.number("startIndex")
			if r.number("itemsPerPage") != len(r.list("Resources")) {
				r.wrong("itemsPerPage is not the number of resources")
			}
		}},
		{"R-LIST-04", "no match is 200 with no resources", "RFC 7644 §3.4.2", func(p *probe) {
			p.user()
			r := p.find("/Users", `userName eq "`+p.name()+`"`).want(200).is("totalResults", 0)
			if _, ok := r.at("Resources").([]any); !ok {
				r.wrong("Resources is no array")
			}
		}},
		{"R-LIST-10", "a new resource is found at once", "suites", func(p *probe) {
			u := p.user()
			p.user()
			p.find("/Users", `userName eq "`+u.text("userName")+`"`).want(200).is("totalResults", 1).is("Resources/0/id", u.id())
		}},
		{"R-SEARCH-02", "POST to .search answers as GET does", "RFC 7644 §3.4.3", func(p *probe) {
			u := p.user()
			body := fmt.Sprintf(`{"schemas":[%q],"filter":"userName eq \"%s\"","attributes":["userName"],"startIndex":1,"count":10}`, scim.SearchRequestMessage, u.text("userName"))
			p.send("POST", "/Users/.search", body).want(200).is("totalResults", 1).is("Resources/0/id", u.id()).is("Resources/0/meta", nil)
		}},
		{"R-SEARCH-03", "what is no SearchRequest is refused", "RFC 7644 Table 9", func(p *probe) {
			p.send("POST", "/Users/.search", `{"schemas":["`+scim.PatchOpMessage+`"]}`).wantError("invalidSyntax invalidValue", 400)
		}},
		{"R-SEARCH-05", ".search is not an id", "RFC 7644 §3.4.3", func(p *probe) {
			p.get("/Users/.search").wantError("", 404, 405)
		}},
	}
}
