package acceptance

import (
	"fmt"
	"strings"
	"testing"
)

// What clients do of whom no recorded conversation exists, by their documentation and sources.
func TestClients_OfUsers(t *testing.T) {
	t.Parallel()
	const users = "/Users"
	converse(t, newSource(t), []requirement{
		{"Google Workspace: two schemas, look-up without count, then PUT or PATCH", func(c talk) {
			c.get(users + "?count=1").want(200)
			name := "g-" + Random(5) + "@example.com"
			c.get(users+"?filter=userName%20eq%20%22"+name+"%22&startIndex=1").want(200).is("totalResults", 0)
			u := c.send("POST", users, `{"schemas":["urn:scim:schemas:core:1.0","urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"`+name+`","name":{"givenName":"G","familyName":"W"},"active":true,
				"emails":[{"primary":true,"type":"work","value":"`+name+`"}]}`).want(201).is("schemas", `["urn:ietf:params:scim:schemas:core:2.0:User"]`)
			c.get(users+"?filter=userName%20eq%20%22"+name+"%22&startIndex=1").want(200).is("totalResults", 1).is("Resources/0/id", u.text("id"))
			c.send("PUT", u.path(users), `{"schemas":["urn:scim:schemas:core:1.0","urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"`+name+`","active":false}`).want(200).is("active", false).is("name", nil)
			c.patch(u.path(users), `{"op":"replace","value":{"active":true}}`).want(200).is("active", true)
			c.send("DELETE", u.path(users), "").want(204)
		}},
		{"PingOne: users matched by name, replaced by PUT, never patched", func(c talk) {
			u := c.create(users, `"name":{"givenName":"P","familyName":"O"}`)
			c.find(users, `userName eq "`+u.text("userName")+`"`).want(200).is("totalResults", 1)
			c.send("PUT", u.path(users), newThing(users, u.text("userName"), `"id":"`+u.text("id")+`","name":{"givenName":"Q"},"active":false`)).want(200).is("name", `{"givenName":"Q"}`).is("active", false)
		}},
		{"SailPoint: aggregation in pages, disable and enable", func(c talk) {
			for range 3 {
				c.create(users, "")
			}
			total := int(c.get(users + "?startIndex=1&count=2").want(200).at("totalResults").(float64))
			seen := 0
			for start := 1; start <= total; start += 2 {
				list, _ := c.get(fmt.Sprintf("%s?startIndex=%d&count=2", users, start)).want(200).at("Resources").([]any)
				seen += len(list)
			}
			if seen != total {
				c.t.Errorf("%d of %d users", seen, total)
			}
			u := c.create(users, "")
			c.patch(u.path(users), `{"op":"replace","path":"active","value":false}`).want(200).is("active", false)
			c.patch(u.path(users), `{"op":"replace","path":"active","value":true}`).want(200).is("active", true)
		}},
		{"CyberArk: discovery by name, users by PUT", func(c talk) {
			c.get("/ServiceProviderConfig").want(200).is("patch/supported", true).is("bulk/maxOperations", 1000)
			c.get("/ResourceTypes/User").want(200).is("endpoint", users)
			c.get("/ResourceTypes/Group").want(200).is("endpoint", "/Groups")
			c.get("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User").want(200).is("name", "User")
			c.get(users + "?count=1").want(200)
			u := c.create(users, "")
			c.send("PUT", u.path(users), newThing(users, u.text("userName"), `"displayName":"D"`)).want(200).is("displayName", "D")
		}},
		{"Rippling: look-up by externalId, a POST that is repeated", func(c talk) {
			c.get("/ServiceProviderConfig").want(200)
			id := "rip-" + Random(5)
			c.find(users, `externalId eq "`+id+`"`).want(200).is("totalResults", 0)
			body := newThing(users, id, `"externalId":"`+id+`","emails":[{"primary":true,"value":"r@example.com"}],"`+enterprise+`":{"employeeNumber":"7"}`)
			c.send("POST", users, body).want(201)
			c.send("POST", users, body).wantError(409, "uniqueness")
			c.find(users, `externalId eq "`+id+`"`).want(200).is("totalResults", 1).is("Resources/0/"+enterprise+"/employeeNumber", "7")
		}},
		{"Keycloak: operators in capitals, active as text, e-mail without type", func(c talk) {
			u := c.create(users, `"emails":[{"value":"k@example.com"}]`).is("emails", `[{"value":"k@example.com"}]`)
			c.find(users, `userName EQ "`+u.text("userName")+`"`).want(200).is("totalResults", 1)
			c.patch(u.path(users), `{"op":"replace","path":"active","value":"false"}`).want(200).is("active", false)
			c.send("PUT", u.path(users), newThing(users, u.text("userName"), `"active":true`)).want(200).is("emails", nil).is("active", true)
			// A reconciliation whose value is JSON in a string is understood or refused, never half applied.
			before := c.get(u.path(users)).want(200)
			if a := c.patch(u.path(users), `{"op":"replace","value":"{\"title\":\"T\",\"active\":\"perhaps\"}"}`).want(200, 400); a.ex.Answer.Status == 400 {
				c.get(u.path(users)).is("meta", before.at("meta")).is("title", nil)
			}
		}},
		{"midPoint: discovery, walks in pages of 25, POST without schemas", func(c talk) {
			c.get("/ResourceTypes").want(200).is("Resources/0/endpoint", users)
			attributes, _ := c.get("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User").want(200).at("attributes").([]any)
			for _, a := range attributes {
				for _, member := range []string{"multiValued", "required", "mutability", "returned"} {
					if a.(map[string]any)[member] == nil {
						c.t.Errorf("%v lacks %s", a.(map[string]any)["name"], member)
					}
				}
			}
			c.send("POST", users, `{"userName":"mp-`+Random(5)+`"}`).want(201)
			c.get(users + "?startIndex=1&count=25").want(200)
			c.get(users + "?startIndex=2&count=25").want(200)
		}},
		{"Auth0: POST, look-up by externalId, PUT, DELETE", func(c talk) {
			id := "auth0|" + Random(6)
			u := c.create(users, `"externalId":"`+id+`"`)
			c.find(users, `externalId eq "`+id+`"`).want(200).is("totalResults", 1).is("Resources/0/id", u.text("id"))
			c.send("PUT", u.path(users), newThing(users, u.text("userName"), `"externalId":"`+id+`","active":false`)).want(200).is("active", false).is("externalId", id)
			c.send("DELETE", u.path(users), "").want(204)
			c.find(users, `externalId eq "`+id+`"`).want(200).is("Resources", "[]")
		}},
		{"SAP Cloud Identity: found by e-mail, replaced by PUT", func(c talk) {
			mail := Random(5) + "@sap.example"
			u := c.create(users, `"emails":[{"value":"`+mail+`","primary":true}]`)
			c.find(users, `emails.value eq "`+mail+`"`).want(200).is("totalResults", 1)
			c.send("PUT", u.path(users), newThing(users, u.text("userName"), `"emails":[{"value":"`+mail+`"}]`)).want(200)
		}},
		{"Entra ID as a reader: seven digits of a second, index 0, odd letter case", func(c talk) {
			c.create(users, "")
			c.get(users+"?filter=ActiVe%20eq%20true%20and%20(meta.lastmodified%20ge%20%222001-01-01T00:00:00.0000000Z%22%20and%20meta.lastModified%20le%20%222101-01-01T00:00:00.0000000Z%22)&count=100&startindex=0").
				want(200).is("startIndex", 1)
		}},
		{"OneLogin: no User-Agent, a trailing question mark, values that start with a space", func(c talk) {
			u := c.send("POST", users, `{"schemas":["urn:scim:schemas:core:2.0","urn:scim:schemas:extension:enterprise:2.0"],"userName":"ol-`+Random(5)+`","displayName":" Led"}`, "User-Agent", "").want(201).is("displayName", " Led")
			c.get(users+"?filter=userName+eq+%22"+u.text("userName")+"%22&").want(200).is("totalResults", 1)
			c.send("PUT", u.path(users)+"?", newThing(users, u.text("userName"), `"title":"T"`), "User-Agent", "").want(200).is("title", "T")
		}},
	})
}

func TestClients_OfGroups(t *testing.T) {
	t.Parallel()
	const users, groups = "/Users", "/Groups"
	converse(t, newSource(t), []requirement{
		{"JumpCloud: a test user and a test group, made and deleted", func(c talk) {
			u := c.create(users, `"active":true,"emails":[{"value":"test@example.com","type":"work","primary":true}]`)
			g := c.create(groups, `"members":[]`)
			c.patch(g.path(groups), `{"op":"add","path":"members","value":[{"value":"`+u.text("id")+`"}]}`).want(200, 204)
			c.patch(g.path(groups), `{"op":"remove","path":"members","value":[{"value":"`+u.text("id")+`"}]}`).want(200, 204)
			c.send("DELETE", u.path(users), "").want(204)
			c.send("DELETE", g.path(groups), "").want(204)
		}},
		{"PingFederate: groups are listed and matched by the client", func(c talk) {
			g := c.create(groups, "")
			list, _ := c.get(groups + "?excludedAttributes=members").want(200).at("Resources").([]any)
			found := false
			for _, r := range list {
				found = found || r.(map[string]any)["displayName"] == g.text("displayName")
			}
			if !found {
				c.t.Errorf("%s is not listed", g.text("displayName"))
			}
		}},
		{"Rippling: groups that exclude each other", func(c talk) {
			u := c.create(users, "")
			member := `{"value":"` + u.text("id") + `"}`
			from, to := c.create(groups, `"members":[`+member+`]`), c.create(groups, "")
			c.patch(from.path(groups), `{"op":"remove","path":"members[value eq \"`+u.text("id")+`\"]"}`).want(200, 204)
			c.patch(to.path(groups), `{"op":"add","path":"members","value":[`+member+`]}`).want(200, 204)
			c.get(u.path(users)).want(200).is("groups/0/value", to.text("id")).is("groups/1", nil)
		}},
		{"Keycloak: remove with null, a relative reference, PUT without members", func(c talk) {
			u := c.create(users, "")
			g := c.create(groups, `"members":[{"value":"`+u.text("id")+`","$ref":"Users/`+u.text("id")+`"}]`).is("members/0/value", u.text("id"))
			c.patch(g.path(groups), `{"op":"remove","path":"members","value":null}`).want(200, 204)
			c.get(g.path(groups)).want(200).is("members", nil)
			g = c.create(groups, `"members":[{"value":"`+u.text("id")+`"}]`)
			c.send("PUT", g.path(groups), newThing(groups, g.text("displayName"), "")).want(200).is("members", nil)
			c.find(groups, `displayName EQ "`+g.text("displayName")+`"`).want(200).is("totalResults", 1)
		}},
		{"ssosync: a hundred members an operation, members null, totalResults exactly 1", func(c talk) {
			var members []string
			for range 100 {
				members = append(members, `{"value":"`+c.create(users, "").text("id")+`"}`)
			}
			g := c.send("POST", groups, newThing(groups, "aws-"+Random(5), `"members":null`)).want(201)
			c.find(groups, `displayName eq "`+g.text("displayName")+`"`).want(200).is("totalResults", 1)
			c.patch(g.path(groups), `{"op":"add","path":"members","value":[`+strings.Join(members, ",")+`]}`).want(200, 204)
			if list, _ := c.get(g.path(groups)).want(200).at("members").([]any); len(list) != 100 {
				c.t.Errorf("%d members", len(list))
			}
			c.patch(g.path(groups), `{"op":"remove","path":"members","value":[`+strings.Join(members[:60], ",")+`]}`).want(200, 204)
			if list, _ := c.get(g.path(groups)).want(200).at("members").([]any); len(list) != 40 {
				c.t.Errorf("%d members", len(list))
			}
		}},
		{"authentik as a client: reads on until a page is whole, one operation a member", func(c talk) {
			c.get("/ServiceProviderConfig").want(200).is("filter/supported", true).is("patch/supported", true)
			a, b := c.create(users, `"emails":[],"name":{"familyName":" ","givenName":""}`), c.create(users, `"emails":[{"value":"o@example.com","type":"other"}]`)
			total := int(c.get(users).want(200).at("totalResults").(float64))
			for seen := 0; seen < total; {
				list, _ := c.get(fmt.Sprintf("%s?startIndex=%d", users, seen+1)).want(200).at("Resources").([]any)
				if len(list) == 0 {
					c.t.Fatal("an empty page before the end")
				}
				seen += len(list)
			}
			g := c.create(groups, "")
			c.patch(g.path(groups), `{"op":"add","path":"members","value":[{"value":"`+a.text("id")+`"}]}`, `{"op":"add","path":"members","value":[{"value":"`+b.text("id")+`"}]}`).want(200, 204)
			c.patch(g.path(groups), `{"op":"remove","path":"members","value":[{"value":"`+a.text("id")+`"}]}`).want(200, 204)
			c.get(g.path(groups)).want(200).is("members/0/value", b.text("id")).is("members/1", nil)
		}},
	})
}
