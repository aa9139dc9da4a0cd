package httpx

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

func request(remote string, headers map[string]string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "http://inner.example/x", nil)
	r.RemoteAddr = remote
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	return r
}

func TestClientIP(t *testing.T) {
	t.Parallel()
	o := &Origin{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
	tests := []struct {
		name, remote, forwarded, want string
	}{
		{"direct", "203.0.113.9:1000", "", "203.0.113.9"},
		{"a client cannot pretend", "203.0.113.9:1000", "198.51.100.1", "203.0.113.9"},
		{"behind one proxy", "10.1.1.1:1000", "198.51.100.1", "198.51.100.1"},
		{"nearest untrusted hop counts", "10.1.1.1:1000", "192.0.2.7, 198.51.100.1, 10.2.2.2", "198.51.100.1"},
		{"garbage ends the walk", "10.1.1.1:1000", "nonsense, 10.2.2.2", "10.2.2.2"},
		{"mapped address", "[::ffff:203.0.113.9]:1000", "", "203.0.113.9"},
		{"loopback proxy", "[::1]:1000", "198.51.100.1", "198.51.100.1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := request(tt.remote, map[string]string{"X-Forwarded-For": tt.forwarded})
			if got := o.ClientIP(r); got != tt.want {
				t.Errorf("ClientIP = %q, want %q", got, tt.want)
			}
		})
	}
}

// Pins R-HTTP-01.
func TestBaseURL(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	tests := []struct {
		name    string
		origin  Origin
		remote  string
		headers map[string]string
		host    string
		want    string
	}{
		{"configured wins over Host", Origin{PublicURL: "https://dir.example"}, "203.0.113.9:1", map[string]string{"X-Forwarded-Host": "evil.example"}, "evil.example", "https://dir.example"},
		{"Host does not steer links", Origin{Fallback: "http://127.0.0.1:8080"}, "203.0.113.9:1", map[string]string{"X-Forwarded-Host": "evil.example"}, "evil.example", "http://127.0.0.1:8080"},
		{"a trusted proxy comes before the listener", Origin{Fallback: "http://127.0.0.1:8080", Proxies: proxies}, "10.0.0.1:1", map[string]string{"X-Forwarded-Host": "dir.example"}, "inner", "http://dir.example"},
		{"Host without configuration", Origin{}, "203.0.113.9:1", nil, "localhost:8080", "http://localhost:8080"},
		{"forwarded by a trusted proxy", Origin{Proxies: proxies}, "10.0.0.1:1", map[string]string{"X-Forwarded-Host": "dir.example", "X-Forwarded-Proto": "https"}, "inner", "https://dir.example"},
		{"forwarded by anybody", Origin{Proxies: proxies}, "203.0.113.9:1", map[string]string{"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}, "inner", "http://inner"},
		{"odd characters are dropped", Origin{}, "203.0.113.9:1", nil, "a\"><script>", "http://ascript"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := request(tt.remote, tt.headers)
			r.Host = tt.host
			if got := tt.origin.BaseURL(r); got != tt.want {
				t.Errorf("BaseURL = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSession_CookieMatchesTheScheme(t *testing.T) {
	t.Parallel()
	o := &Origin{}
	plain := request("127.0.0.1:1", nil)
	secure := request("127.0.0.1:1", nil)
	secure.TLS = &tls.ConnectionState{}
	for _, tt := range []struct {
		name string
		r    *http.Request
		want string
	}{{"plain", plain, plainCookie}, {"tls", secure, secureCookie}} {
		w := httptest.NewRecorder()
		o.SetSession(w, tt.r, "s3cret", time.Hour)
		cookies := w.Result().Cookies()
		if len(cookies) != 1 || cookies[0].Name != tt.want || !cookies[0].HttpOnly || cookies[0].Secure != (tt.want == secureCookie) || cookies[0].SameSite != http.SameSiteLaxMode {
			t.Fatalf("%s: cookie %+v", tt.name, cookies)
		}
		tt.r.AddCookie(cookies[0])
		if got := o.Session(tt.r); got != "s3cret" {
			t.Errorf("%s: Session = %q", tt.name, got)
		}
	}
	downgraded := request("127.0.0.1:1", nil)
	downgraded.TLS = &tls.ConnectionState{}
	downgraded.AddCookie(&http.Cookie{Name: plainCookie, Value: "planted"})
	if got := o.Session(downgraded); got != "" {
		t.Errorf("over https the plain cookie was believed: %q", got)
	}
}
