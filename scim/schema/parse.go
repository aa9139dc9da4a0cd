package schema

import (
	"github.com/rosterhq/roster/scim"
)

// ParseSchema reads a Schema resource (RFC 7643 §7), such as Document returns. Characteristics that
// are left out have the defaults of §2.2. Names of members compare ignoring ASCII case; members that
// §7 does not define are ignored, apart from indexed (see Attribute). The error is 400 invalidValue and names the attribute at fault.
func ParseSchema(doc scim.Object) (*Schema, error) {
	r := definition{obj: doc}
	s := &Schema{ID: r.text("id"), Name: r.text("name"), Description: r.text("description")}
	list := r.objects("attributes")
	if r.err != nil {
		return nil, r.err
	}
	var err error
	if s.Attributes, err = parseAttributes("", list); err != nil {
		return nil, err
	}
	if err := checkSchema(s); err != nil {
		return nil, badDefinition(err)
	}
	return s, nil
}

func parseAttributes(parent string, list []scim.Object) ([]*Attribute, error) {
	var attrs []*Attribute
	for _, obj := range list {
		a, err := parseAttribute(parent, obj)
		if err != nil {
			return nil, err
		}
		attrs = append(attrs, a)
	}
	return attrs, nil
}

func parseAttribute(parent string, obj scim.Object) (*Attribute, error) {
	r := definition{obj: obj, of: parent}
	name := r.text("name")
	path := name
	if parent != "" {
		path = parent + "." + name
	}
	r.of = path
	a := &Attribute{
		Name:            name,
		Type:            orDefault(Type(r.text("type")), String),
		MultiValued:     r.flag("multiValued"),
		Description:     r.text("description"),
		Required:        r.flag("required"),
		CanonicalValues: r.texts("canonicalValues"),
		CaseExact:       r.flag("caseExact"),
		Mutability:      Mutability(r.text("mutability")),
		Returned:        Returned(r.text("returned")),
		Uniqueness:      Uniqueness(r.text("uniqueness")),
		ReferenceTypes:  r.texts("referenceTypes"),
		Indexed:         r.flag("indexed"),
	}
	subs := r.objects("subAttributes")
	if r.err != nil {
		return nil, r.err
	}
	var err error
	a.SubAttributes, err = parseAttributes(path, subs)
	return a, err
}

// ParseResourceType reads a ResourceType resource (RFC 7643 §6). lookup finds the schemas it names and
// returns nil for unknown ones. The error is 400 invalidValue.
func ParseResourceType(doc scim.Object, lookup func(urn string) *Schema) (*ResourceType, error) {
	r := definition{obj: doc}
	t := &ResourceType{Name: r.text("name"), Description: r.text("description"), Endpoint: r.text("endpoint")}
	find := func(r *definition, urn string) *Schema {
		s := lookup(urn)
		if s == nil && r.err == nil {
			r.err = scim.BadRequest(scim.InvalidValue, "The schema %q does not exist. Define it first.", scim.Abbreviate(urn))
		}
		return s
	}
	t.Schema = find(&r, r.text("schema"))
	for _, obj := range r.objects("schemaExtensions") {
		x := definition{obj: obj, of: "schemaExtensions"}
		t.Extensions = append(t.Extensions, Extension{Schema: find(&x, x.text("schema")), Required: x.flag("required")})
		if r.err == nil {
			r.err = x.err
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := checkType(t); err != nil {
		return nil, badDefinition(err)
	}
	return t, nil
}

func badDefinition(err error) error {
	return scim.BadRequest(scim.InvalidValue, "The definition is not valid: %s. Correct it.", err)
}

// definition reads the members of one object; the first mistake stays in err.
type definition struct {
	obj scim.Object
	of  string
	err error
}

func (r *definition) member(name string) any {
	if v, ok := r.obj[name]; ok {
		return v
	}
	for key, v := range r.obj {
		if EqualName(key, name) {
			return v
		}
	}
	return nil
}

func (r *definition) fail(name string, v any, want string) {
	if r.err == nil {
		at := name
		if r.of != "" {
			at = name + " of " + r.of
		}
		r.err = wrongType(place{attr: at}, v, want)
	}
}

func (r *definition) text(name string) string {
	v := r.member(name)
	s, ok := v.(string)
	if !ok && v != nil {
		r.fail(name, v, "a string")
	}
	return s
}

func (r *definition) flag(name string) bool {
	v := r.member(name)
	b, ok := v.(bool)
	if !ok && v != nil {
		r.fail(name, v, "true or false")
	}
	return b
}

func (r *definition) texts(name string) []string {
	list, ok := r.list(name)
	if !ok {
		return nil
	}
	var out []string
	for _, v := range list {
		s, ok := v.(string)
		if !ok {
			r.fail(name, v, "an array of strings")
		}
		out = append(out, s)
	}
	return out
}

func (r *definition) objects(name string) []scim.Object {
	list, ok := r.list(name)
	if !ok {
		return nil
	}
	var out []scim.Object
	for _, v := range list {
		obj, ok := v.(scim.Object)
		if !ok {
			r.fail(name, v, "an array of objects")
		}
		out = append(out, obj)
	}
	return out
}

func (r *definition) list(name string) ([]any, bool) {
	v := r.member(name)
	list, ok := v.([]any)
	if !ok && v != nil {
		r.fail(name, v, "an array")
	}
	return list, ok
}
