package patch

import (
	"maps"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// single applies a step to a single-valued attribute.
func (a *applier) single(at slot, s *Step) error {
	old := a.get(at)
	var base scim.Object
	if s.Filter != nil && (old == nil || !s.Filter.MatchElement(old)) {
		if s.Op == Remove || s.Value == nil {
			a.notes.add(NoteNothingSelected, s.Ref.Path(), "There was nothing to remove.")
			return nil
		}
		made, err := described(s)
		if err != nil {
			return err
		}
		if old != nil {
			return selectsNothing(s)
		}
		base, _ = made.(scim.Object)
		a.notes.add(NoteCreated, s.Ref.Path(), "The path selected nothing; the value it describes was made.")
	}
	var after any
	var err error
	if at.attr.Type == schema.Complex {
		oldObject, _ := old.(scim.Object)
		if base != nil {
			oldObject = base
		}
		after, err = complexAfter(oldObject, s)
	} else {
		after, err = simpleAfter(old, s)
	}
	if err != nil {
		return err
	}
	if after != nil || old != nil {
		a.set(at, after)
	}
	return nil
}

// simpleAfter returns the value that a step gives a simple attribute.
func simpleAfter(old any, s *Step) (any, error) {
	var after any
	if s.Op != Remove {
		after = s.Value
	}
	if s.Ref.Attr.Mutability == schema.Immutable && old != nil {
		if !s.Ref.Attr.Equal(old, after) {
			return nil, immutable(s.Ref.Path())
		}
		return old, nil
	}
	return after, nil
}

// complexAfter returns the value that a step gives a single-valued complex attribute; nil unassigns it.
func complexAfter(old scim.Object, s *Step) (any, error) {
	attr, sub := s.Ref.Attr, s.Ref.Sub
	given, _ := s.Value.(scim.Object)
	switch {
	case sub != nil && s.Op == Remove:
		given = scim.Object{sub.Name: nil}
	case sub != nil:
		given = scim.Object{sub.Name: s.Value}
	case s.Op == Remove || s.Value == nil:
		given = make(scim.Object, len(old))
		for name := range old {
			given[name] = nil
		}
	}
	merged, err := merge(attr, old, given, s, false)
	if err != nil {
		return nil, err
	}
	cleared := len(merged) == 0 || sub == nil && (s.Op == Remove || s.Value == nil)
	switch {
	case attr.Mutability == schema.Immutable && old != nil:
		if cleared || !attr.Equal(old, merged) {
			return nil, immutable(s.Ref.Path())
		}
		return old, nil
	case cleared:
		return nil, nil
	}
	return merged, nil
}

// merge returns old with the sub-attributes that given has, of which nil ones are unassigned (RFC
// 7644 §3.5.2.1, §3.5.2.3). Neither is modified. An immutable sub-attribute with another value fails,
// unless known says that given is old again in other words, which then adds only what is new.
//
// What a provider derives from a value, and the URI of what it refers to, go with that value.
func merge(attr *schema.Attribute, old, given scim.Object, s *Step, known bool) (scim.Object, error) {
	out := maps.Clone(old)
	if out == nil {
		out = make(scim.Object, len(given))
	}
	for _, sub := range attr.SubAttributes {
		v, ok := given[sub.Name]
		was := old[sub.Name]
		if !ok || sub.Mutability == schema.ReadOnly {
			continue
		}
		if sub.MultiValued && s.Op == Add {
			v = union(sub, was, v)
		}
		if was != nil && (known || sub.Mutability == schema.Immutable) && sub.Equal(was, v) {
			continue
		}
		if was != nil && sub.Mutability == schema.Immutable {
			if known {
				continue
			}
			return nil, immutable(schema.Ref{URN: s.Ref.URN, Attr: attr, Sub: sub}.Path())
		}
		assign(out, sub.Name, v)
	}
	value := attr.Sub("value")
	if value == nil || old[value.Name] == nil || value.Equal(old[value.Name], out[value.Name]) {
		return out, nil
	}
	for _, sub := range attr.SubAttributes {
		if _, ok := given[sub.Name]; sub.Mutability == schema.ReadOnly || sub.Name == "$ref" && !ok {
			delete(out, sub.Name)
		}
	}
	return out, nil
}

// union returns the values of a multi-valued sub-attribute and those of v that it does not have.
func union(sub *schema.Attribute, old, v any) any {
	was, _ := old.([]any)
	more, _ := v.([]any)
	if len(was) == 0 {
		return v
	}
	seen := make(map[string]bool, len(was))
	for _, e := range was {
		seen[sub.Identity(e)] = true
	}
	out := was[:len(was):len(was)]
	for _, e := range more {
		if key := sub.Identity(e); !seen[key] {
			seen[key] = true
			out = append(out, e)
		}
	}
	return out
}
