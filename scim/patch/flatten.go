package patch

import (
	"maps"
	"slices"
	"strings"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// pathless makes the steps of an operation without path (RFC 7644 §3.5.2.1, §3.5.2.3).
func (c *compiler) pathless(v any) error {
	if text, ok := v.(string); ok {
		obj, err := scim.DecodeObject([]byte(text), scim.Limits{})
		if err != nil {
			return invalidValue("Without a path, the value must be an object of attributes, but a string was sent. Name the attribute in \"path\".")
		}
		c.notes.add(NoteJSONText, "Operations.value", "The value was an object written as JSON text in a string.")
		v = obj
	}
	obj, ok := v.(scim.Object)
	if !ok {
		return invalidValue("Without a path, the value must be an object of attributes. Name the attribute in \"path\".")
	}
	return c.flatten("", obj)
}

// flatten makes a step of each attribute in obj, in alphabetical order. urn is that of a schema of
// the type whose attributes obj holds, or empty at the top level.
func (c *compiler) flatten(urn string, obj scim.Object) error {
	if urn == c.t.Schema.ID {
		c.notes.add(schema.NoteCoreURN, urn, "Core attributes belong at the top level; they were taken from under the URN of their schema.")
	}
	for _, key := range slices.Sorted(maps.Keys(obj)) {
		if err := c.key(urn, key, obj[key]); err != nil {
			return err
		}
	}
	return nil
}

// key handles one member of a value without path.
func (c *compiler) key(urn, key string, v any) error {
	name, sub, dotted := strings.Cut(key, ".")
	if !strings.ContainsAny(key, ":[") && (!dotted || sub != "") {
		if ref, ok := c.resolve(filter.AttrPath{URN: urn, Name: name, Sub: sub}); ok {
			if dotted {
				c.dotted(key)
			}
			return c.member(ref, nil, v)
		}
		return c.unknownKey(urn, key, v)
	}
	text, id, mistyped := key, "", false
	if urn == "" {
		id, mistyped = c.t.SchemaURN(key)
	} else {
		text = urn + ":" + key
	}
	if id != "" && !mistyped {
		return c.whole(id, v)
	}
	path, err := filter.ParsePath(text, filter.Limits{})
	if err != nil {
		return c.unknownKey(urn, key, v)
	}
	if ref, ok := c.resolve(path.AttrPath); ok {
		c.dotted(key)
		return c.member(ref, path.Filter, v)
	}
	if urn != "" || path.Filter != nil {
		return c.unknownKey(urn, key, v)
	}
	if _, isObject := v.(scim.Object); mistyped && isObject {
		c.mistyped(key, id)
		return c.whole(id, v)
	}
	if c.isForeign(path.AttrPath) {
		return c.foreignKey(path.AttrPath, v)
	}
	// The URN may be a known one, before an attribute that the extension does not have.
	if id, _ := c.t.SchemaURN(path.URN); id != "" && path.Sub == "" {
		return c.unknownKey(id, path.Name, v)
	}
	return c.unknownKey("", key, v)
}

func (c *compiler) dotted(key string) {
	c.notes.add(schema.NoteDottedKey, key, "This key was taken as the path of one attribute.")
}

// member handles a member that resolved. What the client cannot write may be there, because clients
// send back what they read.
func (c *compiler) member(ref schema.Ref, selector filter.Expr, v any) error {
	switch {
	case isSchemas(ref):
		return nil // follows from the attributes; authentik and others send it every time
	case !isReadOnly(ref):
		return c.assign(ref, selector, v, true)
	case ref.Attr.Type == schema.Complex:
		c.notes.add(schema.NoteReadOnly, ref.Path(), "It is read-only and was ignored.")
		return nil
	case v != nil:
		c.add(Step{Ref: ref, Value: v, HasValue: true, echo: true})
	}
	return nil
}

// unknownKey handles a member that no schema defines: kept below the URN of an extension, else ignored.
func (c *compiler) unknownKey(urn, key string, v any) error {
	if urn != "" && urn != c.t.Schema.ID && key != "" {
		return c.keep(urn, key, v)
	}
	if c.opt.StrictUnknown {
		return c.strict(key)
	}
	c.notes.add(schema.NoteUnknown, key, "No schema of this resource type has this attribute; it was ignored.")
	return nil
}

func (c *compiler) strict(key string) error {
	return scim.BadRequest(scim.InvalidValue, "%s has no attribute %q. Remove it from the attribute mapping, or define its extension.",
		c.t.Name, scim.Abbreviate(key)).WithRule(rulePath)
}
