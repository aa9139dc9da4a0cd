package acceptance

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// column lists an attribute of a list's resources in its order.
func (a said) column(attribute, prefix string) string {
	a.c.t.Helper()
	list, _ := a.want(200).at("Resources").([]any)
	var all []string
	for _, r := range list {
		text, _ := r.(map[string]any)[attribute].(string)
		all = append(all, strings.TrimPrefix(text, prefix))
	}
	return strings.Join(all, " ")
}

// What is asked of lists: order, pages by index and by cursor, projections.
func TestRequirements_Lists(t *testing.T) {
	t.Parallel()
	const things = "/TestResources"
	source := withTestResources(t)
	c := talk{t, source}
	var ids []string
	for _, thing := range [][2]string{
		{"a", `"caseInsensitiveString":"beta","caseExactString":"b","integerAttr":10,"booleanAttr":true,"dateTimeAttr":"2020-01-01T00:00:00Z","multiComplex":[{"value":"z"},{"value":"k","primary":true}]`},
		{"b", `"caseInsensitiveString":"Alpha","caseExactString":"B","integerAttr":9,"booleanAttr":false,"dateTimeAttr":"2020-01-01T01:00:00+02:00","multiComplex":[{"value":"m"},{"value":"a"}]`},
		{"c", `"caseInsensitiveString":"BETA","caseExactString":"A","integerAttr":-1`},
		{"d", ``},
		{"e", ``},
	} {
		ids = append(ids, c.send("POST", things, newThing(things, thing[0], thing[1])).want(201).text("id"))
	}
	for _, tc := range []struct{ id, query, want string }{
		{"R-SORT-01", "sortBy=caseInsensitiveString", "b a c d e"},
		{"R-SORT-01", "sortBy=" + testSchema + ":caseInsensitiveString", "b a c d e"},
		{"R-SORT-01", "sortBy=complexAttr.sub1", "a b c d e"},
		{"R-SORT-02", "sortBy=integerAttr&sortOrder=ascending", "c b a d e"},
		{"R-SORT-02", "sortBy=integerAttr&sortOrder=DESCENDING", "d e a b c"},
		{"R-SORT-03", "sortBy=multiComplex", "a b c d e"},
		{"R-SORT-03", "sortBy=multiComplex.value&sortOrder=descending", "c d e b a"},
		{"R-SORT-04", "sortBy=caseExactString", "c b a d e"},
		{"R-SORT-05", "sortBy=dateTimeAttr", "b a c d e"},
		{"R-SORT-05", "sortBy=meta.created&sortOrder=descending", "e d c b a"},
		{"R-LIST-09", "startIndex=1", "a b c d e"},
		{"R-LIST-09", "startIndex=3&count=2", "c d"},
		{"R-PAGE-01", "startIndex=-7&count=1", "a"},
		{"R-PAGE-03", "attributes=identifier", "a b c d e"},
		{"R-PAGE-05", "startIndex=20&count=5", ""},
	} {
		t.Run(tc.id+" "+tc.query, func(t *testing.T) {
			c := talk{t, source}
			a := c.get(things + "?" + tc.query)
			if got := a.column("identifier", ""); got != tc.want {
				t.Errorf("order %q, want %q", got, tc.want)
			}
			a.is("totalResults", 5).is("itemsPerPage", len(strings.Fields(tc.want)))
		})
	}
	converse(t, source, []requirement{
		{"R-SORT-06 R-PAGE-04 pages of equal keys do not overlap", func(c talk) {
			var got []string
			for start := 1; start <= 5; start++ {
				got = append(got, c.get(fmt.Sprintf("%s?sortBy=booleanAttr&startIndex=%d&count=1", things, start)).is("totalResults", 5).column("identifier", ""))
			}
			slices.Sort(got)
			if strings.Join(got, " ") != "a b c d e" {
				c.t.Errorf("pages %q", got)
			}
		}},
		{"R-SORT-09 sorting by what does not exist is refused", func(c talk) {
			for _, name := range []string{"nothing", "complexAttr.nothing", "writeOnlyAttr"} {
				c.get(things + "?sortBy=" + name).want(400)
			}
			c.get("/Users?sortBy=password").want(400)
		}},
		{"R-LIST-02 R-LIST-03 R-LIST-08 R-ETAG-10 the members of a list", func(c talk) {
			a := c.get(things+"?count=2").want(200).is("startIndex", 1).is("itemsPerPage", 2).is("totalResults", 5).is("Resources/0/meta/version", `W/"1"`)
			if a.ex.Answer.Header.Get("ETag") != "" {
				c.t.Errorf("a list has a version\n%s", a.ex)
			}
			c.find(things, `identifier eq "none"`).want(200).is("Resources", "[]").is("itemsPerPage", 0).is("startIndex", 1)
		}},
		{"R-CUR-01 R-CUR-02 R-CUR-04 R-CUR-09 R-CUR-10 R-SORT-07 a walk by cursor", func(c talk) {
			for _, order := range []string{"", "&sortBy=caseInsensitiveString", "&sortBy=integerAttr&sortOrder=descending"} {
				extra := c.create(things, "").path(things)
				seen, cursor := map[string]int{}, ""
				for page := 0; ; page++ {
					a := c.get(things+"?count=2&cursor="+cursor+order).want(200).is("startIndex", nil)
					if page == 0 {
						a.is("totalResults", 6).is("previousCursor", nil)
						c.send("DELETE", extra, "").want(204) // nothing else is missed for it
					}
					list, _ := a.at("Resources").([]any)
					for _, r := range list {
						seen[r.(map[string]any)["id"].(string)]++
					}
					if cursor = a.text("nextCursor"); cursor == "" {
						break
					}
					if !regexp.MustCompile(`^[A-Za-z0-9._~-]+$`).MatchString(cursor) {
						c.t.Fatalf("cursor %q", cursor)
					}
				}
				for _, id := range ids {
					if seen[id] != 1 {
						c.t.Errorf("%q: %s came %d times", order, id, seen[id])
					}
				}
			}
		}},
		{"R-CUR-03 R-CUR-05 R-CUR-06 R-CUR-08 a cursor is for one query", func(c talk) {
			cursor := c.get(things + "?count=2&cursor").want(200).text("nextCursor")
			for _, query := range []string{"count=2&filter=identifier+pr&", "count=2&sortBy=identifier&", "count=2&attributes=identifier&", "startIndex=1&count=2&"} {
				c.get(things+"?"+query+"cursor="+cursor).wantError(400, "invalidCursor")
			}
			c.get("/Users?count=2&cursor="+cursor).wantError(400, "invalidCursor")
			c.get(things+"?count=3&cursor="+cursor).wantError(400, "invalidCount")
			forged := []byte(cursor)
			forged[10] ^= 1
			c.get(things+"?count=2&cursor="+string(forged)).wantError(400, "invalidCursor")
		}},
		{"R-CUR-07 R-SEARCH-01 .search takes everything that a query does", func(c talk) {
			search := func(path, more string) said {
				return c.send("POST", path, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"identifier pr","attributes":["identifier"]`+more+`}`).want(200)
			}
			a := search(things+"/.search", `,"sortBy":"identifier","sortOrder":"descending","startIndex":2,"count":2`).is("totalResults", 5).is("startIndex", 2)
			if got := a.column("identifier", ""); got != "d c" {
				c.t.Errorf("order %q", got)
			}
			next := search(things+"/.search", `,"count":3,"cursor":""`).is("itemsPerPage", 3).text("nextCursor")
			search(things+"/.search", `,"count":3,"cursor":"`+next+`"`).is("itemsPerPage", 2).is("nextCursor", nil)
			search("/.search", "").is("totalResults", 5)
		}},
		{"R-PROJ-05 R-PROJ-06 R-PROJ-08 R-PROJ-10 names of projections", func(c talk) {
			r := c.create(things, `"complexAttr":{"sub1":"x","sub2":1},"multiComplex":[{"value":"v","type":"work"}],"integerAttr":1`)
			path := r.path(things)
			c.get(RequestTarget("", path+"?attributes= COMPLEXATTR.SUB1 , "+testSchema+":multiComplex.value")).want(200).is("complexAttr", `{"sub1":"x"}`).is("multiComplex", `[{"value":"v"}]`).is("integerAttr", nil)
			c.get(path+"?attributes="+testExtension).want(200).is(testExtension, `{"extRequired":"x"}`).is("integerAttr", nil)
			c.get(path+"?attributes=").want(200).is("integerAttr", 1)
			c.get(path+"?attributes=nothing").want(200).is("integerAttr", nil).is("id", r.text("id"))
			c.get(path+"?excludedAttributes=complexAttr.sub2,nothing").want(200).is("complexAttr", `{"sub1":"x"}`).is("integerAttr", 1)
		}},
		{"R-GET-02 a filter on one resource means nothing", func(c talk) {
			r := c.create(things, "")
			c.get(r.path(things)+"?filter=identifier+eq+%22none%22").want(200).is("id", r.text("id"))
		}},
		{"R-ETAG-07 R-ETAG-08 tags", func(c talk) {
			r := c.create(things, "")
			c.send("GET", r.path(things)+"?attributes=identifier", "", "If-None-Match", r.text("meta/version")).want(304)
			c.send("GET", r.path(things), "", "If-None-Match", `W/"x", `+r.text("meta/version")).want(304)
			c.send("GET", r.path(things), "", "If-None-Match", "broken").want(400)
			c.send("PUT", r.path(things), newThing(things, "x", ""), "If-Match", `"open`).want(400)
		}},
	})
}
