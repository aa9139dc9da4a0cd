package directory

import (
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// keysOf computes what a store indexes of a canonical object.
func keysOf(t *schema.ResourceType, p Policies, obj scim.Object) Keys {
	k := Keys{
		ExternalID: keyAt(t, obj, "externalId"),
		Display:    keyAt(t, obj, "displayName"),
	}
	switch t.Name {
	case UserType:
		k.Name, k.NameUnique = keyAt(t, obj, "userName"), true
	case GroupType:
		k.Name, k.NameUnique = k.Display, !p.AllowDuplicateGroupNames
	default:
		k.Name = k.Display
	}
	k.Values = appendValues(nil, t, "", t.Schema.Attributes, obj)
	for i := range t.Extensions {
		s := t.Extensions[i].Schema
		if ext, ok := obj[s.ID].(scim.Object); ok {
			k.Values = appendValues(k.Values, t, s.ID, s.Attributes, ext)
		}
	}
	return k
}

func keyAt(t *schema.ResourceType, obj scim.Object, name string) string {
	v, ok := obj[name].(string)
	if !ok {
		return ""
	}
	ref, ok := t.Resolve(t.Schema.ID, name, "")
	if !ok {
		return ""
	}
	return ref.Attr.Key(v)
}

// appendValues adds the values of the indexed attributes of one schema.
func appendValues(dst []IndexedValue, t *schema.ResourceType, urn string, attrs []*schema.Attribute, obj scim.Object) []IndexedValue {
	for _, a := range attrs {
		if urn == "" && inColumns(t, a.Name) {
			continue
		}
		v, ok := obj[a.Name]
		if !ok {
			continue
		}
		if a.Type != schema.Complex {
			dst = appendLeaf(dst, schema.Ref{URN: urn, Attr: a}, v)
			continue
		}
		for _, sub := range a.SubAttributes {
			if !indexed(sub) {
				continue
			}
			ref := schema.Ref{URN: urn, Attr: a, Sub: sub}
			for _, element := range elements(v) {
				if e, ok := element.(scim.Object); ok {
					dst = appendLeaf(dst, ref, e[sub.Name])
				}
			}
		}
	}
	return dst
}

func appendLeaf(dst []IndexedValue, ref schema.Ref, v any) []IndexedValue {
	leaf := ref.Leaf()
	if !indexed(leaf) {
		return dst
	}
	for _, e := range elements(v) {
		// Values of other types (active) are columns, or not worth an index.
		if s, ok := e.(string); ok {
			dst = append(dst, IndexedValue{Path: ref.Path(), Key: leaf.Key(s), Unique: unique(leaf)})
		}
	}
	return dst
}

// inColumns names the core attributes that have a column or rows of their own.
func inColumns(t *schema.ResourceType, name string) bool {
	switch name {
	case "displayName", "active":
		return true
	case "userName", "groups":
		return t.Name == UserType
	case "members":
		return t.Name == GroupType
	}
	return false
}

func indexed(a *schema.Attribute) bool { return a.Indexed || unique(a) }

func unique(a *schema.Attribute) bool {
	return a.Uniqueness == schema.UniqueServer || a.Uniqueness == schema.UniqueGlobal
}

// labelOf returns what lists show of a resource; see Record.Label.
func labelOf(obj scim.Object) string {
	for _, name := range []string{"displayName", "userName"} {
		if s, ok := obj[name].(string); ok && s != "" {
			return s
		}
	}
	return ""
}

// elements returns the values of a multi-valued attribute, or the one value of another.
func elements(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}
