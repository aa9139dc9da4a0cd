package patch

import (
	"slices"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// described makes the value that the filter of a step describes and gives it what the step assigns:
// the path emails[type eq "work"].value makes {"type": "work", "value": …}. Entra relies on it. The
// error is noTarget for a filter that describes no value, for a replace operation on whole values
// (RFC 7644 §3.5.2.3) or on one that the schema does not suggest, such as emails[type eq "nonexistent"],
// and for a value that its own filter would not select.
func described(s *Step) (any, error) {
	if s.Op == Replace && s.Ref.Sub == nil {
		return nil, selectsNothing(s)
	}
	parts, ok := s.Filter.EqParts()
	if !ok {
		return nil, selectsNothing(s)
	}
	if s.Ref.Attr.Type != schema.Complex {
		return s.Value, nil
	}
	made := make(scim.Object, len(parts)+1)
	for _, p := range parts {
		if p.Ref.Sub == nil || p.Ref.Sub.Mutability == schema.ReadOnly {
			return nil, selectsNothing(s)
		}
		if s.Op == Replace && !canonical(p) {
			return nil, selectsNothing(s)
		}
		made[p.Ref.Sub.Name] = operand(p)
	}
	if s.Ref.Sub != nil {
		made[s.Ref.Sub.Name] = s.Value
	} else if given, ok := s.Value.(scim.Object); ok {
		for name, v := range given {
			assign(made, name, v)
		}
	}
	if !s.Filter.MatchElement(made) {
		return nil, selectsNothing(s)
	}
	return made, nil
}

// canonical reports whether a comparison is with a value that the schema suggests, where it suggests any.
func canonical(p filter.TermNode) bool {
	sub := p.Ref.Sub
	return len(sub.CanonicalValues) == 0 || slices.ContainsFunc(sub.CanonicalValues, func(v string) bool { return sub.Key(v) == p.Key })
}

// operand returns the right side of a comparison as a canonical value.
func operand(p filter.TermNode) any {
	v := p.Value
	if at, ok := v.(time.Time); ok {
		v = at.Format(time.RFC3339Nano)
	}
	if p.Ref.Sub.MultiValued {
		return []any{v}
	}
	return v
}

func selectsNothing(s *Step) error {
	return noTarget("The filter of the path selects none of the values of %q. Correct it, or add the value first.", s.Ref.Path())
}
