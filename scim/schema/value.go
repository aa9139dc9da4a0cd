package schema

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rosterhq/roster/scim"
)

// CanonicalValue canonicalizes the value of one attribute or sub-attribute for PATCH under the rules
// of Canonicalize. A bare value for a multi-valued attribute becomes a list of one. A nil result
// means unassigned.
//
// The value of a single-valued complex attribute keeps, as nil, each sub-attribute that was sent as
// null or as the empty string, because a merge has to clear it (RFC 7644 §3.5.2.3).
func (t *ResourceType) CanonicalValue(ref Ref, v any, opt Options) (any, []Note, error) {
	c := &canonicalizer{t: t, opt: opt, keepNil: true}
	at := place{urn: ref.URN, attr: ref.Attr.Name}
	if ref.Sub != nil {
		at.sub = ref.Sub.Name
	}
	value, err := c.attribute(ref.Leaf(), v, at)
	if err != nil {
		return nil, nil, err
	}
	return value, c.notes, nil
}

// attribute canonicalizes the whole value of an attribute; nil means unassigned.
func (c *canonicalizer) attribute(a *Attribute, v any, at place) (any, error) {
	if v == nil {
		return nil, nil
	}
	if a.MultiValued {
		return c.list(a, v, at)
	}
	return c.single(a, v, at)
}

// single canonicalizes one value, which may be an element of a list.
func (c *canonicalizer) single(a *Attribute, v any, at place) (any, error) {
	if a.Type == Complex {
		return c.complexValue(a, v, at)
	}
	s, isString := v.(string)
	if isString && s == "" {
		if c.keepEmpty && emptyMeansSomething(a) {
			return s, nil
		}
		c.note(NoteEmptyString, at, "The empty string was taken as no value.")
		return nil, nil
	}
	switch a.Type {
	case Boolean:
		if _, ok := v.(bool); ok {
			return v, nil
		}
		if b, ok := booleanText(s); ok {
			c.note(NoteStringBoolean, at, "A string was taken as a boolean; RFC 7643 §2.3.2 asks for true or false without quotation marks.")
			return b, nil
		}
		return nil, wrongType(at, v, "true or false")
	case Integer:
		if n, ok := v.(scim.Number); ok {
			if n, ok := canonicalInteger(n); ok {
				return n, nil
			}
		}
		return nil, wrongType(at, v, "a whole number of at most 64 bits, without quotation marks")
	case Decimal:
		if n, ok := v.(scim.Number); ok && validDecimal(n) {
			return v, nil
		}
		return nil, wrongType(at, v, "a number without quotation marks")
	}
	if !isString {
		return nil, wrongType(at, v, "a string")
	}
	switch a.Type {
	case DateTime:
		if _, ok := parseDateTime(s); !ok {
			return nil, wrongType(at, v, "a date and time such as 2026-01-31T08:30:00Z")
		}
	case Binary:
		if !validBase64(s) {
			return nil, wrongType(at, v, "base64 (RFC 4648 §4)")
		}
	}
	if a.Uniqueness == UniqueServer || a.Uniqueness == UniqueGlobal {
		if err := c.checkIdentifier(a, s, at); err != nil {
			return nil, err
		}
	}
	return v, nil // not s, which would have to be boxed again
}

// complexValue canonicalizes an object; nil means that nothing of it is assigned.
func (c *canonicalizer) complexValue(a *Attribute, v any, at place) (any, error) {
	obj, ok := v.(scim.Object)
	if !ok {
		return c.complexShape(a, v, at)
	}
	out := make(scim.Object, len(obj))
	exact := 0
	for _, sub := range a.SubAttributes {
		if v, ok := obj[sub.Name]; ok {
			exact++
			if err := c.sub(out, a, sub, v, at); err != nil {
				return nil, err
			}
		}
	}
	if exact < len(obj) {
		err := eachSorted(obj, func(key string, v any) error {
			if hasExact(a.SubAttributes, key) {
				return nil
			}
			if sub := a.Sub(key); sub != nil {
				return c.sub(out, a, sub, v, at)
			}
			at.sub = key
			return c.unknown(at, v)
		})
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

func (c *canonicalizer) sub(out scim.Object, a, sub *Attribute, v any, at place) error {
	at.sub = sub.Name
	if sub.Mutability == ReadOnly {
		if !isEmpty(v) {
			c.note(NoteReadOnly, at, "It is read-only and was ignored.")
		}
		return nil
	}
	value, err := c.attribute(sub, v, at)
	if err != nil {
		return err
	}
	if _, twice := out[sub.Name]; twice {
		return givenTwice(at)
	}
	if value != nil || c.keepNil && !a.MultiValued {
		out[sub.Name] = value
	}
	return nil
}

// complexShape accepts other shapes for a single-valued complex attribute with a value, such as
// manager: Entra sends the bare identifier, "" or an array of one object.
func (c *canonicalizer) complexShape(a *Attribute, v any, at place) (any, error) {
	value := a.Sub("value")
	if a.MultiValued || value == nil {
		if v == "" {
			c.note(NoteEmptyString, at, "The empty string was taken as no value.")
			return nil, nil
		}
		return nil, wrongType(at, v, "an object")
	}
	switch v := v.(type) {
	case string:
		c.note(NoteComplexShape, at, "A string was taken as the value of this complex attribute.")
		s, err := c.single(value, v, at)
		if err != nil || s == nil {
			return nil, err
		}
		return scim.Object{value.Name: s}, nil
	case []any:
		if len(v) <= 1 {
			c.note(NoteComplexShape, at, "An array was taken as the value of this single-valued attribute.")
		}
		if len(v) == 0 || len(v) == 1 && v[0] == nil {
			return nil, nil
		}
		if _, nested := v[0].([]any); len(v) == 1 && !nested {
			return c.complexValue(a, v[0], at)
		}
	}
	return nil, wrongType(at, v, "one object or one identifier")
}

// checkIdentifier checks a string that people are identified by, such as userName: an invisible or
// unprintable one would pass for another.
func (c *canonicalizer) checkIdentifier(a *Attribute, s string, at place) error {
	limit := c.opt.maxUserName()
	if len(s) > limit && utf8.RuneCountInString(s) > limit {
		return scim.BadRequest(scim.InvalidValue, "%q has more than %d characters (%q). Send a shorter one.", at.String(), limit, scim.Abbreviate(s)).WithRule(ruleType)
	}
	if strings.IndexFunc(s, unicode.IsControl) >= 0 {
		return scim.BadRequest(scim.InvalidValue, "%q contains a control character (%q). Remove it.", at.String(), scim.Abbreviate(s)).WithRule(ruleType)
	}
	if isBlank(s) {
		return scim.BadRequest(scim.InvalidValue, "%q consists of spaces or invisible characters only. Send one that people can read.", at.String()).WithRule(ruleMissing)
	}
	return nil
}

// isBlank reports whether nothing of s is visible.
func isBlank(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) && !unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			return false
		}
	}
	return true
}

func booleanText(s string) (value, ok bool) {
	switch {
	case EqualName(s, "true"):
		return true, true
	case EqualName(s, "false"):
		return false, true
	}
	return false, false
}

func validBase64(s string) bool {
	data := strings.TrimRight(s, "=")
	padding := len(s) - len(data)
	for i := range len(data) {
		c := data[i]
		if letter := 'a' <= lower(c) && lower(c) <= 'z'; !letter && !isDigit(c) && c != '+' && c != '/' {
			return false
		}
	}
	return data != "" && len(data)%4 != 1 && (padding == 0 || padding <= 2 && len(s)%4 == 0)
}

// wrongType is the error for a value of another type or syntax than at's definition asks for.
func wrongType(at place, v any, want string) error {
	return scim.BadRequest(scim.InvalidValue, "%q must be %s, but %s was sent. Correct the value or the attribute mapping.",
		at.String(), want, describe(v)).WithRule(ruleType)
}

func describe(v any) string {
	switch v := v.(type) {
	case string:
		return "the string \"" + scim.Abbreviate(v) + "\""
	case scim.Number:
		return "the number " + scim.Abbreviate(string(v))
	case bool:
		if v {
			return "true"
		}
		return "false"
	case []any:
		return "an array"
	case scim.Object:
		return "an object"
	}
	return "null"
}

// emptyMeansSomething reports whether the empty string is worth keeping as a value of a.
func emptyMeansSomething(a *Attribute) bool {
	return a.Type == String && !a.Required && !a.MultiValued && (a.Uniqueness == UniqueNone || a.Uniqueness == "") &&
		a.Name != "externalId" && a.Name != "value"
}
