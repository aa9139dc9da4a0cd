package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rosterhq/roster/scim/schema"
)

// discard is a ResponseWriter that keeps nothing.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }

func benchmark(b *testing.B, s *Server, want int, request func(i int) *http.Request) {
	b.Helper()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		w := &discard{header: make(http.Header)}
		s.ServeHTTP(w, request(i))
		if w.status != want {
			b.Fatalf("status %d", w.status)
		}
		i++
	}
}

func benchServer(b *testing.B, backend Backend, reg *schema.Registry) *Server {
	b.Helper()
	s, err := New(Config{Backend: backend, Registry: reg})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

const benchUser = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"%s","name":{"givenName":"Ada","familyName":"Lovelace"},` +
	`"emails":[{"value":"ada@example.com","type":"work","primary":true}],"active":true}`

func BenchmarkGet_Memory(b *testing.B) {
	reg := schema.Core()
	s := benchServer(b, NewMemory(reg), reg)
	r := httptest.NewRequest("POST", "/Users", strings.NewReader(fmt.Sprintf(benchUser, "ada")))
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	path := strings.TrimPrefix(w.Header().Get("Location"), "http://example.com")
	benchmark(b, s, 200, func(int) *http.Request { return httptest.NewRequest("GET", path, nil) })
}

// BenchmarkGet_Raw is a backend that keeps the encoded representation.
func BenchmarkGet_Raw(b *testing.B) {
	reg := schema.Core()
	res := &Resource{Type: reg.TypeByName("User"), ID: "2819c223", Version: `W/"1"`, Raw: []byte(fmt.Sprintf(benchUser, "ada"))}
	s := benchServer(b, failing{Backend: NewMemory(reg), get: func() (*Resource, error) { return res, nil }}, reg)
	benchmark(b, s, 200, func(int) *http.Request { return httptest.NewRequest("GET", "/Users/2819c223", nil) })
}

// BenchmarkCreate_Memory starts afresh after each 100: the table reads all users to find duplicates.
func BenchmarkCreate_Memory(b *testing.B) {
	reg := schema.Core()
	s := benchServer(b, NewMemory(reg), reg)
	benchmark(b, s, 201, func(i int) *http.Request {
		if i%100 == 99 {
			s.cfg.Backend = NewMemory(reg)
		}
		return httptest.NewRequest("POST", "/Users", strings.NewReader(fmt.Sprintf(benchUser, fmt.Sprintf("ada%d", i))))
	})
}
