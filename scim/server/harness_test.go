package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

const testBase = "https://directory.example/scim/v2"

// req names the requirements that a test is about, so that a report can list them.
func req(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		t.Attr("requirement", id)
	}
}

// harness is a Server over memory that keeps what it observed.
type harness struct {
	t      *testing.T
	server *Server

	mu   sync.Mutex
	seen []Observation
}

func newHarness(t *testing.T, change ...func(*Config)) *harness {
	t.Helper()
	h := &harness{t: t}
	reg := schema.Core()
	cfg := Config{
		Backend: NewMemory(reg), Registry: reg, CursorKey: []byte("0123456789abcdef"),
		BaseURL: func(*http.Request) string { return testBase },
		Observe: func(_ context.Context, o Observation) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.seen = append(h.seen, o)
		},
	}
	for _, f := range change {
		f(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.server = s
	return h
}

// reply is a response; doc is its body if it has one.
type reply struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   []byte
	doc    scim.Object
}

// do sends a request. headers are names and values in turn; a body gets the SCIM media type.
func (h *harness) do(method, path, body string, headers ...string) *reply {
	h.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, path, reader)
	if body != "" {
		r.Header.Set("Content-Type", scim.MediaType)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
		} else {
			r.Header.Add(headers[i], headers[i+1])
		}
	}
	return h.send(r)
}

func (h *harness) send(r *http.Request) *reply {
	h.t.Helper()
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	a := &reply{t: h.t, what: r.Method + " " + r.URL.String(), status: w.Code, header: w.Header(), body: w.Body.Bytes()}
	if len(a.body) == 0 {
		return a
	}
	if got := w.Header().Get("Content-Type"); got != "application/scim+json" {
		h.t.Errorf("%s: Content-Type = %q", a.what, got)
	}
	doc, err := scim.DecodeObject(a.body, scim.Limits{Depth: 100, Keys: 1e6, StringBytes: 1e8, Bytes: 1e9})
	if err != nil {
		h.t.Fatalf("%s: body is no JSON object: %v\n%s", a.what, err, a.body)
	}
	a.doc = doc
	return a
}

func (a *reply) want(status int) *reply {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: status = %d, want %d\n%s", a.what, a.status, status, a.body)
	}
	if status >= 400 && len(a.body) > 0 {
		a.checkError()
	}
	return a
}

// checkError checks the body of RFC 7644 §3.12.
func (a *reply) checkError() {
	a.t.Helper()
	if got := a.at("schemas.0"); got != scim.ErrorMessage {
		a.t.Errorf("%s: schemas = %v", a.what, got)
	}
	if got := a.doc["status"]; got != fmt.Sprint(a.status) {
		a.t.Errorf("%s: body status = %v, HTTP status %d", a.what, got, a.status)
	}
	if d, _ := a.doc["detail"].(string); d == "" || strings.Contains(d, "goroutine") || strings.Contains(d, ".go:") {
		a.t.Errorf("%s: detail = %q", a.what, d)
	}
}

func (a *reply) wantError(status int, t scim.ErrorType) *reply {
	a.t.Helper()
	a.want(status)
	if got, _ := a.doc["scimType"].(string); got != string(t) {
		a.t.Errorf("%s: scimType = %q, want %q\n%s", a.what, got, t, a.body)
	}
	return a
}

// at returns the value at a path of names and indexes joined by dots, nil when there is none.
func (a *reply) at(path string) any { return valueAt(a.doc, path) }

func valueAt(v any, path string) any {
	for part := range strings.SplitSeq(path, ".") {
		switch c := v.(type) {
		case scim.Object:
			v = c[part]
		case []any:
			var i int
			if _, err := fmt.Sscan(part, &i); err != nil || i < 0 || i >= len(c) {
				return nil
			}
			v = c[i]
		default:
			return nil
		}
	}
	return v
}

func (a *reply) wantAt(path string, want any) *reply {
	a.t.Helper()
	if n, ok := want.(int); ok {
		want = scim.Number(fmt.Sprint(n))
	}
	if got := a.at(path); !bytes.Equal(scim.AppendJSON(nil, got), scim.AppendJSON(nil, want)) {
		a.t.Errorf("%s: %s = %s, want %s", a.what, path, scim.AppendJSON(nil, got), scim.AppendJSON(nil, want))
	}
	return a
}

func (a *reply) wantHeader(name, want string) *reply {
	a.t.Helper()
	if got := a.header.Get(name); got != want {
		a.t.Errorf("%s: %s = %q, want %q", a.what, name, got, want)
	}
	return a
}

func (a *reply) id() string {
	a.t.Helper()
	id, _ := a.doc["id"].(string)
	if id == "" {
		a.t.Fatalf("%s: no id\n%s", a.what, a.body)
	}
	return id
}

func (a *reply) list(path string) []any {
	list, _ := a.at(path).([]any)
	return list
}

func (h *harness) user(name string, more ...string) *reply {
	h.t.Helper()
	extra := strings.Join(more, ",")
	if extra != "" {
		extra = "," + extra
	}
	return h.do("POST", "/Users", `{"schemas":["`+scim.UserSchema+`"],"userName":"`+name+`"`+extra+`}`).want(201)
}

func (h *harness) group(name string, members ...string) *reply {
	h.t.Helper()
	var list []string
	for _, m := range members {
		list = append(list, `{"value":"`+m+`"}`)
	}
	return h.do("POST", "/Groups", `{"schemas":["`+scim.GroupSchema+`"],"displayName":"`+name+`","members":[`+strings.Join(list, ",")+`]}`).want(201)
}

func patchBody(operations string) string {
	return `{"schemas":["` + scim.PatchOpMessage + `"],"Operations":[` + operations + `]}`
}

// last returns the newest observation.
func (h *harness) last() Observation {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.seen) == 0 {
		h.t.Fatal("nothing was observed")
	}
	return h.seen[len(h.seen)-1]
}

// clock is a settable time.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func patchAnswers(a PatchAnswer) func(context.Context, *schema.ResourceType) PatchAnswer {
	return func(context.Context, *schema.ResourceType) PatchAnswer { return a }
}

// letters makes a name of any text.
func letters(r rune) rune {
	if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
		return r
	}
	return '-'
}
