package scimtest_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
	"github.com/rosterhq/roster/scim/scimtest"
	"github.com/rosterhq/roster/scim/server"
)

// serve starts a provider over memory that wants the token "secret". spoil, if not nil, may answer
// in its place.
func serve(t *testing.T, change func(*server.Config), spoil func(next http.Handler) http.Handler) string {
	t.Helper()
	reg := schema.Core()
	cfg := server.Config{Backend: server.NewMemory(reg), Registry: reg}
	if change != nil {
		change(&cfg)
	}
	s, err := server.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, err := server.BearerToken(r)
		switch {
		case err != nil:
			server.WriteError(w, r, err)
		case token != "secret":
			server.Unauthorized(w, r, "test")
		default:
			s.ServeHTTP(w, r)
		}
	})
	if spoil != nil {
		h = spoil(h)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestRun_ServerOverMemory(t *testing.T) {
	t.Parallel()
	scimtest.Run(t, serve(t, nil, nil), "secret")
}

func TestCheck_LeavesNothingBehind(t *testing.T) {
	t.Parallel()
	base := serve(t, nil, nil)
	report := scimtest.Check(t.Context(), base+"/", "secret")
	if !report.OK() {
		t.Errorf("%s", report)
	}
	if n := len(report.Results); n < 60 {
		t.Errorf("only %d checks", n)
	}
	ids := make(map[string]bool)
	for _, r := range report.Results {
		if ids[r.ID] || r.Title == "" || r.Section == "" || r.Verdict != scimtest.Passed {
			t.Errorf("%+v", r)
		}
		ids[r.ID] = true
	}
	r, _ := http.NewRequest("GET", base+"/?count=0", nil)
	r.Header.Set("Authorization", "Bearer secret")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	buf := make([]byte, 1000)
	n, _ := resp.Body.Read(buf)
	if !strings.Contains(string(buf[:n]), `"totalResults":0`) {
		t.Errorf("left behind: %s", buf[:n])
	}
}

// failed returns the ids of failed and of skipped checks.
func failed(report scimtest.Report) (failed, skipped []string) {
	for _, r := range report.Results {
		switch r.Verdict {
		case scimtest.Failed:
			failed = append(failed, r.ID)
		case scimtest.Skipped:
			skipped = append(skipped, r.ID)
		}
	}
	return failed, skipped
}

func TestCheck_DeletesWhatShouldHaveBeenRefused(t *testing.T) {
	t.Parallel()
	var deleted atomic.Bool
	base := serve(t, nil, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body) // a test's own body
			switch {
			case r.Method == http.MethodPost && bytes.Contains(body, []byte(`\u0000`)):
				w.Header().Set("Location", "http://"+r.Host+"/Users/careless")
				w.WriteHeader(http.StatusCreated)
				io.WriteString(w, "{\"id\":\"careless\",\"userName\":\"\x00"+strings.Repeat("ä", 400)+"\"}")
			case r.Method == http.MethodDelete && strings.HasSuffix(r.URL.Path, "/careless"):
				deleted.Store(true)
				w.WriteHeader(http.StatusNoContent)
			default:
				r.Body = io.NopCloser(bytes.NewReader(body))
				next.ServeHTTP(w, r)
			}
		})
	})
	report := scimtest.Check(t.Context(), base, "secret")
	bad, _ := failed(report)
	if !slices.Equal(bad, []string{"R-I18N-08"}) || !deleted.Load() {
		t.Errorf("failed %v, deleted %v\n%s", bad, deleted.Load(), report)
	}
	for _, line := range strings.Split(report.String(), "\n") {
		if len(line) > 600 {
			t.Errorf("a line of %d bytes: %.200s", len(line), line)
		}
	}
}

func TestCheck_SkipsWhatIsNotSupported(t *testing.T) {
	t.Parallel()
	base := serve(t, func(c *server.Config) { c.DisableBulk, c.DisableETag = true, true }, nil)
	bad, skipped := failed(scimtest.Check(t.Context(), base, "secret"))
	if len(bad) > 0 || !slices.Contains(skipped, "R-BULK-04") || !slices.Contains(skipped, "R-ETAG-04") || slices.Contains(skipped, "R-BULK-12") {
		t.Errorf("failed %v, skipped %v", bad, skipped)
	}
}

func TestCheck_FindsFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(w http.ResponseWriter, r *http.Request, next http.Handler)
		want  string
	}{
		{"charset in the media type", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, r)
			for name, values := range rec.Header() {
				w.Header()[name] = values
			}
			w.Header().Set("Content-Type", scim.MediaType+"; charset=utf-8")
			w.WriteHeader(rec.Code)
			w.Write(rec.Body.Bytes())
		}, "R-HTTP-06"},
		{"a filter that is ignored", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			q := r.URL.Query()
			q.Del("filter")
			r.URL.RawQuery = q.Encode()
			next.ServeHTTP(w, r)
		}, "R-LIST-04 R-HTTP-18 R-LIST-10 R-FILTER-03 R-FILTER-12 R-FILTER-23"},
		{"a public server", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			r.Header.Set("Authorization", "Bearer secret")
			next.ServeHTTP(w, r)
		}, "R-AUTH-03 R-AUTH-02"},
		{"PATCH without effect", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if r.Method == "PATCH" {
				w.WriteHeader(204)
				return
			}
			next.ServeHTTP(w, r)
		}, "R-PATCH-15 R-PATCH-19 R-PATCH-21 R-ETAG-04"},
		{"DELETE that only says so", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if r.Method == "DELETE" {
				w.WriteHeader(204)
				return
			}
			next.ServeHTTP(w, r)
		}, "R-DEL-02 R-CREATE-10"},
		{"nobody home", func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			http.Error(w, "bad gateway", http.StatusBadGateway)
		}, "R-GET-01 R-DISC-01 R-CREATE-01 R-PUT-01"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			base := serve(t, nil, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { test.spoil(w, r, next) })
			})
			report := scimtest.Check(t.Context(), base, "secret")
			bad, _ := failed(report)
			for id := range strings.FieldsSeq(test.want) {
				if !slices.Contains(bad, id) {
					t.Errorf("%s did not fail", id)
				}
			}
			if report.OK() || !strings.Contains(report.String(), "failed   "+strings.Fields(test.want)[0]) {
				t.Errorf("%s", report)
			}
		})
	}
}

func TestCheck_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report := scimtest.Check(ctx, serve(t, nil, nil), "secret")
	if bad, skipped := failed(report); len(bad) > 0 || len(skipped) != len(report.Results) {
		t.Errorf("%s", report)
	}
}

func TestCheck_WithoutToken(t *testing.T) {
	t.Parallel()
	_, skipped := failed(scimtest.Check(t.Context(), serve(t, nil, nil), ""))
	if !slices.Contains(skipped, "R-AUTH-03") {
		t.Errorf("skipped %v", skipped)
	}
}
