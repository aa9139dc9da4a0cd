package schema

// CommonAttributes returns fresh definitions of schemas, id, externalId and meta, which every
// resource has (RFC 7643 §3, §3.1). They belong to no published schema.
func CommonAttributes() []*Attribute {
	return []*Attribute{
		{Name: "schemas", Type: Reference, MultiValued: true, Required: true, CaseExact: true, Returned: ReturnedAlways,
			ReferenceTypes: []string{"uri"}, Description: "URNs of the schemas whose attributes this resource carries."},
		{Name: "id", Type: String, CaseExact: true, Mutability: ReadOnly, Returned: ReturnedAlways, Uniqueness: UniqueGlobal,
			Description: "Identifier that this service provider issued; it never changes and is never given to another resource."},
		{Name: "externalId", Type: String, CaseExact: true, Indexed: true,
			Description: "Identifier that the provisioning client uses for this resource."},
		{Name: "meta", Type: Complex, Mutability: ReadOnly, Description: "What the service provider knows about the resource itself.",
			SubAttributes: []*Attribute{
				{Name: "resourceType", Type: String, CaseExact: true, Mutability: ReadOnly, Description: "Name of the resource type."},
				{Name: "created", Type: DateTime, Mutability: ReadOnly, Description: "When the resource came into being."},
				{Name: "lastModified", Type: DateTime, Mutability: ReadOnly, Description: "When the resource last changed."},
				{Name: "location", Type: Reference, CaseExact: true, Mutability: ReadOnly, ReferenceTypes: []string{"uri"}, Description: "Absolute URI of the resource."},
				{Name: "version", Type: String, CaseExact: true, Mutability: ReadOnly, Description: "Entity tag of the resource, equal to the ETag header."},
			}},
	}
}
