package console

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/httpx"
	"github.com/rosterhq/roster/internal/sqlstore"
)

const password = "correct horse battery"

// fixture is a console on a database of its own, and a browser without JavaScript.
type fixture struct {
	t        *testing.T
	accounts *account.Service
	server   *httptest.Server
	cookie   string
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

// script is what the tests' application consists of; long enough to be worth compressing.
var script = strings.Repeat("console.log('hello'); ", 100)

func application() fs.FS {
	return fstest.MapFS{
		"index.html":           {Data: []byte("<!doctype html><title>app</title>")},
		"assets/app-1a2b3c.js": {Data: []byte(script)},
		"assets/tiny-9.css":    {Data: []byte("a{}")},
		"icon.svg":             {Data: []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")},
	}
}

func newFixture(t *testing.T, bundle fs.FS) *fixture {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "roster.db"), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	clock := &fakeClock{now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	accounts, err := account.NewService(store, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	h, err := New(Config{Accounts: accounts, Origin: &httpx.Origin{}, Bundle: bundle, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, accounts: accounts, server: httptest.NewServer(h)}
	t.Cleanup(f.server.Close)
	return f
}

// page is what the browser was answered. It follows no redirects and undoes no compression.
type page struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   []byte
}

func (f *fixture) send(method, path string, form url.Values, headers ...string) *page {
	f.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(f.t.Context(), method, f.server.URL+path, body)
	if err != nil {
		f.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if f.cookie != "" {
		r.Header.Set("Cookie", f.cookie)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	if set := res.Header.Get("Set-Cookie"); set != "" {
		f.cookie, _, _ = strings.Cut(set, ";")
	}
	return &page{f.t, method + " " + path, res.StatusCode, res.Header, content}
}

func (f *fixture) get(path string, headers ...string) *page {
	f.t.Helper()
	return f.send("GET", path, nil, headers...)
}

func (f *fixture) post(path string, headers []string, pairs ...string) *page {
	f.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return f.send("POST", path, form, headers...)
}

func (f *fixture) admin(name string) {
	f.t.Helper()
	_, err := f.accounts.CreateAdmin(context.Background(), account.NewAdmin{Username: name, Password: password, Role: account.Owner},
		directory.Cause{Kind: "cli", ActorName: "test"})
	if err != nil {
		f.t.Fatal(err)
	}
}

// want fails the test unless the page has the status, and the headers that every page has.
func (p *page) want(status int) *page {
	p.t.Helper()
	if p.status != status {
		p.t.Fatalf("%s: %d, want %d\n%s", p.what, p.status, status, p.body)
	}
	policy := p.header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(policy, part) {
			p.t.Errorf("%s: the content security policy lacks %s: %s", p.what, part, policy)
		}
	}
	if strings.Contains(policy, "script-src 'self' ") || strings.Contains(policy, "unsafe-eval") {
		p.t.Errorf("%s: the policy allows foreign scripts: %s", p.what, policy)
	}
	if p.header.Get("X-Content-Type-Options") != "nosniff" || p.header.Get("Referrer-Policy") == "" {
		p.t.Errorf("%s: headers %v", p.what, p.header)
	}
	return p
}

func (p *page) leadsTo(location string) {
	p.t.Helper()
	if got := p.header.Get("Location"); got != location {
		p.t.Errorf("%s: leads to %q, want %q", p.what, got, location)
	}
}

// field is an input of a form with its label.
type field struct{ label, name, kind, value string }

// fields reads the inputs of a page's form and the text of its button.
func (p *page) fields() (fields []field, button string) {
	p.t.Helper()
	d := xml.NewDecoder(bytes.NewReader(p.body))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	labels, open, subject := map[string]string{}, "", ""
	var ids []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			p.t.Fatalf("%s: %v", p.what, err)
		}
		switch n := token.(type) {
		case xml.StartElement:
			open, subject = n.Name.Local, attribute(n, "for")
			if open == "input" {
				fields = append(fields, field{"", attribute(n, "name"), attribute(n, "type"), attribute(n, "value")})
				ids = append(ids, attribute(n, "id"))
			}
			p.checkElement(n)
		case xml.EndElement:
			open = ""
		case xml.CharData:
			switch text := strings.TrimSpace(string(n)); open {
			case "label":
				labels[subject] = text
			case "button":
				button = text
			}
		}
	}
	for i, id := range ids {
		fields[i].label = labels[id]
	}
	return fields, button
}

// checkElement finds what the content security policy would not run.
func (p *page) checkElement(n xml.StartElement) {
	p.t.Helper()
	if n.Name.Local == "script" || n.Name.Local == "style" {
		p.t.Errorf("%s: the page has an inline <%s>", p.what, n.Name.Local)
	}
	for _, a := range n.Attr {
		if strings.HasPrefix(a.Name.Local, "on") {
			p.t.Errorf("%s: the page has a handler %s", p.what, a.Name.Local)
		}
	}
}

func attribute(n xml.StartElement, name string) string {
	for _, a := range n.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func unzip(t *testing.T, b []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
