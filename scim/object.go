package scim

// Object is a SCIM resource or a complex attribute value: a JSON object keyed by attribute name.
// A value in it is one of
//
//	nil, bool, string, Number, Object, []any
//
// In canonical form (see scim/schema) keys have the schema's spelling, unassigned attributes are
// absent and multi-valued attributes are []any.
type Object = map[string]any

// Number is the literal text of a JSON number, kept verbatim so that no digit is lost. Canonical
// integers have neither fraction nor exponent (RFC 7643 §2.3.4).
type Number string

// Clone returns a deep copy of a value made of the types listed at Object.
func Clone[T any](v T) T {
	c, _ := clone(v).(T)
	return c
}

func clone(v any) any {
	switch v := v.(type) {
	case Object:
		if v == nil {
			return v
		}
		c := make(Object, len(v))
		for k, e := range v {
			c[k] = clone(e)
		}
		return c
	case []any:
		if v == nil {
			return v
		}
		c := make([]any, len(v))
		for i, e := range v {
			c[i] = clone(e)
		}
		return c
	default:
		return v
	}
}
