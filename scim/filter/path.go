package filter

import (
	"strings"

	"github.com/rosterhq/roster/scim"
)

// AttrPath names an attribute as the client spelled it: [URN ":"] Name ["." Sub] (RFC 7644 §3.10).
// Case is kept; [Bind] ignores it.
//
// Two readings stay open until the schemas are known, because a URN ends like a name. In the path
// urn:…:enterprise:2.0:User the grammar sees the attribute User of the schema urn:…:enterprise:2.0;
// in urn:…:2.0:User.manager, which Entra sends, it sees the sub-attribute manager of it. String gives
// the text back, so schema.ResourceType.ResolvePath and Extension can try both. The path of a URN
// whose last part cannot be an attribute (urn:acme:2.0) has the whole in URN and no Name.
type AttrPath struct{ URN, Name, Sub string }

// String returns the path in SCIM notation.
func (p AttrPath) String() string {
	if p.URN == "" && p.Sub == "" {
		return p.Name
	}
	return string(p.appendTo(nil))
}

func (p AttrPath) appendTo(dst []byte) []byte {
	dst = append(dst, p.URN...)
	if p.URN != "" && p.Name != "" {
		dst = append(dst, ':')
	}
	dst = append(dst, p.Name...)
	if p.Sub != "" {
		dst = append(dst, '.')
		dst = append(dst, p.Sub...)
	}
	return dst
}

// Path is the target of a PATCH operation (RFC 7644 §3.5.2): attr, attr.sub, attr[filter] or
// attr[filter].sub. Filter is nil when there are no brackets.
type Path struct {
	AttrPath
	Filter Expr
}

// String prints the path so that parsing the text gives an equal Path.
func (p Path) String() string {
	if p.Filter == nil {
		return p.AttrPath.String()
	}
	dst := AttrPath{URN: p.URN, Name: p.Name}.appendTo(nil)
	dst = append(dst, '[')
	dst = p.Filter.appendTo(dst)
	dst = append(dst, ']')
	if p.Sub != "" {
		dst = append(dst, '.')
		dst = append(dst, p.Sub...)
	}
	return string(dst)
}

// ParsePath parses the path of a PATCH operation. It fails with 400 invalidPath, also for what does not
// parse inside the brackets: without a filter there is no path. A filter that parses and does not fit the
// schema is for [BindElement] to refuse, with invalidFilter.
func ParsePath(s string, lim Limits) (Path, error) {
	lim = lim.withDefaults()
	p := parser{lexer: lexer{in: s, class: scim.InvalidPath}, lim: lim}
	if err := p.check("path", lim.Bytes); err != nil {
		return Path{}, err
	}
	if err := p.advance(); err != nil {
		return Path{}, err
	}
	if p.tok.kind == end {
		return Path{}, p.fail(p.tok.pos, "the path is empty. Name an attribute, or leave out \"path\".")
	}
	return p.path()
}

func (p *parser) path() (Path, error) {
	name := p.tok
	if name.kind != word {
		return Path{}, p.fail(name.pos, "expected an attribute name, found %s.", name.found())
	}
	if err := p.advance(); err != nil {
		return Path{}, err
	}
	attr, err := p.attrPath(name, p.tok.is('['))
	if err != nil {
		return Path{}, err
	}
	path := Path{AttrPath: attr}
	if p.tok.is('[') {
		if err := p.pathFilter(&path); err != nil {
			return Path{}, err
		}
	}
	if p.tok.kind != end {
		return Path{}, p.fail(p.tok.pos, "expected the end of the path, found %s.", p.tok.found())
	}
	return path, nil
}

// pathFilter reads "[filter]" and the sub-attribute that may follow.
func (p *parser) pathFilter(path *Path) error {
	if body := p.in[p.tok.next:]; isIndex(body) {
		return p.fail(p.tok.next, "SCIM paths have no array index. Select values with a filter, such as %s[type eq \"work\"].",
			scim.Abbreviate(path.AttrPath.String()))
	}
	f, err := p.brackets(path.AttrPath)
	if err != nil {
		return err
	}
	path.Filter = f
	path.Sub, err = p.subAfterBracket()
	return err
}

// isIndex tells whether s starts with digits and a closing bracket.
func isIndex(s string) bool {
	i, _, ok := strings.Cut(s, "]")
	return ok && i != "" && strings.Trim(i, "0123456789") == ""
}

// subAfterBracket reads ".sub" after a closing bracket; without one it returns "". The current token
// is the one after the bracket.
func (p *parser) subAfterBracket() (string, error) {
	t := p.tok
	if t.kind != word || t.text[0] != '.' {
		return "", nil
	}
	sub := t.text[1:]
	if n := nameLength(sub); n < len(sub) || n == 0 {
		return "", p.fail(t.pos+1+n, "expected one sub-attribute name after \"].\", found %q.", scim.Abbreviate(t.text))
	}
	return sub, p.advance()
}

// attrPath splits a word into an attribute path. With brackets the path has no sub-attribute.
func (p *parser) attrPath(t token, brackets bool) (AttrPath, error) {
	colon := strings.LastIndexByte(t.text, ':')
	urn := t.text[:max(colon, 0)]
	if n := uriLength(urn); n < len(urn) || colon == 0 {
		return AttrPath{}, p.fail(t.pos+n, "expected an attribute name, found %s.", t.found())
	}
	name := t.text[colon+1:]
	n := nameLength(name)
	wholeURN := p.class == scim.InvalidPath && !brackets && n == 0 && name != "" && uriLength(t.text) == len(t.text)
	if urn != "" && wholeURN {
		return AttrPath{URN: t.text}, nil
	}
	if n == len(name) && n > 0 {
		return AttrPath{URN: urn, Name: name}, nil
	}
	bad := t.pos + colon + 1 + n
	if n == 0 || name[n] != '.' {
		return AttrPath{}, p.fail(bad, "expected an attribute name, found %s. A name is a letter followed by letters, digits, \"-\" or \"_\".", t.found())
	}
	sub := name[n+1:]
	bad++
	m := nameLength(sub)
	switch {
	case m == 0:
		return AttrPath{}, p.fail(bad, "expected a sub-attribute name after the dot of %s.", t.found())
	case m == len(sub) && !brackets:
		return AttrPath{URN: urn, Name: name[:n], Sub: sub}, nil
	case urn != "":
		// With a URN before it, a further name or a bracket leaves one reading only: the URN was
		// joined with a dot, as in urn:…:2.0:User.name.givenName and urn:…:2.0:User.emails[…].
		urn = t.text[:colon+1+n]
		if m == len(sub) {
			return AttrPath{URN: urn, Name: sub}, nil
		}
		if k := nameLength(sub[m+1:]); sub[m] == '.' && k > 0 && k == len(sub)-m-1 && !brackets {
			return AttrPath{URN: urn, Name: sub[:m], Sub: sub[m+1:]}, nil
		}
	}
	if m == len(sub) {
		return AttrPath{}, p.fail(t.next, "a filter in brackets follows an attribute, not its sub-attribute %q.", scim.Abbreviate(sub))
	}
	return AttrPath{}, p.fail(bad+m, "%s has more than one sub-attribute. Write attribute.subAttribute.", t.found())
}

// nameLength returns the length of the attribute name that s starts with (RFC 7643 §2.1; $ref).
func nameLength(s string) int {
	for i := range len(s) {
		c := lower(s[i])
		switch {
		case 'a' <= c && c <= 'z' || c == '$':
		case i > 0 && ('0' <= c && c <= '9' || c == '-' || c == '_'):
		default:
			return i
		}
	}
	return len(s)
}

// uriLength returns the length of the prefix of s that can be part of a schema URI.
func uriLength(s string) int {
	for i := range len(s) {
		c := lower(s[i])
		switch {
		case 'a' <= c && c <= 'z':
		case i > 0 && ('0' <= c && c <= '9' || strings.IndexByte(":.-_/~%+=@#?&;,!*$", c) >= 0):
		default:
			return i
		}
	}
	return len(s)
}
