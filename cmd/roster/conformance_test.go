package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/rosterhq/roster/scim/schema"
	"github.com/rosterhq/roster/scim/server"
)

// provider is a SCIM server; spoil may change what it answers.
func provider(t *testing.T, spoil func(http.Handler) http.Handler) string {
	t.Helper()
	reg := schema.Core()
	h, err := server.New(server.Config{Backend: server.NewMemory(reg), Registry: reg})
	if err != nil {
		t.Fatal(err)
	}
	var handler http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token, err := server.BearerToken(r); err != nil || token != "secret" {
			server.Unauthorized(w, r, "test")
			return
		}
		h.ServeHTTP(w, r)
	})
	if spoil != nil {
		handler = spoil(handler)
	}
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.URL
}

// columns are padded to the widest.
var columns = regexp.MustCompile(` {2,}`)

func conformance(t *testing.T, args ...string) (status int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), append([]string{"conformance"}, args...), strings.NewReader(""), &o, &e)
	return status, columns.ReplaceAllString(o.String(), "  "), e.String()
}

func TestConformance_OfAServerThatKeepsAll(t *testing.T) {
	t.Parallel()
	url := provider(t, nil)
	status, out, errOut := conformance(t, "--url", url, "--token", "secret")
	if status != exitDone || errOut != "" || !strings.HasSuffix(out, " 0 not kept, 0 not checked.\n") || strings.Contains(out, "passed") {
		t.Errorf("status %d\n%s%s", status, out, errOut)
	}
	status, out, _ = conformance(t, "--url", url+"/", "--token", "secret", "-o", "json")
	var report conformanceReport
	if err := json.Unmarshal([]byte(out), &report); err != nil || status != exitDone || report.Passed != len(report.Results) || report.Passed < 100 {
		t.Errorf("status %d, %v\n%.2000s", status, err, out)
	}
	if _, out, _ = conformance(t, "--url", url, "--token", "secret", "--all"); !strings.Contains(out, "R-PATCH-08  passed") {
		t.Errorf("%.2000s", out)
	}
}

func TestConformance_NamesWhatIsNotKept(t *testing.T) {
	t.Parallel()
	url := provider(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPatch {
				http.Error(w, "no", http.StatusNotImplemented)
				return
			}
			h.ServeHTTP(w, r)
		})
	})
	status, out, errOut := conformance(t, "--url", url, "--token", "secret")
	if status != exitFound || !strings.Contains(errOut, "requirements are not kept") {
		t.Errorf("status %d, %s", status, errOut)
	}
	for _, want := range []string{"R-PATCH-08  failed  a PATCH is applied as a whole", "PATCH /Users/"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in\n%.3000s", want, out)
		}
	}
	if strings.Contains(out, "R-GET-01") {
		t.Error("what is kept is listed too")
	}
}

func TestConformance_Mistakes(t *testing.T) {
	t.Parallel()
	url := provider(t, nil)
	page := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(page.Close)
	for _, tc := range []struct {
		args   []string
		status int
		want   string
	}{
		{nil, exitUsage, "--url"},
		{[]string{"--url", "directory.example.com"}, exitUsage, "without a query"},
		{[]string{"--url", url + "?x=1"}, exitUsage, "without a query"},
		{[]string{"--url", url, "--token", "wrong"}, exitFailed, "refuses the token with status 401"},
		{[]string{"--url", page.URL}, exitFailed, "no SCIM server is at this URL"},
		{[]string{"--url", "http://127.0.0.1:1"}, exitFailed, "nothing answers"},
	} {
		if status, out, errOut := conformance(t, tc.args...); status != tc.status || out != "" || !strings.Contains(errOut, tc.want) {
			t.Errorf("%q: status %d, %s%s", tc.args, status, out, errOut)
		}
	}
}
