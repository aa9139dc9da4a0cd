package acceptance

import (
	"net/http"
	"strings"
	"testing"
)

// oktaHeaders are those of Okta's client.
func oktaHeaders() []string {
	return []string{"User-Agent", "Okta SCIM Client 1.0.0", "Accept", "application/scim+json", "Accept-Charset", "utf-8",
		"Content-Type", "application/scim+json; charset=utf-8"}
}

// Okta's SPEC test: twelve requests over a source that has one user.
func TestOkta_Spec(t *testing.T) {
	t.Parallel()
	const list = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	const failed = "urn:ietf:params:scim:api:messages:2.0:Error"
	mark := Random(6)
	name := "Runscope300" + mark + "@atko.com"
	random := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"` + name + `","name":{"givenName":"Runscope","familyName":"Scim"},
		"emails":[{"primary":true,"value":"` + name + `","type":"work"}],"displayName":"Runscope Scim","active":true}`
	source := newSource(t)
	c := talk{t, source}
	seed := c.create("/Users", `"name":{"givenName":"Seed","familyName":"User"},"emails":[{"value":"seed@example.com","primary":true,"type":"work"}]`)
	var made said
	converse(t, source, []requirement{
		{"R1 users", func(c talk) {
			c.get("/Users?count=1&startIndex=1").want(200).is("schemas/0", list).is("itemsPerPage", 1).is("startIndex", 1).is("totalResults", 1).
				is("Resources/0/id", seed.text("id")).is("Resources/0/userName", seed.text("userName")).is("Resources/0/active", true).is("Resources/0/name/familyName", "User").is("Resources/0/emails/0/value", "seed@example.com")
		}},
		{"R2 by id", func(c talk) {
			c.get(seed.path("/Users")).want(200).is("userName", seed.text("userName")).is("name/givenName", "Seed").is("active", true)
		}},
		{"R3 invalid name", func(c talk) {
			c.find("/Users", `userName eq "abcdefgh-`+mark+`@atko.com"`).want(200).is("schemas/0", list).is("totalResults", 0)
		}},
		{"R4 invalid id", func(c talk) {
			if a := c.get("/Users/010101001010101011001010101011").want(404).is("schemas/0", failed); a.text("detail") == "" {
				c.t.Errorf("%s", a.ex)
			}
		}},
		{"R5 random user absent", func(c talk) { c.find("/Users", `userName eq "`+name+`"`).want(200).is("totalResults", 0) }},
		{"R6 create", func(c talk) {
			made = c.send("POST", "/Users", random, "Content-Type", "application/json", "Accept", "application/scim+json; charset=utf-8").want(201).is("active", true).is("userName", name).
				is("name/familyName", "Scim").is("schemas/0", "urn:ietf:params:scim:schemas:core:2.0:User")
		}},
		{"R7 verify", func(c talk) {
			c.get(made.path("/Users")).want(200).is("userName", name).is("name/givenName", "Runscope")
		}},
		{"R8 again fails", func(c talk) {
			c.send("POST", "/Users", random, "Content-Type", "application/json").wantError(409, "uniqueness")
		}},
		{"R9 name in another case", func(c talk) {
			c.find("/Users", `userName eq "`+strings.ToUpper(name)+`"`).want(200).is("totalResults", 1).is("Resources/0/id", made.text("id"))
		}},
		{"R10 groups", func(c talk) {
			c.get("/Groups").want(200).is("schemas/0", list).is("totalResults", 0).is("Resources", "[]")
		}},
		{"R11 no token", func(c talk) {
			c.send("GET", RequestTarget("", filterQuery("/Users", `userName eq "`+name+`"`)), "", "Authorization", "non-token").want(401).is("status", "401").is("schemas/0", failed)
		}},
		{"R12 not found", func(c talk) {
			c.get("/Users/00919288221112222").want(404).is("status", "404").is("schemas/0", failed)
		}},
		{"Entitlements", func(c talk) {
			c.get("/Users?count=1&startIndex=1").want(200).is("itemsPerPage", 1).is("totalResults", 2)
		}},
	})
}

// What Okta's connectors do: the OIN kind with PATCH, the custom kind with PUT.
func TestOkta_Connectors(t *testing.T) {
	t.Parallel()
	const users, groups = "/Users", "/Groups"
	converse(t, newSource(t, "--preset", "okta"), []requirement{
		{"profile push: GET, then PUT of what was read", func(c talk) {
			u := c.send("POST", users, newThing(users, "n-"+Random(6), `"password":"1mz050nq","groups":[],"locale":"en-US","emails":[{"primary":true,"value":"a@example.com","type":"work"}]`), oktaHeaders()...).want(201).is("password", nil)
			read := c.get(u.path(users)).want(200)
			changed := strings.Replace(string(read.ex.Answer.Body), `"locale":"en-US"`, `"locale":"de-DE","okta_custom":{"a":1}`, 1)
			c.send("PUT", u.path(users), changed, oktaHeaders()...).want(200).is("locale", "de-DE").is("emails", read.at("emails")).is("id", u.text("id"))
			c.patch(u.path(users), `{"op":"replace","value":{"active":false}}`).want(200, 204)
			off := c.get(u.path(users)).want(200).is("active", false)
			c.send("PUT", u.path(users), strings.Replace(string(off.ex.Answer.Body), `"active":false`, `"active":true`, 1), oktaHeaders()...).want(200).is("active", true)
		}},
		{"push group, change members, push now on an empty group", func(c talk) {
			a, b := c.create(users, ""), c.create(users, "")
			g := c.create(groups, `"members":[]`)
			rename := `{"op":"replace","value":{"id":"` + g.text("id") + `","displayName":"` + g.text("displayName") + `"}}`
			c.patch(g.path(groups), rename, `{"op":"add","path":"members","value":[{"value":"`+a.text("id")+`","display":"x"},{"value":"`+b.text("id")+`","display":"y"}]}`).want(200, 204)
			c.get(g.path(groups)).want(200).is("members/1/value", b.text("id"))
			c.patch(g.path(groups), `{"op":"remove","path":"members[value eq \"`+a.text("id")+`\"]"}`, rename).want(200, 204)
			c.get(g.path(groups)).want(200).is("members/0/value", b.text("id")).is("members/1", nil)
			c.patch(g.path(groups), rename).want(200, 204) // a rename without members must not empty the group
			c.get(g.path(groups)).want(200).is("members/0/value", b.text("id"))
			c.patch(g.path(groups), `{"op":"replace","value":{"members":[],"id":"`+g.text("id")+`","displayName":"`+g.text("displayName")+`"}}`).want(200, 204)
			c.get(g.path(groups)).want(200).is("members", nil)
		}},
		{"custom app: PUT of the whole list, the own name is no duplicate", func(c talk) {
			a, b := c.create(users, ""), c.create(users, "")
			g := c.create(groups, "")
			put := func(members string) {
				c.t.Helper()
				body := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"` + g.text("id") + `","displayName":"` + g.text("displayName") + `","members":[` + members + `]}`
				c.send("PUT", g.path(groups), body, oktaHeaders()...).want(http.StatusOK)
			}
			put("")
			put(`{"value":"` + a.text("id") + `","display":"a"},{"value":"` + b.text("id") + `","display":"b"}`)
			put(`{"value":"` + b.text("id") + `","display":"b"}`)
			c.get(g.path(groups)).want(200).is("members/0/value", b.text("id")).is("members/1", nil)
			c.send("DELETE", g.path(groups), "").want(204)
		}},
		{"import: pages of a hundred in one order", func(c talk) {
			for range 3 {
				c.create(users, "")
			}
			first := c.get(users+"?startIndex=1&count=2").want(200).is("itemsPerPage", 2)
			next := c.get(users+"?startIndex=3&count=100").want(200).is("startIndex", 3)
			whole := c.get(users + "?startIndex=1&count=100").want(200)
			if first.text("Resources/0/id") != whole.text("Resources/0/id") || next.text("Resources/0/id") != whole.text("Resources/2/id") {
				c.t.Error("the order changed between pages")
			}
		}},
	})
}
