package patch

import (
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// Step changes one attribute. It comes from an operation with a path, or from one attribute of the
// value of an operation without.
//
// The steps of a multi-valued attribute without Ref.Sub, such as a group's members, mean:
//
//	Add                          every value of Value ([]any) that is not there yet joins
//	Replace                      Value ([]any, or nil for none) is the new list
//	Remove without HasValue      the list is emptied
//	Remove with HasValue         the values that Value ([]any) lists leave
//	Remove with Filter           the values that Filter selects leave
//	Replace with Filter          Value (one value) takes the place of each selected one; none is noTarget
//	Add with Filter              Value is merged into each selected one, or into a new one
//
// [Step.EqValues] gives the identifiers that the last five name, if they name any. A step with a
// Ref.Sub can be tried with [Apply] on a resource that holds only the values it selects.
type Step struct {
	Op Op
	// Ref is the attribute. Its Attr is nil, and URN set, for what no schema defines (Unmapped) and
	// for the removal of a whole extension.
	Ref schema.Ref
	// Unmapped is the name of a value under Ref.URN that no schema defines.
	Unmapped string
	// Filter selects values of a multi-valued (or, of at most one, of a complex) attribute.
	Filter *filter.Filter
	// Value is canonical; nil means unassigned. The value of a single-valued complex attribute is
	// merged, and its nil members clear sub-attributes.
	Value    any
	HasValue bool
	// Index is that of the operation.
	Index int

	// echo marks a read-only attribute in a value without path: the value it has already is no error.
	echo bool
	// maxValues and maxUnmapped are the limits of schema.Options; 0 means none.
	maxValues, maxUnmapped int
}

// Targets reports whether the step changes the common or core attribute of that name.
func (s *Step) Targets(name string) bool {
	return s.Ref.Attr != nil && s.Ref.URN == "" && schema.EqualName(s.Ref.Attr.Name, name)
}

// EqValues returns the values that the step names by their "value": the operands of a filter that is
// value eq "…", or several of these joined by or; without a filter, the values of the list in Value.
// They are as sent, so compare their Attribute.Key. ok is false when the step names values in another
// way, or none.
func (s *Step) EqValues() (values []string, ok bool) {
	if s.Filter != nil {
		return eqValues(nil, s.Filter.Root())
	}
	list, ok := s.Value.([]any)
	if !ok {
		return nil, false
	}
	for _, v := range list {
		if obj, isObject := v.(scim.Object); isObject {
			if s.Op == Remove && len(namedBy(s.Ref.Attr, obj)) != 1 {
				return nil, false
			}
			v = obj["value"]
		}
		text, isString := v.(string)
		if !isString {
			return nil, false
		}
		values = append(values, text)
	}
	return values, true
}

func eqValues(values []string, n filter.Node) ([]string, bool) {
	switch n := n.(type) {
	case filter.TermNode:
		text, ok := n.Value.(string)
		if !ok || n.Op != filter.Eq || n.Ref.Sub != nil && n.Ref.Sub.Name != "value" {
			return nil, false
		}
		return append(values, text), true
	case filter.OrNode:
		ok := true
		for _, m := range n.Nodes {
			if values, ok = eqValues(values, m); !ok {
				return nil, false
			}
		}
		return values, true
	}
	return nil, false
}

// namedBy returns the sub-attributes by which an element of a list of values to remove names the ones
// that leave: its value, with the type if that tells values apart; without a value, all it gives.
func namedBy(a *schema.Attribute, obj scim.Object) []*schema.Attribute {
	var by []*schema.Attribute
	if value := a.Sub("value"); value != nil && obj[value.Name] != nil {
		by = append(by, value)
		if kind := a.Sub("type"); kind != nil && kind.Mutability != schema.Immutable && obj[kind.Name] != nil {
			by = append(by, kind)
		}
		return by
	}
	for _, sub := range a.SubAttributes {
		if obj[sub.Name] != nil {
			by = append(by, sub)
		}
	}
	return by
}
