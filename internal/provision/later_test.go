package provision_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/internal/provision"
	"github.com/rosterhq/roster/scim/secevent"
)

// laterFixture is the surface with an outbox, as the program wires it.
func laterFixture(t *testing.T) (*fixture, *outbox.Service, *provision.Handler) {
	t.Helper()
	// The outbox needs the store, which the fixture opens, so the surface gets a stand-in first.
	late := &lateOutbox{}
	f := newFixture(t, func(c *provision.Config) { c.Later = late })
	keys, err := directory.NewKeyring(make([]byte, directory.MasterKeySize))
	if err != nil {
		t.Fatal(err)
	}
	late.Service = outbox.NewService(f.store, keys, f.defs, outbox.Options{PublicURL: "https://dir.example", Now: f.clock.Now})
	return f, late.Service, f.handler
}

type lateOutbox struct{ *outbox.Service }

// work performs what was postponed and waits for the outcome, which the client reads at location.
func work(t *testing.T, f *fixture, out *outbox.Service, h *provision.Handler, location string) *secevent.Token {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	stopped := out.Start(ctx, h)
	defer func() {
		cancel()
		<-stopped
	}()
	path := strings.TrimPrefix(location, "https://dir.example"+provision.BasePath(f.slug))
	deadline := time.After(20 * time.Second)
	for {
		got := f.scim("GET", path, "")
		switch {
		case got.Status == http.StatusOK:
			claims := strings.Split(got.Body, ".")
			if len(claims) != 3 || got.Header.Get("Content-Type") != secevent.MediaType {
				t.Fatalf("completion %v %s", got.Header, got.Body)
			}
			token, err := verifier(t, out).Verify(got.Body)
			if err != nil {
				t.Fatal(err)
			}
			return token
		case got.Status != http.StatusAccepted:
			t.Fatalf("completion %d %s", got.Status, got.Body)
		}
		select {
		case <-deadline:
			t.Fatal("the request was not performed")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func verifier(t *testing.T, out *outbox.Service) *secevent.Verifier {
	t.Helper()
	w := &memoryWriter{header: http.Header{}}
	r, err := http.NewRequest(http.MethodGet, outbox.KeysPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	out.KeysHandler().ServeHTTP(w, r)
	keys, err := secevent.ParseKeySet(w.body)
	if err != nil {
		t.Fatal(err)
	}
	return &secevent.Verifier{Keys: keys, Issuer: "https://dir.example" + provision.BasePath("acme")}
}

type memoryWriter struct {
	header http.Header
	body   []byte
}

func (w *memoryWriter) Header() http.Header { return w.header }
func (w *memoryWriter) WriteHeader(int)     {}
func (w *memoryWriter) Write(p []byte) (int, error) {
	w.body = append(w.body, p...)
	return len(p), nil
}

func TestLater_SameAnswerSameEventsSameRecord(t *testing.T) {
	t.Parallel()
	f, out, h := laterFixture(t)
	alice := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"alice","externalId":"a"}`
	if doc := f.want(200, "GET", "/ServiceProviderConfig", "").object(t); doc["securityEvents"] != nil {
		t.Errorf("without a receiver %v is published", doc["securityEvents"])
	}
	f.want(201, "POST", "/Users", strings.ReplaceAll(alice, "alice", "early"), "Prefer", "respond-async")
	if _, _, err := out.Create(context.Background(), outbox.NewReceiver{Name: "app", Kind: outbox.Poll}, cause); err != nil {
		t.Fatal(err)
	}
	doc := f.want(200, "GET", "/ServiceProviderConfig", "").object(t)
	events, _ := doc["securityEvents"].(map[string]any)
	if uris, _ := events["eventUris"].([]any); events["asyncRequest"] != "request" || len(uris) != len(outbox.Notice.Offered()) {
		t.Errorf("securityEvents %v", events)
	}

	accepted := f.want(202, "POST", "/Users", alice, "Prefer", "respond-async")
	txn := accepted.Header.Get("Set-Txn")
	token := work(t, f, out, h, accepted.Header.Get("Location"))
	e, _ := token.Event(secevent.AsyncResp)
	o, _ := e.Outcome()
	if token.Transaction != txn || o.Status != "201" {
		t.Fatalf("outcome %+v of %s, want 201 of %s", o, token.Transaction, txn)
	}
	got := f.want(200, "GET", token.Subject.URI, "").object(t)
	if got["userName"] != "alice" || o.Location != "https://dir.example"+provision.BasePath(f.slug)+token.Subject.URI {
		t.Errorf("user %v at %s", got, o.Location)
	}
	var causes []string
	err := f.store.View(context.Background(), func(r directory.Reader) error {
		return r.Events(context.Background(), 0, 1, 10, func(e *directory.Event) error {
			causes = append(causes, e.Cause.RequestID)
			return nil
		})
	})
	if diff := cmp.Diff([]string{txn}, causes); err != nil || diff != "" {
		t.Errorf("%v; requests that caused events (-want +got):\n%s", err, diff)
	}
	conflict := f.want(202, "POST", "/Users", alice, "Prefer", "respond-async")
	token = work(t, f, out, h, conflict.Header.Get("Location"))
	e, _ = token.Event(secevent.AsyncResp)
	if o, _ = e.Outcome(); o.Status != "409" || o.Response["scimType"] != "uniqueness" {
		t.Errorf("outcome of a conflict %+v", o)
	}
	found := map[string]*journal.Record{}
	for _, r := range f.records(journal.Query{}) {
		found[r.ID] = r
	}
	if r := found[txn]; r == nil || r.Status != 201 || r.Outcome != journal.Created || r.Action != "create" || r.Subject != "alice" {
		t.Errorf("record of the performed request: %+v", r)
	}
	if r := found[conflict.Header.Get("Set-Txn")]; r == nil || r.Status != 409 || r.Rule == "" {
		t.Errorf("record of the refused request: %+v", r)
	}
}

func TestLater_PausedSourceRefuses(t *testing.T) {
	t.Parallel()
	f, out, h := laterFixture(t)
	if _, _, err := out.Create(context.Background(), outbox.NewReceiver{Name: "app", Kind: outbox.Poll}, cause); err != nil {
		t.Fatal(err)
	}
	accepted := f.want(202, "POST", "/Users", `{"userName":"alice"}`, "Prefer", "respond-async")
	on, off := true, false
	f.update(directory.SourceChange{Paused: &on})
	ctx, cancel := context.WithCancel(context.Background())
	stopped := out.Start(ctx, h)
	for pending := true; pending; {
		var err error
		if _, pending, err = out.Completion(ctx, 2, accepted.Header.Get("Set-Txn")); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	<-stopped
	f.update(directory.SourceChange{Paused: &off})
	token := work(t, f, out, h, accepted.Header.Get("Location"))
	e, _ := token.Event(secevent.AsyncResp)
	if o, _ := e.Outcome(); o.Status != "503" {
		t.Errorf("outcome %+v", o)
	}
}
