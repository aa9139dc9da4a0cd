package acceptance

import (
	"slices"
	"strings"
	"testing"
)

// names lists an attribute of a list's resources, sorted.
func (a said) names(attribute, prefix string) string {
	a.c.t.Helper()
	list, _ := a.want(200).at("Resources").([]any)
	var names []string
	for _, r := range list {
		name, _ := r.(map[string]any)[attribute].(string)
		names = append(names, strings.TrimPrefix(name, prefix))
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// What RFC 7644 §3.4.2.2 asks of filters, over four things of known content.
func TestRequirements_Filters(t *testing.T) {
	t.Parallel()
	const things = "/TestResources"
	source := withTestResources(t)
	c := talk{t, source}
	for name, rest := range map[string]string{
		"a": `"caseInsensitiveString":"Apple","integerAttr":9,"decimalAttr":1.50,"booleanAttr":true,"binaryAttr":"YWJj","dateTimeAttr":"2020-01-01T00:00:00Z","multiStrings":["red","green"],
			"complexAttr":{"sub1":"x","sub2":1},"multiComplex":[{"value":"one","type":"work"},{"value":"two","type":"home","primary":true}]`,
		"b": `"caseInsensitiveString":"banana","integerAttr":10,"decimalAttr":-2,"booleanAttr":false,"dateTimeAttr":"2020-01-01T01:00:00+02:00","multiStrings":["blue"],
			"complexAttr":{"sub2":2},"multiComplex":[{"value":"one","type":"home"},{"value":"two","type":"work"}]`,
		"c": `"caseInsensitiveString":"50%_\"\\","integerAttr":-1`,
		"d": ``,
	} {
		c.send("POST", things, newThing(things, name, rest)).want(201)
	}
	for _, tc := range []struct{ id, filter, want string }{
		{"R-FILTER-01", `identifier eq "a" or (booleanAttr eq false and not (integerAttr lt 10))`, "a b"},
		{"R-FILTER-01", testSchema + `:identifier eq "a"`, "a"},
		{"R-FILTER-01", `decimalAttr eq 15e-1`, "a"},
		{"R-FILTER-03", `identifier EQ "a" Or identifier eQ "b" OR NOT (identifier Pr)`, "a b"},
		{"R-FILTER-03", `caseInsensitiveString ne "apple"`, "b c d"},
		{"R-FILTER-03", `caseInsensitiveString co "an" or caseInsensitiveString sw "app" or caseInsensitiveString ew "\\"`, "a b c"},
		{"R-FILTER-04", `identifier eq "a" or identifier eq "b" and integerAttr eq 9`, "a"},
		{"R-FILTER-04", `(identifier eq "a" or identifier eq "b") and integerAttr eq 10`, "b"},
		{"R-FILTER-04", `not (identifier eq "a") and identifier eq "b" or identifier eq "c"`, "b c"},
		{"R-FILTER-05", `multiStrings eq "green"`, "a"},
		{"R-FILTER-05", `multiComplex.value eq "one" and multiComplex.type eq "work"`, "a b"},
		{"R-FILTER-06", `multiComplex[value eq "one" and type eq "work"]`, "a"},
		{"R-FILTER-06", `multiComplex[not (type eq "work") and (value eq "one" or value eq "three")]`, "b"},
		{"R-FILTER-08", `multiComplex co "tw"`, "a b"},
		{"R-FILTER-10", `integerAttr gt 9`, "b"},
		{"R-FILTER-10", `integerAttr le 9`, "a c"},
		{"R-FILTER-10", `decimalAttr lt 1.5`, "b"},
		{"R-FILTER-10", `dateTimeAttr lt "2020-01-01T00:00:00Z"`, "b"},
		{"R-FILTER-10", `caseInsensitiveString ge "BANANA"`, "b"},
		{"R-FILTER-11", `complexAttr pr`, "a b"},
		{"R-FILTER-11", `complexAttr.sub1 pr`, "a"},
		{"R-FILTER-11", `not (multiComplex pr)`, "c d"},
		{"R-FILTER-17", `schemas eq "` + testSchema + `"`, "a b c d"},
		{"R-FILTER-18", `not(integerAttr pr)`, "d"},
		{"R-FILTER-18", `  not  ( integerAttr   pr )  `, "d"},
		{"R-FILTER-20", strings.ToUpper(testSchema) + `:CASEINSENSITIVESTRING eq "apple"`, "a"},
		{"R-FILTER-20", testExtension + `:extRequired eq "x"`, "a b c d"},
		{"R-FILTER-21", `integerAttr eq null`, "d"},
		{"R-FILTER-21", `caseInsensitiveString ne null`, "a b c"},
		{"R-FILTER-22", `caseInsensitiveString sw "50%_\""`, "c"},
		{"R-FILTER-22", `caseInsensitiveString co "%"`, "c"},
		{"R-FILTER-22", `caseInsensitiveString sw "_anana"`, ""},
		{"R-FILTER-22", `identifier eq "' or 1=1 --"`, ""},
		{"R-FILTER-25", `integerAttr ne 9`, "b c d"},
		{"R-FILTER-25", `integerAttr lt 100 or integerAttr ge 100`, "a b c"},
	} {
		t.Run(tc.id+" "+tc.filter, func(t *testing.T) {
			if got := (talk{t, source}).find(things, tc.filter).names("identifier", ""); got != tc.want {
				t.Errorf("selects %q, want %q", got, tc.want)
			}
		})
	}
	for _, tc := range []struct{ id, filter string }{
		{"R-FILTER-02", " "},
		{"R-FILTER-01", `identifier`}, {"R-FILTER-01", `identifier eq`}, {"R-FILTER-01", `identifier eq 'a'`}, {"R-FILTER-01", `identifier eq "a" and`}, {"R-FILTER-01", `(identifier pr`},
		{"R-FILTER-06", `multiComplex[value[type eq "x"]]`},
		{"R-FILTER-07", `multiComplex[identifier eq "a"]`},
		{"R-FILTER-08", `complexAttr eq "x"`},
		{"R-FILTER-10", `booleanAttr gt false`}, {"R-FILTER-10", `binaryAttr gt "YWJj"`}, {"R-FILTER-10", `integerAttr gt "x"`},
		{"R-FILTER-12", `identifier like "a"`},
		{"R-FILTER-15", `nothing eq "a"`},
		{"R-FILTER-21", `integerAttr gt null`},
		{"R-FILTER-23", `writeOnlyAttr eq "a"`}, {"R-FILTER-23", `complexAttr.secret pr`},
		{"R-FILTER-26", strings.Repeat("(", 40) + `identifier pr` + strings.Repeat(")", 40)},
		{"R-FILTER-26", strings.Repeat("(", 1<<15)},
	} {
		t.Run(tc.id+" refuses "+abbreviate(tc.filter, 40), func(t *testing.T) {
			body := map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}, "filter": tc.filter}
			talk{t, source}.send("POST", things+"/.search", quote(body)).wantError(400, "invalidFilter")
			if len(tc.filter) < 8<<10 { // a longer one does not fit into a URL
				talk{t, source}.find(things, tc.filter).wantError(400, "invalidFilter")
			}
		})
	}
}

// The look-ups of identity providers are never refused, whatever they tell (RFC 7644 §7.5.2).
func TestRequirements_LookUps(t *testing.T) {
	t.Parallel()
	const users, groups = "/Users", "/Groups"
	converse(t, newSource(t), []requirement{
		{"R-FILTER-19 R-FILTER-24 users by name, address and externalId", func(c talk) {
			mark := Random(4)
			u := c.send("POST", users, newThing(users, "u"+mark, `"externalId":"X`+mark+`","emails":[{"type":"work","value":"w`+mark+`@example.com"}]`)).want(201)
			for _, filter := range []string{
				`userName eq "U` + mark + `"`, `externalId eq "X` + mark + `"`, `emails[type eq "work"].value eq "w` + mark + `@example.com"`,
				`emails[type eq "work" and value eq "w` + mark + `@example.com"]`, `emails[value eq "w` + mark + `@example.com"]`, `emails.value eq "w` + mark + `@example.com"`,
			} {
				c.find(users, filter).want(200).is("totalResults", 1).is("Resources/0/id", u.text("id"))
			}
		}},
		{"R-FILTER-19 groups by name, externalId and member", func(c talk) {
			u := c.create(users, "")
			id := u.text("id")
			g := c.create(groups, `"externalId":"G`+Random(4)+`","members":[{"value":"`+id+`"}]`)
			for _, filter := range []string{
				`displayName eq "` + strings.ToUpper(g.text("displayName")) + `"`, `externalId eq "` + g.text("externalId") + `"`, `members[value eq "` + id + `"]`, `members.value eq "` + id + `"`,
				`members eq "` + id + `"`, `id eq "` + g.text("id") + `" and members eq "` + id + `"`,
			} {
				c.find(groups, filter).want(200).is("totalResults", 1).is("Resources/0/id", g.text("id"))
			}
		}},
		{"R-FILTER-14 R-LIST-05 R-SEARCH-04 at the base an attribute that a type lacks has no value", func(c talk) {
			mark := Random(4)
			c.send("POST", users, newThing(users, "root"+mark, "")).want(201)
			c.send("POST", groups, newThing(groups, "root"+mark, "")).want(201)
			filter := `userName eq \"root` + mark + `\" or displayName eq \"root` + mark + `\"`
			search := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"` + filter + `"}`
			c.send("POST", "/.search", search).want(200).is("totalResults", 2)
			c.find("/", `userName eq "root`+mark+`"`).want(200).is("totalResults", 1)
			c.send("POST", "/.search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"attributes":["userName"]}`).want(200)
		}},
		{"R-LIST-06 nothing is cut silently", func(c talk) {
			for range 12 {
				c.create(users, "")
			}
			all := c.get(users + "?count=1000").want(200)
			list, _ := all.at("Resources").([]any)
			c.get(users+"?count=5").want(200).is("totalResults", len(list)).is("itemsPerPage", 5)
			c.get(users+"?count=5&startIndex=11").want(200).is("totalResults", len(list)).is("startIndex", 11)
		}},
	})
}
