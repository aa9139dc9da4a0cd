package schema

import "github.com/rosterhq/roster/scim"

// GroupSchema returns a fresh definition of the core Group schema (RFC 7643 §4.2, §8.7.1).
// displayName is required (erratum 5368), and members have the display of every example. It is returned on
// request only: what a client wrote as members then comes back as written, and a large group is listed
// without the names of its members.
func GroupSchema() *Schema {
	return &Schema{
		ID: scim.GroupSchema, Name: "Group", Description: "A set of users and groups.",
		Attributes: []*Attribute{
			{Name: "displayName", Type: String, Required: true, Indexed: true, Description: "Name of the group."},
			{Name: "members", Type: Complex, MultiValued: true, Description: "Members of the group.", SubAttributes: []*Attribute{
				{Name: "value", Type: String, Mutability: Immutable, Indexed: true, Description: "Identifier of the member."},
				{Name: "$ref", Type: Reference, CaseExact: true, Mutability: Immutable, ReferenceTypes: []string{"User", "Group"},
					Description: "URI of the member."},
				{Name: "type", Type: String, Mutability: Immutable, CanonicalValues: []string{"User", "Group"},
					Description: "Resource type of the member."},
				{Name: "display", Type: String, Mutability: ReadOnly, Returned: ReturnedRequest, Description: "Name of the member."},
			}},
		},
	}
}
