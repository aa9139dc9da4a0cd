package server

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rosterhq/roster/scim"
)

func bulkBody(operations string, more ...string) string {
	return `{"schemas":["` + scim.BulkRequestMessage + `"]` + strings.Join(more, "") + `,"Operations":[` + operations + `]}`
}

func (h *harness) bulk(operations string, more ...string) *reply {
	h.t.Helper()
	return h.do("POST", "/Bulk", bulkBody(operations, more...)).want(200).wantAt("schemas", []any{scim.BulkResponseMessage})
}

func postUser(bulkID, name string) string {
	return fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":%q,"data":{"userName":%q}}`, bulkID, name)
}

func postGroup(bulkID, name string, members ...string) string {
	var list []string
	for _, m := range members {
		list = append(list, fmt.Sprintf(`{"value":%q}`, m))
	}
	return fmt.Sprintf(`{"method":"POST","path":"/Groups","bulkId":%q,"data":{"displayName":%q,"members":[%s]}}`, bulkID, name, strings.Join(list, ","))
}

// statuses joins the status of each reported operation, with the scimType of a failed one.
func (a *reply) statuses() string {
	var list []string
	for i := range a.list("Operations") {
		s, _ := a.at(fmt.Sprintf("Operations.%d.status", i)).(string)
		if t, ok := a.at(fmt.Sprintf("Operations.%d.response.scimType", i)).(string); ok {
			s += ":" + t
		}
		list = append(list, s)
	}
	return strings.Join(list, " ")
}

// created returns the path of the resource that operation i made.
func (a *reply) created(i int) string {
	a.t.Helper()
	l, _ := a.at(fmt.Sprintf("Operations.%d.location", i)).(string)
	path, ok := strings.CutPrefix(l, testBase)
	if !ok {
		a.t.Fatalf("operation %d has the location %q\n%s", i, l, a.body)
	}
	return path
}

func TestBulk_Methods(t *testing.T) {
	t.Parallel()
	req(t, "R-BULK-01", "R-BULK-02", "R-BULK-03", "R-BULK-04", "R-BULK-13", "R-BULK-14")
	h := newHarness(t)
	path := "/Users/" + h.user("ada").id()
	a := h.bulk(postUser("q", "bob") + `,
		{"method":"put","path":"` + path + `","bulkId":"p","data":{"userName":"ada","title":"x"}},
		{"method":"PATCH","path":"` + path[1:] + `","data":` + patchBody(`{"op":"add","path":"nickName","value":"A"}`) + `},
		{"method":"DELETE","path":"` + testBase + path + `","bulkId":"d"},
		{"method":"PATCH","path":"` + path + `","bulkId":"late","data":` + patchBody(`{"op":"add","path":"nickName","value":"A"}`) + `}`)
	if got := a.statuses(); got != "201 200 200 204 404" {
		t.Fatalf("%s\n%s", got, a.body)
	}
	a.wantAt("Operations.0.method", "POST").wantAt("Operations.0.bulkId", "q").wantAt("Operations.0.version", `W/"1"`).wantAt("Operations.0.response", nil).
		wantAt("Operations.1.method", "PUT").wantAt("Operations.1.bulkId", "p").wantAt("Operations.1.version", `W/"2"`).wantAt("Operations.1.location", testBase+path).
		wantAt("Operations.2.version", `W/"3"`).wantAt("Operations.2.bulkId", nil).wantAt("Operations.2.location", testBase+path).
		wantAt("Operations.3.bulkId", "d").wantAt("Operations.3.location", testBase+path).
		wantAt("Operations.4.location", testBase+path).wantAt("Operations.4.response.status", "404").wantAt("Operations.4.response.schemas.0", scim.ErrorMessage)
	h.do("GET", a.created(0), "").want(200).wantAt("userName", "bob")
	h.do("GET", path, "").want(404)

	want := []Observation{{Action: ActionCreate, Operation: 1, Status: 201}, {Action: ActionReplace, Operation: 2, Status: 200},
		{Action: ActionPatch, Operation: 3, Status: 200}, {Action: ActionDelete, Operation: 4, Status: 204}, {Action: ActionPatch, Operation: 5, Status: 404}, {Action: ActionBulk, Status: 200}}
	for i, o := range h.seen[1:7] {
		if w := want[i]; o.Action != w.Action || o.Operation != w.Operation || o.Status != w.Status || (o.Type == nil) != (w.Action == ActionBulk) {
			t.Errorf("observed %+v, want %+v", o, w)
		}
	}
}

func TestBulk_Envelope(t *testing.T) {
	t.Parallel()
	req(t, "R-BULK-08", "R-BULK-09", "R-BULK-12")
	h := newHarness(t, func(c *Config) { c.Limits.BulkOperations = 3 })
	for _, body := range []string{`{}`, `{"schemas":["` + scim.PatchOpMessage + `"],"Operations":[]}`, bulkBody(``), bulkBody(`null`), bulkBody(`[]`),
		`{"schemas":["` + scim.BulkRequestMessage + `"]}`, `{"schemas":["` + scim.BulkRequestMessage + `"],"Operations":{}}`,
		bulkBody(postUser("a", "x") + "," + postUser("a", "y"))} {
		h.do("POST", "/Bulk", body).wantError(400, scim.InvalidSyntax)
	}
	for _, n := range []string{"-1", `"1"`, "1.5", "true"} {
		h.do("POST", "/Bulk", bulkBody(postUser("a", "x"), `,"failOnErrors":`+n)).wantError(400, scim.InvalidValue)
	}
	a := h.do("POST", "/Bulk", bulkBody(postUser("a", "x")+","+postUser("b", "y")+","+postUser("c", "z")+","+postUser("d", "w"))).want(413)
	if d := a.doc["detail"].(string); !strings.Contains(d, "3 is the limit") {
		t.Errorf("detail %s", d)
	}
	h.do("GET", "/Users", "").wantAt("totalResults", 0)
}

func TestBulk_MalformedOperations(t *testing.T) {
	t.Parallel()
	req(t, "R-BULK-02", "R-BULK-03", "R-BULK-05")
	h := newHarness(t)
	one := "/Users/" + h.user("ada").id()
	tests := []struct{ operation, want string }{
		{`{"method":"GET","path":"/Users"}`, "400:invalidSyntax"},
		{`{"path":"/Users"}`, "400:invalidSyntax"},
		{`{"method":1,"path":"/Users"}`, "400:invalidSyntax"},
		{`{"method":"POST","path":"/Users","data":{"userName":"x"}}`, "400:invalidSyntax"},
		{`{"method":"POST","path":"/Users","bulkId":1,"data":{"userName":"x"}}`, "400:invalidSyntax"},
		{`{"method":"POST","path":"/Users","bulkId":"a"}`, "400:invalidSyntax"},
		{`{"method":"POST","path":"/Users","bulkId":"a","data":[]}`, "400:invalidSyntax"},
		{`{"method":"POST","bulkId":"a","data":{"userName":"x"}}`, "400:invalidSyntax"},
		{`{"method":"POST","path":"/Users?attributes=x","bulkId":"a","data":{"userName":"x"}}`, "400:invalidSyntax"},
		{`{"method":"POST","path":"/Bulk","bulkId":"a","data":{}}`, "400:invalidSyntax"},
		{`{"method":"POST","path":"/.search","bulkId":"a","data":{}}`, "400:invalidSyntax"},
		{`{"method":"DELETE","path":"/Schemas/` + scim.UserSchema + `"}`, "400:invalidSyntax"},
		{`{"method":"POST","path":"/Nope","bulkId":"a","data":{}}`, "404"},
		{`{"method":"DELETE","path":"/source/scim/other/v2/Users/1"}`, "404"},
		{`{"method":"DELETE","path":"/Users/../../../x"}`, "404"},
		{`{"method":"DELETE","path":"/Users/%00"}`, "404"},
		{`{"method":"POST","path":"` + one + `","bulkId":"a","data":{"userName":"x"}}`, "405"},
		{`{"method":"DELETE","path":"/Users"}`, "405"},
		{`{"method":"PUT","path":"/Users","data":{"userName":"x"}}`, "405"},
		{`{"method":"PATCH","path":"` + one + `","data":[]}`, "400:invalidSyntax"},
		{`{"method":"PATCH","path":"` + one + `","data":{"Operations":[]}}`, "400:invalidSyntax"},
		{`{"method":"PATCH","path":"` + one + `","version":1,"data":` + patchBody(`{"op":"add","path":"title","value":"x"}`) + `}`, "400:invalidSyntax"},
		{`{"method":"DELETE","path":"` + one + `","version":"x"}`, "400:invalidSyntax"},
	}
	for _, test := range tests {
		// Each stands alone, and before an operation that must still be executed.
		a := h.do("POST", "/Bulk", bulkBody(test.operation+`,{"method":"PUT","path":"`+one+`","data":{"userName":"ada"}}`))
		if a.status == 500 {
			t.Fatalf("%s: %v", test.operation, h.last().Err)
		}
		if got := a.statuses(); got != test.want+" 200" {
			t.Errorf("%s: %s\n%s", test.operation, got, a.body)
		}
	}
	h.do("GET", "/Users", "").wantAt("totalResults", 1).wantAt("Resources.0.meta.version", `W/"1"`)
}

func TestBulk_FailOnErrors(t *testing.T) {
	t.Parallel()
	req(t, "R-BULK-05", "R-BULK-15")
	ops := postUser("a", "ada") + "," + postUser("b", "ADA") + "," + postUser("c", "bob") + "," + postUser("d", "") + "," + postUser("e", "eve")
	for limit, want := range map[string]string{
		"": "201 409:uniqueness 201 400:invalidValue 201", `,"failOnErrors":null`: "201 409:uniqueness 201 400:invalidValue 201",
		`,"failOnErrors":1`: "201 409:uniqueness", `,"failOnErrors":2`: "201 409:uniqueness 201 400:invalidValue", `,"failOnErrors":3`: "201 409:uniqueness 201 400:invalidValue 201",
	} {
		h := newHarness(t)
		a := h.bulk(ops, limit)
		if got := a.statuses(); got != want {
			t.Errorf("%s: %s, want %s", limit, got, want)
		}
		a.wantAt("Operations.1.location", nil)
		h.do("GET", "/Users", "").wantAt("totalResults", strings.Count(want, "201"))
	}
}

func TestBulk_Versions(t *testing.T) {
	t.Parallel()
	req(t, "R-BULK-11")
	h := newHarness(t)
	path := "/Users/" + h.user("ada").id()
	patch := func(version, title string) string {
		return fmt.Sprintf(`{"method":"PATCH","path":%q,"version":%q,"data":%s}`, path, version, patchBody(`{"op":"add","path":"title","value":"`+title+`"}`))
	}
	a := h.bulk(patch(`W/"1"`, "a") + "," + patch(`W/"1"`, "b") + "," + patch(`"2"`, "c") + "," + patch(`*`, "d") + `,{"method":"DELETE","path":"` + path + `","version":"W/\"9\""}`)
	if got := a.statuses(); got != "200 412 200 200 412" {
		t.Errorf("%s\n%s", got, a.body)
	}
	h.do("GET", path, "").wantAt("title", "d").wantAt("meta.version", `W/"4"`)
}

func TestBulk_References(t *testing.T) {
	t.Parallel()
	req(t, "R-BULK-06", "R-BULK-07", "R-BULK-10")
	h := newHarness(t)
	manager := `{"method":"POST","path":"/Users","bulkId":"m","data":{"userName":"m","` + scim.EnterpriseUserSchema + `":{"department":"x","manager":{"value":"bulkId:b","$ref":"../Users/bulkId:b"}}}}`
	a := h.bulk(postGroup("g", "staff", "bulkId:u", "bulkId:h") + "," + postUser("u", "ada") + "," + manager + "," + postUser("b", "boss") + "," + postGroup("h", "inner") + `,
		{"method":"PATCH","path":"/Groups/bulkId:h","data":` + patchBody(`{"op":"add","path":"members","value":[{"value":"bulkId:u"},{"value":"bulkId:b"}]}`) + `},
		{"method":"PATCH","path":"/Groups/bulkId:h","data":` + patchBody(`{"op":"remove","path":"members[value eq \"bulkId:u\"]"}`) + `},
		{"method":"DELETE","path":"/Users/bulkId:m"}`)
	if got := a.statuses(); got != "201 201 201 201 201 200 200 204" {
		t.Fatalf("%s\n%s", got, a.body)
	}
	user, boss, inner := a.created(1), a.created(3), a.created(4)
	g := h.do("GET", a.created(0), "").want(200)
	g.wantAt("members.0.value", strings.TrimPrefix(user, "/Users/")).wantAt("members.1.value", strings.TrimPrefix(inner, "/Groups/")).wantAt("members.1.type", "Group")
	h.do("GET", inner, "").wantAt("members.0.value", strings.TrimPrefix(boss, "/Users/")).wantAt("members.1", nil)
	a.wantAt("Operations.5.location", testBase+inner).wantAt("Operations.6.version", `W/"3"`).wantAt("Operations.7.location", testBase+a.created(2))
	h.do("GET", a.created(2), "").want(404)
}

func TestBulk_ManagerReference(t *testing.T) {
	t.Parallel()
	req(t, "R-BULK-06")
	h := newHarness(t)
	a := h.bulk(`{"method":"POST","path":"/Users","bulkId":"u","data":{"userName":"u","` + scim.EnterpriseUserSchema + `":{"manager":{"value":"bulkId:b","$ref":"../Users/bulkId:b"}}}},` + postUser("b", "boss"))
	if got := a.statuses(); got != "201 201" {
		t.Fatal(got)
	}
	boss := a.created(1)
	u := h.do("GET", a.created(0), "").want(200)
	manager, _ := valueAt(u.doc[scim.EnterpriseUserSchema], "manager").(scim.Object)
	if manager["value"] != strings.TrimPrefix(boss, "/Users/") || manager["$ref"] != testBase+boss {
		t.Errorf("manager %v", manager)
	}
}

func TestBulk_Circles(t *testing.T) {
	t.Parallel()
	req(t, "R-BULK-07")
	h := newHarness(t)
	a := h.bulk(postGroup("a", "A", "bulkId:b", "bulkId:u") + "," + postGroup("b", "B", "bulkId:c") + "," + postGroup("c", "C", "bulkId:a") + "," + postUser("u", "ada") + `,
		{"method":"PATCH","path":"/Groups/bulkId:a","data":` + patchBody(`{"op":"replace","path":"displayName","value":"renamed"}`) + `}`)
	if got := a.statuses(); got != "201 201 201 201 200" {
		t.Fatalf("%s\n%s", got, a.body)
	}
	id := func(i int) string { p := a.created(i); return p[strings.LastIndexByte(p, '/')+1:] }
	h.do("GET", a.created(0), "").wantAt("members.0.value", id(1)).wantAt("members.1.value", id(3)).wantAt("displayName", "renamed")
	h.do("GET", a.created(1), "").wantAt("members.0.value", id(2))
	h.do("GET", a.created(2), "").wantAt("members.0.value", id(0))
}

func TestBulk_CircleThatFails(t *testing.T) {
	t.Parallel()
	req(t, "R-BULK-07", "R-BULK-15")
	h := newHarness(t)
	h.user("taken")
	// The user cannot be created, so neither the group that needs it nor the one that needs this.
	user := `{"method":"POST","path":"/Users","bulkId":"u","data":{"userName":"taken","` + scim.EnterpriseUserSchema + `":{"manager":{"value":"bulkId:b"}}}}`
	boss := `{"method":"POST","path":"/Users","bulkId":"b","data":{"userName":"boss","` + scim.EnterpriseUserSchema + `":{"manager":{"value":"bulkId:u"}}}}`
	a := h.bulk(boss + "," + user + "," + postUser("z", "zoe"))
	if got := a.statuses(); got != "409 409:uniqueness 201" {
		t.Errorf("%s\n%s", got, a.body)
	}
	h.do("GET", "/Users", "").wantAt("totalResults", 2)

	// Stopped in the middle, what is incomplete is taken back and counts as not processed.
	a = h.bulk(boss+","+user+","+postUser("y", "yan"), `,"failOnErrors":1`)
	if got := a.statuses(); got != "409:uniqueness 201" || a.at("Operations.0.bulkId") != "u" {
		t.Errorf("%s\n%s", got, a.body)
	}
	if n := h.do("GET", "/Users?filter=userName+eq+%22boss%22", ""); n.at("totalResults") != scim.Number("0") {
		t.Errorf("the incomplete resource was left: %s", n.body)
	}
}

func TestBulk_BadReferences(t *testing.T) {
	t.Parallel()
	req(t, "R-BULK-08")
	h := newHarness(t)
	a := h.bulk(postGroup("a", "A", "bulkId:nope") + "," + postGroup("b", "B", "bulkId:b") + "," + postUser("c", "") + "," + postGroup("d", "D", "bulkId:c") + `,
		{"method":"DELETE","path":"/Groups/bulkId:nope"},{"method":"DELETE","path":"/Users/bulkId:c"},` + postUser("e", "eve") + `,{"method":"DELETE","path":"/Groups/bulkId:e"}`)
	if got := a.statuses(); got != "400:invalidValue 409 400:invalidValue 409 400:invalidValue 409 201 404" {
		t.Errorf("%s\n%s", got, a.body)
	}
	h.do("GET", "/Groups", "").wantAt("totalResults", 0)
	h.do("GET", "/Users", "").wantAt("totalResults", 1)
}

func TestBulk_OneResourceKeepsItsOrder(t *testing.T) {
	t.Parallel()
	req(t, "R-BULK-10")
	h := newHarness(t)
	path := "/Groups/" + h.group("staff").id()
	// The first waits for the user; the second must not overtake it.
	a := h.bulk(`{"method":"PATCH","path":"` + path + `","data":` + patchBody(`{"op":"add","path":"members","value":[{"value":"bulkId:u"}]}`) + `},
		{"method":"PATCH","path":"` + path + `","data":` + patchBody(`{"op":"remove","path":"members"}`) + `},` + postUser("u", "ada"))
	if got := a.statuses(); got != "200 200 201" {
		t.Fatalf("%s\n%s", got, a.body)
	}
	h.do("GET", path, "").wantAt("members", nil)
}
