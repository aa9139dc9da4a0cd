package filter

import (
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// Filter is a filter bound to attribute definitions. It never changes and is safe for concurrent use.
type Filter struct{ root Node }

// Root returns the typed tree, for translation to another query language.
func (f *Filter) Root() Node { return f.root }

// Node is one of [AndNode], [OrNode], [NotNode], [TermNode], [ElementNode], [ConstNode].
type Node interface{ node() }

// AndNode holds when all nodes hold.
type AndNode struct{ Nodes []Node }

// OrNode holds when any node holds.
type OrNode struct{ Nodes []Node }

// NotNode negates.
type NotNode struct{ Node Node }

// ConstNode is what a comparison of an attribute without definition comes to ([BindAny]): such an
// attribute has no value.
type ConstNode struct{ Value bool }

// TermNode compares the values of Ref. Below an ElementNode, and in a filter made by [BindElement],
// it compares those of the element at hand: Ref.Sub of it, or the element itself when it is no
// object and Ref.Sub is nil.
type TermNode struct {
	// Ref is never complex, unless Op is Pr or Value is nil.
	Ref schema.Ref
	Op  Operator
	// Value fits Ref.Leaf().Type: bool; scim.Number for integer and decimal; time.Time in UTC for
	// dateTime; string for the others. It is nil for Pr and for a comparison with null, where Op is
	// Eq (the attribute has no value) or Ne (it has one).
	Value any
	// Key is set when Value is a string: the form to compare with Ref.Leaf().Key of stored values.
	// For Co, Sw and Ew, space around the operand is kept even where keys are trimmed.
	Key string

	number decimal
}

// ElementNode holds when one value of Ref satisfies Node. Ref has no Sub; its attribute is complex
// or a multi-valued simple one.
type ElementNode struct {
	Ref  schema.Ref
	Node Node
}

func (AndNode) node()     {}
func (OrNode) node()      {}
func (NotNode) node()     {}
func (ConstNode) node()   {}
func (TermNode) node()    {}
func (ElementNode) node() {}

// EqParts returns the comparisons of a filter that is one eq, or several joined with and, each with a
// value and of a different attribute. From these an element can be made that satisfies the filter, as
// Entra expects of a PATCH path that selects nothing. ok is false for any other filter.
func (f *Filter) EqParts() (parts []TermNode, ok bool) {
	parts, ok = eqParts(nil, f.root)
	if !ok {
		return nil, false
	}
	return parts, true
}

func eqParts(parts []TermNode, n Node) ([]TermNode, bool) {
	switch n := n.(type) {
	case AndNode:
		ok := true
		for _, m := range n.Nodes {
			if parts, ok = eqParts(parts, m); !ok {
				return nil, false
			}
		}
		return parts, true
	case TermNode:
		if n.Op != Eq || n.Value == nil {
			return nil, false
		}
		for _, p := range parts {
			if p.Ref == n.Ref {
				return nil, false
			}
		}
		return append(parts, n), true
	}
	return nil, false
}

// assigned tells whether v counts as a value: not null, not an empty list, not an object without
// values (RFC 7643 §2.5). The empty string is a value.
func assigned(v any) bool { return anyValue(v, func(string) bool { return true }) }

// present is the pr operator: assigned and not the empty string (RFC 7644 Table 3).
func present(v any) bool { return anyValue(v, func(s string) bool { return s != "" }) }

func anyValue(v any, text func(string) bool) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return text(v)
	case []any:
		for _, e := range v {
			if anyValue(e, text) {
				return true
			}
		}
		return false
	case scim.Object:
		for _, e := range v {
			if anyValue(e, text) {
				return true
			}
		}
		return false
	}
	return true
}

// textKey prepares the operand of a comparison of strings.
func textKey(a *schema.Attribute, op Operator, operand string) string {
	if op != Co && op != Sw && op != Ew || a.Uniqueness == "" || a.Uniqueness == schema.UniqueNone {
		return a.Key(operand)
	}
	untrimmed := *a
	untrimmed.Uniqueness = schema.UniqueNone
	return untrimmed.Key(operand)
}

// parseTime is schema.ParseDateTime in UTC.
func parseTime(s string) (time.Time, bool) {
	t, err := schema.ParseDateTime(s)
	return t.UTC(), err == nil
}
