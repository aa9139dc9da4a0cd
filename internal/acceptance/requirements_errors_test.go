package acceptance

import (
	"fmt"
	"strings"
	"testing"
)

// refusal is a request that one row of RFC 7644 Table 9, or of Table 8, is about.
type refusal struct {
	id, name         string
	method, path     string // {user} and {group} stand for ids, {version} for the user's version
	body             string
	status           int
	scimType         string
	field, fieldText string
}

// refusals have exactly one right answer each.
func refusals() []refusal {
	const user, group = "/Users/{user}", "/Groups/{group}"
	patch := func(id, name, path, operations, scimType string) refusal {
		return refusal{id: id, name: name, method: "PATCH", path: path, body: patchText(operations), status: 400, scimType: scimType}
	}
	// The first operation is good, so that something would be half done.
	const good = `{"op":"replace","path":"title","value":"half"},`
	return []refusal{
		{id: "R-ERR-01", name: "no filter", method: "GET", path: "/Users?filter=userName+is+%22x%22", status: 400, scimType: "invalidFilter"},
		{id: "R-SEARCH-03", name: "no filter in .search", method: "POST", path: "/Users/.search", body: `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName"}`, status: 400, scimType: "invalidFilter"},
		patch("R-PATCH-05", "filter of a path", user, good+`{"op":"replace","path":"emails[colour eq \"x\"].value","value":"y"}`, "invalidFilter"),
		{id: "R-CREATE-05", name: "taken", method: "POST", path: "/Users", body: `{"userName":"OTHER"}`, status: 409, scimType: "uniqueness"},
		{id: "R-PUT-09", name: "taken", method: "PUT", path: user, body: `{"userName":"Other","title":"half"}`, status: 409, scimType: "uniqueness"},
		{id: "R-PATCH-34", name: "taken", method: "PATCH", path: user, body: patchText(good + `{"op":"replace","path":"userName","value":"otheR"}`), status: 409, scimType: "uniqueness"},
		patch("R-PATCH-11", "read-only", user, good+`{"op":"replace","path":"groups","value":[{"value":"x"}]}`, "mutability"),
		patch("R-PATCH-11", "read-only id", user, good+`{"op":"replace","path":"id","value":"x"}`, "mutability"),
		patch("R-PATCH-20", "required", user, good+`{"op":"remove","path":"userName"}`, "mutability"),
		patch("R-PATCH-32", "immutable part", group, `{"op":"add","path":"externalId","value":"half"},{"op":"replace","path":"members[value eq \"{user}\"].value","value":"x"}`, "mutability"),
		{id: "R-CREATE-07", name: "no JSON", method: "POST", path: "/Users", body: `{"userName":`, status: 400, scimType: "invalidSyntax"},
		{id: "R-CREATE-07", name: "no JSON in PUT", method: "PUT", path: user, body: `[]`, status: 400, scimType: "invalidSyntax"},
		{id: "R-BULK-12", name: "no operations", method: "POST", path: "/Bulk", body: `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]}`, status: 400, scimType: "invalidSyntax"},
		{id: "R-SEARCH-03", name: "another message", method: "POST", path: "/.search", body: patchText(`{"op":"remove","path":"title"}`), status: 400, scimType: "invalidSyntax"},
		patch("R-PATCH-03", "unknown op", user, good+`{"op":"move","path":"title","value":"x"}`, "invalidSyntax"),
		patch("R-PATCH-03", "no op", user, good+`{"path":"title","value":"x"}`, "invalidSyntax"),
		{id: "R-PATCH-02", name: "another message", method: "PATCH", path: user, body: `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"Operations":[{"op":"remove","path":"title"}]}`, status: 400, scimType: "invalidSyntax"},
		patch("R-PATCH-05", "path", user, good+`{"op":"replace","path":"name..givenName","value":"x"}`, "invalidPath"),
		patch("R-PATCH-06", "path of nothing", user, good+`{"op":"replace","path":"shoeSize","value":"x"}`, "invalidPath"),
		patch("R-PATCH-18", "no path", user, good+`{"op":"remove"}`, "noTarget"),
		patch("R-PATCH-28", "nothing selected", user, good+`{"op":"replace","path":"emails[value ew \"@nowhere\"]","value":{"value":"x"}}`, "noTarget"),
		{id: "R-CREATE-06", name: "required", method: "POST", path: "/Groups", body: `{"externalId":"x"}`, status: 400, scimType: "invalidValue"},
		{id: "R-CREATE-07", name: "wrong type", method: "POST", path: "/Users", body: `{"userName":"x","name":"y"}`, status: 400, scimType: "invalidValue"},
		{id: "R-PUT-08", name: "required", method: "PUT", path: user, body: `{"title":"half"}`, status: 400, scimType: "invalidValue"},
		patch("R-PATCH-29", "wrong type", user, good+`{"op":"replace","path":"active","value":"perhaps"}`, "invalidValue"),
		patch("R-CORE-11", "a group in itself", group, `{"op":"add","path":"externalId","value":"half"},{"op":"add","path":"members","value":[{"value":"{group}"}]}`, "invalidValue"),
		{id: "R-PAGE-06", name: "count", method: "GET", path: "/Users?count=many", status: 400, scimType: "invalidValue"},
		{id: "R-SORT-02", name: "order", method: "GET", path: "/Users?sortBy=userName&sortOrder=up", status: 400, scimType: "invalidValue"},
		{id: "R-PROJ-04", name: "both projections", method: "GET", path: "/Users?attributes=userName&excludedAttributes=name", status: 400, scimType: "invalidValue"},
		{id: "R-CUR-05", name: "cursor", method: "GET", path: "/Users?cursor=x", status: 400, scimType: "invalidCursor"},
		{id: "R-ETAG-04", name: "stale", method: "PUT", path: user, body: `{"userName":"subject","title":"half"}`, field: "If-Match", fieldText: `W/"0"`, status: 412},
		{id: "R-ETAG-04", name: "stale", method: "DELETE", path: user, field: "If-Match", fieldText: `W/"0"`, status: 412},
		{id: "R-PUT-02", name: "unknown", method: "PUT", path: "/Users/nobody", body: `{"userName":"nobody"}`, status: 404},
		{id: "R-PATCH-36", name: "unknown", method: "PATCH", path: "/Groups/nobody", body: patchText(`{"op":"remove","path":"members"}`), status: 404},
		{id: "R-DEL-02", name: "unknown", method: "DELETE", path: "/Users/nobody", status: 404},
		{id: "R-HTTP-14", name: "method", method: "POST", path: user, body: `{"userName":"x"}`, status: 405},
		{id: "R-HTTP-08", name: "media type", method: "POST", path: "/Users", body: `userName=x`, field: "Content-Type", fieldText: "application/x-www-form-urlencoded", status: 415},
		{id: "R-ME-01", name: "Me", method: "GET", path: "/Me", status: 501},
	}
}

// TestRequirements_Errors wants of each row the exact status and scimType, by itself and, where it is a
// write, as an operation of a bulk request; and that everything stays as it was, byte for byte.
//
// Pins R-ERR-02, R-ERR-03, R-PATCH-08, R-BULK-15.
func TestRequirements_Errors(t *testing.T) {
	t.Parallel()
	source := newSource(t)
	c := talk{t, source}
	user := c.send("POST", "/Users", `{"userName":"subject","title":"whole","emails":[{"value":"a@example.com","type":"work","primary":true}]}`).want(201)
	c.send("POST", "/Users", `{"userName":"other"}`).want(201)
	group := c.send("POST", "/Groups", `{"displayName":"g","members":[{"value":"`+user.text("id")+`"}]}`).want(201)
	fill := strings.NewReplacer("{user}", user.text("id"), "{group}", group.text("id"))
	before := contents(t, source)
	for _, r := range refusals() {
		t.Run(fmt.Sprintf("%s %s %s %s", r.id, r.method, r.scimType, r.name), func(t *testing.T) {
			c := talk{t, source}
			path, body := fill.Replace(r.path), fill.Replace(r.body)
			var fields []string
			if r.field != "" {
				fields = []string{r.field, r.fieldText}
			}
			c.send(r.method, path, body, fields...).want(r.status).is("scimType", r.scimType).is("status", fmt.Sprint(r.status))
			if after := contents(t, source); after != before {
				t.Errorf("something changed:\nbefore %s\nafter  %s", before, after)
			}
			if !r.bulkable() {
				return
			}
			version := ""
			if r.field == "If-Match" {
				version = `,"version":` + quote(r.fieldText)
			}
			data := ""
			if body != "" {
				data = `,"data":` + body
			}
			job := fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":%q,"path":%q,"bulkId":"b"%s%s}]}`, r.method, path, version, data)
			c.send("POST", "/Bulk", job).want(200).is("Operations/0/status", fmt.Sprint(r.status)).is("Operations/0/response/status", fmt.Sprint(r.status)).
				is("Operations/0/response/scimType", r.scimType)
			if after := contents(t, source); after != before {
				t.Errorf("the bulk request changed something:\nbefore %s\nafter  %s", before, after)
			}
		})
	}
}

// bulkable tells whether the request can be an operation of a bulk request.
func (r refusal) bulkable() bool {
	write := r.method != "GET" && !strings.Contains(r.path, ".search") && r.path != "/Bulk" && r.field != "Content-Type"
	wholeJSON := r.body == "" || strings.HasPrefix(r.body, "{") && strings.HasSuffix(r.body, "}")
	return write && wholeJSON && r.status != 405
}
