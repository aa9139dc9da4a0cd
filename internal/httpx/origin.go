package httpx

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Origin tells how requests reach this server.
type Origin struct {
	// PublicURL is the configured address without a trailing slash; empty when not configured.
	PublicURL string
	// Fallback is the address of the listener, for links while no public URL is configured: a Host
	// header, which anybody may choose, never makes a link.
	Fallback string
	// Proxies are the address ranges whose X-Forwarded headers are believed.
	Proxies []netip.Prefix
}

// ClientIP returns the address that sent the request: the nearest one that is no trusted proxy.
func (o *Origin) ClientIP(r *http.Request) string {
	remote := remoteAddr(r)
	if !o.trusted(remote) {
		return remote.String()
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		remote = hop.Unmap()
		if !o.trusted(remote) {
			break
		}
	}
	return remote.String()
}

func remoteAddr(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}

func (o *Origin) trusted(a netip.Addr) bool {
	for _, p := range o.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// Secure reports whether the browser or client speaks https, to this server or to a proxy before it.
func (o *Origin) Secure(r *http.Request) bool {
	if o.PublicURL != "" {
		return strings.HasPrefix(o.PublicURL, "https://")
	}
	if r.TLS != nil {
		return true
	}
	return o.trusted(remoteAddr(r)) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// BaseURL returns scheme and host under which links are made, without a trailing slash: the configured
// public URL, else what a trusted proxy says, else Fallback.
func (o *Origin) BaseURL(r *http.Request) string {
	if o.PublicURL != "" {
		return o.PublicURL
	}
	host := r.Host
	switch forwarded := r.Header.Get("X-Forwarded-Host"); {
	case forwarded != "" && o.trusted(remoteAddr(r)):
		host = forwarded
	case o.Fallback != "":
		return o.Fallback
	}
	scheme := "http"
	if o.Secure(r) {
		scheme = "https"
	}
	return scheme + "://" + cleanHost(host)
}

// cleanHost drops what does not belong into the authority of a URL.
func cleanHost(host string) string {
	clean := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.ContainsRune(".-:[]_", c):
			return c
		}
		return -1
	}, host)
	if clean == "" {
		return "localhost"
	}
	return clean
}
