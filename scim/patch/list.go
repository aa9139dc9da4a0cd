package patch

import (
	"maps"
	"slices"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// list is a multi-valued attribute while steps change it. Its indexes make the cost of adding and
// removing named values independent of how many there are, so that a thousand operations on a large
// group take linear time.
type list struct {
	at   slot
	attr *schema.Attribute
	// values has nil where a value was removed; live counts the others. While shared, the slice is
	// the resource's and must not be modified. The values themselves never are.
	values []any
	live   int
	shared bool
	// byIdentity and byValue find values; nil until they are needed. byValue has the key of the
	// sub-attribute value, or of a simple value, and may have positions of removed values.
	byIdentity map[string]int
	byValue    map[string][]int
	// written tells that the list is not what it was, rewritten that values may have become alike.
	written, rewritten bool
}

func newList(at slot, v any) *list {
	values, _ := v.([]any)
	return &list{at: at, attr: at.attr, values: values, live: len(values), shared: true}
}

// apply carries out one step.
func (l *list) apply(s *Step, n *notes) error {
	if l.attr.Mutability == schema.Immutable && l.live > 0 {
		return l.keepImmutable(s)
	}
	whole := s.Filter == nil && s.Ref.Sub == nil
	switch {
	case s.Op == Add && s.Ref.Sub == nil && s.Value == nil:
		return nil
	case whole && s.Op == Remove && s.HasValue:
		listed, _ := s.Value.([]any)
		l.removeListed(listed)
		return nil
	case whole && s.Op == Remove:
		l.replace(nil)
		return nil
	case whole && s.Op == Add:
		values, _ := s.Value.([]any)
		return l.add(values, s)
	case whole:
		values, _ := s.Value.([]any)
		l.replace(values)
		return nil
	}
	positions := l.selected(s)
	if len(positions) == 0 {
		return l.none(s, n)
	}
	for _, i := range positions {
		after, err := l.valueAfter(l.values[i], s)
		if err != nil {
			return err
		}
		l.set(i, after)
	}
	if s.Ref.Sub != nil && s.Ref.Sub.Name == "primary" && s.Value == true || isPrimary(s.Value) {
		return l.onePrimary(positions, s)
	}
	return nil
}

// keepImmutable allows only what leaves the values of an immutable attribute as they are.
func (l *list) keepImmutable(s *Step) error {
	trial := &list{at: l.at, attr: &schema.Attribute{}, values: l.values, live: l.live, shared: true}
	*trial.attr = *l.attr
	trial.attr.Mutability = schema.ReadWrite
	var ignored notes
	if err := trial.apply(s, &ignored); err != nil {
		return err
	}
	if !l.attr.Equal(compact(l.values), trial.compact()) {
		return immutable(s.Ref.Path())
	}
	return nil
}

// selected returns the positions of the values that a step is about.
func (l *list) selected(s *Step) []int {
	var positions []int
	if s.Filter == nil {
		for i, v := range l.values {
			if v != nil {
				positions = append(positions, i)
			}
		}
		return positions
	}
	if named, ok := s.EqValues(); ok {
		for _, v := range named {
			for _, i := range l.withValue(v) {
				if v := l.values[i]; v != nil && s.Filter.MatchElement(v) {
					positions = append(positions, i)
				}
			}
		}
		return positions
	}
	for i, v := range l.values {
		if v != nil && s.Filter.MatchElement(v) {
			positions = append(positions, i)
		}
	}
	return positions
}

// none handles a step that selects no value.
func (l *list) none(s *Step, n *notes) error {
	if s.Op == Remove || s.Value == nil {
		n.add(NoteNothingSelected, s.Ref.Path(), "There was nothing to remove.")
		return nil
	}
	if s.Filter == nil {
		return l.add([]any{scim.Object{s.Ref.Sub.Name: s.Value}}, s)
	}
	made, err := described(s)
	if err != nil {
		return err
	}
	n.add(NoteCreated, s.Ref.Path(), "The path selected nothing; the value it describes was made.")
	return l.add([]any{made}, s)
}

// valueAfter returns what a step with a filter or a sub-attribute makes of one value; nil removes it.
func (l *list) valueAfter(old any, s *Step) (any, error) {
	given, isObject := s.Value.(scim.Object)
	sub := s.Ref.Sub
	switch {
	case sub == nil && s.Op == Remove:
		return nil, nil
	case sub != nil && s.Op == Remove:
		given = scim.Object{sub.Name: nil}
	case sub != nil:
		given = scim.Object{sub.Name: s.Value}
	case s.Op == Add && isObject:
	default:
		return l.withReadOnly(old, s.Value), nil
	}
	object, _ := old.(scim.Object)
	after, err := merge(l.attr, object, given, s, false)
	if err != nil || len(after) == 0 {
		return nil, err
	}
	return after, nil
}

// add appends the values that are not there yet; one that is there gets what is new about it.
func (l *list) add(values []any, s *Step) error {
	if len(values) == 0 {
		return nil
	}
	l.index()
	positions := make([]int, 0, len(values))
	for _, v := range values {
		id := l.attr.Identity(v)
		i, known := l.byIdentity[id]
		switch {
		case !known && s.maxValues > 0 && l.live >= s.maxValues:
			return scim.BadRequest(scim.InvalidValue, "%q would have more than %d values. Send fewer, or remove some first.",
				s.Ref.Path(), s.maxValues).WithRule("schema.too-many-values")
		case !known:
			i = l.append(v, id)
		default:
			if given, ok := v.(scim.Object); ok {
				object, _ := l.values[i].(scim.Object)
				after, err := merge(l.attr, object, given, s, true)
				if err != nil {
					return err
				}
				l.set(i, after)
			}
		}
		positions = append(positions, i)
	}
	if slices.ContainsFunc(values, isPrimary) {
		return l.onePrimary(positions, s)
	}
	return nil
}

// replace makes values the whole list. What the provider derived for a value stays with it.
func (l *list) replace(values []any) {
	if l.live == 0 && len(values) == 0 {
		return
	}
	next := slices.Clone(values)
	if l.live > 0 && l.hasReadOnly() {
		l.index()
		for i, v := range next {
			if j, known := l.byIdentity[l.attr.Identity(v)]; known {
				next[i] = l.withReadOnly(l.values[j], v)
			}
		}
	}
	l.values, l.live, l.shared = next, len(next), false
	l.byIdentity, l.byValue = nil, nil
	l.written = true
}

// onePrimary sees to it that at most one value is primary after a step made those at positions
// primary: the others lose it, but a step cannot give it to two (RFC 7644 §3.5.2).
func (l *list) onePrimary(positions []int, s *Step) error {
	primary := -1
	for _, i := range positions {
		if !isPrimary(l.values[i]) || i == primary {
			continue
		}
		if primary >= 0 {
			return invalidValue("The operation makes more than one value of %q primary. Select one of them.", s.Ref.Path())
		}
		primary = i
	}
	if primary < 0 {
		return nil
	}
	for i, v := range l.values {
		if i != primary && isPrimary(v) {
			after := maps.Clone(v.(scim.Object))
			after["primary"] = false
			l.set(i, after)
		}
	}
	return nil
}

func isPrimary(v any) bool {
	obj, ok := v.(scim.Object)
	return ok && obj["primary"] == true
}

func (l *list) hasReadOnly() bool {
	return slices.ContainsFunc(l.attr.SubAttributes, func(sub *schema.Attribute) bool { return sub.Mutability == schema.ReadOnly })
}

// withReadOnly returns v with the read-only sub-attributes of old, if it is still the same value.
func (l *list) withReadOnly(old, v any) any {
	was, _ := old.(scim.Object)
	given, ok := v.(scim.Object)
	if !ok || !l.hasReadOnly() || l.attr.Identity(was) != l.attr.Identity(given) {
		return v
	}
	out := maps.Clone(given)
	for _, sub := range l.attr.SubAttributes {
		if e, has := was[sub.Name]; has && sub.Mutability == schema.ReadOnly {
			out[sub.Name] = e
		}
	}
	return out
}
