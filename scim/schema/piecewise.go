package schema

// This file opens to scim/patch, which changes resources piece by piece, what Canonicalize does with
// whole ones.

// Identity returns a key that equal values of the multi-valued attribute a share (RFC 7643 §2.4):
// value and type for complex values, the whole object where there is no value. A value that is
// immutable identifies its element alone: a member is the same whether or not its type is said. The
// key of a simple value is its comparison key.
func (a *Attribute) Identity(v any) string { return a.identity(v) }

// ValuesLimit returns the most values that the attribute of that name may have.
func (o Options) ValuesLimit(name string) int { return o.maxValues(name) }

// UnmappedLimit returns the most bytes of JSON that unknown extensions and attributes of one
// resource may take together.
func (o Options) UnmappedLimit() int { return o.maxUnmapped() }

// SchemaURN returns the registry's spelling of the core schema or of an extension of t that urn names
// in any letter case, or "". mistyped tells that it took a URN with other punctuation, or one of an
// early draft, for it.
func (t *ResourceType) SchemaURN(urn string) (id string, mistyped bool) {
	if EqualName(urn, t.Schema.ID) {
		return t.Schema.ID, false
	}
	if x := t.Extension(urn); x != nil {
		return x.Schema.ID, false
	}
	id = t.alias(urn)
	return id, id != ""
}

// IsStandardURN reports whether RFC 7643 or RFC 7644 gives urn to resources or messages, so that it
// cannot name an unknown extension.
func IsStandardURN(urn string) bool { return isOtherKind(urn) }
