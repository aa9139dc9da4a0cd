package patch

import (
	"slices"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// value canonicalizes the value of an add or replace step.
func (c *compiler) value(s *Step, v any) (any, error) {
	ref := s.Ref
	element := s.Filter != nil && ref.Sub == nil && ref.Attr.MultiValued
	if element {
		if _, isList := v.([]any); !isList && v != nil && v != "" {
			v = []any{v}
		}
	}
	value, err := c.canonical(ref, v)
	if err != nil {
		return nil, err
	}
	if value == nil && !isEmpty(v) {
		if ref.Leaf().Type != schema.Complex {
			return nil, nil // the empty string in one of the notations that canonicalization knows
		}
		if ref.Leaf().MultiValued {
			return nil, invalidValue("Nothing in the value of %q can be stored. Send at least one sub-attribute that can be written.", ref.Path())
		}
		return scim.Object{}, nil // only what is ignored: nothing to merge
	}
	if list, isList := value.([]any); element && isList {
		if len(list) > 1 {
			return nil, invalidValue("A path with a filter takes one value for what it selects, but %d were sent.", len(list))
		}
		return list[0], nil
	}
	return value, nil
}

func (c *compiler) canonical(ref schema.Ref, v any) (any, error) {
	value, n, err := c.t.CanonicalValue(ref, v, c.opt)
	c.notes.merge(n)
	return value, err
}

// listed takes the value of a remove operation: on a whole multi-valued attribute it lists the values
// to remove, as Entra's default dialect has it. Ignoring it would empty the group.
func (c *compiler) listed(s *Step, v any, hasValue bool) error {
	switch {
	case !hasValue:
		return nil
	case !s.Ref.Attr.MultiValued || s.Filter != nil:
		c.notes.add(NoteValueIgnored, s.Ref.Path(), "The path says what to remove; the value was ignored.")
		return nil
	case s.Ref.Sub != nil:
		return invalidValue("A remove operation at %q takes no value. Select values with a filter, such as %s[%s eq …].",
			s.Ref.Path(), s.Ref.Attr.Name, s.Ref.Sub.Name)
	}
	value, err := c.canonical(s.Ref, v)
	if err != nil {
		return err
	}
	list, _ := value.([]any)
	if empty, isList := v.([]any); value == nil && (!isList || len(empty) > 0) {
		return invalidValue("The value of the remove operation names none of the values of %q. List them, or leave the value out to remove all.", s.Ref.Path())
	}
	c.notes.add(NoteRemoveListed, s.Ref.Path(), "Only the values that the operation lists were removed.")
	s.Value, s.HasValue = slices.Clip(list), true
	if list == nil {
		s.Value = []any{}
	}
	return nil
}

// isEmpty reports whether v is a notation of "unassigned" (RFC 7643 §2.5), the empty string included
// because Entra clears attributes with it. A list of such is one, an empty object is not.
func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return !slices.ContainsFunc(v, func(e any) bool { return e != nil && e != "" })
	}
	return false
}
