package server

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/scim"
)

// parameters are the query parameters of RFC 7644 §3.4.2 and RFC 9865 §2, or the same from the body
// of a search. Their values are not yet interpreted, because endpoints that do not use one ignore it.
type parameters struct {
	filter, sortBy, sortOrder, startIndex, count, cursor parameter
	attributes, excluded                                 []string
}

// parameter is a value and whether it was sent.
type parameter struct {
	value string
	sent  bool
}

// parseParameters reads a raw query. Names are compared ignoring ASCII case (Entra's inbound
// collection sends "startindex"), unknown ones are ignored, and so are a trailing "&" and "?"
// (OneLogin). A known parameter that is repeated, a semicolon and a bad escape are 400: whoever
// guessed the meaning of them would sometimes answer another question than was asked.
func parseParameters(raw string) (parameters, error) {
	var p parameters
	if raw == "" {
		return p, nil
	}
	seen := 0
	for pair := range strings.SplitSeq(strings.TrimRight(raw, "?"), "&") {
		if pair == "" {
			continue
		}
		escapedName, escapedValue, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(escapedName)
		if err != nil {
			return p, badParameter("", "The query has a parameter whose name %q is not percent-encoded correctly.", scim.Abbreviate(escapedName))
		}
		name = asciiLower(name)
		if strings.Contains(pair, ";") {
			return p, badParameter(name, "The query contains a semicolon. Separate parameters by &, and write a semicolon inside a value as %%3B.")
		}
		value, err := url.QueryUnescape(escapedValue)
		if err != nil || !utf8.ValidString(value) {
			return p, badParameter(name, "The value of the query parameter %q is not percent-encoded UTF-8. Encode it as in RFC 3986; a literal %% is %%25.", scim.Abbreviate(name))
		}
		bit := p.set(name, value)
		if seen&bit != 0 {
			return p, badParameter(name, "The query parameter %q is given more than once. Send it once.", name)
		}
		seen |= bit
	}
	return p, nil
}

// set stores a parameter by its lower-case name and returns the bit that stands for it, 0 when the name is
// not known.
func (p *parameters) set(name, value string) (bit int) {
	v := parameter{value: value, sent: true}
	switch name {
	case "filter":
		p.filter, bit = v, 1
	case "sortby":
		p.sortBy, bit = v, 1<<1
	case "sortorder":
		p.sortOrder, bit = v, 1<<2
	case "startindex":
		p.startIndex, bit = v, 1<<3
	case "count":
		p.count, bit = v, 1<<4
	case "cursor":
		p.cursor, bit = v, 1<<5
	case "attributes":
		p.attributes, bit = splitNames(value), 1<<6
	case "excludedattributes":
		p.excluded, bit = splitNames(value), 1<<7
	}
	return bit
}

// splitNames splits at commas. Empty names are dropped, so that "attributes=" is as if absent
// (scimgateway sends it).
func splitNames(s string) []string {
	var names []string
	for name := range strings.SplitSeq(s, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func badParameter(name, format string, args ...any) error {
	if name == "filter" {
		return scim.BadRequest(scim.InvalidFilter, format, args...)
	}
	return scim.BadRequest(scim.InvalidValue, format, args...)
}

// projected reports whether the client chose what to be returned.
func (p *parameters) projected() bool { return len(p.attributes) > 0 || len(p.excluded) > 0 }

// maxInteger is the largest integer that every JSON reader keeps exact; larger ones are clamped.
const maxInteger = 1 << 53

// integer returns the value of a paging parameter, clamped to ±maxInteger, or def when it is absent
// or empty.
func (p parameter) integer(name string, def int) (int, error) {
	s := strings.TrimSpace(p.value)
	if !p.sent || s == "" {
		return def, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil && !(n != 0 && isInteger(s)) {
		return 0, scim.BadRequest(scim.InvalidValue, "%s is %q, which is not an integer. Send a decimal number.", name, scim.Abbreviate(s))
	}
	return int(max(-maxInteger, min(n, maxInteger))), nil
}

func isInteger(s string) bool {
	s = strings.TrimLeft(s, "+-")
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func asciiLower(s string) string {
	for i := range len(s) {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			b := []byte(s)
			for j, c := range b {
				if 'A' <= c && c <= 'Z' {
					b[j] = c + 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
