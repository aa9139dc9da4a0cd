package scimtest

import (
	"strings"

	"github.com/rosterhq/roster/scim"
)

func transportChecks() []check {
	return []check{
		{"R-HTTP-06", "answers have the media type application/scim+json, errors too", "suites", func(p *probe) {
			p.get("/Users?count=1").want(200).headerIs("Content-Type", scim.MediaType)
			p.get("/Users/none").want(404).headerIs("Content-Type", scim.MediaType)
			p.get("/ServiceProviderConfig").want(200).headerIs("Content-Type", scim.MediaType)
		}},
		{"R-HTTP-05", "any Accept is answered, and none", "RFC 7644 §3.8", func(p *probe) {
			for _, accept := range []string{"", "*/*", "application/json, text/plain, */*", "application/scim+json; charset=utf-8"} {
				p.get("/Users?count=1", "Accept", accept).want(200)
			}
		}},
		{"R-HTTP-07", "application/json is accepted, with any charset parameter", "Okta", func(p *probe) {
			for _, mediaType := range []string{"application/json", "Application/JSON; Charset=UTF-8", "application/scim+json; charset=utf-8"} {
				p.post("/Users", userBody(p.name()), "Content-Type", mediaType).want(201)
			}
		}},
		{"R-HTTP-08", "another media type is refused", "RFC 9110 §15.5.16", func(p *probe) {
			p.post("/Users", "<user/>", "Content-Type", "text/xml").wantError("", 415, 400)
		}},
		{"R-HTTP-11", "unknown query parameters are ignored", "RFC 7644 §3.4.2", func(p *probe) {
			p.get("/Users?count=1&aadOptscim062020=&x=%20y&").want(200)
		}},
		{"R-HTTP-13", "HEAD answers as GET does, without a body", "RFC 9110 §9.3.2", func(p *probe) {
			u := p.user()
			r := p.send("HEAD", "/Users/"+u.id(), "").want(200).headerIs("Etag", u.header.Get("ETag"))
			if len(r.body) > 0 {
				r.wrong("HEAD has a body")
			}
		}},
		{"R-HTTP-14", "a method that is not allowed is 405 with Allow", "RFC 9110 §15.5.6", func(p *probe) {
			for path, methods := range map[string]string{"/Users": "PUT PATCH DELETE", "/ServiceProviderConfig": "POST PUT PATCH DELETE", "/Schemas": "POST", "/ResourceTypes": "DELETE"} {
				for method := range strings.FieldsSeq(methods) {
					if r := p.send(method, path, "").wantError("", 405); r.header.Get("Allow") == "" {
						r.wrong("Allow is missing")
					}
				}
			}
		}},
		{"R-HTTP-15", "an unknown path is 404 with an error body", "RFC 7644 §3.12", func(p *probe) {
			p.get("/Scimtest"+p.run).wantError("", 404)
		}},
		{"R-HTTP-16", "a repeated member name is refused", "RFC 7643 §2.3.8", func(p *probe) {
			p.post("/Users", `{"userName":"`+p.name()+`","userName":"`+p.name()+`"}`).wantError("invalidSyntax invalidValue", 400)
		}},
		{"R-HTTP-17", "a trailing slash and an encoded URN are understood", "suites", func(p *probe) {
			p.get("/Users/?count=1").want(200)
			p.get("/Schemas/" + strings.ReplaceAll(scim.UserSchema, ":", "%3A")).want(200)
		}},
		{"R-HTTP-18", "plus and %20 are spaces in a filter", "clients", func(p *probe) {
			p.user()
			name := p.user().text("userName")
			p.get("/Users?filter=userName+eq+%22"+name+"%22").want(200).is("totalResults", 1)
			p.get("/Users?filter=userName%20eq%20%22"+name+"%22").want(200).is("totalResults", 1)
		}},
		{"R-AUTH-03", "no token and a wrong token are 401 with a challenge and an error body", "RFC 6750 §3", func(p *probe) {
			if p.token == "" {
				p.skipped = "no token was given"
				return
			}
			for _, credentials := range []string{"", "Bearer wrong" + p.run, "non-token"} {
				r := p.get("/Users?count=1", "Authorization", credentials).wantError("", 401)
				if !strings.HasPrefix(strings.ToLower(r.header.Get("WWW-Authenticate")), "bearer ") {
					r.wrong("WWW-Authenticate is %q", r.header.Get("WWW-Authenticate"))
				}
			}
		}},
		{"R-AUTH-01", "the scheme Bearer is case-insensitive", "RFC 9110 §11.1", func(p *probe) {
			if p.token == "" {
				p.skipped = "no token was given"
				return
			}
			p.get("/Users?count=1", "Authorization", "bearer "+p.token).want(200)
		}},
		{"R-AUTH-02", "a token in the query is not looked at", "RFC 6750 §2.3", func(p *probe) {
			if p.token == "" {
				p.skipped = "no token was given"
				return
			}
			p.get("/Users?count=1&access_token="+p.token, "Authorization", "").want(401)
		}},
		{"R-ME-01", "/Me is answered or 501", "RFC 7644 §3.11", func(p *probe) {
			p.get("/Me").want(200, 308, 404, 501)
		}},
	}
}
