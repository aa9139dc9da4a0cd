package acceptance

import (
	"strings"
	"testing"
)

// What RFC 7644 and the clients ask of reads and writes, checked from the outside where no other test
// of the running program does.
func TestRequirements_Users(t *testing.T) {
	t.Parallel()
	const users = "/Users"
	other := newSource(t)
	converse(t, newSource(t), []requirement{
		{"R-CORE-01 userName is not empty, and unique within its source", func(c talk) {
			for _, bad := range []string{"", " ", "\t"} {
				c.send("POST", users, `{"userName":"`+bad+`"}`).wantError(400, map[bool]string{true: "invalidSyntax", false: "invalidValue"}[bad == "\t"])
			}
			name := "Name-" + Random(6)
			c.send("POST", users, newThing(users, name, "")).want(201).is("userName", name)
			c.send("POST", users, newThing(users, strings.ToUpper(name), "")).wantError(409, "uniqueness")
			talk{c.t, other}.send("POST", users, newThing(users, name, "")).want(201)
		}},
		{"R-CORE-02 no part of a name is made up", func(c talk) {
			c.create(users, `"name":{"givenName":"Ada","familyName":"L"}`).is("name", `{"givenName":"Ada","familyName":"L"}`).is("displayName", nil)
			c.create(users, `"name":{"formatted":"Other Name","givenName":"Ada"}`).is("name", `{"formatted":"Other Name","givenName":"Ada"}`)
		}},
		{"R-CORE-03 R-CORE-08 R-CORE-09 values come back as sent", func(c talk) {
			c.create(users, `"locale":"x","timezone":"Nowhere","preferredLanguage":"?","addresses":[{"country":"Germany"}],"x509Certificates":[{"value":"aGVsbG8="}]`).
				is("locale", "x").is("timezone", "Nowhere").is("preferredLanguage", "?").is("addresses/0/country", "Germany").is("x509Certificates/0/value", "aGVsbG8=")
			c.send("POST", users, newThing(users, "x509", `"x509Certificates":[{"value":"***"}]`)).wantError(400, "invalidValue")
		}},
		{"R-CORE-06 R-CORE-07 addresses come back as sent and are found in any case", func(c talk) {
			mark := Random(6)
			u := c.create(users, `"emails":[{"value":"Ada@Example-`+mark+`.COM"}],"phoneNumbers":[{"value":"(0)30 `+mark+`"}],"ims":[{"value":"ADA `+mark+`"}]`).
				is("emails/0/value", "Ada@Example-"+mark+".COM").is("phoneNumbers/0/value", "(0)30 "+mark).is("ims/0/value", "ADA "+mark)
			for _, filter := range []string{`emails.value eq "ada@example-` + mark + `.com"`, `emails eq "ADA@example-` + mark + `.com"`, `ims.value eq "ada ` + mark + `"`, `phoneNumbers[value eq "(0)30 ` + mark + `"]`} {
				c.find(users, filter).want(200).is("totalResults", 1).is("Resources/0/id", u.text("id"))
			}
		}},
		{"R-CORE-15 R-PATCH-35 an inactive user stays visible", func(c talk) {
			u := c.create(users, "")
			c.patch(u.path(users), `{"op":"replace","path":"active","value":false}`).want(200).is("active", false)
			c.get(u.path(users)).want(200).is("active", false)
			c.find(users, `userName eq "`+u.text("userName")+`" and active eq false`).want(200).is("totalResults", 1)
		}},
		{"R-CORE-13 who lost active is inactive", func(c talk) {
			u := c.create(users, "").is("active", true)
			c.patch(u.path(users), `{"op":"remove","path":"active"}`).want(200).is("active", nil)
			c.find(users, `active eq true and id eq "`+u.text("id")+`"`).want(200).is("totalResults", 0)
			var shown struct {
				State string `json:"state"`
			}
			if err := theServer(c.t).Run(c.t.Context(), &shown, "user", "show", u.text("id")); err != nil || shown.State != "inactive" {
				c.t.Errorf("state %q, %v", shown.State, err)
			}
			c.patch(u.path(users), `{"op":"add","path":"active","value":true}`).want(200).is("active", true)
		}},
		{"R-CREATE-04 R-FILTER-13 a default is filtered as if it had been sent", func(c talk) {
			u := c.create(users, "").is("active", true)
			c.find(users, `active eq true and userName eq "`+u.text("userName")+`"`).want(200).is("totalResults", 1)
			c.find(users, `active pr and userName eq "`+u.text("userName")+`"`).want(200).is("totalResults", 1)
		}},
		{"R-CREATE-13 a repeated POST is 409, and the user is found", func(c talk) {
			u := c.create(users, `"externalId":"e`+Random(6)+`"`)
			c.send("POST", users, newThing(users, u.text("userName"), `"externalId":"`+u.text("externalId")+`"`)).wantError(409, "uniqueness")
			c.find(users, `externalId eq "`+u.text("externalId")+`"`).want(200).is("totalResults", 1).is("Resources/0/id", u.text("id"))
		}},
		{"R-DEL-03 R-DEL-04 a deleted user is in nobody's way", func(c talk) {
			u := c.create(users, "")
			c.send("DELETE", u.path(users), "").want(204)
			c.get(u.path(users)).want(404)
			c.find(users, `id eq "`+u.text("id")+`"`).want(200).is("totalResults", 0)
			again := c.send("POST", users, newThing(users, u.text("userName"), "")).want(201)
			if again.text("id") == u.text("id") {
				c.t.Error("the id came back")
			}
		}},
		{"R-ETAG-05 R-ETAG-09 another version is 412, the weak one matches", func(c talk) {
			u := c.create(users, "")
			version := u.text("meta/version")
			body := patchText(`{"op":"add","path":"title","value":"x"}`)
			c.send("PATCH", u.path(users), body, "If-Match", `W/"x"`).want(412)
			c.send("PATCH", u.path(users), body, "If-Match", version).want(200)
			c.send("PATCH", u.path(users), body, "If-Match", version).want(412)
		}},
		{"R-ETAG-11 a user's version does not move with a group", func(c talk) {
			u := c.create(users, "")
			c.create("/Groups", `"members":[{"value":"`+u.text("id")+`"}]`)
			c.get(u.path(users)).want(200).is("meta", u.at("meta")).is("groups/0/type", "direct")
		}},
		{"R-TEN-02 R-TEN-03 sources know nothing of each other", func(c talk) {
			there := talk{c.t, other}
			u := c.create(users, `"externalId":"shared-`+Random(4)+`"`)
			there.create(users, `"externalId":"`+u.text("externalId")+`"`)
			for _, side := range []talk{c, there} {
				side.find(users, `externalId eq "`+u.text("externalId")+`"`).want(200).is("totalResults", 1)
			}
			there.get(u.path(users)).want(404)
			there.create("/Groups", `"members":[{"value":"`+u.text("id")+`"}]`).is("members", nil)
			job := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"DELETE","path":"` + u.path(users) + `"}]}`
			there.send("POST", "/Bulk", job).want(200).is("Operations/0/status", "404")
			c.create(users, "")
			cursor := c.get(users + "?count=1&cursor").want(200).text("nextCursor")
			there.get(users+"?count=1&cursor="+cursor).wantError(400, "invalidCursor")
		}},
		{"R-HTTP-02 R-HTTP-03 R-HTTP-04 any Accept gets application/scim+json", func(c talk) {
			for _, accept := range []string{"application/scim+json", "application/json", "*/*", "text/html", "application/scim+json;charset=utf-8"} {
				c.send("GET", "/Users?count=1", "", "Accept", accept).want(200)
			}
			c.create(users, `"displayName":"Zoë 🙂"`).is("displayName", "Zoë 🙂")
		}},
		{"R-AUTH-04 R-AUTH-07 malformed credentials", func(c talk) {
			for _, tc := range []struct {
				value  string
				status []int
			}{{"Bearer a b", []int{400, 401}}, {"Bearer", []int{400, 401}}, {"Basic YTpi", []int{401}}} {
				a := c.send("GET", "/Users", "", "Authorization", tc.value).want(tc.status...)
				if challenge := a.ex.Answer.Header.Get("WWW-Authenticate"); !strings.HasPrefix(challenge, "Bearer realm=") || strings.Count(challenge, "realm=") != 1 {
					c.t.Errorf("challenge %q", challenge)
				}
			}
		}},
		{"R-META-03 id and meta of the client are ignored", func(c talk) {
			u := c.create(users, `"id":"mine","meta":{"created":"2001-01-01T00:00:00Z","resourceType":"Group","location":"x"}`).is("meta/resourceType", "User")
			c.send("PUT", u.path(users), newThing(users, u.text("userName"), `"id":"other","meta":{"version":"9"}`)).want(200).is("id", u.text("id")).is("meta", u.at("meta"))
		}},
		{"R-CREATE-11 R-DEL-06 R-PATCH-36 methods that a path does not have", func(c talk) {
			u := c.create(users, "")
			for _, r := range [][2]string{{"POST", u.path(users)}, {"DELETE", users}, {"PATCH", users}, {"PUT", users}, {"POST", "/Schemas"}, {"GET", "/Users/.search"}} {
				if a := c.send(r[0], r[1], `{}`).want(405); a.ex.Answer.Header.Get("Allow") == "" {
					c.t.Errorf("no Allow\n%s", a.ex)
				}
			}
			c.get(u.path(users)).want(200).is("meta", u.at("meta"))
		}},
		{"R-PUT-04 R-PUT-05 R-PUT-13 what PUT leaves out is cleared, but not active", func(c talk) {
			u := c.create(users, `"title":"T","active":false,"emails":[{"value":"a@example.com"}]`)
			c.send("PUT", u.path(users), newThing(users, u.text("userName"), `"emails":[],"nickName":null`), "If-Match", u.text("meta/version")).want(200).
				is("title", nil).is("emails", nil).is("active", false)
		}},
		{"R-DISC-04 R-DISC-05 R-DISC-06 R-DISC-12 R-DISC-14 R-DISC-17 R-DISC-18 discovery", func(c talk) {
			c.get("/ServiceProviderConfig?filter=x&count=y&attributes=patch").want(200).is("pagination/cursor", true).is("pagination/index", true).is("pagination/defaultPaginationMethod", "index").
				is("pagination/defaultPageSize", 100).is("pagination/maxPageSize", 1000).is("securityEvents", nil).is("interopProfileConformant", nil)
			c.get("/ResourceTypes/User?sortBy=x").want(200).is("id", "User").is("name", "User").is("endpoint", users).is("schemaExtensions/0/schema", enterprise).is("schemaExtensions/0/required", false)
			for _, name := range []string{"ServiceProviderConfig", "ResourceType", "Schema", "User", "Group"} {
				urn := "urn:ietf:params:scim:schemas:core:2.0:" + name
				c.get("/Schemas/"+strings.ToUpper(urn)).want(200).is("id", urn).is("meta/resourceType", "Schema").is("schemas/0", "urn:ietf:params:scim:schemas:core:2.0:Schema")
			}
		}},
		{"R-HTTP-12 a suffix is part of the id", func(c talk) {
			c.get(c.create(users, "").path(users) + ".scim").want(404)
		}},
		{"R-HTTP-21 nothing is redirected", func(c talk) {
			for _, path := range []string{"/Users/", "//Users", "/Users/../Users", "/Me", "/./Users"} {
				if a := c.get(path); a.ex.Answer.Status/100 == 3 || a.ex.Answer.Header.Get("Location") != "" {
					c.t.Errorf("%s", a.ex)
				}
			}
		}},
		{"R-DISC-07 R-DISC-08 what is advertised is declared", func(c talk) {
			config := c.get("/ServiceProviderConfig").want(200)
			declared := map[string]bool{"schemas": true, "meta": true, "id": true, "externalId": true}
			attributes, _ := c.get("/Schemas/urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig").want(200).at("attributes").([]any)
			for _, a := range attributes {
				name, _ := a.(map[string]any)["name"].(string)
				declared[name] = true
			}
			for name := range config.doc.(map[string]any) {
				if !declared[name] {
					c.t.Errorf("%s is not declared", name)
				}
			}
			for _, name := range []string{"pagination", "securityEvents"} {
				if !declared[name] {
					c.t.Errorf("%s is not declared", name)
				}
			}
		}},
		{"R-SORT-10 names in lower case come in the order of their characters", func(c talk) {
			mark := Random(4)
			for _, name := range []string{"b", "a", "c-1", "c"} {
				c.send("POST", users, newThing(users, mark+name, "")).want(201)
			}
			list, _ := c.get(RequestTarget("", filterQuery(users, `userName sw "`+mark+`"`)) + "&sortBy=userName").want(200).at("Resources").([]any)
			last := ""
			for _, r := range list {
				name := r.(map[string]any)["userName"].(string)
				if name < last {
					c.t.Errorf("%s after %s", name, last)
				}
				last = name
			}
		}},
	})
}

func TestRequirements_Text(t *testing.T) {
	t.Parallel()
	const users = "/Users"
	converse(t, newSource(t), []requirement{
		{"R-I18N-01 R-I18N-04 R-FILTER-16 names compare as PRECIS says, and come back as sent", func(c talk) {
			mark := Random(4)
			for _, pair := range [][2]string{{"ÅNGSTRÖM", "ångström"}, {"ｆｕｌｌ", "FULL"}, {"e\u0301t\u00e9", "\u00e9te\u0301"}} {
				c.send("POST", users, newThing(users, pair[0]+mark, "")).want(201).is("userName", pair[0]+mark)
				c.send("POST", users, newThing(users, pair[1]+mark, "")).wantError(409, "uniqueness")
				c.find(users, `userName eq "`+pair[1]+mark+`"`).want(200).is("totalResults", 1).is("Resources/0/userName", pair[0]+mark)
			}
		}},
		{"R-I18N-02 names beyond PRECIS are kept", func(c talk) {
			mark := Random(4)
			name := "Ada Lovelace 🙂 " + mark
			c.send("POST", users, newThing(users, name, "")).want(201).is("userName", name)
			c.send("POST", users, newThing(users, strings.ToUpper(name), "")).wantError(409, "uniqueness")
		}},
		{"R-I18N-06 ß is not ss", func(c talk) {
			mark := Random(4)
			c.send("POST", users, newThing(users, "straße"+mark, "")).want(201)
			c.send("POST", users, newThing(users, "STRASSE"+mark, "")).want(201)
			c.find(users, `userName eq "STRASSE`+mark+`"`).want(200).is("totalResults", 1).is("Resources/0/userName", "STRASSE"+mark)
		}},
		{"R-I18N-05 R-I18N-09 filters fold every letter", func(c talk) {
			mark := Random(4)
			c.create(users, `"title":"ÉTÉ Ωmega `+mark+`","displayName":"Жук `+mark+`"`)
			for _, filter := range []string{`title eq "été ωMEGA ` + mark + `"`, `title co "T\u00c9 \u03c9" and title ew "` + mark + `"`, `displayName eq "ЖУК ` + mark + `"`, `displayName sw "жук ` + mark + `"`} {
				c.find(users, filter).want(200).is("totalResults", 1)
			}
		}},
		{"R-I18N-07 order knows no locale", func(c talk) {
			mark := Random(4)
			for _, title := range []string{"z", "ä", "A", "Z", "a"} {
				c.create(users, `"title":"`+mark+title+`"`)
			}
			list, _ := c.get(RequestTarget("", filterQuery(users, `title sw "`+mark+`"`)) + "&sortBy=title").want(200).at("Resources").([]any)
			var got string
			for _, r := range list {
				got += strings.ToLower(strings.TrimPrefix(r.(map[string]any)["title"].(string), mark))
			}
			if got != "aazzä" {
				c.t.Errorf("order %q", got)
			}
		}},
	})
}
