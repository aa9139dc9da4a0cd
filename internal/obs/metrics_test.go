package obs

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func TestMetrics_CountRequests(t *testing.T) {
	t.Parallel()
	m := New("1.2.3")
	m.Request("acme", "User", "create", 201, 3*time.Millisecond)
	m.Request("acme", "User", "create", 409, time.Millisecond)
	m.Gauge("roster_event_last_seq", "Newest event.", func() float64 { return 42 })
	text := scrape(t, m)
	for _, want := range []string{
		`roster_scim_requests_total{code="201",operation="create",resource="User",source="acme"} 1`,
		`roster_scim_requests_total{code="409",operation="create",resource="User",source="acme"} 1`,
		`roster_scim_request_duration_seconds_count{operation="create",resource="User"} 2`,
		`roster_event_last_seq 42`,
		`version="1.2.3"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}
