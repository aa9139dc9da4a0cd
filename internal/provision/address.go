package provision

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// Prefix is the path under which every source has its endpoint.
const Prefix = "/source/scim/"

// BasePath returns the path of a source's endpoint, without a trailing slash.
func BasePath(slug string) string { return Prefix + slug + "/v2" }

// address is a request's path taken apart.
type address struct {
	slug string
	// rest is the escaped path behind /v2, such as "/Users"; versioned tells that there was a /v2.
	rest      string
	versioned bool
	// otherVersion is the segment where v2 should be, if it is that of another version of SCIM.
	otherVersion string
}

// addressOf splits the path as it was sent. Slugs need no escaping, so an escaped one names nothing.
func addressOf(u *url.URL) address {
	path, ok := strings.CutPrefix(u.EscapedPath(), Prefix)
	if !ok {
		return address{}
	}
	slug, rest, _ := strings.Cut(path, "/")
	version, _, _ := strings.Cut(rest, "/")
	if version != "v2" {
		a := address{slug: slug, rest: "/" + rest}
		if isVersion(version) {
			a.otherVersion = version
		}
		return a
	}
	return address{slug: slug, rest: unnested(rest[len(version):], slug), versioned: true}
}

// unnested returns what an absolute URL of the same source leads to, where a client appended one to the
// base URL as if it were relative: a $ref, or meta.location.
func unnested(below, slug string) string {
	if !strings.HasPrefix(below, "/http://") && !strings.HasPrefix(below, "/https://") {
		return below
	}
	if _, inner, ok := strings.Cut(below, BasePath(slug)+"/"); ok {
		return "/" + inner
	}
	return below
}

// isVersion reports whether a path segment is a version of the protocol (RFC 7644 §3.13).
func isVersion(segment string) bool {
	digits := strings.TrimLeft(segment, "vV")
	return len(digits) == len(segment)-1 && digits != "" && strings.Trim(digits, "0123456789.") == ""
}

// below returns the request as the SCIM server sees it: with the path behind the base URL.
func (a address) below(ctx context.Context, r *http.Request) *http.Request {
	inner := r.WithContext(ctx)
	u := *r.URL
	path, err := url.PathUnescape(a.rest)
	if err != nil {
		path = "/?" // EscapedPath made it, so this cannot be; an unknown path is the safe reading
	}
	u.Path, u.RawPath = path, ""
	if err == nil && path != a.rest {
		u.RawPath = a.rest
	}
	inner.URL = &u
	return inner
}

// discovery reports whether the path is one of the configuration endpoints (RFC 7644 §4).
func (a address) discovery() bool {
	name, _, _ := strings.Cut(strings.TrimLeft(a.rest, "/"), "/")
	return a.versioned && (name == "ServiceProviderConfig" || name == "Schemas" || name == "ResourceTypes")
}
