package patch

import (
	"maps"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// Apply carries out steps on a canonical resource of type t, one after the other (RFC 7644 §3.5.2).
// It does all of them or fails; obj is not modified. changed is false when the resource is what it
// was (the order of several values does not count, nor does a primary of false that was absent), and
// after is obj itself then. Otherwise after shares unchanged values with obj and with the steps.
//
// obj must hold id if steps may repeat it, and schemas. After the steps, schemas names the core
// schema, the extensions that carry values, and those that a step put there.
//
// Errors are *scim.Error: 400 noTarget for a filter that selects nothing and describes no value,
// mutability for changing what is immutable or leaving a required attribute without value,
// invalidValue for two primaries or too many values.
func Apply(t *schema.ResourceType, obj scim.Object, steps []Step) (after scim.Object, changed bool, _ []schema.Note, err error) {
	a := &applier{t: t, before: obj, out: maps.Clone(obj)}
	if a.out == nil {
		a.out = scim.Object{}
	}
	for i := range steps {
		if err := a.step(&steps[i]); err != nil {
			return nil, false, nil, inOperation(steps[i].Index, err)
		}
	}
	if err := a.finish(steps); err != nil {
		return nil, false, nil, err
	}
	if !a.changed() {
		return obj, false, a.notes, nil
	}
	return a.out, true, a.notes, nil
}

// applier holds the state of one Apply.
type applier struct {
	t      *schema.ResourceType
	before scim.Object
	// out is a shallow copy of before. What it shares with before is replaced, never modified.
	out scim.Object
	// owned are the extensions of out that are copies already.
	owned map[string]bool
	// lists are the multi-valued attributes that steps look at, until finish puts them back.
	lists map[slot]*list
	// touched are the other attributes that steps wrote, raw the top-level keys with undefined data.
	touched map[slot]bool
	raw     map[string]bool
	notes   notes
}

// slot is the place of an attribute in a resource.
type slot struct {
	urn  string
	attr *schema.Attribute
}

func (a *applier) step(s *Step) error {
	at := slot{s.Ref.URN, s.Ref.Attr}
	switch {
	case at.attr == nil && s.Unmapped == "" && a.t.Extension(at.urn) != nil:
		return a.removeExtension(s)
	case at.attr == nil:
		a.unmapped(s)
		return nil
	case s.echo:
		if !same(s.Value, a.get(at)) {
			return readOnly(s.Ref.Path())
		}
		return nil
	case at.attr.MultiValued:
		return a.list(at).apply(s, &a.notes)
	}
	return a.single(at, s)
}

// get returns the value of a single-valued attribute.
func (a *applier) get(at slot) any { return value(a.out, at) }

func value(obj scim.Object, at slot) any {
	if at.urn != "" {
		obj, _ = obj[at.urn].(scim.Object)
	}
	return obj[at.attr.Name]
}

// set replaces the value of an attribute; nil unassigns it.
func (a *applier) set(at slot, v any) {
	if a.touched == nil {
		a.touched = make(map[slot]bool)
	}
	a.touched[at] = true
	holder := a.out
	if at.urn != "" {
		holder = a.extension(at.urn)
	}
	assign(holder, at.attr.Name, v)
}

// extension returns the values of an extension, to be modified. finish removes it if it is empty.
func (a *applier) extension(urn string) scim.Object {
	ext, exists := a.out[urn].(scim.Object)
	if exists && a.owned[urn] {
		return ext
	}
	if ext = maps.Clone(ext); ext == nil {
		ext = scim.Object{}
	}
	if a.owned == nil {
		a.owned = make(map[string]bool)
	}
	a.owned[urn] = true
	a.out[urn] = ext
	return ext
}

// touch remembers that a step may have changed undefined data below a top-level key.
func (a *applier) touch(key string) {
	if a.raw == nil {
		a.raw = make(map[string]bool)
	}
	a.raw[key] = true
}

// list returns the values of a multi-valued attribute as they are at this step.
func (a *applier) list(at slot) *list {
	if l := a.lists[at]; l != nil {
		return l
	}
	if a.lists == nil {
		a.lists = make(map[slot]*list)
	}
	l := newList(at, value(a.out, at))
	a.lists[at] = l
	return l
}

// removeExtension removes every value of an extension.
func (a *applier) removeExtension(s *Step) error {
	ext, _ := a.out[s.Ref.URN].(scim.Object)
	defined := a.t.Extension(s.Ref.URN).Schema
	for _, attr := range defined.Attributes {
		at := slot{s.Ref.URN, attr}
		_, loaded := a.lists[at]
		if attr.Mutability == schema.ReadOnly || ext[attr.Name] == nil && !loaded {
			continue
		}
		one := Step{Op: Remove, Ref: schema.Ref{URN: s.Ref.URN, Attr: attr}, Index: s.Index}
		if err := a.step(&one); err != nil {
			return err
		}
	}
	for key := range ext {
		if defined.Attribute(key) == nil {
			a.touch(s.Ref.URN)
			delete(a.extension(s.Ref.URN), key)
		}
	}
	return nil
}
