package server

import (
	"maps"
	"slices"
	"strings"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// resolveReferences makes the $ref of attributes that refer to SCIM resources absolute (RFC 7643
// §2.3.7: relative ones are relative to the service root), and sets those that follow from value and
// type. obj is changed at the top level only; what is replaced below is copied.
func resolveReferences(obj scim.Object, t *schema.ResourceType, reg *schema.Registry, base string) {
	resolveIn(obj, t.Schema.Attributes, reg, base)
	for _, e := range t.Extensions {
		if values, ok := obj[e.Schema.ID].(scim.Object); ok {
			if changed, ok := resolveCopy(values, e.Schema.Attributes, reg, base); ok {
				obj[e.Schema.ID] = changed
			}
		}
	}
}

func resolveCopy(obj scim.Object, attrs []*schema.Attribute, reg *schema.Registry, base string) (scim.Object, bool) {
	if !slices.ContainsFunc(attrs, func(a *schema.Attribute) bool { return obj[a.Name] != nil && a.Sub("$ref") != nil }) {
		return nil, false
	}
	c := maps.Clone(obj)
	resolveIn(c, attrs, reg, base)
	return c, true
}

func resolveIn(obj scim.Object, attrs []*schema.Attribute, reg *schema.Registry, base string) {
	for _, a := range attrs {
		ref := a.Sub("$ref")
		if ref == nil {
			continue
		}
		switch v := obj[a.Name].(type) {
		case scim.Object:
			obj[a.Name] = withReference(v, ref, reg, base)
		case []any:
			list := make([]any, len(v))
			for i, e := range v {
				list[i] = e
				if o, ok := e.(scim.Object); ok {
					list[i] = withReference(o, ref, reg, base)
				}
			}
			obj[a.Name] = list
		}
	}
}

func withReference(v scim.Object, ref *schema.Attribute, reg *schema.Registry, base string) scim.Object {
	url := ""
	if given, ok := v["$ref"].(string); ok {
		url = absolute(given, reg, base)
		if url == given {
			return v
		}
	} else if url = derived(v, ref, reg, base); url == "" {
		return v
	}
	c := maps.Clone(v)
	c["$ref"] = url
	return c
}

// absolute resolves "Users/1", "/Users/1" and "../Users/1", the forms in the examples of RFC 7643.
func absolute(ref string, reg *schema.Registry, base string) string {
	path := strings.TrimPrefix(strings.TrimPrefix(ref, ".."), "/")
	endpoint, id, ok := strings.Cut(path, "/")
	if !ok || id == "" || reg.TypeByEndpoint("/"+endpoint) == nil {
		return ref
	}
	return base + "/" + path
}

// derived returns the URL that value and type imply, or the only resource type that ref allows.
func derived(v scim.Object, ref *schema.Attribute, reg *schema.Registry, base string) string {
	id, ok := v["value"].(string)
	if !ok || id == "" {
		return ""
	}
	name, _ := v["type"].(string)
	if len(ref.ReferenceTypes) == 1 {
		name = ref.ReferenceTypes[0]
	}
	if t := reg.TypeByName(name); t != nil {
		return location(base, t, id)
	}
	return ""
}
