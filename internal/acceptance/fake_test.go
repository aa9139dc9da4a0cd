package acceptance

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
)

// fakeSource records what players send and answers with what a test wants.
type fakeSource struct {
	server *httptest.Server
	client *Client
	answer func(w http.ResponseWriter, r *http.Request, body string)

	mu   sync.Mutex // guards seen
	seen []string   // "METHOD target body"
	head []http.Header
}

func newFake(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, body string)) *fakeSource {
	t.Helper()
	f := &fakeSource{answer: answer}
	f.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		f.mu.Lock()
		f.seen = append(f.seen, strings.TrimSpace(r.Method+" "+r.RequestURI+" "+string(body)))
		f.head = append(f.head, r.Header)
		f.mu.Unlock()
		f.answer(w, r, string(body))
	}))
	t.Cleanup(f.server.Close)
	client, err := NewClient(f.server.URL, 8)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	f.client = client
	return f
}

// reply answers with a SCIM body.
func reply(w http.ResponseWriter, status int, body string) {
	if body != "" {
		w.Header().Set("Content-Type", "application/scim+json")
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func scimError(status int, scimType string) string {
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"%d","scimType":%q,"detail":"no"}`, status, scimType)
}

func (f *fakeSource) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.seen...)
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func unmarshal(text string, out any) error { return json.Unmarshal([]byte(text), out) }
