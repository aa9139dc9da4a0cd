package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Registry holds the resource types and the schemas of a service provider. It never changes after
// NewRegistry and is safe for concurrent use.
type Registry struct {
	types   []*ResourceType
	schemas []*Schema
}

// Core returns a fresh registry of User, with the enterprise extension, and Group.
func Core() *Registry {
	r := &Registry{types: []*ResourceType{
		{Name: "User", Description: "People and other account holders.", Endpoint: "/Users", Schema: UserSchema(),
			Extensions: []Extension{{Schema: EnterpriseUserSchema()}}},
		{Name: "Group", Description: "Groups of users and groups.", Endpoint: "/Groups", Schema: GroupSchema()},
	}}
	r.collect(nil)
	return r
}

// NewRegistry checks definitions and makes a registry of them. It takes ownership: the types, their
// schemas and attributes must not change any more, and no type belongs to two registries. extra are
// schemas to publish that no type uses. The schemas of ServiceProviderConfig, ResourceType and Schema
// are always published.
func NewRegistry(types []*ResourceType, extra ...*Schema) (*Registry, error) {
	r := &Registry{types: types}
	for i, t := range types {
		if err := checkType(t); err != nil {
			return nil, err
		}
		for _, other := range types[:i] {
			if EqualName(t.Name, other.Name) {
				return nil, fmt.Errorf("resource type %q is defined twice", t.Name)
			}
			if EqualName(t.Endpoint, other.Endpoint) {
				return nil, fmt.Errorf("resource types %q and %q share the endpoint %q", other.Name, t.Name, t.Endpoint)
			}
		}
	}
	r.collect(extra)
	for i, s := range r.schemas {
		if err := checkSchema(s); err != nil {
			return nil, err
		}
		for _, other := range r.schemas[:i] {
			if EqualName(s.ID, other.ID) {
				return nil, fmt.Errorf("schema %q is defined twice", s.ID)
			}
		}
	}
	return r, nil
}

// collect gathers every schema once and gives the types their common attributes.
func (r *Registry) collect(extra []*Schema) {
	add := func(s *Schema) {
		for _, known := range r.schemas {
			if known == s {
				return
			}
		}
		r.schemas = append(r.schemas, s)
	}
	common := CommonAttributes()
	for _, t := range r.types {
		t.common, t.hidesSent = common, hideSent(t)
		add(t.Schema)
	}
	for _, t := range r.types {
		for _, x := range t.Extensions {
			add(x.Schema)
		}
	}
	for _, s := range extra {
		add(s)
	}
	for _, s := range []*Schema{ServiceProviderConfigSchema(), ResourceTypeSchema(), SchemaSchema()} {
		if r.Schema(s.ID) == nil {
			add(s)
		}
	}
}

// Types returns the resource types in the order of their definition. The caller must not change it.
func (r *Registry) Types() []*ResourceType { return r.types }

// TypeByName returns the resource type of that name, or nil. Case matters, as in meta.resourceType.
func (r *Registry) TypeByName(name string) *ResourceType {
	for _, t := range r.types {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// TypeByEndpoint returns the resource type of that endpoint, such as "/Users", or nil.
func (r *Registry) TypeByEndpoint(endpoint string) *ResourceType {
	for _, t := range r.types {
		if t.Endpoint == endpoint {
			return t
		}
	}
	return nil
}

// Schemas returns every published schema: of the types, of their extensions, the extra ones and
// those of the discovery resources. The caller must not change it.
func (r *Registry) Schemas() []*Schema { return r.schemas }

// Schema returns the published schema of that URN, ignoring ASCII case, or nil.
func (r *Registry) Schema(urn string) *Schema {
	for _, s := range r.schemas {
		if EqualName(s.ID, urn) {
			return s
		}
	}
	return nil
}

// reservedEndpoint reports whether a path is the protocol's own (RFC 7644 §3.2, RFC 9967 §2.5.1.1).
func reservedEndpoint(name string) bool {
	reserved := []string{"Bulk", "Me", "Schemas", "ResourceTypes", "ServiceProviderConfig", "ServiceProviderConfigs", "SecurityEvents"}
	return slices.ContainsFunc(reserved, func(r string) bool { return EqualName(r, name) })
}

func checkType(t *ResourceType) error {
	switch {
	case t == nil || t.Schema == nil:
		return fmt.Errorf("a resource type lacks its schema")
	case !validName(t.Name):
		return fmt.Errorf("resource type name %q is not a letter followed by letters, digits, -, _ or $", t.Name)
	case len(t.Endpoint) < 2 || t.Endpoint[0] != '/' || strings.ContainsAny(t.Endpoint[1:], "/?#%. "):
		return fmt.Errorf("endpoint %q of %s is not a slash and one path segment", t.Endpoint, t.Name)
	case reservedEndpoint(t.Endpoint[1:]):
		return fmt.Errorf("endpoint %q of %s is one that every service provider has", t.Endpoint, t.Name)
	}
	for i, x := range t.Extensions {
		if x.Schema == nil {
			return fmt.Errorf("an extension of %s lacks its schema", t.Name)
		}
		if EqualName(x.Schema.ID, t.Schema.ID) {
			return fmt.Errorf("resource type %s extends itself by %q", t.Name, x.Schema.ID)
		}
		for _, other := range t.Extensions[:i] {
			if EqualName(x.Schema.ID, other.Schema.ID) {
				return fmt.Errorf("resource type %s has the extension %q twice", t.Name, x.Schema.ID)
			}
		}
	}
	for _, a := range CommonAttributes() {
		if t.Schema.Attribute(a.Name) != nil {
			return fmt.Errorf("schema %q defines the common attribute %q", t.Schema.ID, a.Name)
		}
	}
	return nil
}

func checkSchema(s *Schema) error {
	if !validURN(s.ID) {
		return fmt.Errorf("schema id %q is not a URI of at most %d printable characters", s.ID, maxURN)
	}
	if err := checkAttributes(s.Attributes, EqualName(s.ID, SchemaSchema().ID)); err != nil {
		return fmt.Errorf("schema %q: %w", s.ID, err)
	}
	return nil
}

// checkAttributes checks definitions of one level; nested allows complex ones inside complex ones,
// which only the schema of schemas has (RFC 7643 §2.3.8).
func checkAttributes(attrs []*Attribute, nested bool) error {
	for i, a := range attrs {
		if !validName(a.Name) && a.Name != "$ref" {
			return fmt.Errorf("attribute name %q is not a letter followed by letters, digits, -, _ or $", a.Name)
		}
		for _, other := range attrs[:i] {
			if EqualName(a.Name, other.Name) {
				return fmt.Errorf("attribute %q is defined twice", a.Name)
			}
		}
		if err := checkCharacteristics(a); err != nil {
			return fmt.Errorf("attribute %q: %w", a.Name, err)
		}
		for _, sub := range a.SubAttributes {
			if sub.Type == Complex && !nested {
				return fmt.Errorf("sub-attribute %q of %q is complex", sub.Name, a.Name)
			}
		}
		if err := checkAttributes(a.SubAttributes, nested); err != nil {
			return err
		}
	}
	return nil
}

func checkCharacteristics(a *Attribute) error {
	switch a.Type {
	case String, Boolean, Decimal, Integer, DateTime, Binary, Reference, Complex:
	default:
		return fmt.Errorf("type %q is none of RFC 7643 §2.3", a.Type)
	}
	switch a.Mutability {
	case "", ReadWrite, ReadOnly, Immutable, WriteOnly:
	default:
		return fmt.Errorf("mutability %q is none of RFC 7643 §7", a.Mutability)
	}
	switch a.Returned {
	case "", ReturnedDefault, ReturnedAlways, ReturnedNever, ReturnedRequest:
	default:
		return fmt.Errorf("returned %q is none of RFC 7643 §7", a.Returned)
	}
	switch a.Uniqueness {
	case "", UniqueNone, UniqueServer, UniqueGlobal:
	default:
		return fmt.Errorf("uniqueness %q is none of RFC 7643 §7", a.Uniqueness)
	}
	if (a.Type == Complex) != (len(a.SubAttributes) > 0) {
		return fmt.Errorf("complex attributes, and no others, have sub-attributes")
	}
	return nil
}

// validName checks ATTRNAME of RFC 7643 §2.1.
func validName(s string) bool {
	for i := range len(s) {
		c := lower(s[i])
		letter := 'a' <= c && c <= 'z'
		if !letter && (i == 0 || !isDigit(c) && c != '-' && c != '_' && c != '$') {
			return false
		}
	}
	return s != ""
}

// maxURN is the longest URN of a schema, in bytes.
const maxURN = 200

// validURN asks for a scheme and printable ASCII that needs no escaping in JSON or in a path.
func validURN(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"\\<>^`{|}[]", c) >= 0 {
			return false
		}
	}
	return len(s) <= maxURN && strings.IndexByte(s, ':') > 0
}
