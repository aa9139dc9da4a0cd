package schema

import "github.com/rosterhq/roster/scim"

// ServiceProviderConfigSchema returns a fresh definition of the schema of the ServiceProviderConfig
// resource (RFC 7643 §5, §8.7.2) with etag, authenticationSchemes.type and .primary, which the
// printed schema forgets, pagination (RFC 9865 §4) and securityEvents (RFC 9967 §4).
func ServiceProviderConfigSchema() *Schema {
	return &Schema{
		ID: scim.ServiceProviderConfigSchema, Name: "Service Provider Configuration", Description: "What this service provider supports.",
		Attributes: readOnly(
			&Attribute{Name: "documentationUri", Type: Reference, CaseExact: true, ReferenceTypes: []string{"external"},
				Description: "Address of documentation for people."},
			feature("patch", "PATCH."),
			feature("bulk", "Bulk requests.",
				&Attribute{Name: "maxOperations", Type: Integer, Required: true, Description: "Most operations of one bulk request."},
				&Attribute{Name: "maxPayloadSize", Type: Integer, Required: true, Description: "Largest bulk request in bytes."}),
			feature("filter", "Filters.",
				&Attribute{Name: "maxResults", Type: Integer, Required: true, Description: "Most resources of one answer."}),
			feature("changePassword", "Changing passwords."),
			feature("sort", "Sorting."),
			feature("etag", "Entity tags."),
			&Attribute{Name: "pagination", Type: Complex, Description: "Ways to page through lists.", SubAttributes: []*Attribute{
				{Name: "cursor", Type: Boolean, Required: true, Description: "Whether paging by cursor is supported."},
				{Name: "index", Type: Boolean, Required: true, Description: "Whether paging by startIndex is supported."},
				{Name: "defaultPaginationMethod", Type: String, CanonicalValues: []string{"cursor", "index"},
					Description: "Method used when a request names neither."},
				{Name: "defaultPageSize", Type: Integer, Description: "Resources in a page when a request gives no count."},
				{Name: "maxPageSize", Type: Integer, Description: "Most resources in a page."},
				{Name: "cursorTimeout", Type: Integer, Description: "Seconds for which a cursor stays valid."},
			}},
			&Attribute{Name: "securityEvents", Type: Complex, Description: "Security event tokens.", SubAttributes: []*Attribute{
				{Name: "asyncRequest", Type: String, CanonicalValues: []string{"none", "long", "request"},
					Description: "Whether requests can be processed asynchronously."},
				{Name: "eventUris", Type: Reference, MultiValued: true, CaseExact: true, ReferenceTypes: []string{"uri"}, Description: "Events that are issued."},
			}},
			&Attribute{Name: "authenticationSchemes", Type: Complex, MultiValued: true, Required: true, Description: "Ways to authenticate.", SubAttributes: []*Attribute{
				{Name: "type", Type: String, Required: true,
					CanonicalValues: []string{"oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"}, Description: "Kind of the scheme."},
				{Name: "name", Type: String, Required: true, Description: "Name of the scheme for people."},
				{Name: "description", Type: String, Required: true, Description: "What the scheme is."},
				{Name: "specUri", Type: Reference, CaseExact: true, ReferenceTypes: []string{"external"}, Description: "Address of the specification."},
				{Name: "documentationUri", Type: Reference, CaseExact: true, ReferenceTypes: []string{"external"}, Description: "Address of documentation for people."},
				{Name: "primary", Type: Boolean, Description: "Whether this is the preferred scheme; true at most once."},
			}},
		),
	}
}

func feature(name, what string, more ...*Attribute) *Attribute {
	supported := &Attribute{Name: "supported", Type: Boolean, Required: true, Description: "Whether it is supported."}
	return &Attribute{Name: name, Type: Complex, Required: true, Description: what, SubAttributes: append([]*Attribute{supported}, more...)}
}

// ResourceTypeSchema returns a fresh definition of the schema of ResourceType resources (RFC 7643
// §6, §8.7.2). schemaExtensions is multi-valued and optional, as §6 says and the printed schema does not.
func ResourceTypeSchema() *Schema {
	return &Schema{
		ID: scim.ResourceTypeSchema, Name: "ResourceType", Description: "A kind of resource and where it is found.",
		Attributes: readOnly(
			&Attribute{Name: "id", Type: String, Description: "Identifier of the resource type, equal to its name."},
			&Attribute{Name: "name", Type: String, Required: true, Description: "Name of the resource type."},
			&Attribute{Name: "description", Type: String, Description: "What the resources are."},
			&Attribute{Name: "endpoint", Type: Reference, CaseExact: true, Required: true, ReferenceTypes: []string{"uri"},
				Description: "Endpoint relative to the base URL, such as /Users."},
			&Attribute{Name: "schema", Type: Reference, CaseExact: true, Required: true, ReferenceTypes: []string{"uri"}, Description: "URN of the core schema."},
			&Attribute{Name: "schemaExtensions", Type: Complex, MultiValued: true, Description: "Extensions of the core schema.", SubAttributes: []*Attribute{
				{Name: "schema", Type: Reference, CaseExact: true, Required: true, ReferenceTypes: []string{"uri"}, Description: "URN of the extension."},
				{Name: "required", Type: Boolean, Required: true, Description: "Whether every resource must carry the extension."},
			}},
		),
	}
}

// SchemaSchema returns a fresh definition of the schema of Schema resources (RFC 7643 §7, §8.7.2). It
// is the one place where a complex attribute has complex sub-attributes.
func SchemaSchema() *Schema {
	attribute := func(types ...string) []*Attribute {
		return []*Attribute{
			{Name: "name", Type: String, Required: true, CaseExact: true, Description: "Name of the attribute."},
			{Name: "type", Type: String, Required: true, CanonicalValues: types, Description: "Data type of the attribute."},
			{Name: "multiValued", Type: Boolean, Required: true, Description: "Whether the attribute has several values."},
			{Name: "description", Type: String, CaseExact: true, Description: "What the attribute is."},
			{Name: "required", Type: Boolean, Description: "Whether the attribute must have a value."},
			{Name: "canonicalValues", Type: String, MultiValued: true, CaseExact: true, Description: "Suggested values."},
			{Name: "caseExact", Type: Boolean, Description: "Whether case matters when values are compared."},
			{Name: "mutability", Type: String, CaseExact: true, CanonicalValues: []string{"readOnly", "readWrite", "immutable", "writeOnly"},
				Description: "Who may change the attribute, and when."},
			{Name: "returned", Type: String, CaseExact: true, CanonicalValues: []string{"always", "never", "default", "request"},
				Description: "When the attribute is part of an answer."},
			{Name: "uniqueness", Type: String, CaseExact: true, CanonicalValues: []string{"none", "server", "global"},
				Description: "Scope within which values are unique."},
			{Name: "referenceTypes", Type: String, MultiValued: true, CaseExact: true, Description: "Resource types that a reference may name, or external or uri."},
		}
	}
	attributes := append(attribute("string", "complex", "boolean", "decimal", "integer", "dateTime", "reference", "binary"),
		&Attribute{Name: "subAttributes", Type: Complex, MultiValued: true, Description: "Parts of a complex attribute.",
			SubAttributes: attribute("string", "boolean", "decimal", "integer", "dateTime", "reference", "binary")})
	return &Schema{
		ID: scim.SchemaSchema, Name: "Schema", Description: "A set of attribute definitions.",
		Attributes: readOnly(
			&Attribute{Name: "id", Type: String, Required: true, Description: "URN of the schema."},
			&Attribute{Name: "name", Type: String, Required: true, Description: "Name of the schema for people."},
			&Attribute{Name: "description", Type: String, Description: "What the schema describes."},
			&Attribute{Name: "attributes", Type: Complex, MultiValued: true, Required: true, Description: "The attribute definitions.", SubAttributes: attributes},
		),
	}
}

// readOnly marks attributes and all below them.
func readOnly(attrs ...*Attribute) []*Attribute {
	for _, a := range attrs {
		a.Mutability = ReadOnly
		readOnly(a.SubAttributes...)
	}
	return attrs
}
