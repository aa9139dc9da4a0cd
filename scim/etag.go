package scim

import "strings"

// Version is an entity tag as it stands in meta.version and in the ETag header, such as W/"7"
// (RFC 7644 §3.14). A provider whose answers to one version may differ in bytes (projections do)
// gives weak ones.
type Version string

// opaque returns the tag without the weakness prefix. The prefix is upper-case (RFC 9110 §8.8.3),
// but a lower-case one is understood.
func (v Version) opaque() string {
	s := string(v)
	if len(s) > 2 && (s[0] == 'W' || s[0] == 'w') && s[1] == '/' {
		return s[2:]
	}
	return s
}

// EqualWeak compares two tags without regard to weakness (RFC 9110 §8.8.3.2). SCIM uses it for
// If-Match too: RFC 7644 §3.14 shows weak tags there, which a strong comparison would never match.
func (v Version) EqualWeak(other Version) bool { return v.opaque() == other.opaque() }

// ETags is a parsed If-Match or If-None-Match header. The zero value is an absent header.
type ETags struct {
	// Any is set by "*", which matches every existing resource.
	Any bool
	// List holds the tags as sent, such as W/"7".
	List []Version
}

// IsZero reports whether the header was absent.
func (e ETags) IsZero() bool { return !e.Any && e.List == nil }

// Match reports whether v, the version of an existing resource, is among the tags by weak comparison.
func (e ETags) Match(v Version) bool {
	if e.Any {
		return true
	}
	for _, tag := range e.List {
		if tag.EqualWeak(v) {
			return true
		}
	}
	return false
}

// ParseETags reads the field lines of an If-Match or If-None-Match header (RFC 9110 §13.1.1, §13.1.2):
// "*" or a comma-separated list of entity tags. No lines give the zero value; anything malformed is
// 400 invalidSyntax.
func ParseETags(lines ...string) (ETags, error) {
	var tags ETags
	s := strings.Trim(strings.Join(lines, ","), " \t")
	if len(lines) == 0 {
		return tags, nil
	}
	if s == "*" {
		return ETags{Any: true}, nil
	}
	for rest := s; rest != ""; {
		// RFC 9110 §5.6.1 lets a list have empty elements.
		if rest = strings.TrimLeft(rest, " \t,"); rest == "" {
			break
		}
		n := tagLength(rest)
		if n == 0 {
			return ETags{}, badETags(s)
		}
		tags.List = append(tags.List, Version(rest[:n]))
		if rest = strings.TrimLeft(rest[n:], " \t"); rest != "" && rest[0] != ',' {
			return ETags{}, badETags(s)
		}
	}
	if tags.List == nil {
		return ETags{}, badETags(s)
	}
	return tags, nil
}

func badETags(s string) error {
	return BadRequest(InvalidSyntax, `The entity tag list %q is malformed. Send * or quoted tags as they stand in meta.version, such as W/"7".`, Abbreviate(s))
}

// tagLength returns the length of the entity tag that s begins with, or 0.
func tagLength(s string) int {
	i := 0
	if strings.HasPrefix(s, "W/") || strings.HasPrefix(s, "w/") {
		i = 2
	}
	if i == len(s) || s[i] != '"' {
		return 0
	}
	for i++; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return i + 1
		case c < 0x21 || c == 0x7f:
			return 0
		}
	}
	return 0
}
