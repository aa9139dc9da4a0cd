package filter

import (
	"strings"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// Match evaluates the filter on a canonical resource.
func (f *Filter) Match(obj scim.Object) bool { return match(f.root, obj, false) }

// MatchElement evaluates a filter made by [BindElement] on one value of the attribute it was bound
// to: an object, or the simple value itself.
func (f *Filter) MatchElement(v any) bool { return match(f.root, v, true) }

// match evaluates n on a resource or, with element, on one value of an attribute.
func match(n Node, v any, element bool) bool {
	switch n := n.(type) {
	case TermNode:
		return n.match(v, element)
	case AndNode:
		for _, m := range n.Nodes {
			if !match(m, v, element) {
				return false
			}
		}
		return true
	case OrNode:
		for _, m := range n.Nodes {
			if match(m, v, element) {
				return true
			}
		}
		return false
	case NotNode:
		return !match(n.Node, v, element)
	case ElementNode:
		obj, _ := v.(scim.Object)
		return matchAny(n.Node, stored(obj, n.Ref))
	case ConstNode:
		return n.Value
	}
	return false
}

// matchAny evaluates n on every value of an attribute.
func matchAny(n Node, v any) bool {
	list, ok := v.([]any)
	if !ok {
		return assigned(v) && match(n, v, true)
	}
	for _, e := range list {
		if assigned(e) && match(n, e, true) {
			return true
		}
	}
	return false
}

// stored returns the value of ref.Attr in a resource.
func stored(obj scim.Object, ref schema.Ref) any {
	if ref.URN != "" {
		obj, _ = obj[ref.URN].(scim.Object)
	}
	return obj[ref.Attr.Name]
}

func (t *TermNode) match(v any, element bool) bool {
	if !element {
		obj, _ := v.(scim.Object)
		v = stored(obj, t.Ref)
	}
	sub := ""
	if t.Ref.Sub != nil {
		sub = t.Ref.Sub.Name
	}
	hit, some := t.scan(v, sub)
	switch {
	case t.Op == Pr:
		return hit
	case t.Value == nil:
		return some == (t.Op == Ne)
	case t.Op == Ne:
		return hit || !some
	}
	return hit
}

// scan looks at the values that v, or sub in v, stands for. hit tells whether one satisfies the term,
// some whether there is any.
func (t *TermNode) scan(v any, sub string) (hit, some bool) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			h, s := t.scan(e, sub)
			if h {
				return true, true
			}
			some = some || s
		}
		return false, some
	case scim.Object:
		if sub != "" {
			return t.scan(v[sub], "")
		}
	default:
		if sub != "" {
			return false, false
		}
	}
	if !assigned(v) {
		return false, false
	}
	return t.holds(v), true
}

// holds compares one assigned value.
func (t *TermNode) holds(v any) bool {
	if t.Op == Pr {
		return present(v)
	}
	switch operand := t.Value.(type) {
	case string:
		if s, ok := v.(string); ok {
			return t.holdsText(t.Ref.Leaf().Key(s))
		}
	case bool:
		if b, ok := v.(bool); ok {
			return (b == operand) == (t.Op == Eq)
		}
	case scim.Number:
		if n, ok := v.(scim.Number); ok {
			if d, ok := parseDecimal(n); ok {
				return t.holdsOrder(d.compare(t.number))
			}
		}
	case time.Time:
		if s, ok := v.(string); ok {
			if at, ok := parseTime(s); ok {
				return t.holdsOrder(at.Compare(operand))
			}
		}
	}
	// A value of another type than the schema's is not identical to any operand.
	return t.Op == Ne
}

func (t *TermNode) holdsText(key string) bool {
	switch t.Op {
	case Co:
		return strings.Contains(key, t.Key)
	case Sw:
		return strings.HasPrefix(key, t.Key)
	case Ew:
		return strings.HasSuffix(key, t.Key)
	}
	return t.holdsOrder(strings.Compare(key, t.Key))
}

// holdsOrder interprets c, the order of the stored value relative to the operand.
func (t *TermNode) holdsOrder(c int) bool {
	switch t.Op {
	case Eq:
		return c == 0
	case Ne:
		return c != 0
	case Gt:
		return c > 0
	case Ge:
		return c >= 0
	case Lt:
		return c < 0
	case Le:
		return c <= 0
	}
	return false
}
