package filter

import (
	"strings"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// Bind ties a filter to the attributes of a resource type. It fails with 400 invalidFilter when an
// attribute is not defined, is never returned (RFC 7643 §4.1.1: a filter on password would reveal it),
// is complex where a simple one is needed, or has no such operator or value (RFC 7644 Table 3).
//
// Tolerated beyond the RFC: strings "true" and "false" for booleans; a complex attribute that has the
// sub-attribute value stands for it in a comparison (the RFC has that for multi-valued ones only); and
// because Entra sends manager eq "…", a complex attribute of an extension needs no URN unless a core
// attribute has its name.
func Bind(e Expr, t *schema.ResourceType) (*Filter, error) {
	return bind(e, &binder{typ: t})
}

// BindAny is Bind for queries over several resource types: an attribute that t does not define has no
// value (RFC 7644 §3.4.2.1).
func BindAny(e Expr, t *schema.ResourceType) (*Filter, error) {
	return bind(e, &binder{typ: t, lenient: true})
}

// BindElement ties the filter between the brackets of a path to the sub-attributes of parent, which
// has no Sub itself. The values of a simple multi-valued attribute have the name "value".
func BindElement(e Expr, parent schema.Ref) (*Filter, error) {
	b := &binder{parent: &parent}
	if err := b.checkParent(); err != nil {
		return nil, err
	}
	return bind(e, b)
}

// binder turns an Expr into a Node. parent is set between brackets.
type binder struct {
	typ     *schema.ResourceType
	lenient bool
	parent  *schema.Ref
}

func bind(e Expr, b *binder) (*Filter, error) {
	n, err := b.bind(e)
	if err != nil {
		return nil, err
	}
	return &Filter{n}, nil
}

func invalid(format string, args ...any) error {
	return scim.BadRequest(scim.InvalidFilter, format, args...)
}

func (b *binder) bind(e Expr) (Node, error) {
	switch e := e.(type) {
	case And:
		nodes, err := b.bindAll(e.Terms)
		return AndNode{nodes}, err
	case Or:
		nodes, err := b.bindAll(e.Terms)
		return OrNode{nodes}, err
	case Not:
		n, err := b.bind(e.Expr)
		return NotNode{n}, err
	case Compare:
		return b.compare(e)
	case Element:
		return b.element(e)
	}
	return nil, invalid("The filter is empty.")
}

func (b *binder) bindAll(terms []Expr) ([]Node, error) {
	if len(terms) == 0 {
		return nil, invalid("The filter is empty.")
	}
	nodes := make([]Node, len(terms))
	for i, t := range terms {
		n, err := b.bind(t)
		if err != nil {
			return nil, err
		}
		nodes[i] = n
	}
	return nodes, nil
}

func (b *binder) element(e Element) (Node, error) {
	if b.parent != nil {
		return nil, invalid("A filter in brackets cannot contain another one.")
	}
	ref, ok := b.resolve(e.Path)
	if !ok {
		if b.lenient {
			return ConstNode{false}, nil
		}
		return nil, b.unknown(e.Path)
	}
	inner := &binder{typ: b.typ, lenient: b.lenient, parent: &ref}
	if err := inner.checkParent(); err != nil {
		return nil, err
	}
	n, err := inner.bind(e.Filter)
	return ElementNode{ref, n}, err
}

// checkParent refuses attributes whose values a filter in brackets cannot select.
func (b *binder) checkParent() error {
	a := b.parent.Attr
	if err := checkReturned(*b.parent); err != nil {
		return err
	}
	if b.parent.Sub != nil || a.Type != schema.Complex && !a.MultiValued {
		return invalid("%s has a single simple value; a filter in brackets selects among values with sub-attributes.", refName(*b.parent))
	}
	return nil
}

func (b *binder) compare(e Compare) (Node, error) {
	if !fits(e.Op, e.Value) && e.Op != Pr {
		return nil, invalid("%s cannot compare with %s. Use eq or ne.", e.Op, describe(e.Value))
	}
	ref, ok := b.resolve(e.Path)
	if !ok {
		if b.lenient {
			// Without a value, only "has no value" and "is not" hold.
			return ConstNode{e.Op == Eq && e.Value == nil || e.Op == Ne && e.Value != nil}, nil
		}
		return nil, b.unknown(e.Path)
	}
	if err := checkReturned(ref); err != nil {
		return nil, err
	}
	term := TermNode{Ref: ref, Op: e.Op}
	if e.Op == Pr || e.Value == nil {
		return term, nil
	}
	if ref.Leaf().Type == schema.Complex {
		term.Ref.Sub = ref.Attr.Sub("value")
		if term.Ref.Sub == nil {
			return nil, invalid("%s is complex. Compare one of its sub-attributes: %s.", refName(ref), names(ref.Attr.SubAttributes))
		}
	}
	return term.withValue(e.Value)
}

// resolve finds the definition of a path. Between brackets it is a sub-attribute of the parent.
func (b *binder) resolve(p AttrPath) (schema.Ref, bool) {
	if b.parent == nil {
		ref, ok := b.typ.Resolve(p.URN, p.Name, p.Sub)
		if !ok && p.URN != "" {
			ref, ok = b.typ.ResolvePath(p.String())
		}
		shortened := p.URN == "" && ref.URN != ""
		return ref, ok && !(shortened && ref.Attr.Type != schema.Complex)
	}
	ref := *b.parent
	if p.URN != "" || p.Sub != "" {
		return ref, false
	}
	if ref.Attr.Type != schema.Complex {
		return ref, schema.EqualName(p.Name, "value")
	}
	ref.Sub = ref.Attr.Sub(p.Name)
	return ref, ref.Sub != nil
}

// withValue checks operator and value against the type of the attribute and prepares the operand.
func (t TermNode) withValue(v any) (Node, error) {
	leaf := t.Ref.Leaf()
	switch leaf.Type {
	case schema.Boolean:
		b, ok := boolean(v)
		if !ok {
			return nil, t.wrongValue("true or false", v)
		}
		t.Value = b
		return t, t.allow(Eq, Ne)
	case schema.Integer, schema.Decimal:
		n, ok := v.(scim.Number)
		if !ok {
			return nil, t.wrongValue("a number without quotes", v)
		}
		if t.number, ok = parseDecimal(n); !ok {
			return nil, t.wrongValue("a JSON number", v)
		}
		t.Value = n
		return t, t.allow(Eq, Ne, Gt, Ge, Lt, Le)
	case schema.DateTime:
		s, ok := v.(string)
		at, valid := parseTime(s)
		if !ok || !valid {
			return nil, t.wrongValue("a date and time such as \"2026-01-31T08:30:00Z\"", v)
		}
		t.Value = at
		return t, t.allow(Eq, Ne, Gt, Ge, Lt, Le)
	}
	s, ok := v.(string)
	if !ok {
		return nil, t.wrongValue("a string in double quotes", v)
	}
	t.Value, t.Key = s, textKey(leaf, t.Op, s)
	if leaf.Type == schema.Binary {
		return t, t.allow(Eq, Ne, Co, Sw, Ew)
	}
	return t, t.allow(Eq, Ne, Co, Sw, Ew, Gt, Ge, Lt, Le)
}

// boolean takes true, false and the strings of these in any letter case, which Entra sends.
func boolean(v any) (b, ok bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case string:
		return schema.EqualName(v, "true"), schema.EqualName(v, "true") || schema.EqualName(v, "false")
	}
	return false, false
}

func (t TermNode) wrongValue(want string, got any) error {
	return invalid("%s is of type %s: compare it with %s, not with %s.", refName(t.Ref), t.Ref.Leaf().Type, want, describe(got))
}

func (t TermNode) allow(ops ...Operator) error {
	list := ""
	for i, op := range ops {
		if op == t.Op {
			return nil
		}
		if i > 0 {
			list += ", "
		}
		list += string(op)
	}
	return invalid("%s is of type %s, which has no operator %q. Use %s or pr.", refName(t.Ref), t.Ref.Leaf().Type, scim.Abbreviate(string(t.Op)), list)
}

func checkReturned(ref schema.Ref) error {
	if ref.Attr.Returned == schema.ReturnedNever || ref.Leaf().Returned == schema.ReturnedNever {
		return invalid("%s is never returned, so no filter may use it.", refName(ref))
	}
	return nil
}

// unknown explains which attribute is not defined, and what may be meant.
func (b *binder) unknown(p AttrPath) error {
	path := scim.Abbreviate(p.String())
	if b.parent != nil {
		if b.parent.Attr.Type != schema.Complex {
			return invalid("The values of %s have no attribute %q. Compare value.", refName(*b.parent), path)
		}
		return invalid("%s has no sub-attribute %q. It has %s.", refName(*b.parent), path, names(b.parent.Attr.SubAttributes))
	}
	if ref, ok := b.typ.Resolve(p.URN, p.Name, ""); ok && p.Sub != "" {
		if ref.Attr.Type != schema.Complex {
			return invalid("%s is simple and has no sub-attribute %q.", refName(ref), scim.Abbreviate(p.Sub))
		}
		return invalid("%s has no sub-attribute %q. It has %s.", refName(ref), scim.Abbreviate(p.Sub), names(ref.Attr.SubAttributes))
	}
	if ref, ok := b.typ.Resolve("", p.Name, p.Sub); ok && p.URN == "" {
		return invalid("%q belongs to an extension. Write it with the schema: %s.", path, refName(ref))
	}
	return invalid("%s has no attribute %q. Use the attributes listed at /Schemas.", b.typ.Name, path)
}

func refName(ref schema.Ref) string {
	p := AttrPath{URN: ref.URN, Name: ref.Attr.Name}
	if ref.Sub != nil {
		p.Sub = ref.Sub.Name
	}
	return p.String()
}

func names(attrs []*schema.Attribute) string {
	list := make([]string, len(attrs))
	for i, a := range attrs {
		list[i] = a.Name
	}
	return strings.Join(list, ", ")
}
