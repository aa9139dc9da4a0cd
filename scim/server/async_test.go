package server

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/secevent"
)

// memoryAsync keeps postponed requests until the test performs them.
type memoryAsync struct {
	uris []string

	mu     sync.Mutex
	queue  []*AsyncRequest   // guarded by mu
	tokens map[string]string // guarded by mu
}

func (m *memoryAsync) EventURIs(context.Context) ([]string, error) { return m.uris, nil }

func (m *memoryAsync) Enqueue(_ context.Context, r *AsyncRequest) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.queue = append(m.queue, r)
	return nil
}

func (m *memoryAsync) Completion(_ context.Context, txn string) (string, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.queue {
		if r.Transaction == txn {
			return "", true, nil
		}
	}
	if token, ok := m.tokens[txn]; ok {
		return token, false, nil
	}
	return "", false, scim.Errorf(http.StatusNotFound, "The transaction is unknown.")
}

// perform executes the oldest request.
func (m *memoryAsync) perform(t *testing.T, s *Server) []AsyncOutcome {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.queue) == 0 {
		t.Fatal("no request waits")
	}
	r := m.queue[0]
	m.queue = m.queue[1:]
	outcomes := s.Perform(context.Background(), r)
	for _, o := range outcomes {
		m.tokens[o.Transaction] = "token of " + o.Status
	}
	return outcomes
}

func newAsync(t *testing.T) (*harness, *memoryAsync) {
	m := &memoryAsync{uris: secevent.URIs(), tokens: map[string]string{}}
	return newHarness(t, func(c *Config) { c.Async = m }), m
}

func user(name string) string {
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":%q}`, name)
}

func TestAsync_CreateIsPerformedLater(t *testing.T) {
	t.Parallel()
	req(t, "R-EVT-07", "R-EVT-08")
	h, m := newAsync(t)
	a := h.do("POST", "/Users", user("alice"), "Prefer", "wait=10, Respond-Async; x=1").want(http.StatusAccepted)
	txn := a.header.Get("Set-Txn")
	if len(a.body) > 0 || txn == "" || a.header.Get("Preference-Applied") != "respond-async" {
		t.Fatalf("header %v, body %q", a.header, a.body)
	}
	if want := testBase + "/SecurityEvents/" + txn; a.header.Get("Location") != want {
		t.Errorf("Location %q, want %q", a.header.Get("Location"), want)
	}
	if n := h.do("GET", "/Users", "").want(200).doc["totalResults"]; n != scim.Number("0") {
		t.Fatalf("%v users before the request was performed", n)
	}
	if got := h.do("GET", "/SecurityEvents/"+txn, "").want(http.StatusAccepted); got.header.Get("Retry-After") == "" {
		t.Error("a pending outcome has no Retry-After")
	}
	outcomes := m.perform(t, h.server)
	if len(outcomes) != 1 {
		t.Fatalf("%d outcomes", len(outcomes))
	}
	o := outcomes[0]
	if o.Status != "201" || o.Method != "POST" || o.Transaction != txn || o.Version == "" || o.Response != nil ||
		o.Location != testBase+o.Subject || !strings.HasPrefix(o.Subject, "/Users/") {
		t.Errorf("outcome %+v", o)
	}
	h.do("GET", o.Subject, "").want(200)
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, httptest.NewRequest("GET", "/SecurityEvents/"+txn, nil))
	if w.Code != 200 || w.Body.String() != "token of 201" || w.Header().Get("Content-Type") != secevent.MediaType {
		t.Errorf("completion: %d %v %q", w.Code, w.Header(), w.Body)
	}
	h.do("GET", "/SecurityEvents/unknown", "").want(404)
}

func TestAsync_OtherMethodsAndFailures(t *testing.T) {
	t.Parallel()
	req(t, "R-EVT-07", "R-EVT-08")
	h, m := newAsync(t)
	id := h.do("POST", "/Users", user("alice")).want(201).doc["id"].(string)
	path := "/Users/" + id
	patch := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"x"}]}`
	for _, tc := range []struct {
		method, path, body, ifMatch, status, scimType string
	}{
		{"PUT", path, user("alice2"), "", "200", ""},
		{"PATCH", path, patch, "", "200", ""},
		{"PATCH", path, patch, `W/"99"`, "412", ""},
		{"POST", "/Users", user("ALICE2"), "", "409", "uniqueness"},
		{"PUT", path, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}`, "", "400", "invalidValue"},
		{"DELETE", path, "", "", "204", ""},
		{"DELETE", path, "", "", "404", ""},
	} {
		a := h.do(tc.method, tc.path, tc.body, "Prefer", "respond-async", "If-Match", tc.ifMatch).want(http.StatusAccepted)
		if want := testBase + path; tc.method != "POST" && a.header.Get("Location") != want {
			t.Errorf("%s: Location %q, want %q", tc.method, a.header.Get("Location"), want)
		}
		o := m.perform(t, h.server)[0]
		if o.Status != tc.status || o.Method != tc.method || o.Subject != tc.path || (o.Response != nil) != (tc.status >= "300") {
			t.Errorf("%s %s: outcome %+v, want status %s", tc.method, tc.path, o, tc.status)
		}
		if tc.scimType != "" && o.Response["scimType"] != tc.scimType {
			t.Errorf("%s %s: response %v", tc.method, tc.path, o.Response)
		}
	}
}

func TestAsync_BulkHasAnOutcomeForEachOperation(t *testing.T) {
	t.Parallel()
	req(t, "R-EVT-09", "R-BULK-16")
	h, m := newAsync(t)
	body := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"failOnErrors":1,"Operations":[
		{"method":"POST","path":"/Users","bulkId":"q","data":` + user("alice") + `},
		{"method":"DELETE","path":"/Users/none"},
		{"method":"POST","path":"/Users","bulkId":"r","data":` + user("bob") + `}]}`
	a := h.do("POST", "/Bulk", body, "Prefer", "respond-async").want(http.StatusAccepted)
	txn := a.header.Get("Set-Txn")
	var got []string
	for _, o := range m.perform(t, h.server) {
		got = append(got, strings.Join([]string{strings.TrimPrefix(o.Transaction, txn), o.Method, o.BulkID, o.Status}, " "))
		if o.Subject == "" || (o.Response == nil) != (o.Status == "201") {
			t.Errorf("outcome %+v", o)
		}
	}
	if diff := cmp.Diff([]string{":0 POST q 201", ":1 DELETE  404", ":2 POST r 424"}, got); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if want := testBase + "/SecurityEvents/" + txn + ":0"; a.header.Get("Location") != want {
		t.Errorf("Location %q, want %q", a.header.Get("Location"), want)
	}
}

func TestAsync_MalformedIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	h, m := newAsync(t)
	for _, tc := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/Users", `{`, 400},
		{"POST", "/Users", ``, 400},
		{"POST", "/Nothing", `{}`, 404},
		{"PUT", "/Users", `{}`, 405},
		{"POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[]}`, 400},
	} {
		h.do(tc.method, tc.path, tc.body, "Prefer", "respond-async").want(tc.status)
	}
	if len(m.queue) > 0 {
		t.Errorf("%d requests were kept", len(m.queue))
	}
}

func TestAsync_ReadsAndSearchesAreAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	h, _ := newAsync(t)
	h.do("GET", "/Users", "", "Prefer", "respond-async").want(200)
	h.do("POST", "/.search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}`, "Prefer", "respond-async").want(200)
}

func TestSecurityEvents_PublishedTruthfully(t *testing.T) {
	t.Parallel()
	req(t, "R-DISC-05")
	for name, tc := range map[string]struct {
		uris []string
		want any
	}{
		"no receiver":   {nil, nil},
		"without async": {[]string{secevent.Delete}, scim.Object{"asyncRequest": "none", "eventUris": []any{secevent.Delete}}},
		"with async":    {[]string{secevent.AsyncResp}, scim.Object{"asyncRequest": "request", "eventUris": []any{secevent.AsyncResp}}},
	} {
		h, m := newAsync(t)
		m.uris = tc.uris
		got := h.do("GET", "/ServiceProviderConfig", "").want(200).doc["securityEvents"]
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		status := http.StatusCreated
		if name == "with async" {
			status = http.StatusAccepted
		}
		h.do("POST", "/Users", user("alice"), "Prefer", "respond-async").want(status)
	}
}
