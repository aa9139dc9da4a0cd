package directory

import (
	"strings"

	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// MaxIndexKey is the most bytes of a comparison key that an index holds as it is: databases bound the
// entries of an index, and a longer value is nobody's name.
const MaxIndexKey = 1024

// IndexKey returns the form in which a comparison key is kept in an index: the key itself or, of one
// that is longer than MaxIndexKey, its beginning and a hash. Two keys are equal if their forms are.
func IndexKey(key string) string {
	if len(key) <= MaxIndexKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return clip(key, MaxIndexKey) + hex.EncodeToString(sum[:])
}

// clip returns the longest beginning of s that has at most n bytes and ends between two characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Paths in Keys.Values that are no attributes, so that a store finds these resources by its index.
const (
	// LongValues has as its key the path of a value that was shortened by IndexKey.
	LongValues = "#long"
	// NoActive marks a user without the attribute active.
	NoActive = "#no-active"
)

// KeysOf computes what a store indexes of a canonical object.
func KeysOf(t *schema.ResourceType, p Policies, obj scim.Object) Keys {
	k := Keys{
		ExternalID: keyAt(t, obj, "externalId"),
		Display:    keyAt(t, obj, "displayName"),
	}
	switch t.Name {
	case UserType:
		k.Name, k.NameUnique = keyAt(t, obj, "userName"), true
	case GroupType:
		k.Name, k.NameUnique = k.Display, !p.AllowDuplicateGroupNames
	default:
		k.Name = k.Display
		ref, ok := t.Resolve(t.Schema.ID, "displayName", "")
		k.NameUnique = ok && unique(ref.Attr) && k.Name != ""
	}
	k.Values = appendValues(nil, t, "", t.Schema.Attributes, obj)
	for i := range t.Extensions {
		s := t.Extensions[i].Schema
		if ext, ok := obj[s.ID].(scim.Object); ok {
			k.Values = appendValues(k.Values, t, s.ID, s.Attributes, ext)
		}
	}
	if _, has := obj["active"]; t.Name == UserType && !has {
		k.Values = append(k.Values, IndexedValue{Path: NoActive})
	}
	k.shorten(t)
	return k
}

// shorten makes all keys fit into indexes.
func (k *Keys) shorten(t *schema.ResourceType) {
	fit := func(key *string, path string) {
		if len(*key) > MaxIndexKey {
			*key = IndexKey(*key)
			k.Values = append(k.Values, IndexedValue{Path: LongValues, Key: path})
		}
	}
	name := "displayName"
	if t.Name == UserType {
		name = "userName"
	}
	fit(&k.Name, name)
	fit(&k.ExternalID, "externalId")
	fit(&k.Display, "displayName")
	for i := range k.Values {
		fit(&k.Values[i].Key, k.Values[i].Path)
	}
}

func keyAt(t *schema.ResourceType, obj scim.Object, name string) string {
	v, ok := obj[name].(string)
	if !ok {
		return ""
	}
	ref, ok := t.Resolve(t.Schema.ID, name, "")
	if !ok {
		return ""
	}
	return ref.Attr.Key(v)
}

// appendValues adds the values of the indexed attributes of one schema.
func appendValues(dst []IndexedValue, t *schema.ResourceType, urn string, attrs []*schema.Attribute, obj scim.Object) []IndexedValue {
	for _, a := range attrs {
		if urn == "" && inColumns(t, a.Name) {
			continue
		}
		v, ok := obj[a.Name]
		if !ok {
			continue
		}
		if a.Type != schema.Complex {
			dst = appendLeaf(dst, schema.Ref{URN: urn, Attr: a}, v)
			continue
		}
		for _, sub := range a.SubAttributes {
			if !indexed(sub) {
				continue
			}
			ref := schema.Ref{URN: urn, Attr: a, Sub: sub}
			for _, element := range elements(v) {
				if e, ok := element.(scim.Object); ok {
					dst = appendLeaf(dst, ref, e[sub.Name])
				}
			}
		}
	}
	return dst
}

func appendLeaf(dst []IndexedValue, ref schema.Ref, v any) []IndexedValue {
	leaf := ref.Leaf()
	if !indexed(leaf) {
		return dst
	}
	for _, e := range elements(v) {
		// Values of other types (active) are columns, or not worth an index.
		if s, ok := e.(string); ok {
			dst = append(dst, IndexedValue{Path: ref.Path(), Key: leaf.Key(s), Unique: unique(leaf)})
		}
	}
	return dst
}

// inColumns names the core attributes that have a column or rows of their own.
func inColumns(t *schema.ResourceType, name string) bool {
	switch name {
	case "displayName", "active":
		return true
	case "userName", "groups":
		return t.Name == UserType
	case "members":
		return t.Name == GroupType
	}
	return false
}

func indexed(a *schema.Attribute) bool { return a.Indexed || unique(a) }

func unique(a *schema.Attribute) bool {
	return a.Uniqueness == schema.UniqueServer || a.Uniqueness == schema.UniqueGlobal
}

// maxLabel is the most bytes of a name that lists of members and groups show.
const maxLabel = 512

// LabelOf returns what lists show of a resource; see Record.Label.
func LabelOf(obj scim.Object) string {
	for _, name := range []string{"displayName", "userName"} {
		if s, ok := obj[name].(string); ok && strings.TrimSpace(s) != "" {
			return clip(s, maxLabel)
		}
	}
	return ""
}

// elements returns the values of a multi-valued attribute, or the one value of another.
func elements(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}
