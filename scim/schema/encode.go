package schema

import (
	"slices"

	"github.com/rosterhq/roster/scim"
)

// AppendJSON appends the JSON text of a resource in the order of the schemas: schemas, id,
// externalId, the core attributes, the extensions, whatever is not defined by name, and meta last.
// Equal resources give equal bytes. obj holds the types listed at scim.AppendJSON; it is encoded
// whole, so project it first.
func (t *ResourceType) AppendJSON(dst []byte, obj scim.Object) []byte {
	w := objectWriter{dst: append(dst, '{'), obj: obj}
	common := t.commonAttributes()
	for _, a := range common {
		if a.Name != "meta" {
			w.attribute(a)
		}
	}
	for _, a := range t.Schema.Attributes {
		w.attribute(a)
	}
	for i := range t.Extensions {
		s := t.Extensions[i].Schema
		if ext, ok := obj[s.ID].(scim.Object); ok {
			w.name(s.ID)
			w.dst = appendAttributes(w.dst, s.Attributes, ext)
		}
	}
	meta, hasMeta := obj["meta"]
	if hasMeta {
		w.count++
	}
	w.rest(func(key string) bool {
		x := t.Extension(key)
		return t.exactCore(key) != nil || x != nil && x.Schema.ID == key && isObject(obj[key])
	})
	if hasMeta {
		w.name("meta")
		w.dst = appendValue(w.dst, find(common, "meta"), meta)
	}
	return append(w.dst, '}')
}

func isObject(v any) bool {
	_, ok := v.(scim.Object)
	return ok
}

// objectWriter appends the members of one object. count is how many of them the schema order has
// taken, so that looking for others is skipped in the usual case.
type objectWriter struct {
	dst   []byte
	obj   scim.Object
	count int
}

func (w *objectWriter) name(s string) {
	if w.dst[len(w.dst)-1] != '{' {
		w.dst = append(w.dst, ',')
	}
	w.dst = append(scim.AppendString(w.dst, s), ':')
	w.count++
}

func (w *objectWriter) attribute(a *Attribute) {
	if v, ok := w.obj[a.Name]; ok {
		w.name(a.Name)
		w.dst = appendValue(w.dst, a, v)
	}
}

// rest appends, by name, the members that are not known.
func (w *objectWriter) rest(known func(string) bool) {
	if w.count == len(w.obj) {
		return
	}
	var keys []string
	for key := range w.obj {
		if !known(key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		w.name(key)
		w.dst = scim.AppendJSON(w.dst, w.obj[key])
	}
}

func appendValue(dst []byte, a *Attribute, v any) []byte {
	switch v := v.(type) {
	case string:
		return scim.AppendString(dst, v)
	case scim.Object:
		if a.SubAttributes != nil && v != nil {
			return appendAttributes(dst, a.SubAttributes, v)
		}
	case []any:
		dst = append(dst, '[')
		for i, v := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendValue(dst, a, v)
		}
		return append(dst, ']')
	}
	return scim.AppendJSON(dst, v)
}

func appendAttributes(dst []byte, attrs []*Attribute, obj scim.Object) []byte {
	w := objectWriter{dst: append(dst, '{'), obj: obj}
	for _, a := range attrs {
		w.attribute(a)
	}
	w.rest(func(key string) bool { return hasExact(attrs, key) })
	return append(w.dst, '}')
}
