package provision_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/provision"
)

// benchUser is a user of ordinary size.
func benchUser(n int) string {
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"externalId":"ext-%[1]d","userName":"user%[1]d@example.com","name":{"formatted":"Given%[1]d Family%[1]d","familyName":"Family%[1]d","givenName":"Given%[1]d"},
		"displayName":"User %[1]d","title":"Principal Consultant","userType":"Employee","preferredLanguage":"en-GB","locale":"en-GB","timezone":"Europe/London","active":true,
		"emails":[{"value":"user%[1]d@example.com","type":"work","primary":true},{"value":"home-user%[1]d@example.com","type":"home"}],
		"phoneNumbers":[{"value":"+44 20 7946 0%[1]d","type":"work"},{"value":"+44 7700 9%[1]d","type":"mobile"}],
		"addresses":[{"type":"work","streetAddress":"221B Baker Street","locality":"London","region":"Greater London","postalCode":"NW1 6XE","country":"GB","primary":true}],
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"%[1]d","costCenter":"CC-4711","organization":"Example Corporation","department":"Consulting"}}`, n)
}

// serve measures the handler without the network; request makes the n-th one.
func (f *fixture) serve(b *testing.B, status int, request func(n int) (method, path, body string)) {
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		method, path, body := request(n)
		r := httptest.NewRequest(method, provision.BasePath(f.slug)+path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+f.token)
		if body != "" {
			r.Header.Set("Content-Type", "application/scim+json")
		}
		w := &discard{header: http.Header{}}
		f.handler.ServeHTTP(w, r)
		if w.status != status {
			b.Fatalf("%s %s: status %d", method, path, w.status)
		}
	}
}

type discard struct {
	header http.Header
	status int
}

func (w *discard) Header() http.Header         { return w.header }
func (w *discard) WriteHeader(status int)      { w.status = status }
func (w *discard) Write(p []byte) (int, error) { return len(p), nil }

func benchFixture(b *testing.B) *fixture {
	return newFixture(b, func(c *provision.Config) { c.Logger = slog.New(slog.NewJSONHandler(io.Discard, nil)) })
}

func BenchmarkHandler(b *testing.B) {
	f := benchFixture(b)
	ids := make([]string, 200)
	for n := range ids {
		ids[n] = f.create("/Users", benchUser(n))
	}
	b.Run("get", func(b *testing.B) {
		f.serve(b, 200, func(n int) (string, string, string) { return "GET", "/Users/" + ids[n%len(ids)], "" })
	})
	b.Run("filter", func(b *testing.B) {
		f.serve(b, 200, func(n int) (string, string, string) {
			return "GET", "/Users?filter=" + url.QueryEscape(fmt.Sprintf(`userName eq "user%d@example.com"`, n%len(ids))), ""
		})
	})
	b.Run("page", func(b *testing.B) {
		f.serve(b, 200, func(int) (string, string, string) { return "GET", "/Users?count=100", "" })
	})
	b.Run("create", func(b *testing.B) {
		f.serve(b, 201, func(n int) (string, string, string) { return "POST", "/Users", benchUser(1000 + n) })
	})
	b.Run("patch", func(b *testing.B) {
		f.serve(b, 200, func(n int) (string, string, string) {
			return "PATCH", "/Users/" + ids[n%len(ids)], fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
				"Operations":[{"op":"Replace","path":"active","value":"%v"}]}`, n/len(ids)%2 == 0)
		})
	})
}
