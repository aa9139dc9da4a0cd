package patch

import (
	"strings"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// Compile ties operations to the attributes of t. The value of an operation without path becomes a
// step for each attribute in it; its keys may be paths or URNs of schemas.
//
// A path that names nothing is 400 noTarget, but one below an unknown extension URN is kept as
// unmapped data. A read-only target is 400 mutability; in a value without path, id may repeat what it
// is, and meta and groups are ignored. An unknown core attribute in such a value is ignored, or with
// StrictUnknown 400 invalidValue. opt also has the limits of values, which Apply enforces.
func Compile(t *schema.ResourceType, ops []Operation, opt schema.Options) ([]Step, []schema.Note, error) {
	c := &compiler{t: t, opt: opt, steps: make([]Step, 0, len(ops))}
	for i := range ops {
		c.op, c.index = ops[i].Op, ops[i].Index
		if err := c.operation(&ops[i]); err != nil {
			return nil, nil, inOperation(c.index, err)
		}
	}
	return c.steps, c.notes, nil
}

// compiler holds the state of one Compile; op and index are those of the operation at hand.
type compiler struct {
	t        *schema.ResourceType
	opt      schema.Options
	op       Op
	index    int
	steps    []Step
	notes    notes
	unmapped int
}

func (c *compiler) operation(o *Operation) error {
	switch {
	case o.Path == nil && o.Op == Remove:
		return removeAll()
	case !o.HasValue && o.Op != Remove:
		return invalidValue("The %s operation needs a \"value\".", o.Op)
	case o.Path == nil:
		return c.pathless(o.Value)
	}
	path, urn, mistyped := o.Path, "", false
	if ref, ok := c.resolve(path.AttrPath); ok {
		return c.target(ref, path.Filter, o.Value, o.HasValue)
	}
	if path.Filter == nil {
		urn, mistyped = c.t.SchemaURN(path.AttrPath.String())
	}
	switch {
	case urn != "" && !mistyped:
		return c.whole(urn, o.Value)
	case mistyped && o.Op != Remove:
		// Removing a whole extension is too much to do for a URN that is only similar.
		c.mistyped(path.AttrPath.String(), urn)
		return c.whole(urn, o.Value)
	case path.Filter == nil && c.isForeign(path.AttrPath):
		return c.unmappedPath(path.AttrPath, o.Value)
	}
	return c.unknownPath(path.AttrPath)
}

func (c *compiler) mistyped(text, urn string) {
	c.notes.add(schema.NoteSchemas, text, "This URN is mistyped or of an old draft; it was taken as "+urn+".")
}

// resolve finds the definition of a path, and of the forms that Entra sends: without the URN of the
// extension, or with a dot after it.
func (c *compiler) resolve(p filter.AttrPath) (schema.Ref, bool) {
	ref, ok := c.t.Resolve(p.URN, p.Name, p.Sub)
	if ok {
		if p.URN == "" && ref.URN != "" {
			c.notes.add(schema.NoteComplexShape, ref.Path(), "The path lacks the URN of the extension.")
		}
		return ref, true
	}
	if p.URN == "" {
		return ref, false
	}
	if ref, ok = c.t.ResolvePath(p.String()); ok {
		c.notes.add(schema.NoteComplexShape, ref.Path(), "The URN in the path ends in a dot instead of a colon.")
		return ref, true
	}
	if urn, mistyped := c.t.SchemaURN(p.URN); mistyped {
		if ref, ok = c.t.Resolve(urn, p.Name, p.Sub); ok {
			c.mistyped(p.URN, urn)
			return ref, true
		}
	}
	return ref, false
}

// isForeign reports whether a path that does not resolve is below the URN of an unknown extension.
func (c *compiler) isForeign(p filter.AttrPath) bool {
	for _, urn := range [2]string{p.URN, filter.AttrPath{URN: p.URN, Name: p.Name}.String()} {
		if id, _ := c.t.SchemaURN(urn); id != "" || schema.IsStandardURN(urn) {
			return false
		}
	}
	return strings.Contains(p.URN, ":")
}

// unknownPath explains a path that names nothing.
func (c *compiler) unknownPath(p filter.AttrPath) error {
	if p.Sub != "" {
		if ref, ok := c.t.Resolve(p.URN, p.Name, ""); ok {
			if ref.Attr.Type != schema.Complex {
				return unknownTarget("%s is simple and has no sub-attribute %q.", ref.Path(), scim.Abbreviate(p.Sub))
			}
			var names []string
			for _, sub := range ref.Attr.SubAttributes {
				names = append(names, sub.Name)
			}
			return unknownTarget("%s has no sub-attribute %q. It has %s.", ref.Path(), scim.Abbreviate(p.Sub), strings.Join(names, ", "))
		}
	}
	return unknownTarget("%s has no attribute %q. Correct the path, or remove it from the attribute mapping.",
		c.t.Name, scim.Abbreviate(p.String()))
}

// whole handles an operation on all of a schema, which its URN as path or key names.
func (c *compiler) whole(urn string, v any) error {
	core := urn == c.t.Schema.ID
	cleared := v == nil || v == ""
	switch {
	case core && (c.op == Remove || cleared):
		return noTarget("The path names the whole resource. Name the attributes to remove, or use DELETE.")
	case c.op == Remove || c.op == Replace && cleared:
		c.add(Step{Op: Remove, Ref: schema.Ref{URN: urn}})
		return nil
	case cleared:
		return nil
	}
	obj, ok := v.(scim.Object)
	if !ok {
		return invalidValue("%q must be an object of attributes.", urn)
	}
	return c.flatten(urn, obj)
}

// add appends a step of the operation at hand. Only a whole extension's may differ in Op.
func (c *compiler) add(s Step) {
	if s.Op == "" {
		s.Op = c.op
	}
	s.Index = c.index
	c.steps = append(c.steps, s)
}

// target handles an operation whose path resolved.
func (c *compiler) target(ref schema.Ref, selector filter.Expr, v any, hasValue bool) error {
	if isReadOnly(ref) {
		return readOnly(ref.Path())
	}
	return c.assign(ref, selector, v, hasValue)
}

func isReadOnly(ref schema.Ref) bool {
	return ref.Attr.Mutability == schema.ReadOnly || ref.Leaf().Mutability == schema.ReadOnly
}

// assign makes the step of one attribute that a client may write.
func (c *compiler) assign(ref schema.Ref, selector filter.Expr, v any, hasValue bool) error {
	if ref.Attr.Discarded {
		c.notes.add(schema.NotePassword, ref.Path(), "It was thrown away; this service provider keeps no passwords.")
		return nil
	}
	s := Step{Ref: ref, maxValues: c.opt.ValuesLimit(ref.Attr.Name)}
	if selector != nil {
		f, err := filter.BindElement(selector, schema.Ref{URN: ref.URN, Attr: ref.Attr})
		if err != nil {
			return err
		}
		s.Filter = f
	}
	var err error
	if isSchemas(ref) {
		if v, err = c.schemas(v); err != nil {
			return err
		}
	}
	if c.op == Remove {
		err = c.listed(&s, v, hasValue)
	} else {
		s.HasValue = true
		s.Value, err = c.value(&s, v)
	}
	if err != nil {
		return err
	}
	c.add(s)
	return nil
}

func isSchemas(ref schema.Ref) bool { return ref.URN == "" && ref.Attr.Name == "schemas" }

// schemas brings the URNs of a value for schemas into the registry's spelling. An unknown one stays
// only while the resource has values of it.
func (c *compiler) schemas(v any) (any, error) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
		text, isString := v.(string)
		if !isString || text == "" {
			continue
		}
		urn, mistyped := c.t.SchemaURN(text)
		switch {
		case urn == "" && c.opt.StrictUnknown:
			return nil, invalidValue("The schema %q is not defined for %s. Define the extension first.", scim.Abbreviate(text), c.t.Name)
		case urn == "":
			c.notes.add(schema.NoteUnmapped, text, "This schema is unknown here; it is named only while the resource has values of it.")
			continue
		case mistyped:
			c.mistyped(text, urn)
		}
		out[i] = urn
	}
	return out, nil
}
