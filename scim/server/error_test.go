package server

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// failing is a Backend whose Get and Query do as told.
type failing struct {
	Backend
	get   func() (*Resource, error)
	query func(emit func(*Resource) error) error
}

func (f failing) Get(context.Context, *schema.ResourceType, string, Selection) (*Resource, error) {
	return f.get()
}

func (f failing) Query(_ context.Context, _ *Query, emit func(*Resource) error) (QueryResult, error) {
	return QueryResult{Total: 1}, f.query(emit)
}

func TestError_InternalsStayHidden(t *testing.T) {
	t.Parallel()
	req(t, "R-ERR-01", "R-ERR-02", "R-ERR-04")
	for name, get := range map[string]func() (*Resource, error){
		"error": func() (*Resource, error) { return nil, errors.New("sqlite: disk I/O error") },
		"panic": func() (*Resource, error) { panic("sqlite: index out of range") },
	} {
		h := newHarness(t, func(c *Config) { c.Backend = failing{Backend: c.Backend, get: get} })
		a := h.do("GET", "/Users/x", "").want(500)
		id := a.header.Get("X-Request-Id")
		if detail := a.doc["detail"].(string); strings.Contains(detail, "sqlite") || id == "" || !strings.Contains(detail, id) {
			t.Errorf("%s: request id %q, detail %q", name, id, detail)
		}
		if o := h.last(); o.Status != 500 || o.Err == nil || !strings.Contains(o.Err.Error(), "sqlite") || o.ID != "x" {
			t.Errorf("%s: observed %+v", name, o)
		}
	}
}

func TestError_KeepsGivenRequestID(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(c *Config) {
		c.Backend = failing{Backend: c.Backend, get: func() (*Resource, error) { return nil, errors.New("x") }}
	})
	w := httptest.NewRecorder()
	w.Header().Set("X-Request-Id", "req_42")
	h.server.ServeHTTP(w, httptest.NewRequest("GET", "/Users/x", nil))
	if !strings.Contains(w.Body.String(), "req_42") {
		t.Errorf("body %s", w.Body)
	}
}

func TestError_RetryAfterRoundsUp(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(c *Config) {
		c.Backend = failing{Backend: c.Backend, get: func() (*Resource, error) {
			return nil, &scim.Error{Status: 503, Detail: "Paused.", RetryAfter: 1500 * time.Millisecond}
		}}
	})
	h.do("GET", "/Users/x", "").want(503).wantHeader("Retry-After", "2")
}

func TestError_AfterTheAnswerBegan(t *testing.T) {
	t.Parallel()
	reg := schema.Core()
	big := &Resource{Type: reg.TypeByName("User"), ID: "1", Raw: []byte(`{"id":"1","title":"` + strings.Repeat("x", 4000) + `"}`)}
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("lost connection") },
		"panic": func() error { panic("lost connection") },
	} {
		h := newHarness(t, func(c *Config) {
			c.Limits.BufferBytes = 1000
			c.Backend = failing{Backend: c.Backend, query: func(emit func(*Resource) error) error {
				if err := emit(big); err != nil {
					return err
				}
				return fail()
			}}
		})
		srv := httptest.NewServer(h.server)
		resp, err := http.Get(srv.URL + "/Users")
		if err == nil {
			_, err = resp.Body.Read(make([]byte, 1<<20))
			for err == nil {
				_, err = resp.Body.Read(make([]byte, 1<<20))
			}
			resp.Body.Close()
		}
		if err == nil || err.Error() == "EOF" {
			t.Errorf("%s: a truncated answer looks complete", name)
		}
		srv.Close()
		if o := h.last(); o.Err == nil || o.Status != 500 {
			t.Errorf("%s: observed %+v", name, o)
		}
	}
}

func TestUnauthorized(t *testing.T) {
	t.Parallel()
	req(t, "R-AUTH-03", "R-AUTH-04", "R-AUTH-05", "R-ERR-03")
	tests := []struct{ authorization, challenge string }{
		{"", `Bearer realm="acme \"x\""`},
		{"Bearer nonsense", `Bearer realm="acme \"x\"", error="invalid_token", error_description="The access token is unknown, expired or revoked"`},
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", "/Users", nil)
		if test.authorization != "" {
			r.Header.Set("Authorization", test.authorization)
		}
		w := httptest.NewRecorder()
		Unauthorized(w, r, "acme \"x\"\r\n")
		if got := w.Header().Get("WWW-Authenticate"); got != test.challenge {
			t.Errorf("challenge %s\nwant      %s", got, test.challenge)
		}
		if w.Code != 401 || !strings.Contains(w.Body.String(), `"status":"401"`) || strings.Contains(w.Body.String(), "nonsense") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

func TestInsufficientScope(t *testing.T) {
	t.Parallel()
	req(t, "R-AUTH-06")
	w := httptest.NewRecorder()
	InsufficientScope(w, httptest.NewRequest("PUT", "/Users/1", nil), "acme", "write")
	if got := w.Header().Get("WWW-Authenticate"); w.Code != 403 || got != `Bearer realm="acme", error="insufficient_scope", scope="write"` {
		t.Errorf("%d %s", w.Code, got)
	}
}

func TestBearerToken(t *testing.T) {
	t.Parallel()
	req(t, "R-AUTH-01", "R-AUTH-02", "R-AUTH-07")
	tests := []struct {
		headers []string
		want    string
		status  int
	}{
		{nil, "", 0},
		{[]string{"Bearer rst_abc.DEF~1+/=="}, "rst_abc.DEF~1+/==", 0},
		{[]string{"bearer abc"}, "abc", 0},
		{[]string{"BEARER  abc \t"}, "abc", 0},
		{[]string{"Bearer "}, "", 0},
		{[]string{"Bearer"}, "", 0},
		{[]string{"Bearer Bearer abc"}, "", 0},
		{[]string{"Bearer a%b"}, "", 0},
		{[]string{"Bearer =="}, "", 0},
		{[]string{"Basic abc"}, "", 0},
		{[]string{"non-token"}, "", 0},
		{[]string{"Bearer a", "Bearer b"}, "", 400},
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", "/Users?access_token=secret", nil)
		for _, h := range test.headers {
			r.Header.Add("Authorization", h)
		}
		got, err := BearerToken(r)
		status := 0
		if err != nil {
			status = scim.AsError(err).Status
		}
		if got != test.want || status != test.status {
			t.Errorf("%q: %q, %v", test.headers, got, err)
		}
	}
}
