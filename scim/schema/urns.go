package schema

import (
	"slices"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// declared checks the schemas attribute as sent (RFC 7643 §3). It is not needed to understand a
// resource, so what clients get wrong about it is noted; only a resource that claims to be of
// another kind is refused.
func (c *canonicalizer) declared(obj scim.Object) error {
	at := place{attr: "schemas"}
	var list []any
	switch v := c.schemas.(type) {
	case nil:
	case []any:
		list = v
	case string:
		list = []any{v}
	default:
		return wrongType(at, v, "an array of URNs")
	}
	if limit := c.opt.maxValues(at.attr); len(list) > limit {
		return scim.BadRequest(scim.InvalidValue, "%q has %d values, but %d is the limit. Send fewer.", at.attr, len(list), limit).WithRule(ruleTooMany)
	}
	core, foreign := false, ""
	for _, v := range list {
		urn, ok := v.(string)
		if !ok {
			return wrongType(at, v, "an array of URNs")
		}
		switch alias := c.t.alias(urn); {
		case EqualName(urn, c.t.Schema.ID):
			core = true
		case c.t.Extension(urn) != nil:
		case alias != "":
			core = core || alias == c.t.Schema.ID
			c.note(NoteSchemas, at, "A URN is mistyped or of an old draft; it was taken as "+alias+".")
		case isOtherKind(urn):
			foreign = urn
		case c.opt.StrictUnknown:
			return scim.BadRequest(scim.InvalidSyntax, "The schema %q is not defined for %s. Define the extension first, or remove it from schemas.",
				scim.Abbreviate(urn), c.t.Name).WithRule(ruleUnknown)
		case !hasKey(obj, urn):
			c.note(NoteUnmapped, place{urn: urn}, "This schema is declared, but unknown here and without values; it was left out.")
		}
	}
	if core {
		return nil
	}
	if foreign != "" {
		return scim.BadRequest(scim.InvalidValue, "The resource says that it is a %q, but a %s is expected here. Send it to the endpoint of its kind, or put %q into schemas.",
			scim.Abbreviate(foreign), c.t.Name, c.t.Schema.ID).WithRule(ruleType)
	}
	c.note(NoteSchemas, at, "The URN of the core schema is missing; "+c.t.Schema.ID+" was assumed.")
	return nil
}

// UpdateSchemas sets schemas of a canonical resource to the URNs of the core schema, of the
// extensions that carry values in the order of their definition, and of the unknown extensions in
// alphabetical order (RFC 7643 §3).
func (t *ResourceType) UpdateSchemas(obj scim.Object) {
	list := make([]any, 1, 2+len(t.Extensions))
	list[0] = t.Schema.ID
	for i := range t.Extensions {
		if ext, ok := obj[t.Extensions[i].Schema.ID].(scim.Object); ok && len(ext) > 0 {
			list = append(list, t.Extensions[i].Schema.ID)
		}
	}
	var unknown []string
	for key, v := range obj {
		if _, isObject := v.(scim.Object); isObject && strings.IndexByte(key, ':') >= 0 && t.Extension(key) == nil {
			unknown = append(unknown, key)
		}
	}
	slices.Sort(unknown)
	for _, urn := range unknown {
		list = append(list, urn)
	}
	obj["schemas"] = list
}

// Namespaces of URNs that stand for the schemas of RFC 7643: those of SCIM 1.1 and of early drafts of
// 2.0 (OneLogin, Google), and the one that Entra once added to groups.
const (
	oldCore       = "urn:scim:schemas:core:"
	oldEnterprise = "urn:scim:schemas:extension:enterprise:"
	adscim        = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/"
	ietfCore      = "urn:ietf:params:scim:schemas:core:2.0:"
	ietfMessages  = "urn:ietf:params:scim:api:messages:"
)

// alias returns the URN of this type that a mistyped or outdated one stands for, or "". Mistyped
// means other punctuation, such as "…:extension:enterprise:2.0User".
func (t *ResourceType) alias(urn string) string {
	if len(urn) > maxURN || !strings.Contains(urn, ":") || EqualName(urn, t.Schema.ID) || t.Extension(urn) != nil {
		return ""
	}
	if version, ok := cutPrefixFold(urn, oldCore); ok && t.isOwnKind(version, ":") {
		return t.Schema.ID
	}
	if version, ok := cutPrefixFold(urn, adscim); ok && t.isOwnKind(version, "/") {
		return t.Schema.ID
	}
	if _, ok := cutPrefixFold(urn, oldEnterprise); ok && t.Extension(scim.EnterpriseUserSchema) != nil {
		return scim.EnterpriseUserSchema
	}
	letters := lettersAndDigits(urn)
	if letters == lettersAndDigits(t.Schema.ID) {
		return t.Schema.ID
	}
	for i := range t.Extensions {
		if id := t.Extensions[i].Schema.ID; letters == lettersAndDigits(id) {
			return id
		}
	}
	return ""
}

// isOwnKind reports whether "2.0" or "2.0:User" is about this core type.
func (t *ResourceType) isOwnKind(version, separator string) bool {
	own, ok := cutPrefixFold(t.Schema.ID, ietfCore)
	_, kind, named := strings.Cut(version, separator)
	return ok && (!named || EqualName(kind, own))
}

// isOtherKind reports whether a URN that is not of this type is one that RFC 7643 and RFC 7644 give
// to other resources and to messages.
func isOtherKind(urn string) bool {
	for _, prefix := range []string{ietfCore, ietfMessages, adscim, oldCore} {
		if _, ok := cutPrefixFold(urn, prefix); ok {
			return true
		}
	}
	return false
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !EqualName(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

func lettersAndDigits(s string) string {
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		if c := lower(s[i]); 'a' <= c && c <= 'z' || isDigit(c) {
			b = append(b, c)
		}
	}
	return string(b)
}

func hasKey(obj scim.Object, name string) bool {
	if _, ok := obj[name]; ok {
		return true
	}
	for key := range obj {
		if EqualName(key, name) {
			return true
		}
	}
	return false
}
