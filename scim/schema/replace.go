package schema

import (
	"github.com/rosterhq/roster/scim"
)

// MergeReplace returns what a PUT of replacement makes of old, both canonical (RFC 7644 §3.5.1).
// Read-only attributes keep their old values. An immutable attribute that has a value keeps it, and
// a different one in the replacement is 400 mutability. Everything else is as in the replacement.
// Neither argument is modified; the result shares values with both.
func (t *ResourceType) MergeReplace(old, replacement scim.Object) (scim.Object, error) {
	out := make(scim.Object, len(replacement)+2)
	for key, v := range replacement {
		out[key] = v
	}
	for _, attrs := range [2][]*Attribute{t.commonAttributes(), t.Schema.Attributes} {
		if err := mergeAttributes("", attrs, old, out); err != nil {
			return nil, err
		}
	}
	for i := range t.Extensions {
		s := t.Extensions[i].Schema
		before, _ := old[s.ID].(scim.Object)
		given, _ := replacement[s.ID].(scim.Object)
		after := make(scim.Object, len(given))
		for key, v := range given {
			after[key] = v
		}
		if err := mergeAttributes(s.ID, s.Attributes, before, after); err != nil {
			return nil, err
		}
		if len(after) > 0 {
			out[s.ID] = after
		} else {
			delete(out, s.ID)
		}
	}
	t.UpdateSchemas(out)
	return out, nil
}

// mergeAttributes carries over into after what a client cannot change in before.
func mergeAttributes(urn string, attrs []*Attribute, before, after scim.Object) error {
	for _, a := range attrs {
		old, was := before[a.Name]
		given, is := after[a.Name]
		switch {
		case a.Mutability == ReadOnly && was:
			after[a.Name] = old
		case a.Mutability == ReadOnly:
			delete(after, a.Name)
		case a.Mutability == Immutable && was:
			if is && !a.Equal(old, given) {
				return immutable(place{urn: urn, attr: a.Name})
			}
			after[a.Name] = old
		case a.Type == Complex && was:
			v, err := mergeComplex(a, old, given, place{urn: urn, attr: a.Name})
			if err != nil {
				return err
			}
			if v != nil {
				after[a.Name] = v
			}
		}
	}
	return nil
}

// mergeComplex merges the value of a readWrite complex attribute. The elements of a list come and go
// as wholes, so only what the provider added to them is carried over, by their identity.
func mergeComplex(a *Attribute, old, given any, at place) (any, error) {
	if !a.hasSub(ReadOnly) && (a.MultiValued || !a.hasSub(Immutable)) {
		return given, nil
	}
	if !a.MultiValued {
		return mergeSingle(a, old, given, at)
	}
	before, _ := old.([]any)
	after, _ := given.([]any)
	if len(before) == 0 || len(after) == 0 {
		return given, nil
	}
	known := make(map[string]scim.Object, len(before))
	for _, v := range before {
		if obj, ok := v.(scim.Object); ok {
			known[a.identity(v)] = obj
		}
	}
	out := make([]any, len(after))
	for i, v := range after {
		out[i] = a.withReadOnly(known[a.identity(v)], v)
	}
	return out, nil
}

func mergeSingle(a *Attribute, old, given any, at place) (any, error) {
	before, ok := old.(scim.Object)
	if !ok {
		return given, nil
	}
	after, _ := given.(scim.Object)
	out := make(scim.Object, len(before))
	for key, v := range after {
		out[key] = v
	}
	for _, sub := range a.SubAttributes {
		v, was := before[sub.Name]
		if sub.Mutability != Immutable || !was {
			continue
		}
		if w, is := after[sub.Name]; is && !sub.Equal(v, w) {
			at.sub = sub.Name
			return nil, immutable(at)
		}
		out[sub.Name] = v
	}
	if len(out) == 0 {
		return nil, nil
	}
	// What the provider derived from a value, such as manager.displayName, goes with that value.
	if value := a.Sub("value"); value == nil || value.Equal(before[value.Name], out[value.Name]) {
		return a.withReadOnly(before, out), nil
	}
	return out, nil
}

// withReadOnly returns v with the read-only sub-attributes of before.
func (a *Attribute) withReadOnly(before scim.Object, v any) any {
	after, ok := v.(scim.Object)
	if !ok || before == nil {
		return v
	}
	out := after
	for _, sub := range a.SubAttributes {
		old, was := before[sub.Name]
		if sub.Mutability != ReadOnly || !was {
			continue
		}
		if len(out) == len(after) {
			out = make(scim.Object, len(after)+1)
			for key, v := range after {
				out[key] = v
			}
		}
		out[sub.Name] = old
	}
	return out
}

func (a *Attribute) hasSub(m Mutability) bool {
	for _, sub := range a.SubAttributes {
		if sub.Mutability == m {
			return true
		}
	}
	return false
}

func immutable(at place) error {
	return scim.BadRequest(scim.Mutability, "%q is immutable and already has another value. Leave it out or send the value it has.",
		at.String()).WithRule("schema.immutable")
}
