package scimtest

import (
	"fmt"
	"strings"

	"github.com/rosterhq/roster/scim"
)

func groupChecks() []check {
	return []check{
		{"R-CORE-11", "members are answered with their reference", "RFC 7643 §4.2", func(p *probe) {
			u := p.user()
			g := p.group(u.id())
			r := p.get("/Groups/"+g.id()).want(200).values("members", u.id()).is("members/0/type", "User")
			if ref := r.text("members/0/$ref"); !strings.HasSuffix(ref, "/Users/"+u.id()) {
				r.wrong("$ref %q", ref)
			}
		}},
		{"R-CORE-10", "a user's groups are computed", "RFC 7643 §4.1.2", func(p *probe) {
			u := p.user()
			g := p.group(u.id())
			p.get("/Users/"+u.id()).want(200).values("groups", g.id())
			p.delete("/Groups/" + g.id()).want(204)
			p.get("/Users/"+u.id()).want(200).is("groups", nil)
		}},
		{"R-PATCH-21", "members are added and removed one by one", "RFC 7644 §3.5.2", func(p *probe) {
			a, b := p.user().id(), p.user().id()
			path := "/Groups/" + p.group().id()
			p.patch(path, `{"op":"add","path":"members","value":[{"value":"`+a+`"}]}`, `{"op":"add","path":"members","value":[{"value":"`+b+`"}]}`).want(200, 204)
			p.get(path).want(200).values("members", a, b)
			p.patch(path, `{"op":"remove","path":"members[value eq \"`+a+`\"]"}`).want(200, 204)
			p.get(path).want(200).values("members", b)
			p.patch(path, `{"op":"remove","path":"members[value eq \"`+a+`\"]"}`).want(200, 204)
			p.get(path).want(200).values("members", b)
		}},
		{"R-PATCH-22", "remove with a list of values removes only those", "Entra ID", func(p *probe) {
			a, b := p.user().id(), p.user().id()
			path := "/Groups/" + p.group(a, b).id()
			p.patch(path, `{"op":"Remove","path":"members","value":[{"value":"`+a+`"}]}`).want(200, 204)
			p.get(path).want(200).values("members", b)
		}},
		{"R-PATCH-33", "a hundred members in one request", "IPSIE", func(p *probe) {
			const n = 100
			ids, operations := make([]string, n), make([]string, n)
			for i := range ids {
				ids[i] = p.user().id()
				operations[i] = fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":%q}]}`, ids[i])
			}
			path := "/Groups/" + p.group().id()
			p.patch(path, operations...).want(200, 204)
			p.get(path).want(200).values("members", ids...)
			p.patch(path, `{"op":"remove","path":"members"}`).want(200, 204)
			p.get(path).want(200).is("members", nil)
		}},
		{"R-PUT-12", "PUT replaces the members exactly", "RFC 7644 §3.5.1", func(p *probe) {
			a, b, c := p.user().id(), p.user().id(), p.user().id()
			g := p.group(a, b)
			p.put("/Groups/"+g.id(), groupBody(g.text("displayName"), b, c)).want(200)
			p.get("/Groups/"+g.id()).want(200).values("members", b, c)
		}},
		{"R-DEL-03", "deleting a group leaves its members", "RFC 7644 §3.6", func(p *probe) {
			u := p.user().id()
			p.delete("/Groups/" + p.group(u).id()).want(204)
			p.get("/Users/" + u).want(200)
		}},
	}
}

func bulkChecks() []check {
	return []check{
		{"R-BULK-04", "each operation of a bulk request is reported", "RFC 7644 §3.7", func(p *probe) {
			u := p.user()
			name := p.name()
			r := p.bulk(
				fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"a","data":%s}`, userBody(name)),
				fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"b","data":%s}`, userBody(name)),
				fmt.Sprintf(`{"method":"PATCH","path":"/Users/%s","data":%s}`, u.id(), patchMessage(`{"op":"add","path":"title","value":"x"}`)),
				fmt.Sprintf(`{"method":"DELETE","path":"/Users/%s"}`, p.run))
			if r == nil {
				return
			}
			r.contains("schemas", scim.BulkResponseMessage)
			r.is("Operations/0/status", "201").is("Operations/0/bulkId", "a").is("Operations/0/method", "POST").has("Operations/0/location")
			r.is("Operations/1/status", "409").is("Operations/1/response/scimType", "uniqueness")
			r.has("Operations/2/location").is("Operations/3/status", "404").has("Operations/3/response/detail")
			p.get("/Users/"+u.id()).want(200).is("title", "x")
		}},
		{"R-BULK-06", "bulkId references are resolved, forward ones too", "RFC 7644 §3.7.2", func(p *probe) {
			r := p.bulk(
				fmt.Sprintf(`{"method":"POST","path":"/Groups","bulkId":"g","data":%s}`, groupBody(p.name(), "bulkId:u")),
				fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"u","data":%s}`, userBody(p.name())))
			if r == nil {
				return
			}
			r.is("Operations/0/status", "201").is("Operations/1/status", "201")
			if len(p.created) == 2 {
				_, id, _ := strings.Cut(p.created[1][1:], "/")
				p.get(p.created[0]).want(200).values("members", id)
			}
		}},
		{"R-BULK-05", "failOnErrors ends the job", "RFC 7644 §3.7", func(p *probe) {
			if !p.supports("bulk/supported") {
				return
			}
			bad := fmt.Sprintf(`{"method":"DELETE","path":"/Users/%s"}`, p.run)
			body := fmt.Sprintf(`{"schemas":[%q],"failOnErrors":1,"Operations":[%s,%s]}`, scim.BulkRequestMessage, bad, bad)
			if r := p.send("POST", "/Bulk", body).want(200); len(r.list("Operations")) != 1 {
				r.wrong("%d operations are reported", len(r.list("Operations")))
			}
		}},
		{"R-BULK-08", "a reference to an unknown bulkId fails its operation", "RFC 7644 §3.7.2", func(p *probe) {
			r := p.bulk(fmt.Sprintf(`{"method":"POST","path":"/Groups","bulkId":"g","data":%s}`, groupBody(p.name(), "bulkId:none")))
			if r == nil {
				return
			}
			if s := r.text("Operations/0/status"); s != "400" && s != "409" {
				r.wrong("status %s", s)
			}
		}},
		{"R-BULK-09", "more operations than maxOperations are 413", "RFC 7644 §3.7.4", func(p *probe) {
			if !p.supports("bulk/supported") {
				return
			}
			limit := p.config.number("bulk/maxOperations")
			const sensible = 20_000
			if limit < 1 || limit > sensible {
				p.skipped = "the limit is too large to try"
				return
			}
			operation := fmt.Sprintf(`{"method":"DELETE","path":"/Users/%s"}`, p.run)
			body := fmt.Sprintf(`{"schemas":[%q],"Operations":[%s]}`, scim.BulkRequestMessage, strings.Repeat(operation+",", limit)+operation)
			p.send("POST", "/Bulk", body).wantError("", 413)
		}},
		{"R-BULK-12", "a malformed bulk request is 400, an unsupported one 501", "RFC 7644 §3.7", func(p *probe) {
			p.send("POST", "/Bulk", `{"schemas":["`+scim.BulkRequestMessage+`"]}`).wantError("", 400, 501)
		}},
	}
}

// bulk sends operations, and remembers what they created; nil when bulk is not supported.
func (p *probe) bulk(operations ...string) *reply {
	if !p.supports("bulk/supported") {
		return nil
	}
	r := p.send("POST", "/Bulk", fmt.Sprintf(`{"schemas":[%q],"Operations":[%s]}`, scim.BulkRequestMessage, strings.Join(operations, ","))).want(200)
	for _, v := range r.list("Operations") {
		location, _ := valueAt(v, "location").(string)
		if path, ok := pathOf(location); ok && valueAt(v, "method") == "POST" {
			p.created = append(p.created, path)
		}
	}
	return r
}

// pathOf returns the last two segments of a location.
func pathOf(location string) (string, bool) {
	parts := strings.Split(location, "/")
	if len(parts) < 3 {
		return "", false
	}
	return "/" + strings.Join(parts[len(parts)-2:], "/"), true
}
