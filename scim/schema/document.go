package schema

import (
	"github.com/rosterhq/roster/scim"
)

// Document returns the schema as a Schema resource (RFC 7643 §7), with meta.resourceType but
// without meta.location. Discarded attributes are not part of it.
func (s *Schema) Document() scim.Object {
	doc := scim.Object{
		"schemas":    []any{scim.SchemaSchema},
		"id":         s.ID,
		"name":       s.Name,
		"attributes": documentAttributes(s.Attributes),
		"meta":       scim.Object{"resourceType": "Schema"},
	}
	if s.Description != "" {
		doc["description"] = s.Description
	}
	return doc
}

func documentAttributes(attrs []*Attribute) []any {
	list := make([]any, 0, len(attrs))
	for _, a := range attrs {
		if !a.Discarded {
			list = append(list, a.document())
		}
	}
	return list
}

func (a *Attribute) document() scim.Object {
	doc := scim.Object{
		"name":        a.Name,
		"type":        string(a.Type),
		"multiValued": a.MultiValued,
		"description": a.Description,
		"required":    a.Required,
		"caseExact":   a.CaseExact,
		"mutability":  string(orDefault(a.Mutability, ReadWrite)),
		"returned":    string(orDefault(a.Returned, ReturnedDefault)),
		"uniqueness":  string(orDefault(a.Uniqueness, UniqueNone)),
	}
	if len(a.CanonicalValues) > 0 {
		doc["canonicalValues"] = anyList(a.CanonicalValues)
	}
	if len(a.ReferenceTypes) > 0 {
		doc["referenceTypes"] = anyList(a.ReferenceTypes)
	}
	if len(a.SubAttributes) > 0 {
		doc["subAttributes"] = documentAttributes(a.SubAttributes)
	}
	return doc
}

func orDefault[T ~string](v, def T) T {
	if v == "" {
		return def
	}
	return v
}

func anyList(values []string) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}

// Document returns the type as a ResourceType resource (RFC 7643 §6), with meta.resourceType but
// without meta.location.
func (t *ResourceType) Document() scim.Object {
	doc := scim.Object{
		"schemas":  []any{scim.ResourceTypeSchema},
		"id":       t.Name,
		"name":     t.Name,
		"endpoint": t.Endpoint,
		"schema":   t.Schema.ID,
		"meta":     scim.Object{"resourceType": "ResourceType"},
	}
	if t.Description != "" {
		doc["description"] = t.Description
	}
	if len(t.Extensions) > 0 {
		list := make([]any, len(t.Extensions))
		for i, x := range t.Extensions {
			list[i] = scim.Object{"schema": x.Schema.ID, "required": x.Required}
		}
		doc["schemaExtensions"] = list
	}
	return doc
}
