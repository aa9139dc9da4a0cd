package schema

import "strings"

// commonAttributes returns the definitions that NewRegistry prepared; a type outside a registry gets
// fresh ones.
func (t *ResourceType) commonAttributes() []*Attribute {
	if t.common != nil {
		return t.common
	}
	return CommonAttributes()
}

// Extension returns the extension of that URN, ignoring ASCII case, or nil.
func (t *ResourceType) Extension(urn string) *Extension {
	for i := range t.Extensions {
		if EqualName(t.Extensions[i].Schema.ID, urn) {
			return &t.Extensions[i]
		}
	}
	return nil
}

// Resolve finds the definition of an attribute and, unless sub is empty, of a sub-attribute; names
// and URNs compare ignoring ASCII case (RFC 7643 §2.1, RFC 7644 §3.10). An empty urn or the core
// URN means common and core attributes. Because identity providers leave the URN out (Entra sends
// "manager eq …" and the path "manager"), an empty urn also finds an extension's attribute whose name
// no common or core attribute has.
func (t *ResourceType) Resolve(urn, name, sub string) (Ref, bool) {
	ref, ok := t.resolveAttribute(urn, name)
	if !ok || sub == "" {
		return ref, ok
	}
	ref.Sub = ref.Attr.Sub(sub)
	return ref, ref.Sub != nil
}

func (t *ResourceType) resolveAttribute(urn, name string) (Ref, bool) {
	if urn == "" || EqualName(urn, t.Schema.ID) {
		if a := t.coreAttribute(name); a != nil {
			return Ref{Attr: a}, true
		}
		if urn != "" {
			return Ref{}, false
		}
		return t.extensionAttribute(name)
	}
	if x := t.Extension(urn); x != nil {
		if a := x.Schema.Attribute(name); a != nil {
			return Ref{URN: x.Schema.ID, Attr: a}, true
		}
	}
	return Ref{}, false
}

func (t *ResourceType) coreAttribute(name string) *Attribute {
	if a := find(t.commonAttributes(), name); a != nil {
		return a
	}
	return t.Schema.Attribute(name)
}

// extensionAttribute finds an attribute by its bare name in the first extension that has it.
func (t *ResourceType) extensionAttribute(name string) (Ref, bool) {
	for i := range t.Extensions {
		s := t.Extensions[i].Schema
		if a := s.Attribute(name); a != nil {
			return Ref{URN: s.ID, Attr: a}, true
		}
	}
	return Ref{}, false
}

// ResolvePath finds the definition that a path without filter names (RFC 7644 §3.10):
// "emails", "name.givenName", "urn:…:User:name.givenName". The URN may end in a dot instead of a
// colon, as Entra sends "urn:…:enterprise:2.0:User.manager".
func (t *ResourceType) ResolvePath(path string) (Ref, bool) {
	urn, rest := t.splitURN(path)
	if urn == "" && strings.Contains(path, ":") {
		return Ref{}, false
	}
	name, sub, dotted := strings.Cut(rest, ".")
	if dotted && sub == "" {
		return Ref{}, false
	}
	return t.Resolve(urn, name, sub)
}

// splitURN splits off the longest URN of this type that path begins with, in the type's own
// spelling, and the separator after it. Without one, urn is empty and rest is path.
func (t *ResourceType) splitURN(path string) (urn, rest string) {
	rest = path
	try := func(id string) {
		n := len(id)
		if n > len(urn) && n < len(path) && (path[n] == ':' || path[n] == '.') && EqualName(path[:n], id) {
			urn, rest = id, path[n+1:]
		}
	}
	try(t.Schema.ID)
	for i := range t.Extensions {
		try(t.Extensions[i].Schema.ID)
	}
	return urn, rest
}
