// Package egress is how the directory calls out to addresses that people have typed in: receivers of
// events and webhooks. Its client cannot be led into the network the directory runs in, neither by an
// address, nor by a name that resolves to one, nor by a redirect.
//
// It must not know who is called or why.
package egress

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// Limits of a call.
const (
	// Timeout is how long a whole call may take.
	Timeout = 10 * time.Second
	// MaxReply is how much of a reply may be read; callers enforce it with io.LimitReader.
	MaxReply = 64 << 10
	// maxReplyHeader is how long the header of a reply may be.
	maxReplyHeader = 32 << 10
)

// Policy tells where calls may go. The zero value permits https to public addresses.
type Policy struct {
	// AllowHTTP permits calls without TLS.
	AllowHTTP bool
	// Allow lists ranges that may be called although they are not public: receivers on the premises.
	Allow []netip.Prefix
}

// forbidden are the ranges that no public host has (IANA special-purpose registries), and those that
// wrap IPv4 addresses, which would lead around the other rules.
func forbidden() []string {
	return []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
		"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
		"3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
	}
}

// AddressError is an address that the policy does not permit.
type AddressError struct{ Address netip.Addr }

func (e *AddressError) Error() string {
	return fmt.Sprintf("the address %s is not public; an operator of this server can allow it", e.Address)
}

// Check returns an *AddressError unless calls may go to a.
func (p Policy) Check(a netip.Addr) error {
	a = a.Unmap()
	for _, allowed := range p.Allow {
		if allowed.Contains(a.WithZone("")) {
			return nil
		}
	}
	if a.Zone() != "" {
		return &AddressError{a}
	}
	for _, text := range forbidden() {
		if netip.MustParsePrefix(text).Contains(a) {
			return &AddressError{a}
		}
	}
	return nil
}

// CheckURL returns an error that completes the sentence "the URL …" unless raw is one that may be
// called. A name is judged only when it is called, by the address it then has; only the names of this
// machine are refused here.
func (p Policy) CheckURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil, u.Opaque != "", u.Hostname() == "":
		return fmt.Errorf("must be an absolute URL such as https://app.example.com/events")
	case u.Scheme != "https" && !(p.AllowHTTP && u.Scheme == "http"):
		return fmt.Errorf("must begin with https://")
	case u.User != nil:
		return fmt.Errorf("must not contain a user name or password")
	case u.Fragment != "":
		return fmt.Errorf("must not have a fragment")
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return p.local("must not name this machine")
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		if looksNumeric(host) {
			return fmt.Errorf("must write the address in full, such as 203.0.113.7")
		}
		return nil
	}
	if err := p.Check(a); err != nil {
		return fmt.Errorf("must not lead to %s, which is not a public address; an operator of this server can allow it", a)
	}
	return nil
}

// local refuses unless loopback addresses are allowed.
func (p Policy) local(reason string) error {
	if p.Check(netip.AddrFrom4([4]byte{127, 0, 0, 1})) == nil {
		return nil
	}
	return fmt.Errorf("%s", reason)
}

// looksNumeric reports whether some resolvers would take host for an IPv4 address: 2130706433, 127.1, 0x7f.1.
func looksNumeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last != "" && (strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x"))
}

// Client returns a client that obeys p: it checks each address when it connects, follows no redirect
// and uses no proxy of the environment.
func (p Policy) Client() *http.Client {
	dialer := &net.Dialer{Timeout: Timeout, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("judge the address %q: %w", address, err)
		}
		return p.Check(at.Addr())
	}}
	return &http.Client{
		Timeout: Timeout,
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, address)
			},
			MaxIdleConns: 50, MaxIdleConnsPerHost: 2, IdleConnTimeout: 90 * time.Second,
			TLSHandshakeTimeout: Timeout, MaxResponseHeaderBytes: maxReplyHeader,
			ForceAttemptHTTP2: true, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
