package schema

import (
	"slices"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// Projection selects what of a resource is returned (RFC 7644 §3.9). The zero value is the default
// set.
type Projection struct {
	mode  projectionMode
	picks []pick
	// sent are the attributes returned on request only that the client sent, see Echo.
	sent []pick
}

type projectionMode int

const (
	projectDefault projectionMode = iota
	projectNamed
	projectExcluded
)

// pick is one name of a projection. Without attr it is a whole extension or the whole core schema;
// key is set instead for an attribute or extension that no schema defines.
type pick struct {
	urn       string
	attr, sub *Attribute
	core      bool
	key       string
}

// ParseProjection reads the parameters attributes and excludedAttributes, whose entries are names in
// standard notation (RFC 7644 §3.10) and may themselves be comma-separated. Empty entries and
// names of nothing are ignored, except that a list of unknown names only still asks for the minimal
// set. Giving both is 400 invalidValue.
func (t *ResourceType) ParseProjection(attributes, excluded []string) (Projection, error) {
	named, without := splitNames(attributes), splitNames(excluded)
	switch {
	case len(named) > 0 && len(without) > 0:
		return Projection{}, scim.BadRequest(scim.InvalidValue,
			"attributes and excludedAttributes exclude each other (RFC 7644 §3.9). Send one of them.")
	case len(named) > 0:
		return Projection{mode: projectNamed, picks: t.picks(named)}, nil
	case len(without) > 0:
		return Projection{mode: projectExcluded, picks: t.picks(without)}, nil
	}
	return Projection{}, nil
}

func splitNames(entries []string) []string {
	var names []string
	for _, entry := range entries {
		for name := range strings.SplitSeq(entry, ",") {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

func (t *ResourceType) picks(names []string) []pick {
	picks := make([]pick, 0, len(names))
	for _, name := range names {
		if ref, ok := t.ResolvePath(name); ok {
			picks = append(picks, pick{urn: ref.URN, attr: ref.Attr, sub: ref.Sub})
		} else if EqualName(name, t.Schema.ID) {
			picks = append(picks, pick{core: true})
		} else if x := t.Extension(name); x != nil {
			picks = append(picks, pick{urn: x.Schema.ID})
		} else if urn, rest := t.splitURN(name); urn != "" && urn != t.Schema.ID {
			picks = append(picks, pick{urn: urn, key: rest})
		} else if strings.Contains(name, ":") {
			picks = append(picks, pick{key: name})
		}
	}
	return picks
}

// IsDefault reports whether p is the default set.
func (p Projection) IsDefault() bool { return p.mode == projectDefault && len(p.sent) == 0 }

// ExcludesOnly reports whether p is the default set without that core or common attribute, as a whole.
// A provider that keeps the attribute apart then need not select.
func (p Projection) ExcludesOnly(name string) bool {
	return p.mode == projectExcluded && len(p.sent) == 0 && len(p.picks) > 0 && !slices.ContainsFunc(p.picks, func(k pick) bool {
		return k.urn != "" || k.attr == nil || k.sub != nil || k.attr.Name != name
	})
}

// Includes reports whether a representation under p may contain a value at ref, so that a costly
// attribute need not be loaded in vain.
func (p Projection) Includes(ref Ref) bool {
	leaf := ref.Leaf()
	switch {
	case leaf.Returned == ReturnedNever || leaf.Discarded:
		return false
	case leaf.Returned == ReturnedAlways:
		return true
	}
	switch p.mode {
	case projectNamed:
		return slices.ContainsFunc(p.picks, func(k pick) bool {
			return k.covers(ref) && (ref.Sub == nil || k.takes(ref.Sub))
		})
	case projectExcluded:
		return (leaf.Returned != ReturnedRequest || p.echoes(ref)) && !slices.ContainsFunc(p.picks, func(k pick) bool {
			return k.covers(ref) && k.takes(ref.Sub)
		})
	}
	return leaf.Returned != ReturnedRequest || p.echoes(ref)
}

// covers reports whether k is about ref's attribute, leaving sub-attributes aside. Attributes are
// compared by name, since definitions may come from different copies of one schema.
func (k pick) covers(ref Ref) bool {
	switch {
	case k.core:
		return ref.URN == ""
	case k.key != "":
		return false
	case k.attr == nil:
		return k.urn == ref.URN
	}
	return k.urn == ref.URN && k.attr.Name == ref.Attr.Name
}

// takes reports whether k is about the sub-attribute, or about the whole attribute.
func (k pick) takes(sub *Attribute) bool {
	return k.sub == nil || sub != nil && k.sub.Name == sub.Name
}

// Project returns the part of a canonical resource that p and the returned characteristics select
// (RFC 7643 §7): schemas, id and whatever is returned always are in it, what is never returned is
// not, not even when named. obj is not modified; the result shares values with it and may be obj
// itself, so it must not be modified either.
func (t *ResourceType) Project(obj scim.Object, p Projection) scim.Object {
	if p.mode == projectDefault && !t.hides(obj) {
		return obj
	}
	out := make(scim.Object, len(obj))
	for key, v := range obj {
		if a := t.exactCore(key); a != nil {
			if v = p.value(Ref{Attr: a}, v); v != nil {
				out[key] = v
			}
		} else if x := t.Extension(key); x != nil && x.Schema.ID == key {
			if ext, ok := v.(scim.Object); ok {
				if ext = p.extension(x.Schema, ext); len(ext) > 0 {
					out[key] = ext
				}
			}
		} else if p.unknown("", key) {
			out[key] = v
		}
	}
	return out
}

// hides reports whether the default set leaves anything of obj out.
func (t *ResourceType) hides(obj scim.Object) bool {
	if hidesAny(t.Schema.Attributes, obj) {
		return true
	}
	for i := range t.Extensions {
		s := t.Extensions[i].Schema
		if ext, ok := obj[s.ID].(scim.Object); ok && hidesAny(s.Attributes, ext) {
			return true
		}
	}
	return false
}

func hidesAny(attrs []*Attribute, obj scim.Object) bool {
	for _, a := range attrs {
		hidden := a.hiddenByDefault() || slices.ContainsFunc(a.SubAttributes, (*Attribute).hiddenByDefault)
		if hidden && obj[a.Name] != nil {
			return true
		}
	}
	return false
}

func (a *Attribute) hiddenByDefault() bool {
	return a.Returned == ReturnedNever || a.Returned == ReturnedRequest || a.Discarded
}

func (t *ResourceType) exactCore(name string) *Attribute {
	for _, attrs := range [2][]*Attribute{t.commonAttributes(), t.Schema.Attributes} {
		for _, a := range attrs {
			if a.Name == name {
				return a
			}
		}
	}
	return nil
}

func (p Projection) extension(s *Schema, ext scim.Object) scim.Object {
	out := make(scim.Object, len(ext))
	for key, v := range ext {
		if i := slices.IndexFunc(s.Attributes, func(a *Attribute) bool { return a.Name == key }); i >= 0 {
			if v = p.value(Ref{URN: s.ID, Attr: s.Attributes[i]}, v); v != nil {
				out[key] = v
			}
		} else if p.unknown(s.ID, key) {
			out[key] = v
		}
	}
	return out
}

// unknown decides about what no schema defines: it is returned by default.
func (p Projection) unknown(urn, key string) bool {
	named := slices.ContainsFunc(p.picks, func(k pick) bool {
		return k.urn == urn && k.attr == nil && !k.core && (EqualName(k.key, key) || urn != "" && k.key == "")
	})
	return named == (p.mode == projectNamed)
}

// value projects the value of one attribute; nil means that nothing of it is returned.
func (p Projection) value(ref Ref, v any) any {
	if !p.reaches(ref) {
		return nil
	}
	if ref.Attr.Type != Complex || p.includesAllSubs(ref) {
		return v
	}
	list, ok := v.([]any)
	if !ok {
		return p.element(ref, v)
	}
	out := make([]any, 0, len(list))
	for _, v := range list {
		if v = p.element(ref, v); v != nil {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// reaches reports whether the attribute itself or one of its sub-attributes is included.
func (p Projection) reaches(ref Ref) bool {
	if ref.Attr.Returned == ReturnedNever || ref.Attr.Discarded {
		return false
	}
	return p.Includes(ref)
}

func (p Projection) includesAllSubs(ref Ref) bool {
	for _, sub := range ref.Attr.SubAttributes {
		ref.Sub = sub
		if !p.Includes(ref) {
			return false
		}
	}
	return true
}

func (p Projection) element(ref Ref, v any) any {
	obj, ok := v.(scim.Object)
	if !ok {
		return v
	}
	out := make(scim.Object, len(obj))
	for _, sub := range ref.Attr.SubAttributes {
		ref.Sub = sub
		if v, ok := obj[sub.Name]; ok && p.Includes(ref) {
			out[sub.Name] = v
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
