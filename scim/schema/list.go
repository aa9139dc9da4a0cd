package schema

import (
	"github.com/rosterhq/roster/scim"
)

// list canonicalizes the value of a multi-valued attribute; nil means that no value is left.
func (c *canonicalizer) list(a *Attribute, v any, at place) (any, error) {
	values, ok := v.([]any)
	if !ok {
		if v == "" {
			c.note(NoteEmptyString, at, "The empty string was taken as no value.")
			return nil, nil
		}
		if _, isObject := v.(scim.Object); a.Type == Complex && !isObject {
			return nil, wrongType(at, v, "an array of objects")
		}
		c.note(NoteSingleValue, at, "A bare value was taken as a list of one.")
		values = []any{v}
	}
	if limit := c.opt.maxValues(a.Name); len(values) > limit {
		return nil, scim.BadRequest(scim.InvalidValue, "%q has %d values, but %d is the limit. Send fewer.",
			at.String(), len(values), limit).WithRule(ruleTooMany)
	}
	keepEmpty := c.keepEmpty
	c.keepEmpty = false
	defer func() { c.keepEmpty = keepEmpty }()
	out := make([]any, 0, len(values))
	for _, v := range values {
		if v == nil {
			continue
		}
		value, err := c.single(a, v, at)
		if err != nil {
			return nil, err
		}
		if err := checkIdentified(a, v, value, at); err != nil {
			return nil, err
		}
		if value != nil {
			out = append(out, value)
		}
	}
	out = c.collapse(a, out, at)
	if len(out) == 0 {
		return nil, nil
	}
	if err := checkPrimary(a, out, at); err != nil {
		return nil, err
	}
	return out, nil
}

// checkIdentified refuses an element without the value that alone identifies it, such as a member
// without an id: nothing could be stored of it, and dropping it would acknowledge what was not done.
func checkIdentified(a *Attribute, sent, value any, at place) error {
	id, ref := a.Sub("value"), a.Sub("$ref")
	if obj, ok := sent.(scim.Object); !ok || len(obj) == 0 || id == nil || id.Mutability != Immutable || ref == nil {
		return nil
	}
	if obj, ok := value.(scim.Object); ok && obj[id.Name] != nil {
		return nil
	}
	return scim.BadRequest(scim.InvalidValue, "An element of %q has no %q. Send the id of the resource it stands for.",
		at.String(), id.Name).WithRule(ruleMissing)
}

// collapse keeps the first of several equal values (RFC 7643 §2.4). If any of them is primary, so is
// the one that stays.
func (c *canonicalizer) collapse(a *Attribute, values []any, at place) []any {
	if len(values) < 2 {
		return values
	}
	seen := make(map[string]int, len(values))
	out := values[:0]
	for _, v := range values {
		key := a.identity(v)
		first, dup := seen[key]
		if !dup {
			seen[key] = len(out)
			out = append(out, v)
			continue
		}
		c.note(NoteDuplicateValue, at, "The same value was sent more than once and kept once.")
		if obj, ok := v.(scim.Object); ok && obj["primary"] == true {
			out[first].(scim.Object)["primary"] = true
		}
	}
	return out
}

// identity returns a key that equal values of a multi-valued attribute share: value and type for
// complex ones, the whole object where there is no value. A value that is immutable identifies its
// element alone (a member is the same whether or not its type is said).
func (a *Attribute) identity(v any) string {
	obj, ok := v.(scim.Object)
	if !ok {
		return a.scalarKey(v)
	}
	value := a.Sub("value")
	if value == nil || obj[value.Name] == nil {
		return "o" + string(scim.AppendJSON(nil, obj))
	}
	key := "v" + value.scalarKey(obj[value.Name])
	if kind := a.Sub("type"); kind != nil && kind.Mutability != Immutable && obj[kind.Name] != nil {
		key += "\x00" + kind.scalarKey(obj[kind.Name])
	}
	return key
}

// scalarKey returns the comparison key of a canonical simple value.
func (a *Attribute) scalarKey(v any) string {
	s, ok := v.(string)
	if !ok {
		return string(scim.AppendJSON(nil, v))
	}
	if a.Type == DateTime {
		if t, ok := parseDateTime(s); ok {
			return t.Format("2006-01-02T15:04:05.999999999Z")
		}
	}
	return a.Key(s)
}

// checkPrimary refuses a second primary value (RFC 7643 §2.4).
func checkPrimary(a *Attribute, values []any, at place) error {
	if a.Type != Complex {
		return nil
	}
	found := false
	for _, v := range values {
		obj, ok := v.(scim.Object)
		if !ok || obj["primary"] != true {
			continue
		}
		if found {
			return scim.BadRequest(scim.InvalidValue, "%q has more than one value with primary true. Mark one of them.",
				at.String()).WithRule("schema.two-primaries")
		}
		found = true
	}
	return nil
}
