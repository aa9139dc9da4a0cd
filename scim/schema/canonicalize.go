package schema

import (
	"slices"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// Purpose tells Canonicalize what the object is for.
type Purpose int

// The purposes.
const (
	// ForCreate is the body of a POST.
	ForCreate Purpose = iota
	// ForReplace is the body of a PUT.
	ForReplace
	// ForPatchValue is a partial resource: required attributes may be missing.
	ForPatchValue
)

// Options are the choices and limits of canonicalization. The zero value has the defaults.
type Options struct {
	// StrictUnknown refuses unknown attributes and extensions with 400 invalidSyntax.
	StrictUnknown bool
	// MaxValues is the most values of a multi-valued attribute; 100 by default.
	MaxValues int
	// LargeAttributes gives attributes, by name, a limit of their own instead of MaxValues. Nil
	// means 100,000 for members.
	LargeAttributes map[string]int
	// MaxUserName is the most characters of userName and of every other attribute that is unique;
	// 320 by default.
	MaxUserName int
	// MaxUnmapped is the most bytes of JSON that unknown extensions and attributes of one resource
	// may take together; 64 KiB by default.
	MaxUnmapped int
}

func (o Options) maxValues(name string) int {
	limit, large := o.LargeAttributes[name]
	switch {
	case large:
		return limit
	case o.LargeAttributes == nil && name == "members":
		return 100_000
	case o.MaxValues > 0:
		return o.MaxValues
	}
	return 100
}

func (o Options) maxUserName() int {
	if o.MaxUserName > 0 {
		return o.MaxUserName
	}
	return 320
}

func (o Options) maxUnmapped() int {
	if o.MaxUnmapped > 0 {
		return o.MaxUnmapped
	}
	return 64 << 10
}

// Rules that errors of canonicalization name.
const (
	ruleUnknown  = "schema.unknown-attr"
	ruleMissing  = "schema.missing-attr"
	ruleType     = "schema.wrong-type"
	ruleTooMany  = "schema.too-many-values"
	ruleUnmapped = "schema.unmapped-too-large"
)

// Canonicalize turns a decoded resource into the form that is stored, compared and answered: names
// in the schema's spelling, values of the defined types, unassigned attributes absent, multi-valued
// attributes as []any, schemas naming the core schema and each extension that carries values. It
// accepts what real clients send and says so in notes; the same object canonicalized again is
// unchanged and gives none. Read-only attributes (id, meta, groups …) and password are left out.
// Strings are kept exactly as sent.
//
// The empty string is a value of an optional string attribute in a whole resource: RFC 7643 §2.5 calls
// only null and the empty array unassigned. It is no value where nothing can be meant by it (externalId,
// values of lists, booleans, references, what identifies something), and in ForPatchValue, where clients
// clear an attribute with it.
//
// An unknown extension, or an unknown attribute of a known one, is kept verbatim; an unknown core
// attribute is ignored. active is not defaulted here. obj is not modified; the result may share
// unmapped values with it. Errors are *scim.Error: 400 invalidValue, or invalidSyntax for what
// StrictUnknown refuses.
func (t *ResourceType) Canonicalize(obj scim.Object, op Purpose, opt Options) (scim.Object, []Note, error) {
	c := &canonicalizer{t: t, opt: opt, out: make(scim.Object, len(obj)+1), keepEmpty: op != ForPatchValue}
	if err := c.resource(obj); err != nil {
		return nil, nil, err
	}
	if err := c.declared(obj); err != nil {
		return nil, nil, err
	}
	t.UpdateSchemas(c.out)
	if op != ForPatchValue {
		if err := t.CheckRequired(c.out); err != nil {
			return nil, nil, err
		}
	}
	return c.out, c.notes, nil
}

// canonicalizer holds the state of canonicalizing one resource or value.
type canonicalizer struct {
	t   *ResourceType
	opt Options
	out scim.Object
	// schemas is the value of schemas as sent.
	schemas any
	// keepNil keeps cleared sub-attributes of single-valued complex attributes, see CanonicalValue.
	keepNil bool
	// keepEmpty keeps the empty string as the value of an optional attribute.
	keepEmpty bool
	notes     []Note
	unmapped  int
}

// resource takes the attributes whose names are spelled as in the schema first, in schema order, and
// then the others in alphabetical order, so that notes and errors do not depend on map order.
func (c *canonicalizer) resource(obj scim.Object) error {
	exact := 0
	for _, attrs := range [2][]*Attribute{c.t.commonAttributes(), c.t.Schema.Attributes} {
		for _, a := range attrs {
			if v, ok := obj[a.Name]; ok {
				exact++
				if err := c.assign(Ref{Attr: a}, v); err != nil {
					return err
				}
			}
		}
	}
	for i := range c.t.Extensions {
		if v, ok := obj[c.t.Extensions[i].Schema.ID]; ok {
			exact++
			if err := c.extension(c.t.Extensions[i].Schema, v); err != nil {
				return err
			}
		}
	}
	if exact == len(obj) {
		return nil
	}
	return eachSorted(obj, func(key string, v any) error {
		if hasExact(c.t.commonAttributes(), key) || hasExact(c.t.Schema.Attributes, key) || c.isExtension(key) {
			return nil
		}
		return c.other(key, v)
	})
}

func (c *canonicalizer) isExtension(key string) bool {
	x := c.t.Extension(key)
	return x != nil && x.Schema.ID == key
}

// other handles a top-level key that is not spelled as in the schema.
func (c *canonicalizer) other(key string, v any) error {
	if a := c.t.coreAttribute(key); a != nil {
		return c.assign(Ref{Attr: a}, v)
	}
	if !strings.ContainsAny(key, ":.") {
		return c.unknown(place{attr: key}, v)
	}
	id := key
	if alias := c.t.alias(key); alias != "" {
		c.note(NoteSchemas, place{attr: key}, "This URN is mistyped or of an old draft; it was taken as "+alias+".")
		id = alias
	}
	if EqualName(id, c.t.Schema.ID) {
		return c.nestedCore(v)
	}
	if x := c.t.Extension(id); x != nil {
		return c.extension(x.Schema, v)
	}
	urn, rest := c.t.splitURN(key)
	if ref, ok := c.path(urn, rest); ok {
		c.note(NoteDottedKey, place{attr: key}, "This key was taken as the path of one attribute.")
		return c.assign(ref, v)
	}
	switch {
	case urn == "" && strings.Contains(key, ":"):
		return c.keep(c.out, place{urn: key}, key, v)
	case urn == "" || urn == c.t.Schema.ID:
		return c.unknown(place{attr: key}, v)
	default:
		return c.keep(c.container(urn), place{urn: urn, attr: rest}, rest, v)
	}
}

// path resolves name[.sub] of core attributes, or of the extension urn.
func (c *canonicalizer) path(urn, rest string) (Ref, bool) {
	if urn == "" {
		// The core URN keeps Resolve from looking into extensions.
		urn = c.t.Schema.ID
	}
	name, sub, dotted := strings.Cut(rest, ".")
	if dotted && sub == "" {
		return Ref{}, false
	}
	return c.t.Resolve(urn, name, sub)
}

// nestedCore takes core attributes under the URN of the core schema, as scimverify sends them.
func (c *canonicalizer) nestedCore(v any) error {
	if v == nil {
		return nil
	}
	at := place{urn: c.t.Schema.ID}
	obj, ok := v.(scim.Object)
	if !ok {
		return wrongType(at, v, "an object of attributes")
	}
	c.note(NoteCoreURN, at, "Core attributes belong at the top level; they were taken from under the URN of their schema.")
	return eachSorted(obj, func(key string, v any) error {
		if ref, ok := c.path("", key); ok {
			return c.assign(ref, v)
		}
		return c.unknown(place{attr: key}, v)
	})
}

// extension takes the values under the URN of a known extension.
func (c *canonicalizer) extension(s *Schema, v any) error {
	if v == nil || v == "" {
		return nil
	}
	obj, ok := v.(scim.Object)
	if !ok {
		return wrongType(place{urn: s.ID}, v, "an object of attributes")
	}
	exact := 0
	for _, a := range s.Attributes {
		if v, ok := obj[a.Name]; ok {
			exact++
			if err := c.assign(Ref{URN: s.ID, Attr: a}, v); err != nil {
				return err
			}
		}
	}
	if exact == len(obj) {
		return nil
	}
	return eachSorted(obj, func(key string, v any) error {
		if hasExact(s.Attributes, key) {
			return nil
		}
		ref, ok := c.path(s.ID, key)
		if !ok {
			return c.keep(c.container(s.ID), place{urn: s.ID, attr: key}, key, v)
		}
		if ref.Sub != nil {
			c.note(NoteDottedKey, place{urn: s.ID, attr: key}, "This key was taken as the path of one attribute.")
		}
		return c.assign(ref, v)
	})
}

// container returns the object that holds the values of an extension, which is put into the result
// with its first value.
func (c *canonicalizer) container(urn string) scim.Object {
	if ext, ok := c.out[urn].(scim.Object); ok {
		return ext
	}
	return nil
}

// assign canonicalizes v and puts it where ref says.
func (c *canonicalizer) assign(ref Ref, v any) error {
	a := ref.Attr
	at := place{urn: ref.URN, attr: a.Name}
	switch {
	case ref.URN == "" && a.Name == "schemas":
		c.schemas = v
		return nil
	case a.Discarded:
		if v != nil && v != "" {
			c.note(NotePassword, at, "It was thrown away; this service provider keeps no passwords.")
		}
		return nil
	case a.Mutability == ReadOnly:
		if !isEmpty(v) {
			c.note(NoteReadOnly, at, "It is read-only and was ignored.")
		}
		return nil
	}
	if ref.Sub != nil {
		return c.assignSub(ref, v)
	}
	value, err := c.attribute(a, v, at)
	if err != nil || value == nil {
		return err
	}
	return c.put(ref.URN, a.Name, value, at)
}

// assignSub puts one sub-attribute of a single-valued complex attribute into place.
func (c *canonicalizer) assignSub(ref Ref, v any) error {
	at := place{urn: ref.URN, attr: ref.Attr.Name, sub: ref.Sub.Name}
	if ref.Attr.MultiValued {
		return scim.BadRequest(scim.InvalidValue,
			"%q names one part of a multi-valued attribute, but not of which value. Send %q as an array of objects.",
			at.String(), ref.Attr.Name).WithRule(ruleType)
	}
	if ref.Sub.Mutability == ReadOnly {
		if !isEmpty(v) {
			c.note(NoteReadOnly, at, "It is read-only and was ignored.")
		}
		return nil
	}
	value, err := c.attribute(ref.Sub, v, at)
	if err != nil || value == nil {
		return err
	}
	holder := c.out
	if ref.URN != "" {
		holder = c.container(ref.URN)
	}
	parent, ok := holder[ref.Attr.Name].(scim.Object)
	if !ok {
		return c.put(ref.URN, ref.Attr.Name, scim.Object{ref.Sub.Name: value}, at)
	}
	if _, twice := parent[ref.Sub.Name]; twice {
		return givenTwice(at)
	}
	parent[ref.Sub.Name] = value
	return nil
}

// put stores a canonical value at the top level or in an extension.
func (c *canonicalizer) put(urn, name string, value any, at place) error {
	holder := c.out
	if urn != "" {
		if holder = c.container(urn); holder == nil {
			holder = make(scim.Object)
			c.out[urn] = holder
		}
	}
	if _, twice := holder[name]; twice {
		return givenTwice(at)
	}
	holder[name] = value
	return nil
}

func givenTwice(at place) error {
	return scim.BadRequest(scim.InvalidValue, "%q is given twice in different notations. Send it once.", at.String())
}

// unknown deals with an attribute that the core schema does not have.
func (c *canonicalizer) unknown(at place, v any) error {
	if isEmpty(v) {
		return nil
	}
	if c.opt.StrictUnknown {
		return scim.BadRequest(scim.InvalidSyntax, "%s has no attribute %q. Remove it from the attribute mapping, or correct its name.",
			c.t.Name, scim.Abbreviate(at.String())).WithRule(ruleUnknown)
	}
	message := "No schema of this resource type has this attribute; it was ignored."
	if at.sub == "" {
		if ref, ok := c.t.extensionAttribute(at.attr); ok {
			message = "It was ignored because it stands at the top level; it belongs under " + ref.URN + "."
		}
	}
	c.note(NoteUnknown, at, message)
	return nil
}

// keep stores what no schema describes. holder is nil for an extension that has no values yet.
func (c *canonicalizer) keep(holder scim.Object, at place, key string, v any) error {
	if isEmpty(v) {
		return nil
	}
	if c.opt.StrictUnknown {
		return scim.BadRequest(scim.InvalidSyntax, "%q is not defined for %s. Define the extension first, or remove it from the attribute mapping.",
			scim.Abbreviate(at.String()), c.t.Name).WithRule(ruleUnknown)
	}
	c.unmapped += len(key) + len(scim.AppendJSON(nil, v))
	if limit := c.opt.maxUnmapped(); c.unmapped > limit {
		return scim.BadRequest(scim.InvalidValue, "Attributes without a definition, such as %q, take more than %d bytes. Send fewer of them.",
			scim.Abbreviate(at.String()), limit).WithRule(ruleUnmapped)
	}
	c.note(NoteUnmapped, at, "No schema of this resource type defines it; it was kept as sent.")
	if holder == nil {
		return c.put(at.urn, key, v, at)
	}
	if _, twice := holder[key]; twice {
		return givenTwice(at)
	}
	holder[key] = v
	return nil
}

// isEmpty reports whether a value that no type decides about is one of the notations of "unassigned" (RFC 7643 §2.5).
func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case scim.Object:
		return len(v) == 0
	}
	return false
}

func hasExact(attrs []*Attribute, name string) bool {
	return slices.ContainsFunc(attrs, func(a *Attribute) bool { return a.Name == name })
}

// eachSorted visits the members of obj by name.
func eachSorted(obj scim.Object, visit func(key string, v any) error) error {
	var array [32]string
	keys := array[:0]
	for key := range obj {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		if err := visit(key, obj[key]); err != nil {
			return err
		}
	}
	return nil
}
