package egress

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestCheck_OnlyPublicAddresses(t *testing.T) {
	t.Parallel()
	for text, public := range map[string]bool{
		"8.8.8.8": true, "93.184.216.34": true, "2606:4700::1111": true, "172.32.0.1": true, "100.128.0.1": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.1.2.3": false, "100.64.0.1": false, "127.0.0.1": false, "127.9.9.9": false,
		"169.254.169.254": false, "172.16.0.1": false, "192.0.0.8": false, "192.168.1.1": false, "198.18.0.1": false,
		"198.19.255.255": false, "224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false, "::ffff:8.8.8.8": true,
		"::127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b:1::1": false, "2002:7f00:1::": false, "2001::1": false,
		"2001:db8::1": false, "fc00::1": false, "fd12:3456::1": false, "fe80::1": false, "fe80::1%eth0": false, "ff02::1": false,
		"2606:4700::1111%eth0": false,
	} {
		err := Policy{}.Check(netip.MustParseAddr(text))
		if (err == nil) != public {
			t.Errorf("%s: %v", text, err)
		}
		var e *AddressError
		if err != nil && !errors.As(err, &e) {
			t.Errorf("%s: %T", text, err)
		}
	}
}

func TestCheck_AllowedRangeOnly(t *testing.T) {
	t.Parallel()
	p := Policy{Allow: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	for text, ok := range map[string]bool{"10.1.2.3": true, "::ffff:10.1.2.3": true, "10.2.0.1": false, "127.0.0.1": false} {
		if err := p.Check(netip.MustParseAddr(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Pins R-EVT-13.
func TestCheckURL_Table(t *testing.T) {
	t.Parallel()
	local := Policy{AllowHTTP: true, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	for _, tc := range []struct {
		url       string
		ok, local bool
	}{
		{"https://hooks.example.com/x", true, true},
		{"https://hooks.example.com:8443/x?y=z", true, true},
		{"https://8.8.8.8/", true, true},
		{"http://hooks.example.com/x", false, true},
		{"http://127.0.0.1:6379/", false, true},
		{"https://127.0.0.1/", false, true},
		{"https://localhost/", false, true},
		{"https://localhost./", false, true},
		{"https://x.localhost/", false, true},
		{"https://[::1]/", false, false},
		{"https://[::ffff:169.254.169.254]/", false, false},
		{"https://2130706433/", false, false},
		{"https://127.1/", false, false},
		{"https://0x7f.0x1/", false, false},
		{"https://0/", false, false},
		{"https://169.254.169.254/latest/meta-data/", false, false},
		{"https://100.64.0.1/", false, false},
		{"https://[fe80::1%25eth0]/", false, false},
		{"file:///etc/passwd", false, false},
		{"gopher://x/", false, false},
		{"https://hooks.test/\r\nX: 1", false, false},
		{"https://user:pass@hooks.test/", false, false},
		{"https://hooks.test/#x", false, false},
		{"https:hooks.test", false, false},
		{"hooks.test", false, false},
		{"https://:443/", false, false},
		{"", false, false},
	} {
		if err := (Policy{}).CheckURL(tc.url); (err == nil) != tc.ok {
			t.Errorf("%q: %v", tc.url, err)
		}
		if err := local.CheckURL(tc.url); (err == nil) != tc.local {
			t.Errorf("%q with loopback allowed: %v", tc.url, err)
		}
	}
}

func TestClient_RefusesWhenItConnects(t *testing.T) {
	t.Parallel()
	called := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer server.Close()
	_, err := Policy{AllowHTTP: true}.Client().Get(server.URL)
	var e *AddressError
	if !errors.As(err, &e) || called {
		t.Errorf("the call ended with %v, called %t", err, called)
	}
}

// Pins R-EVT-13.
func TestClient_FollowsNoRedirect(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Errorf("the redirect to %s was followed", r.URL.Path)
		}
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	defer server.Close()
	p := Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	resp, err := p.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusFound {
		t.Errorf("status %d", resp.StatusCode)
	}
}
