package patch

import (
	"maps"
	"slices"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// Data that no schema defines is kept as sent below the URN of its extension, within a limit of size.
// Without definitions there is nothing to merge by: add and replace set the value, and only add to a
// list appends.

// unmappedPath handles an operation at a path below the URN of an unknown extension.
func (c *compiler) unmappedPath(p filter.AttrPath, v any) error {
	switch {
	case c.opt.StrictUnknown || p.Sub != "":
		return c.unknownPath(p)
	case c.op == Remove:
		c.add(Step{Ref: schema.Ref{URN: p.URN}, Unmapped: p.Name})
		return nil
	}
	return c.foreignKey(p, v)
}

// foreignKey handles a value for a path below the URN of an unknown extension. Whether the path is
// the URN itself or goes on to an attribute, only the value can tell.
func (c *compiler) foreignKey(p filter.AttrPath, v any) error {
	obj, ok := v.(scim.Object)
	if !ok {
		if p.Name == "" || p.Sub != "" {
			return c.unknownKey("", p.String(), v)
		}
		return c.keep(p.URN, p.Name, v)
	}
	for _, key := range slices.Sorted(maps.Keys(obj)) {
		if err := c.keep(p.String(), key, obj[key]); err != nil {
			return err
		}
	}
	return nil
}

// keep makes the step of a value that is kept as sent.
func (c *compiler) keep(urn, key string, v any) error {
	if c.opt.StrictUnknown {
		return c.strict(filter.AttrPath{URN: urn, Name: key}.String())
	}
	limit := c.opt.UnmappedLimit()
	if c.unmapped += len(key) + len(scim.AppendJSON(nil, v)); c.unmapped > limit {
		return unmappedTooLarge(limit)
	}
	c.notes.add(schema.NoteUnmapped, urn+":"+key, "No schema of this resource type defines it; it was kept as sent.")
	if obj, isObject := v.(scim.Object); isEmpty(v) || isObject && len(obj) == 0 {
		v = nil
	}
	c.add(Step{Ref: schema.Ref{URN: urn}, Unmapped: key, Value: v, HasValue: true, maxUnmapped: limit})
	return nil
}

func unmappedTooLarge(limit int) error {
	return invalidValue("Attributes without a definition take more than %d bytes. Send fewer of them.", limit)
}

// unmapped applies a step to data that no schema defines.
func (a *applier) unmapped(s *Step) {
	full := s.Ref.URN
	if s.Unmapped != "" {
		full += ":" + s.Unmapped
	}
	// The path of a step may be the URN of the extension itself, or a key kept at the top level.
	if key, ok := spelling(a.out, full); ok {
		if _, isObject := a.out[key].(scim.Object); s.Op == Remove || !isObject {
			a.touch(key)
			assign(a.out, key, s.Value)
			return
		}
	}
	urn, found := spelling(a.out, s.Ref.URN)
	holder, ok := a.out[urn].(scim.Object)
	if !found || !ok {
		if s.Value == nil {
			return
		}
		urn = s.Ref.URN
	}
	key, found := spelling(holder, s.Unmapped)
	if !found {
		key = s.Unmapped
	}
	a.touch(urn)
	holder = a.extension(urn)
	old, isList := holder[key].([]any)
	more, addList := s.Value.([]any)
	if s.Op == Add && s.Value == nil && isList {
		return
	}
	if s.Op == Add && isList && addList {
		assign(holder, key, appendMissing(old, more))
		return
	}
	assign(holder, key, s.Value)
}

// appendMissing returns old and what of more it does not have.
func appendMissing(old, more []any) []any {
	seen := make(map[string]bool, len(old))
	for _, v := range old {
		seen[string(scim.AppendJSON(nil, v))] = true
	}
	out := slices.Clone(old)
	for _, v := range more {
		if key := string(scim.AppendJSON(nil, v)); !seen[key] {
			seen[key] = true
			out = append(out, v)
		}
	}
	return out
}

// spelling returns the key of obj that equals name in any letter case.
func spelling(obj scim.Object, name string) (string, bool) {
	if _, ok := obj[name]; ok {
		return name, true
	}
	for key := range obj {
		if schema.EqualName(key, name) {
			return key, true
		}
	}
	return "", false
}

func assign(obj scim.Object, key string, v any) {
	if v == nil {
		delete(obj, key)
	} else {
		obj[key] = v
	}
}

// unmappedSize returns the bytes of JSON that undefined data of obj takes.
func unmappedSize(t *schema.ResourceType, obj scim.Object) int {
	size := 0
	for key, v := range obj {
		if _, known := t.Resolve("", key, ""); known {
			continue
		}
		ext := t.Extension(key)
		holder, ok := v.(scim.Object)
		if ext == nil || !ok {
			size += len(key) + len(scim.AppendJSON(nil, v))
			continue
		}
		for key, v := range holder {
			if ext.Schema.Attribute(key) == nil {
				size += len(key) + len(scim.AppendJSON(nil, v))
			}
		}
	}
	return size
}
