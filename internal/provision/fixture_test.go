package provision_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/httpx"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/internal/provision"
	"github.com/rosterhq/roster/internal/sqlstore"
)

// fixture is the whole surface over a database of its own.
type fixture struct {
	t       testing.TB
	clock   *fakeClock
	store   *sqlstore.Store
	reads   *watched // the store as the handler sees it
	srcs    *directory.Sources
	ress    *directory.Resources
	defs    *directory.Definitions
	journal *journal.Journal
	url     string
	log     *lockedBuffer
	handler *provision.Handler

	slug, token string
}

type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

var cause = directory.Cause{Kind: "cli"}

func newFixture(t testing.TB, change ...func(*provision.Config)) *fixture {
	t.Helper()
	store, err := sqlstore.Open(context.Background(), "sqlite://"+filepath.Join(t.TempDir(), "roster.db"), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, store: store, clock: &fakeClock{now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}, log: &lockedBuffer{}}
	keys, err := directory.NewKeyring(make([]byte, directory.MasterKeySize))
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.NewTextHandler(f.log, nil))
	f.defs = directory.NewDefinitions(store, f.clock.Now)
	f.srcs = directory.NewSources(store, keys, f.defs, f.clock.Now)
	f.reads = &watched{Store: store}
	f.ress = directory.NewResources(f.reads, f.clock.Now)
	f.journal = journal.New(store, journal.Options{Now: f.clock.Now, Logger: logger})
	cfg := provision.Config{Sources: f.srcs, Resources: f.ress, Definitions: f.defs, Keyring: keys, Journal: f.journal,
		Origin: &httpx.Origin{PublicURL: "https://dir.example"}, Logger: logger, Now: f.clock.Now}
	for _, c := range change {
		c(&cfg)
	}
	h, err := provision.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	f.handler = h
	srv := httptest.NewServer(h)
	f.url = srv.URL
	t.Cleanup(func() {
		srv.Close()
		h.Close()
		if err := f.journal.Close(context.Background()); err != nil {
			t.Error(err)
		}
		store.Close()
	})
	f.slug, f.token = f.source("Acme")
	return f
}

func (f *fixture) source(name string) (slug, token string) {
	f.t.Helper()
	src, token, err := f.srcs.Create(context.Background(), directory.NewSource{Name: name}, cause)
	if err != nil {
		f.t.Fatal(err)
	}
	return src.Slug, token
}

func (f *fixture) update(c directory.SourceChange) {
	f.t.Helper()
	if _, err := f.srcs.Update(context.Background(), f.slug, c, cause); err != nil {
		f.t.Fatal(err)
	}
	f.clock.Advance(time.Second) // what is cached is re-read
}

// answer is a response that was read.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// object decodes the body.
func (a answer) object(t testing.TB) map[string]any {
	t.Helper()
	var obj map[string]any
	if err := json.Unmarshal([]byte(a.Body), &obj); err != nil {
		t.Fatalf("%d %s: %v", a.Status, a.Body, err)
	}
	return obj
}

// send makes a request to any path; headers are pairs of name and value.
func (f *fixture) send(method, path, body string, headers ...string) answer {
	f.t.Helper()
	r, err := http.NewRequest(method, f.url+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(b)}
}

// scim makes an authenticated request below the base URL.
func (f *fixture) scim(method, path, body string, headers ...string) answer {
	f.t.Helper()
	headers = append([]string{"Authorization", "Bearer " + f.token, "Content-Type", "application/scim+json"}, headers...)
	return f.send(method, provision.BasePath(f.slug)+path, body, headers...)
}

// want is scim with a check of the status.
func (f *fixture) want(status int, method, path, body string, headers ...string) answer {
	f.t.Helper()
	a := f.scim(method, path, body, headers...)
	if a.Status != status {
		f.t.Fatalf("%s %s: %d %s, want %d", method, path, a.Status, a.Body, status)
	}
	return a
}

func (f *fixture) create(path, body string) string {
	f.t.Helper()
	id, _ := f.want(201, "POST", path, body).object(f.t)["id"].(string)
	return id
}

// records returns the request records, newest first.
func (f *fixture) records(q journal.Query) []*journal.Record {
	f.t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	list, err := f.journal.List(context.Background(), q)
	if err != nil {
		f.t.Fatal(err)
	}
	return list
}

// newPipeRequest starts a POST whose body stays open until the pipe is closed. The channel is closed
// when the server reads it, which it does in its place.
func newPipeRequest(f *fixture) (reached <-chan struct{}, body *io.PipeWriter) {
	f.t.Helper()
	pr, pw := io.Pipe()
	done := make(chan struct{})
	r, err := http.NewRequest("POST", f.url+provision.BasePath(f.slug)+"/Users", pr)
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+f.token)
	r.Header.Set("Content-Type", "application/json")
	// The server sends 100 Continue when the handler reads the body for the first time.
	r.Header.Set("Expect", "100-continue")
	transport := &http.Transport{ExpectContinueTimeout: time.Hour}
	go func() {
		if res, err := transport.RoundTrip(r); err == nil {
			res.Body.Close()
		}
	}()
	go func() {
		pw.Write([]byte(`{"userName":"a"`)) //nolint:errcheck // the test fails otherwise
		close(done)
	}()
	return done, pw
}
