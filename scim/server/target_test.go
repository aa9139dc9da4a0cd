package server

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRouting_UnknownPaths(t *testing.T) {
	t.Parallel()
	req(t, "R-HTTP-15", "R-HTTP-12", "R-ERR-03")
	h := newHarness(t)
	id := h.user("ada").id()
	tests := []struct{ path, detail string }{
		{"/Nope", "/ResourceTypes"},
		{"/users", "/Users"},
		{"/User", "/Users"},
		{"/schemas", "/Schemas"},
		{"/v2/Users", "extra /v2"},
		{"/v2/v2/Users", "extra /v2"},
		{"/scim/Users", "extra /scim"},
		{"/Users/Users", "repeats /Users"},
		{"/Users/" + id + "/name", "Shorten"},
		{"/Users/" + id + ".scim", ""},
		{"/Users/%00", ""},
		{"/Users/abc%00def", ""},
		{"/Users/*", ""},
		{"/Users/..", ""},
		{"/../../other/v2/Users", ""},
		{"/Users/%ff", "percent-encoded"},
		{"/Users/" + strings.Repeat("x", 300), ""},
		{"/Users/" + strings.ToUpper(id) + "x", ""},
		{"/Schemas/urn:nope", "/Schemas"},
		{"/Schemas/a/b", "Shorten"},
		{"/ResourceTypes/user", "/ResourceTypes"},
		{"/Bulk/x", ""},
		{"/ServiceProviderConfig/x", ""},
	}
	for _, test := range tests {
		a := h.do("GET", test.path, "").want(404)
		if detail, _ := a.doc["detail"].(string); !strings.Contains(detail, test.detail) {
			t.Errorf("%s: detail %q does not mention %q", test.path, detail, test.detail)
		}
	}
}

func TestRouting_TolerantPaths(t *testing.T) {
	t.Parallel()
	req(t, "R-HTTP-17", "R-HTTP-09")
	h := newHarness(t)
	id := h.user("ada").id()
	for _, path := range []string{"/Users/", "//Users", "/Users//", "/Users?", "/Users?&", "/Users/" + id + "/", "//Users//" + id, "/Users/" + id + "?",
		"/Users/%" + percent(id[0]) + id[1:], "/Schemas/urn%3Aietf%3Aparams%3Ascim%3Aschemas%3Acore%3A2.0%3AUser", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:user/",
		"/ServiceProviderConfigs"} {
		h.do("GET", path, "").want(200)
	}
}

func percent(c byte) string {
	const digits = "0123456789ABCDEF"
	return string([]byte{digits[c>>4], digits[c&15]})
}

func TestRouting_Methods(t *testing.T) {
	t.Parallel()
	req(t, "R-HTTP-13", "R-HTTP-14", "R-CREATE-11", "R-DEL-06", "R-PATCH-36", "R-SEARCH-05")
	h := newHarness(t)
	one := "/Users/" + h.user("ada").id()
	tests := []struct{ path, allow string }{
		{"/", "GET, HEAD, OPTIONS"},
		{"/.search", "OPTIONS, POST"},
		{"/Users", "GET, HEAD, OPTIONS, POST"},
		{"/Users/.search", "OPTIONS, POST"},
		{one, "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"},
		{"/Bulk", "OPTIONS, POST"},
		{"/Schemas", "GET, HEAD, OPTIONS"},
		{"/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", "GET, HEAD, OPTIONS"},
		{"/ResourceTypes", "GET, HEAD, OPTIONS"},
		{"/ResourceTypes/User", "GET, HEAD, OPTIONS"},
		{"/ServiceProviderConfig", "GET, HEAD, OPTIONS"},
	}
	for _, test := range tests {
		a := h.do("OPTIONS", test.path, "").want(204).wantHeader("Allow", test.allow)
		if len(a.body) != 0 {
			t.Errorf("OPTIONS %s has a body", test.path)
		}
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "get", "PROPFIND"} {
			if !strings.Contains(", "+test.allow+",", ", "+method+",") {
				h.do(method, test.path, "").want(405).wantHeader("Allow", test.allow)
			}
		}
	}
}

func TestRouting_HeadIsGetWithoutBody(t *testing.T) {
	t.Parallel()
	req(t, "R-HTTP-13")
	h := newHarness(t)
	id := h.user("ada").id()
	srv := httptest.NewServer(h.server)
	defer srv.Close()
	for _, path := range []string{"/Users", "/Users/" + id, "/Users/none", "/Schemas", "/ServiceProviderConfig", "/ResourceTypes/User"} {
		get, err := srv.Client().Get(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		get.Body.Close()
		head, err := srv.Client().Head(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		head.Body.Close()
		if get.StatusCode != head.StatusCode {
			t.Errorf("%s: HEAD %d, GET %d", path, head.StatusCode, get.StatusCode)
		}
		for _, name := range []string{"Content-Type", "Etag", "Location", "Content-Length"} {
			if g, w := head.Header.Get(name), get.Header.Get(name); g != w {
				t.Errorf("%s: %s: HEAD %q, GET %q", path, name, g, w)
			}
		}
	}
}

func TestRouting_MethodOverrideIsIgnored(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	id := h.user("ada").id()
	h.do("GET", "/Users/"+id, "", "X-HTTP-Method-Override", "DELETE", "X-Method-Override", "DELETE").want(200)
	h.do("GET", "/Users/"+id, "").want(200)
}

func TestRouting_Prefix(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(c *Config) { c.Prefix = "/scim/v2/"; c.BaseURL = nil })
	h.do("GET", "/scim/v2/Users", "").want(200)
	h.do("GET", "/scim/v2", "").want(200)
	h.do("GET", "/scim/v2x/Users", "").want(404)
	h.do("GET", "/Users", "").want(404)
	h.do("GET", "/scim/v2/ServiceProviderConfig", "").want(200).
		wantAt("meta.location", "http://example.com/scim/v2/ServiceProviderConfig")
}

func TestMe_IsNotImplemented(t *testing.T) {
	t.Parallel()
	req(t, "R-ME-01", "R-ME-03")
	h := newHarness(t)
	for _, method := range []string{"GET", "PUT", "PATCH", "DELETE", "POST"} {
		h.do(method, "/Me", "").want(501)
	}
}

func TestURL_TooLong(t *testing.T) {
	t.Parallel()
	req(t, "R-HTTP-19")
	h := newHarness(t)
	h.do("GET", "/Users?filter="+strings.Repeat("(", 20000)+"userName+pr", "").want(414)
	h.do("GET", "/Users?attributes="+strings.Repeat("a%2C", 10000)+"b", "").want(414)
}
