package acceptance

import (
	"net/http"
	"strings"
	"testing"
)

// whole wants a representation that lacks nothing: what RFC 7643 §3.1 says of meta, and the headers that
// repeat it.
func (a said) whole(k resourceKind, id string) said {
	a.c.t.Helper()
	location := a.c.source.BaseURL + k.Endpoint + "/" + id
	if i := strings.Index(location, a.c.source.Base()); i > 0 { // the server's port is the kernel's choice
		location = theServer(a.c.t).Client().Origin() + location[i:]
	}
	a.is("id", id).is("schemas/0", k.Schemas[0]).is("meta/resourceType", k.Name).is("meta/location", location)
	header := a.ex.Answer.Header
	for path, got := range map[string]string{"meta/version": header.Get("ETag"), "meta/location": header.Get("Location")} {
		if a.text(path) != got || got == "" {
			a.c.t.Errorf("%s is not the header %q\n%s", path, got, a.ex)
		}
	}
	if !strings.HasPrefix(header.Get("ETag"), `W/"`) || a.text("meta/created") == "" || a.text("meta/lastModified") < a.text("meta/created") {
		a.c.t.Errorf("meta is not complete\n%s", a.ex)
	}
	return a
}

// TestSuite_LifeCycle goes strictly through the life of a resource of every type: every answer is whole,
// every write is seen by the next read, and the end is an end.
//
// Pins R-META-01, R-META-05, R-META-07, R-META-08, R-META-09, R-ETAG-01, R-ETAG-02, R-CREATE-02, R-CREATE-08, R-PUT-03, R-DEL-02.
func TestSuite_LifeCycle(t *testing.T) {
	t.Parallel()
	source := withTestResources(t)
	changeable := map[string]string{"User": "displayName", "Group": "externalId", "TestResource": "caseExactString"}
	for _, k := range (talk{t, source}).kinds() {
		t.Run(k.Name, func(t *testing.T) {
			c := talk{t, source}
			attr := changeable[k.Name]
			doc := c.minimal(k)
			doc[attr] = "one"
			made := c.send("POST", k.Endpoint, quote(doc)).want(201).is(attr, "one")
			id := made.text("id")
			path := made.path(k.Endpoint)
			made.whole(k, id).is("meta/lastModified", made.at("meta/created"))
			if read := c.get(path).want(200).whole(k, id); string(read.ex.Answer.Body) != string(made.ex.Answer.Body) {
				t.Errorf("POST and GET answer differently\n%s%s", made.ex, read.ex)
			}
			doc[attr] = "two"
			put := c.send("PUT", path, quote(doc)).want(200).whole(k, id).is(attr, "two").is("meta/created", made.at("meta/created"))
			if put.text("meta/version") == made.text("meta/version") {
				t.Errorf("the version did not change\n%s", put.ex)
			}
			c.get(path).want(200).whole(k, id).is(attr, "two").is("meta", put.at("meta"))
			patched := c.send("PATCH", path+"?excludedAttributes=none", patchText(patchOperation("replace", attr, "three"))).want(200).whole(k, id).is(attr, "three")
			c.get(path).want(200).whole(k, id).is(attr, "three").is("meta", patched.at("meta"))
			found := c.find(k.Endpoint, `id eq "`+id+`"`).want(200).is("totalResults", 1).is("startIndex", 1).is("itemsPerPage", 1).is("Resources/0/"+attr, "three")
			found.is("Resources/0/meta", patched.at("meta"))
			c.get(k.Endpoint+"?count=0").want(200).is("Resources", "[]").is("itemsPerPage", 0)
			if gone := c.send("DELETE", path, "").want(204); len(gone.ex.Answer.Body) > 0 || gone.ex.Answer.Header.Get("Content-Type") != "" {
				t.Errorf("204 has a body\n%s", gone.ex)
			}
			for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPatch, http.MethodDelete} {
				body := map[string]string{http.MethodPut: quote(doc), http.MethodPatch: patchText(patchOperation("replace", attr, "four"))}[method]
				c.send(method, path, body).want(404)
			}
			c.find(k.Endpoint, `id eq "`+id+`"`).want(200).is("totalResults", 0)
		})
	}
}
