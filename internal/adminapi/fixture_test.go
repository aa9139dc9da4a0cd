package adminapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/httpx"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/internal/sqlstore"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

const password = "correct horse battery"

var cause = directory.Cause{Kind: "cli", ActorName: "test"}

// fixture is an API on a database of its own, served over HTTP.
type fixture struct {
	t       *testing.T
	api     *api
	server  *httptest.Server
	store   *sqlstore.Store
	journal *journal.Journal
	clock   *fakeClock
	stop    chan struct{}
	log     *bytes.Buffer
	// keys has an API key for every role.
	keys map[account.Role]string
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

func (c *fakeClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func roles() []account.Role {
	return []account.Role{account.Owner, account.Administrator, account.Operator, account.Auditor, account.Developer}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, clock: &fakeClock{now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}, stop: make(chan struct{}),
		log: &bytes.Buffer{}, keys: map[account.Role]string{}}
	f.store = must(sqlstore.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "roster.db"), sqlstore.Options{}))(t)
	t.Cleanup(func() {
		if err := f.store.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	f.journal = journal.New(f.store, journal.Options{Every: time.Millisecond})
	t.Cleanup(func() {
		if err := f.journal.Close(context.Background()); err != nil {
			t.Errorf("close the journal: %v", err)
		}
	})
	keyring := must(directory.NewKeyring(make([]byte, directory.MasterKeySize)))(t)
	definitions := directory.NewDefinitions(f.store, f.clock.Now)
	config := Config{
		Accounts: must(account.NewService(f.store, f.clock.Now))(t), Store: f.store, Definitions: definitions,
		Sources:   directory.NewSources(f.store, keyring, definitions, f.clock.Now),
		Resources: directory.NewResources(f.store, f.clock.Now), Journal: f.journal,
		Origin: &httpx.Origin{}, Now: f.clock.Now, Logger: slog.New(slog.NewTextHandler(f.log, nil)), Version: "1.0.0", Stop: f.stop,
	}
	config.Receivers = outbox.NewService(f.store, keyring, definitions, outbox.Options{PublicURL: "https://directory.example", Now: f.clock.Now})
	f.api = newAPI(config)
	f.server = httptest.NewServer(httpx.WithRequestID(must(New(config))(t)))
	t.Cleanup(f.server.Close)
	for _, role := range roles() {
		_, key, err := config.Accounts.CreateAPIKey(t.Context(), "key of "+string(role), role, time.Time{}, cause)
		if err != nil {
			t.Fatal(err)
		}
		f.keys[role] = key
	}
	return f
}

// reply is an answer of the API.
type reply struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   []byte
}

// send makes a request; body may be nil, a string that is sent as it is, or what is encoded as JSON.
func (f *fixture) send(method, path string, body any, headers ...string) *reply {
	f.t.Helper()
	var content io.Reader
	switch v := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(v)
	default:
		content = bytes.NewReader(must(json.Marshal(v))(f.t))
	}
	if path != "/api" && !strings.HasPrefix(path, "/api/") {
		path = prefix + path
	}
	r := must(http.NewRequestWithContext(f.t.Context(), method, f.server.URL+path, content))(f.t)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res := must(f.server.Client().Do(r))(f.t)
	defer res.Body.Close()
	answered := &reply{f.t, method + " " + path, res.StatusCode, res.Header, must(io.ReadAll(res.Body))(f.t)}
	f.checkSchema(r, answered)
	return answered
}

// as sends a request with the API key of a role.
func (f *fixture) as(role account.Role, method, path string, body any) *reply {
	f.t.Helper()
	return f.send(method, path, body, "Authorization", "Bearer "+f.keys[role])
}

func (f *fixture) owner(method, path string, body any) *reply {
	f.t.Helper()
	return f.as(account.Owner, method, path, body)
}

// want fails the test unless the answer has the status, and one that every answer of the API must have.
func (r *reply) want(status int) *reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s: %d, want %d\n%s", r.what, r.status, status, r.body)
	}
	if got := r.header.Get("Cache-Control"); got != "no-store" {
		r.t.Errorf("%s: Cache-Control %q", r.what, got)
	}
	if status >= 400 {
		if got := r.header.Get("Content-Type"); got != "application/problem+json" {
			r.t.Errorf("%s: Content-Type %q of a problem", r.what, got)
		}
		p := r.problem()
		if p.Status != status || p.Detail == "" || p.Title == "" {
			r.t.Errorf("%s: problem %s", r.what, r.body)
		}
	}
	return r
}

type problemDocument struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Errors []struct {
		Message  string `json:"message"`
		Location string `json:"location"`
		Value    any    `json:"value"`
	} `json:"errors"`
}

func (r *reply) problem() (p problemDocument) {
	r.t.Helper()
	r.into(&p)
	return p
}

// about fails the test unless the problem names the location.
func (r *reply) about(location string) *reply {
	r.t.Helper()
	for _, e := range r.problem().Errors {
		if e.Location == location {
			return r
		}
	}
	r.t.Errorf("%s: no error about %q in %s", r.what, location, r.body)
	return r
}

func (r *reply) into(v any) {
	r.t.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		r.t.Fatalf("%s: %v\n%s", r.what, err, r.body)
	}
}

type object = map[string]any

func (r *reply) object() (o object) {
	r.t.Helper()
	r.into(&o)
	return o
}

// text returns a string member of an object.
func (r *reply) text(name string) string {
	r.t.Helper()
	s, ok := r.object()[name].(string)
	if !ok {
		r.t.Fatalf("%s: no string %q in %s", r.what, name, r.body)
	}
	return s
}

// items returns the items of a list.
func (r *reply) items() []object {
	r.t.Helper()
	var l struct {
		Items []object `json:"items"`
	}
	r.into(&l)
	return l.Items
}

// source makes a source and returns it as the domain knows it, with its token.
func (f *fixture) source(name string) (*directory.Source, string) {
	f.t.Helper()
	src, token, err := f.api.Sources.Create(f.t.Context(), directory.NewSource{Name: name}, cause)
	if err != nil {
		f.t.Fatal(err)
	}
	return src, token
}

// provision makes a user or group of a source, as its identity provider would.
func (f *fixture) provision(src *directory.Source, typ string, obj scim.Object) string {
	f.t.Helper()
	registry := must(f.api.Definitions.Registry(f.t.Context(), src.ID))(f.t)
	t := registry.TypeByName(typ)
	canonical, _, err := t.Canonicalize(obj, schema.ForCreate, schema.Options{})
	if err != nil {
		f.t.Fatal(err)
	}
	scope := &directory.Scope{Source: src.ID, Policies: src.Policies, Cause: directory.Cause{Kind: "scim", ActorName: src.ServiceAccountName}}
	return string(must(f.api.Resources.Create(f.t.Context(), scope, t, canonical))(f.t).ID)
}

func (f *fixture) user(src *directory.Source, name string) string {
	f.t.Helper()
	return f.provision(src, directory.UserType, scim.Object{"userName": name, "displayName": "The " + name})
}

// walk reads a list page by page and returns all items.
func (f *fixture) walk(path string, query url.Values) (all []object) {
	f.t.Helper()
	for {
		page := f.owner("GET", path+"?"+query.Encode(), nil).want(200)
		all = append(all, page.items()...)
		next, _ := page.object()["next_cursor"].(string)
		if next == "" {
			return all
		}
		query.Set("cursor", next)
	}
}

// query makes the parameters of a list of names and values.
func query(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}
