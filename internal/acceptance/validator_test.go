package acceptance

import (
	"fmt"
	"strings"
	"testing"
)

// entra sends as Microsoft's clients do: a media type with a charset, operations in title case.
func entraPatch(c talk, path string, operations ...string) said {
	c.t.Helper()
	return c.send("PATCH", path, patchText(strings.Join(operations, ",")), "Content-Type", "application/scim+json; charset=utf-8").want(200, 204)
}

// fullUser is the validator's second user: every attribute it maps, made of random words.
func fullUser(mark string) string {
	address := func(part string) string { return part + " " + mark }
	return `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","` + enterprise + `"],"userName":"full-` + mark + `@example.com","externalId":"x-` + mark + `",
		"active":true,"displayName":"BDFAIMDWZXYA","title":"Q","nickName":"N","userType":"U","profileUrl":"profile-` + mark + `","preferredLanguage":"ku","locale":"BSTHFPQXJNAV","timezone":"Europe/Nowhere",
		"name":{"formatted":"F","familyName":"Keaton","givenName":"Sadye","honorificPrefix":"Dr","honorificSuffix":"II","middleName":"M"},
		"emails":[{"type":"work","value":"w-` + mark + `@example.com","primary":true}],
		"addresses":[{"type":"work","primary":true,"formatted":"` + address("f") + `","streetAddress":"` + address("s") + `","locality":"L","region":"R","postalCode":"P","country":"Belize"}],
		"phoneNumbers":[{"type":"work","value":"1-2-3","primary":true},{"type":"mobile","value":"4-5-6"},{"type":"fax","value":"7-8-9"}],
		"roles":[{"primary":"True","display":"RAJBJMKHJSNI","value":"OGCIACGFVVRR","type":"IJAQSLXCMJPC"}],
		"` + enterprise + `":{"employeeNumber":"E","department":"D","costCenter":"C","organization":"O","division":"V"}}`
}

// verboseAdd are the 36 operations with which the validator fills a user that has a name only.
func verboseAdd() (operations []string, want map[string]string) {
	want = map[string]string{}
	add := func(path, at string) {
		value := fmt.Sprintf("v%d", len(operations))
		if path == "active" {
			operations = append(operations, `{"op":"add","path":"active","value":true}`)
			return
		}
		operations = append(operations, fmt.Sprintf(`{"op":"add","path":%q,"value":%q}`, path, value))
		want[at] = value
	}
	add("active", "")
	for _, name := range []string{"displayName", "title", "preferredLanguage", "userType", "nickName", "locale", "timezone", "profileUrl"} {
		add(name, name)
	}
	for _, name := range []string{"givenName", "familyName", "formatted", "middleName", "honorificPrefix", "honorificSuffix"} {
		add("name."+name, "name/"+name)
	}
	add(`emails[type eq "work"].value`, "emails/0/value")
	for _, name := range []string{"formatted", "streetAddress", "locality", "region", "postalCode", "country"} {
		add(`addresses[type eq "work"].`+name, "addresses/0/"+name)
	}
	for i, kind := range []string{"work", "mobile", "fax"} {
		add(`phoneNumbers[type eq "`+kind+`"].value`, fmt.Sprintf("phoneNumbers/%d/value", i))
	}
	for _, name := range []string{"display", "value", "type"} {
		add(`roles[primary eq "True"].`+name, "roles/0/"+name)
	}
	for _, name := range []string{"employeeNumber", "department", "costCenter", "organization", "division"} {
		add(enterprise+":"+name, enterprise+"/"+name)
	}
	add("externalId", "externalId")
	add(`ims[type eq "skype"].value`, "ims/0/value")
	add(`photos[type eq "photo"].value`, "photos/0/value")
	return operations, want
}

// The cases of Microsoft's SCIM Validator (scimvalidator.microsoft.com) about users.
func TestValidator_Users(t *testing.T) {
	t.Parallel()
	const users = "/Users"
	converse(t, newSource(t), []requirement{
		{"create, filter, replace verbose", func(c talk) {
			mark := Random(6)
			u := c.send("POST", users, fullUser(mark)).want(201).is("roles/0/primary", true).is("timezone", "Europe/Nowhere").is("addresses/0/country", "Belize").is(enterprise+"/division", "V")
			c.find(users, `userName eq "full-`+mark+`@example.com"`).want(200).is("totalResults", 1).is("Resources/0/active", true).is("Resources/0/id", u.text("id"))
			entraPatch(c, u.path(users),
				`{"op":"Replace","path":"emails[type eq \"work\"].value","value":"n-`+mark+`@example.com"}`, `{"op":"Replace","path":"addresses[type eq \"work\"].streetAddress","value":"New"}`,
				`{"op":"Replace","path":"phoneNumbers[type eq \"mobile\"].value","value":"0"}`, `{"op":"Replace","path":"roles[primary eq \"True\"].value","value":"Admin"}`,
				`{"op":"Replace","value":{"displayName":"D2","name.givenName":"G2","`+enterprise+`:department":"D3"}}`)
			c.get(u.path(users)).want(200).is("emails/0/value", "n-"+mark+"@example.com").is("addresses/0/streetAddress", "New").is("phoneNumbers/1/value", "0").
				is("roles/0/value", "Admin").is("roles/0/display", "RAJBJMKHJSNI").is("displayName", "D2").is("name/givenName", "G2").is("name/familyName", "Keaton").is(enterprise+"/department", "D3")
		}},
		{"update userName", func(c talk) {
			u := c.create(users, "")
			entraPatch(c, u.path(users), `{"op":"Replace","path":"userName","value":"renamed-`+u.text("userName")+`"}`)
			c.get(u.path(users)).want(200).is("userName", "renamed-"+u.text("userName")).is("id", u.text("id"))
			c.find(users, `userName eq "`+u.text("userName")+`"`).want(200).is("totalResults", 0)
		}},
		{"disable, seen by GET and filter", func(c talk) {
			u := c.create(users, "")
			for _, value := range []string{`"False"`, `"True"`, `"false"`, `true`, `false`} {
				entraPatch(c, u.path(users), `{"op":"Replace","path":"active","value":`+value+`}`)
				want := strings.EqualFold(strings.Trim(value, `"`), "true")
				c.get(u.path(users)).want(200).is("active", want)
				c.find(users, `userName eq "`+u.text("userName")+`"`).want(200).is("totalResults", 1).is("Resources/0/active", want)
			}
		}},
		{"add verbose: 36 operations on a user with a name only", func(c talk) {
			u := c.create(users, "")
			operations, want := verboseAdd()
			if len(operations) != 36 {
				c.t.Fatalf("%d operations", len(operations))
			}
			entraPatch(c, u.path(users), operations...)
			a := c.get(u.path(users)).want(200).is("roles/0/primary", true)
			for path, value := range want {
				a.is(path, value)
			}
			for _, list := range []string{"emails", "addresses", "roles", "ims", "photos"} {
				if all, _ := a.at(list).([]any); len(all) != 1 {
					c.t.Errorf("%s has %d values", list, len(all))
				}
			}
		}},
		{"add, replace and remove manager", func(c talk) {
			boss, chief, u := c.create(users, ""), c.create(users, ""), c.create(users, "")
			manager := enterprise + "/manager"
			entraPatch(c, u.path(users), `{"op":"Add","path":"`+enterprise+`:manager","value":"`+boss.text("id")+`"}`)
			c.get(u.path(users)).want(200).is(manager+"/value", boss.text("id"))
			entraPatch(c, u.path(users), `{"op":"Replace","path":"`+enterprise+`:manager","value":"`+chief.text("id")+`"}`)
			c.get(u.path(users)).want(200).is(manager+"/value", chief.text("id"))
			c.find(users, `id eq "`+u.text("id")+`" and manager eq "`+chief.text("id")+`"`).want(200).is("totalResults", 1)
			entraPatch(c, u.path(users), `{"op":"Replace","path":"`+enterprise+`:manager","value":""}`)
			c.get(u.path(users)).want(200).is(manager, nil)
			entraPatch(c, u.path(users), `{"op":"Add","path":"`+enterprise+`:manager","value":"`+boss.text("id")+`"}`)
			entraPatch(c, u.path(users), `{"op":"Remove","path":"`+enterprise+`:manager"}`)
			c.get(u.path(users)).want(200).is(manager, nil)
		}},
		{"delete, delete twice, delete unknown", func(c talk) {
			u := c.create(users, "")
			c.send("DELETE", u.path(users), "").want(204)
			c.get(u.path(users)).want(404)
			c.send("DELETE", u.path(users), "").want(404)
			c.send("DELETE", users+"/"+Random(16), "").want(404)
		}},
		{"several operations on different and on the same attribute", func(c talk) {
			u := c.create(users, `"title":"T"`)
			entraPatch(c, u.path(users), `{"op":"Remove","path":"title"}`, `{"op":"Add","path":"displayName","value":"D"}`, `{"op":"Replace","path":"displayName","value":"E"}`, `{"op":"Replace","path":"nickName","value":"N"}`)
			c.get(u.path(users)).want(200).is("title", nil).is("displayName", "E").is("nickName", "N")
		}},
		{"an empty list of operations is refused, as the RFC says", func(c talk) {
			c.patch(c.create(users, "").path(users)).wantError(400, "invalidSyntax")
		}},
		{"duplicate user", func(c talk) {
			u := c.create(users, "")
			c.send("POST", users, newThing(users, u.text("userName"), "")).wantError(409, "uniqueness")
		}},
	})
}

// The cases of Microsoft's SCIM Validator about groups.
func TestValidator_Groups(t *testing.T) {
	t.Parallel()
	const users, groups = "/Users", "/Groups"
	withAndWithout := func(c talk, g said, members bool) {
		c.t.Helper()
		name := `displayName eq "` + g.text("displayName") + `"`
		without := filterQuery(groups, name) + "&excludedAttributes=members"
		for _, a := range []said{c.get(g.path(groups) + "?excludedAttributes=members"), c.get(RequestTarget("", without))} {
			if strings.Contains(string(a.want(200).ex.Answer.Body), `"members"`) {
				c.t.Errorf("members are there\n%s", a.ex)
			}
		}
		if got := c.find(groups, name).want(200).is("totalResults", 1).at("Resources/0/members") != nil; got != members {
			c.t.Errorf("members are there: %v, want %v", got, members)
		}
	}
	converse(t, newSource(t), []requirement{
		{"create, get and filter with and without members", func(c talk) {
			u := c.create(users, "")
			g := c.send("POST", groups, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
				"displayName":"g-`+Random(6)+`","externalId":"e-`+Random(6)+`","meta":{"resourceType":"Group"}}`).want(201)
			withAndWithout(c, g, false)
			entraPatch(c, g.path(groups), `{"op":"Add","path":"members","value":[{"$ref":null,"value":"`+u.text("id")+`"}]}`)
			c.get(g.path(groups)).want(200).is("members/0/value", u.text("id"))
			withAndWithout(c, g, true)
			entraPatch(c, g.path(groups), `{"op":"Remove","path":"members","value":[{"$ref":null,"value":"`+u.text("id")+`"}]}`)
			c.get(g.path(groups)).want(200).is("members", nil)
		}},
		{"filter in another case, and one that matches nothing", func(c talk) {
			g := c.create(groups, "")
			c.find(groups, `displayName eq "`+strings.ToUpper(g.text("displayName"))+`"`).want(200).is("totalResults", 1).is("Resources/0/id", g.text("id"))
			c.find(groups, `displayName eq "`+Random(9)+`"`).want(200).is("totalResults", 0).is("Resources", "[]")
		}},
		{"duplicate group is 409", func(c talk) {
			g := c.create(groups, "")
			c.send("POST", groups, newThing(groups, strings.ToUpper(g.text("displayName")), "")).wantError(409, "uniqueness")
		}},
		{"replace attributes and externalId", func(c talk) {
			g := c.create(groups, `"externalId":"e"`)
			entraPatch(c, g.path(groups), `{"op":"Replace","path":"displayName","value":"new-`+g.text("displayName")+`"}`, `{"op":"Replace","path":"externalId","value":"f"}`)
			c.get(g.path(groups)).want(200).is("displayName", "new-"+g.text("displayName")).is("externalId", "f")
		}},
		{"add and remove members", func(c talk) {
			a, b := c.create(users, ""), c.create(users, "")
			g := c.create(groups, "")
			entraPatch(c, g.path(groups), `{"op":"Add","path":"members","value":[{"value":"`+a.text("id")+`"},{"value":"`+b.text("id")+`"}]}`)
			entraPatch(c, g.path(groups), `{"op":"remove","path":"members[value eq \"`+a.text("id")+`\"]"}`)
			c.get(g.path(groups)).want(200).is("members/0/value", b.text("id")).is("members/1", nil)
		}},
		{"delete", func(c talk) {
			g := c.create(groups, "")
			c.send("DELETE", g.path(groups), "").want(204)
			c.get(g.path(groups)).want(404)
			c.send("DELETE", g.path(groups), "").want(404)
		}},
	})
}

// What Microsoft's SCIM Validation Logic App checks of an application for its gallery beyond that.
func TestValidator_LogicApp(t *testing.T) {
	t.Parallel()
	const users = "/Users"
	converse(t, newSource(t), []requirement{
		{"every mapped attribute is in /Schemas, groups too", func(c talk) {
			published := func(urn string) map[string][]any {
				all := map[string][]any{}
				list, _ := c.get("/Schemas/" + urn).want(200).at("attributes").([]any)
				for _, a := range list {
					attribute := a.(map[string]any)
					subs, _ := attribute["subAttributes"].([]any)
					all[attribute["name"].(string)] = subs
				}
				return all
			}
			user, group, extension := published("urn:ietf:params:scim:schemas:core:2.0:User"), published("urn:ietf:params:scim:schemas:core:2.0:Group"), published(enterprise)
			for _, name := range strings.Fields("userName name displayName nickName profileUrl title userType preferredLanguage locale timezone active emails phoneNumbers ims photos addresses groups entitlements roles x509Certificates externalId") {
				if _, ok := user[name]; !ok && name != "externalId" {
					c.t.Errorf("User lacks %s", name)
				}
			}
			for _, name := range []string{"displayName", "members"} {
				if _, ok := group[name]; !ok {
					c.t.Errorf("Group lacks %s", name)
				}
			}
			for _, name := range strings.Fields("employeeNumber costCenter organization division department manager") {
				if _, ok := extension[name]; !ok {
					c.t.Errorf("the enterprise extension lacks %s", name)
				}
			}
			if len(user["emails"]) < 4 || len(user["addresses"]) < 8 || len(group["members"]) < 3 {
				c.t.Error("sub-attributes are missing")
			}
		}},
		{"empty and null values clear", func(c talk) {
			u := c.create(users, `"title":"T","nickName":"N","`+enterprise+`":{"department":"D","employeeNumber":"1"}`)
			entraPatch(c, u.path(users), `{"op":"Replace","path":"title","value":""}`, `{"op":"Replace","path":"nickName","value":null}`, `{"op":"Replace","path":"`+enterprise+`:department","value":""}`)
			c.get(u.path(users)).want(200).is("title", nil).is("nickName", nil).is(enterprise, `{"employeeNumber":"1"}`)
		}},
		{"pages of five over more than eleven users, startIndex is told", func(c talk) {
			for range 12 {
				c.create(users, "")
			}
			total := int(c.get(users + "?count=0").want(200).at("totalResults").(float64))
			seen := map[string]bool{}
			for start := 1; start <= total; start += 5 {
				page := c.get(fmt.Sprintf("%s?startIndex=%d&count=5", users, start)).want(200).is("startIndex", start).is("totalResults", total).is("itemsPerPage", min(5, total-start+1))
				list, _ := page.at("Resources").([]any)
				for _, r := range list {
					seen[r.(map[string]any)["id"].(string)] = true
				}
			}
			if len(seen) != total {
				c.t.Errorf("%d of %d users were seen", len(seen), total)
			}
		}},
		{"disable and restore", func(c talk) {
			u := c.create(users, "")
			entraPatch(c, u.path(users), `{"op":"Replace","path":"active","value":"False"}`)
			c.find(users, `userName eq "`+u.text("userName")+`"`).want(200).is("Resources/0/active", false)
			entraPatch(c, u.path(users), `{"op":"Replace","path":"active","value":"True"}`)
			c.get(u.path(users)).want(200).is("active", true)
		}},
		{"provision on demand: both dialects with the flag", func(c talk) {
			u := c.create(users, "")
			for _, operation := range []string{`{"op":"Replace","path":"active","value":"False"}`, `{"op":"replace","value":{"active":false,"name.givenName":"G"}}`} {
				c.send("PATCH", u.path(users)+"?aadOptscim062020", patchText(operation)).want(200, 204)
				c.get(u.path(users)+"?aadOptscim062020").want(200).is("active", false)
			}
			c.get(u.path(users)).is("name/givenName", "G")
		}},
	})
}
