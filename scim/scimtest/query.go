package scimtest

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// find lists what a filter selects.
func (p *probe) find(endpoint, filter string) *reply {
	return p.get(endpoint + "?filter=" + url.QueryEscape(filter))
}

func filterChecks() []check {
	return []check{
		{"R-FILTER-03", "every operator works", "RFC 7644 Table 3", func(p *probe) {
			name := p.user(`"title":"Countess of Code"`, `"active":false`).text("userName")
			own := `userName eq "` + name + `" and `
			for filter, want := range map[string]int{
				`title eq "countess of code"`: 1, `title ne "x"`: 1, `title co "ess OF"`: 1, `title sw "Count"`: 1, `title ew "CODE"`: 1, `title pr`: 1, `nickName pr`: 0,
				`title gt "Countess"`: 1, `title lt "Countess"`: 0, `title ge "countess of code"`: 1, `title le "countess of code"`: 1,
				`active eq false`: 1, `active eq true`: 0, `not (title pr)`: 0, `(nickName pr or title pr)`: 1, `TITLE EQ "Countess of Code"`: 1,
				`meta.created gt "2001-01-01T00:00:00Z"`: 1, `meta.resourceType eq "User"`: 1,
			} {
				p.find("/Users", own+filter).want(200).is("totalResults", want)
			}
		}},
		{"R-FILTER-04", "and binds closer than or", "RFC 7644 §3.4.2.2", func(p *probe) {
			name := p.user(`"title":"a"`).text("userName")
			p.find("/Users", `userName eq "`+name+`" or userName eq "`+name+`" and title eq "b"`).want(200).is("totalResults", 1)
			p.find("/Users", `(userName eq "`+name+`" or userName eq "`+name+`") and title eq "b"`).want(200).is("totalResults", 0)
		}},
		{"R-FILTER-06", "a filter in brackets is about one value", "RFC 7644 §3.4.2.2", func(p *probe) {
			address := p.name() + "@example.com"
			p.user(fmt.Sprintf(`"emails":[{"value":%q,"type":"work"},{"value":"x%s","type":"home"}]`, address, address))
			p.find("/Users", `emails[type eq "work" and value eq "`+address+`"]`).want(200).is("totalResults", 1)
			p.find("/Users", `emails[type eq "home" and value eq "`+address+`"]`).want(200).is("totalResults", 0)
			p.find("/Users", `emails.type eq "home" and emails.value eq "`+address+`"`).want(200).is("totalResults", 1)
		}},
		{"R-FILTER-09", "userName ignores case, externalId does not", "RFC 7643 §3.1, §4.1.1", func(p *probe) {
			external := "X-" + p.run
			name := p.user(`"externalId":"` + external + `"`).text("userName")
			p.find("/Users", `userName eq "`+strings.ToUpper(name)+`"`).want(200).is("totalResults", 1)
			p.find("/Users", `externalId eq "`+external+`"`).want(200).is("totalResults", 1)
			p.find("/Users", `externalId eq "`+strings.ToLower(external)+`"`).want(200).is("totalResults", 0)
		}},
		{"R-FILTER-12", "a filter that cannot be understood is 400 invalidFilter", "RFC 7644 §3.4.2.2", func(p *probe) {
			for _, filter := range []string{"", "userName", "userName eq", `userName cx "a"`, `userName eq "a" and`, "(userName pr", `emails[type eq "work"`, `userName eq "a`, `userName eq 'a'`} {
				p.find("/Users", filter).wantError("invalidFilter", 400)
			}
		}},
		{"R-FILTER-19", "the look-ups of identity providers work", "Entra ID, IPSIE", func(p *probe) {
			u := p.user()
			g := p.group(u.id())
			name := g.text("displayName")
			for filter, want := range map[string]int{
				`displayName eq "` + strings.ToUpper(name) + `"`: 1, `id eq "` + g.id() + `" and members eq "` + u.id() + `"`: 1, `members[value eq "` + u.id() + `"]`: 1,
				`members.value eq "` + u.id() + `"`: 1, `id eq "` + g.id() + `" and members eq "` + g.id() + `"`: 0,
			} {
				p.find("/Groups", filter).want(200).is("totalResults", want)
			}
		}},
		{"R-FILTER-20", "attributes may carry the URN of their schema", "RFC 7644 §3.10", func(p *probe) {
			name := p.user(`"` + scim.EnterpriseUserSchema + `":{"department":"Maths"}`).text("userName")
			p.find("/Users", scim.UserSchema+`:userName eq "`+name+`" and `+scim.EnterpriseUserSchema+`:department eq "maths"`).want(200).is("totalResults", 1)
		}},
		{"R-FILTER-22", "wildcards and quotes in operands are literal", "RFC 7644 §7.7", func(p *probe) {
			name := p.user().text("userName")
			for _, operand := range []string{"%", "_", ".*", "' OR '1'='1", `\"`, "*)(uid=*"} {
				p.find("/Users", `userName eq "`+name+`" and userName co "`+operand+`"`).want(200).is("totalResults", 0)
			}
		}},
		{"R-FILTER-23", "no filter reveals a password", "RFC 7644 §7.5.2", func(p *probe) {
			p.find("/Users", "password pr").wantError("", 400, 403)
		}},
		{"R-FILTER-26", "deep nesting is refused, not a crash", "-", func(p *probe) {
			p.find("/Users", strings.Repeat("(", 1000)+"userName pr"+strings.Repeat(")", 1000)).want(400, 414)
		}},
	}
}

func pageChecks() []check {
	return []check{
		{"R-PAGE-01", "startIndex below 1 is 1", "RFC 7644 Table 6", func(p *probe) {
			p.user()
			for _, start := range []string{"0", "-3"} {
				p.get("/Users?count=1&startIndex="+start).want(200).is("startIndex", 1)
			}
		}},
		{"R-PAGE-02", "count 0 and a negative count ask for the total only", "RFC 7644 Table 6", func(p *probe) {
			p.user()
			for _, count := range []string{"0", "-1"} {
				r := p.get("/Users?count=" + count).want(200)
				if r.number("totalResults") < 1 || len(r.list("Resources")) > 0 {
					r.wrong("resources, or no total")
				}
			}
		}},
		{"R-PAGE-05", "a page behind the end is empty", "suites", func(p *probe) {
			p.user()
			p.get("/Users?startIndex=1000001&count=5").want(200).is("startIndex", 1000001).is("itemsPerPage", 0).is("Resources", nil)
		}},
		{"R-PAGE-06", "paging parameters that are no numbers are 400", "RFC 7644 Table 9", func(p *probe) {
			p.get("/Users?startIndex=abc").wantError("invalidValue", 400)
			p.get("/Users?count=abc").wantError("invalidValue", 400)
		}},
		{"R-PAGE-04", "pages together have every match once", "RFC 7644 §3.4.2.4", func(p *probe) {
			title := p.name()
			for range 5 {
				p.user(fmt.Sprintf(`"title":%q`, title))
			}
			seen := map[string]bool{}
			for _, start := range []string{"1", "3", "5"} {
				r := p.get("/Users?count=2&startIndex="+start+"&filter="+url.QueryEscape(`title eq "`+title+`"`)).want(200).is("totalResults", 5)
				for _, v := range r.list("Resources") {
					id, _ := valueAt(v, "id").(string)
					seen[id] = true
				}
			}
			if len(seen) != 5 {
				p.problem("the pages have %d different resources of 5", len(seen))
			}
		}},
		{"R-SORT-02", "sortBy sorts both ways", "RFC 7644 §3.4.2.3", func(p *probe) {
			if !p.supports("sort/supported") {
				return
			}
			title := p.name()
			for _, nick := range []string{"b", "A", "c"} {
				p.user(fmt.Sprintf(`"title":%q,"nickName":%q`, title, nick))
			}
			query := "/Users?sortBy=nickName&filter=" + url.QueryEscape(`title eq "`+title+`"`)
			for order, want := range map[string]string{"": "A b c", "&sortOrder=ascending": "A b c", "&sortOrder=descending": "c b A"} {
				r := p.get(query + order).want(200)
				var got []string
				for _, v := range r.list("Resources") {
					nick, _ := valueAt(v, "nickName").(string)
					got = append(got, nick)
				}
				if strings.Join(got, " ") != want {
					r.wrong("the order is %q, want %q", got, want)
				}
			}
		}},
		{"R-CUR-02", "pages by cursor have every match once", "RFC 9865 §2", cursorWalk},
		{"R-CUR-03", "a cursor is of no use for another query", "RFC 9865 §2.1", func(p *probe) {
			if !p.supports("pagination/cursor") {
				return
			}
			p.user()
			p.user()
			cursor := p.get("/Users?count=1&cursor=").want(200).text("nextCursor")
			p.get("/Users?count=1&filter=userName+pr&cursor="+cursor).wantError("invalidCursor", 400)
			p.get("/Users?count=1&cursor="+strings.Repeat("A", 60)).wantError("invalidCursor expiredCursor", 400)
		}},
	}
}

func cursorWalk(p *probe) {
	if !p.supports("pagination/cursor") {
		return
	}
	title := p.name()
	for range 5 {
		p.user(fmt.Sprintf(`"title":%q`, title))
	}
	query := "/Users?count=2&filter=" + url.QueryEscape(`title eq "`+title+`"`) + "&cursor="
	seen, cursor := map[string]bool{}, ""
	for page := 1; ; page++ {
		r := p.get(query + cursor).want(200)
		for _, v := range r.list("Resources") {
			id, _ := valueAt(v, "id").(string)
			seen[id] = true
		}
		if page == 1 {
			r.is("previousCursor", nil)
		}
		if cursor = r.text("nextCursor"); cursor == "" || page > 5 {
			break
		}
		if url.QueryEscape(cursor) != cursor {
			r.wrong("nextCursor has reserved characters")
		}
	}
	if len(seen) != 5 {
		p.problem("the pages have %d different resources of 5", len(seen))
	}
}

func projectionChecks() []check {
	return []check{
		{"R-PROJ-02", "attributes returns what is named, and the minimum", "RFC 7644 §3.9", func(p *probe) {
			u := p.user(`"title":"x"`, `"name":{"givenName":"Ada","familyName":"L"}`)
			for _, path := range []string{"/Users/" + u.id() + "?", "/Users?filter=" + url.QueryEscape(`userName eq "`+u.text("userName")+`"`) + "&"} {
				r := p.get(path + "attributes=TITLE,name.givenName").want(200)
				at := ""
				if r.at("Resources") != nil {
					at = "Resources/0/"
				}
				r.has(at+"id").is(at+"title", "x").is(at+"name/givenName", "Ada").is(at+"name/familyName", nil).is(at+"userName", nil).is(at+"meta", nil)
			}
		}},
		{"R-PROJ-03", "excludedAttributes leaves out what is named, but never id", "RFC 7644 §3.9", func(p *probe) {
			u := p.user(`"title":"x"`)
			p.get("/Users/"+u.id()+"?excludedAttributes=title,id").want(200).is("title", nil).has("id", "userName", "meta/location")
		}},
		{"R-PROJ-04", "both parameters together are 400, or attributes wins", "RFC 7644 §3.9", func(p *probe) {
			u := p.user(`"title":"x"`)
			if r := p.get("/Users/"+u.id()+"?attributes=title&excludedAttributes=title").want(200, 400); r.status == 200 {
				r.is("title", "x").is("userName", nil)
			}
		}},
		{"R-PROJ-01", "POST and PUT honour attributes", "RFC 7644 §3.9", func(p *probe) {
			name := p.name()
			r := p.post("/Users?attributes=userName", userBody(name, `"title":"x"`)).want(201).is("userName", name).is("title", nil)
			p.put("/Users/"+r.id()+"?attributes=title", userBody(name, `"title":"y"`)).want(200).is("title", "y").is("userName", nil)
		}},
		{"R-PROJ-09", "excludedAttributes=members leaves them out", "Entra ID, Okta", func(p *probe) {
			g := p.group(p.user().id())
			p.get("/Groups/"+g.id()+"?excludedAttributes=members").want(200).is("members", nil).has("displayName")
		}},
		{"R-SCHEMA-02", "schemas is always returned", "suites", func(p *probe) {
			p.get("/Users/"+p.user().id()+"?attributes=userName").want(200).contains("schemas", scim.UserSchema)
		}},
	}
}
