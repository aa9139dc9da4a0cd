package acceptance

import (
	"fmt"
	"strings"
	"testing"
)

// bulk sends a job; more are further members of the message.
func (c talk) bulk(more string, operations ...string) said {
	c.t.Helper()
	return c.send("POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]`+more+`,"Operations":[`+strings.Join(operations, ",")+`]}`)
}

func bulkUser(bulkID, name string) string {
	return fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":%q,"data":{"userName":%q}}`, bulkID, name)
}

func bulkGroup(bulkID, name string, members ...string) string {
	var list []string
	for _, m := range members {
		list = append(list, `{"value":"`+m+`"}`)
	}
	return fmt.Sprintf(`{"method":"POST","path":"/Groups","bulkId":%q,"data":{"displayName":%q,"members":[%s]}}`, bulkID, name, strings.Join(list, ","))
}

// idAt is the id that a location of the answer ends in.
func (a said) idAt(path string) string {
	location := a.text(path)
	return location[strings.LastIndexByte(location, '/')+1:]
}

// statuses are those of a job's outcomes.
func (a said) statuses() string {
	a.c.t.Helper()
	list, _ := a.want(200).at("Operations").([]any)
	var all []string
	for _, o := range list {
		all = append(all, fmt.Sprint(o.(map[string]any)["status"]))
	}
	return strings.Join(all, " ")
}

func (a said) wantStatuses(want string) said {
	a.c.t.Helper()
	if got := a.statuses(); got != want {
		a.c.t.Errorf("statuses %q, want %q\n%s", got, want, a.ex)
	}
	return a
}

func TestRequirements_Bulk(t *testing.T) {
	t.Parallel()
	converse(t, newSource(t), []requirement{
		{"R-BULK-01 R-BULK-02 R-BULK-04 R-BULK-13 R-BULK-14 every method, and what is told of it", func(c talk) {
			u := c.create("/Users", "")
			a := c.bulk("", bulkUser("new", "b-"+Random(5)),
				`{"method":"put","path":"`+u.path("/Users")+`","bulkId":"p","data":{"userName":"`+u.text("userName")+`","title":"T"}}`,
				`{"method":"PATCH","path":"`+u.path("/Users")+`","data":`+patchText(`{"op":"replace","path":"title","value":"U"}`)+`}`,
				`{"method":"DELETE","path":"`+u.path("/Users")+`","bulkId":"d"}`).wantStatuses("201 200 200 204")
			a.is("schemas/0", "urn:ietf:params:scim:api:messages:2.0:BulkResponse").is("Operations/0/bulkId", "new").is("Operations/0/method", "POST").
				is("Operations/0/version", `W/"1"`).is("Operations/1/bulkId", "p").is("Operations/2/version", `W/"3"`).is("Operations/3/bulkId", "d")
			c.get("/Users/"+a.idAt("Operations/0/location")).want(200).is("meta/location", a.text("Operations/0/location"))
		}},
		{"R-BULK-03 R-BULK-15 a job whose operations fail is 200", func(c talk) {
			name := "b-" + Random(5)
			c.bulk("", bulkUser("a", name), bulkUser("b", name), `{"method":"DELETE","path":"/Users/nobody"}`, `{"method":"POST","path":"/Users","bulkId":"c","data":{}}`).wantStatuses("201 409 404 400").
				is("Operations/1/response/scimType", "uniqueness").is("Operations/1/location", nil).is("Operations/3/response/scimType", "invalidValue")
			c.find("/Users", `userName eq "`+name+`"`).is("totalResults", 1)
		}},
		{"R-BULK-05 failOnErrors", func(c talk) {
			name := "b-" + Random(5)
			c.bulk(`,"failOnErrors":1`, bulkUser("a", name), bulkUser("b", name), bulkUser("c", name+"c")).wantStatuses("201 409")
			c.find("/Users", `userName eq "`+name+`c"`).is("totalResults", 0)
			c.bulk(`,"failOnErrors":2`, bulkUser("b", name), bulkUser("c", name+"c")).wantStatuses("409 201")
		}},
		{"R-BULK-06 R-BULK-07 R-BULK-10 references forward, and in paths", func(c talk) {
			mark := Random(5)
			a := c.bulk("", bulkGroup("g", "g-"+mark, "bulkId:u", "bulkId:inner"), bulkGroup("inner", "i-"+mark, "bulkId:u"), bulkUser("u", "u-"+mark),
				`{"method":"POST","path":"/Users","bulkId":"w","data":{"userName":"w-`+mark+`","`+enterprise+`":{"manager":{"value":"bulkId:u"}}}}`,
				`{"method":"PATCH","path":"/Groups/bulkId:g","data":`+patchText(`{"op":"add","path":"externalId","value":"x"}`)+`}`).want(200)
			if strings.Contains(string(a.ex.Answer.Body), "bulkId:") || strings.Contains(a.statuses(), "4") {
				c.t.Errorf("%s", a.ex)
			}
			g := c.find("/Groups", `displayName eq "g-`+mark+`"`).is("Resources/0/externalId", "x")
			members, _ := g.at("Resources/0/members").([]any)
			if len(members) != 2 {
				c.t.Errorf("%d members\n%s", len(members), g.ex)
			}
			u := c.find("/Users", `userName eq "u-`+mark+`"`).text("Resources/0/id")
			c.find("/Users", `userName eq "w-`+mark+`"`).is("Resources/0/"+enterprise+"/manager/value", u)
		}},
		{"R-BULK-07 circles of managers are resolved, circles of groups are 4xx", func(c talk) {
			mark := Random(5)
			boss := func(bulkID, manager string) string {
				return `{"method":"POST","path":"/Users","bulkId":"` + bulkID + `","data":{"userName":"` + bulkID + mark + `","` + enterprise + `":{"manager":{"value":"bulkId:` + manager + `"}}}}`
			}
			c.bulk("", boss("x", "y"), boss("y", "x")).wantStatuses("201 201")
			x, y := c.find("/Users", `userName eq "x`+mark+`"`), c.find("/Users", `userName eq "y`+mark+`"`)
			x.is("Resources/0/"+enterprise+"/manager/value", y.text("Resources/0/id"))
			y.is("Resources/0/"+enterprise+"/manager/value", x.text("Resources/0/id"))
			if got := c.bulk("", bulkGroup("g", "g"+mark, "bulkId:h"), bulkGroup("h", "h"+mark, "bulkId:g")).statuses(); strings.Count(got, "4") == 0 {
				c.t.Errorf("statuses %q", got)
			}
		}},
		{"R-BULK-08 what refers to nothing", func(c talk) {
			mark := Random(5)
			for _, a := range []said{c.bulk("", bulkGroup("g", "g-"+mark, "bulkId:none")), c.bulk("", bulkGroup("g", "g-"+mark, "bulkId:g"))} {
				if got := a.statuses(); got != "400" && got != "409" {
					c.t.Errorf("%s", a.ex)
				}
			}
			c.bulk("", bulkUser("a", mark+"1"), bulkUser("a", mark+"2")).wantError(400, "invalidSyntax")
			c.find("/Users", `userName sw "`+mark+`"`).is("totalResults", 0)
			c.find("/Groups", `displayName eq "g-`+mark+`"`).is("totalResults", 0)
		}},
		{"R-BULK-09 limits are 413 and named, and nothing is done", func(c talk) {
			var operations []string
			for i := range 1001 {
				operations = append(operations, bulkUser(fmt.Sprint(i), fmt.Sprintf("too-many-%d", i)))
			}
			if a := c.bulk("", operations...).want(413); !strings.Contains(a.text("detail"), "1000") {
				c.t.Errorf("%s", a.ex)
			}
			c.find("/Users", `userName sw "too-many"`).is("totalResults", 0)
		}},
		{"R-BULK-11 version guards an operation", func(c talk) {
			u := c.create("/Users", "")
			operation := func(version string) string {
				return `{"method":"PATCH","path":"` + u.path("/Users") + `","version":` + quote(version) + `,"data":` + patchText(`{"op":"add","path":"title","value":"x"}`) + `}`
			}
			c.bulk("", operation(`W/"9"`), operation(u.text("meta/version")), operation(u.text("meta/version"))).wantStatuses("412 200 412")
		}},
	})
}
