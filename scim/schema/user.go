package schema

import "github.com/rosterhq/roster/scim"

// UserSchema returns a fresh definition of the core User schema (RFC 7643 §4.1, §8.7.1) with the
// corrections that its errata and its own examples ask for: references are case-exact and addresses
// have primary. password is known, so that it can be accepted and thrown away, but not published.
func UserSchema() *Schema {
	return &Schema{
		ID: scim.UserSchema, Name: "User", Description: "A person or another account holder.",
		Attributes: []*Attribute{
			{Name: "userName", Type: String, Required: true, Uniqueness: UniqueServer, Indexed: true,
				Description: "Name the user signs in with, unique within this service provider without regard to case."},
			{Name: "name", Type: Complex, Description: "Parts of the user's name.", SubAttributes: []*Attribute{
				text("formatted", "Whole name as it is to be shown, with all titles."),
				text("familyName", "Family name, or last name."),
				text("givenName", "Given name, or first name."),
				text("middleName", "Middle names."),
				text("honorificPrefix", "Title before the name."),
				text("honorificSuffix", "Addition after the name."),
			}},
			{Name: "displayName", Type: String, Indexed: true, Description: "Name to show to other people."},
			text("nickName", "Casual name the user goes by."),
			{Name: "profileUrl", Type: Reference, CaseExact: true, ReferenceTypes: []string{"external"},
				Description: "Address of a page about the user."},
			text("title", "Job title."),
			text("userType", "Relation of the user to the organization, such as Employee or Contractor."),
			text("preferredLanguage", "Languages the user prefers, in the syntax of the Accept-Language header."),
			text("locale", "Region whose conventions for dates, numbers and currency the user expects."),
			text("timezone", "Time zone of the user by its IANA name."),
			{Name: "active", Type: Boolean, Indexed: true, Description: "Whether the user may use the service."},
			{Name: "password", Type: String, Mutability: WriteOnly, Returned: ReturnedNever, Discarded: true,
				Description: "Password that a client sent; it is thrown away."},
			multi("emails", "E-mail addresses of the user.", &Attribute{Name: "value", Type: String, Indexed: true, Description: "The e-mail address."}, "work", "home", "other"),
			multi("phoneNumbers", "Telephone numbers of the user.", text("value", "The telephone number."), "work", "home", "mobile", "fax", "pager", "other"),
			multi("ims", "Instant messaging addresses of the user.", text("value", "The instant messaging address."),
				"aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo", "other"),
			multi("photos", "Pictures of the user.", &Attribute{Name: "value", Type: Reference, CaseExact: true,
				ReferenceTypes: []string{"external"}, Description: "Address of the picture."}, "photo", "thumbnail"),
			{Name: "addresses", Type: Complex, MultiValued: true, Description: "Postal addresses of the user.", SubAttributes: []*Attribute{
				text("formatted", "Whole address as it is to be printed, with line breaks."),
				text("streetAddress", "Street, house number, post box and the like."),
				text("locality", "City or town."),
				text("region", "State or region."),
				text("postalCode", "Postal code."),
				text("country", "Country, preferably as an ISO 3166-1 alpha-2 code."),
				kind("work", "home", "other"),
				primary(),
			}},
			{Name: "groups", Type: Complex, MultiValued: true, Mutability: ReadOnly,
				Description: "Groups the user belongs to; changed by changing the groups.", SubAttributes: []*Attribute{
					{Name: "value", Type: String, Mutability: ReadOnly, Description: "Identifier of the group."},
					{Name: "$ref", Type: Reference, CaseExact: true, Mutability: ReadOnly, ReferenceTypes: []string{"Group"}, Description: "URI of the group."},
					{Name: "display", Type: String, Mutability: ReadOnly, Description: "Name of the group."},
					{Name: "type", Type: String, Mutability: ReadOnly, CanonicalValues: []string{"direct", "indirect"},
						Description: "Whether the user is a member itself or through another group."},
				}},
			multi("entitlements", "Things the user is entitled to.", text("value", "The entitlement.")),
			multi("roles", "Roles of the user.", text("value", "The role.")),
			multi("x509Certificates", "Certificates issued to the user.",
				&Attribute{Name: "value", Type: Binary, CaseExact: true, Description: "One DER certificate in base64."}),
		},
	}
}

// EnterpriseUserSchema returns a fresh definition of the enterprise extension (RFC 7643 §4.3).
func EnterpriseUserSchema() *Schema {
	return &Schema{
		ID: scim.EnterpriseUserSchema, Name: "EnterpriseUser", Description: "What a company knows about a user as an employee.",
		Attributes: []*Attribute{
			text("employeeNumber", "Number or code that the organization gave to the person."),
			text("costCenter", "Cost center."),
			text("organization", "Organization."),
			text("division", "Division."),
			text("department", "Department."),
			{Name: "manager", Type: Complex, Description: "The user's manager, who is a user of this service provider.", SubAttributes: []*Attribute{
				text("value", "Identifier of the manager's user."),
				{Name: "$ref", Type: Reference, CaseExact: true, ReferenceTypes: []string{"User"}, Description: "URI of the manager's user."},
				{Name: "displayName", Type: String, Mutability: ReadOnly, Description: "Display name of the manager."},
			}},
		},
	}
}

func text(name, description string) *Attribute {
	return &Attribute{Name: name, Type: String, Description: description}
}

func kind(values ...string) *Attribute {
	return &Attribute{Name: "type", Type: String, CanonicalValues: values, Description: "What this value is used for."}
}

func primary() *Attribute {
	return &Attribute{Name: "primary", Type: Boolean, Description: "Whether this is the preferred value; true at most once."}
}

// multi is the usual shape of a multi-valued attribute (RFC 7643 §2.4).
func multi(name, description string, value *Attribute, types ...string) *Attribute {
	return &Attribute{Name: name, Type: Complex, MultiValued: true, Description: description, SubAttributes: []*Attribute{
		value, text("display", "Text to show for this value."), kind(types...), primary(),
	}}
}
