package provision_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

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

// serve measures the handler without the network; request makes the n-th one. Beside the time it reports
// what the whole process worked for a request, the journal included, which the load of the machine moves
// less.
func (f *fixture) serve(b *testing.B, status int, request func(n int) (method, path, body string)) {
	b.ReportAllocs()
	requests := make([]*http.Request, 200)
	for n := range requests {
		requests[n] = f.request(request(n))
	}
	before := processorTime(b)
	for n := 0; b.Loop(); n++ {
		r := requests[n%len(requests)]
		if r.Method != http.MethodGet {
			r = f.request(request(n))
		}
		w := &discard{header: http.Header{}}
		f.handler.ServeHTTP(w, r)
		if w.status != status {
			b.Fatalf("%s %s: status %d", r.Method, r.URL, w.status)
		}
	}
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
}

func (f *fixture) request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, provision.BasePath(f.slug)+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+f.token)
	if body == "" {
		r.Body = http.NoBody
	} else {
		r.Header.Set("Content-Type", "application/scim+json")
	}
	return r
}

// processorTime returns what the process worked so far.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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
