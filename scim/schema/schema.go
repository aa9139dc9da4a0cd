package schema

// Schema is a set of attribute definitions under a URN (RFC 7643 §7).
type Schema struct {
	ID          string
	Name        string
	Description string
	Attributes  []*Attribute
}

// Attribute returns the top-level attribute of that name, ignoring ASCII case, or nil.
func (s *Schema) Attribute(name string) *Attribute { return find(s.Attributes, name) }

// Extension is a schema that adds attributes to a resource type (RFC 7643 §3.3, §6). Its values
// live under its URN in the resource.
type Extension struct {
	Schema   *Schema
	Required bool
}

// ResourceType is a kind of resource and its endpoint (RFC 7643 §6). The common attributes (schemas,
// id, externalId, meta) belong to every type and are not listed in Schema.
type ResourceType struct {
	// Name is also the id of the ResourceType resource and the value of meta.resourceType.
	Name        string
	Description string
	// Endpoint is relative to the base URL and starts with a slash, such as "/Users".
	Endpoint   string
	Schema     *Schema
	Extensions []Extension

	// common is set by the registry, so that every type shares one set of definitions.
	common []*Attribute
	// hidesSent is set by the registry: every answer asks for it.
	hidesSent bool
}

// Ref is an attribute path bound to its definitions: [URN:]Attr[.Sub] (RFC 7644 §3.10).
type Ref struct {
	// URN is the extension's URN in registry spelling, or empty for core and common attributes.
	// The value is found at object[Attr.Name], or at object[URN][Attr.Name] for an extension.
	URN  string
	Attr *Attribute
	// Sub is the addressed sub-attribute, or nil.
	Sub *Attribute
}

// Leaf returns the definition of the addressed value: Sub if there is one, else Attr.
func (r Ref) Leaf() *Attribute {
	if r.Sub != nil {
		return r.Sub
	}
	return r.Attr
}
