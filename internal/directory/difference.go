package directory

import (
	"bytes"
	"slices"
	"strings"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// changedNames returns the top-level attributes in which two canonical objects differ, in alphabetical
// order; attributes of an extension are one. What every resource has is left out.
func changedNames(before, after scim.Object) []string {
	return slices.DeleteFunc(names(before, after), func(name string) bool {
		return name == "schemas" || name == "id" || name == "meta" || identical(before[name], after[name])
	})
}

// identical reports whether two canonical values have the same JSON.
func identical(a, b any) bool {
	switch a := a.(type) {
	case scim.Object:
		b, ok := b.(scim.Object)
		if !ok || len(a) != len(b) {
			return false
		}
		for name, v := range a {
			w, has := b[name]
			if !has || !identical(v, w) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, identical)
	case nil, bool, string, scim.Number:
		switch b.(type) {
		case nil, bool, string, scim.Number:
			return a == b
		}
		return false
	}
	return bytes.Equal(scim.AppendJSON(nil, a), scim.AppendJSON(nil, b))
}

// touchesValues reports whether a change of these top-level attributes may change Keys.Values.
func touchesValues(t *schema.ResourceType, changed []string, before, after scim.Object) bool {
	return slices.ContainsFunc(changed, func(name string) bool {
		switch name {
		case "active": // whose absence has a mark
			_, was := before[name]
			_, is := after[name]
			return was != is
		case "userName", "displayName", "externalId": // of which long ones have
			return true
		}
		if ext := t.Extension(name); ext != nil {
			return slices.ContainsFunc(ext.Schema.Attributes, hasIndex)
		}
		ref, ok := t.Resolve(t.Schema.ID, name, "")
		return !ok || hasIndex(ref.Attr)
	})
}

func hasIndex(a *schema.Attribute) bool {
	return indexed(a) || slices.ContainsFunc(a.SubAttributes, hasIndex)
}

// differences returns the JSON array of {"path","before","after"} between two canonical objects that differ
// in the named attributes; attributes of an extension are top-level ones with their URN. A member that
// had or has no value is left out, and so are both for an attribute that is never returned: that it
// changed is all there is to know.
func differences(t *schema.ResourceType, changed []string, before, after scim.Object) []byte {
	dst := []byte{'['}
	for _, name := range changed {
		b, bIsObject := before[name].(scim.Object)
		a, aIsObject := after[name].(scim.Object)
		if strings.Contains(name, ":") && (bIsObject || aIsObject) {
			for _, sub := range names(b, a) {
				dst = appendDifference(dst, t, name, sub, b[sub], a[sub])
			}
			continue
		}
		dst = appendDifference(dst, t, "", name, before[name], after[name])
	}
	return append(dst, ']')
}

func names(before, after scim.Object) []string {
	list := make([]string, 0, len(before)+len(after))
	for name := range before {
		list = append(list, name)
	}
	for name := range after {
		if _, both := before[name]; !both {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

func appendDifference(dst []byte, t *schema.ResourceType, urn, name string, before, after any) []byte {
	b, a := scim.AppendJSON(nil, before), scim.AppendJSON(nil, after)
	if bytes.Equal(b, a) {
		return dst
	}
	path := name
	if urn != "" {
		path = urn + ":" + name
	}
	if len(dst) > 1 {
		dst = append(dst, ',')
	}
	dst = scim.AppendString(append(dst, `{"path":`...), path)
	if !secret(t, urn, name) {
		if before != nil {
			dst = append(append(dst, `,"before":`...), b...)
		}
		if after != nil {
			dst = append(append(dst, `,"after":`...), a...)
		}
	}
	return append(dst, '}')
}

// secret reports whether an attribute, or a part of it, must not leave the directory.
func secret(t *schema.ResourceType, urn, name string) bool {
	if urn == "" {
		urn = t.Schema.ID
	}
	ref, ok := t.Resolve(urn, name, "")
	return ok && neverReturned(ref.Attr)
}

func neverReturned(a *schema.Attribute) bool {
	return a.Returned == schema.ReturnedNever || slices.ContainsFunc(a.SubAttributes, neverReturned)
}

// hasSecrets reports whether a type has attributes that are stored but never returned.
func hasSecrets(t *schema.ResourceType) bool {
	stored := func(a *schema.Attribute) bool { return !a.Discarded && neverReturned(a) }
	if slices.ContainsFunc(t.Schema.Attributes, stored) {
		return true
	}
	for i := range t.Extensions {
		if slices.ContainsFunc(t.Extensions[i].Schema.Attributes, stored) {
			return true
		}
	}
	return false
}

// snapshot returns the body as events carry it: without what is never returned.
func snapshot(t *schema.ResourceType, rec *Record) ([]byte, error) {
	if !hasSecrets(t) {
		return rec.Body, nil
	}
	obj, err := rec.Object()
	if err != nil {
		return nil, err
	}
	for _, a := range t.Schema.Attributes {
		if neverReturned(a) {
			delete(obj, a.Name)
		}
	}
	for i := range t.Extensions {
		s := t.Extensions[i].Schema
		ext, _ := obj[s.ID].(scim.Object)
		for _, a := range s.Attributes {
			if neverReturned(a) {
				delete(ext, a.Name)
			}
		}
	}
	return t.AppendJSON(nil, obj), nil
}
