package server

import (
	"strings"

	"github.com/rosterhq/roster/scim"
)

// bulkPrefix stands before a bulkId that takes the place of an id (RFC 7644 §3.7.2).
const bulkPrefix = "bulkId:"

// appendReferences appends the bulkIds that a value refers to: strings that are "bulkId:x", the last
// segment of a $ref, and operands in the paths of a PATCH.
func appendReferences(refs []string, v any, patch bool) []string {
	mapReferences(v, patch, func(id string) (string, bool) {
		refs = append(refs, id)
		return "", false
	})
	return refs
}

// substitute returns a copy of data with every reference that is known replaced by its id.
func substitute(data scim.Object, patch bool, known func(bulkID string) (string, bool)) scim.Object {
	return mapReferences(data, patch, known).(scim.Object)
}

// mapReferences copies v, replacing the references for which id gives an id.
func mapReferences(v any, patch bool, id func(string) (string, bool)) any {
	switch v := v.(type) {
	case string:
		if ref, ok := strings.CutPrefix(v, bulkPrefix); ok {
			if s, ok := id(ref); ok {
				return s
			}
		}
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = mapReferences(e, patch, id)
		}
		return list
	case scim.Object:
		obj := make(scim.Object, len(v))
		for key, e := range v {
			s, isString := e.(string)
			switch {
			case isString && asciiLower(key) == "$ref":
				obj[key] = mapURL(s, id)
			case isString && patch && asciiLower(key) == "path":
				obj[key] = mapPath(s, id)
			default:
				obj[key] = mapReferences(e, patch, id)
			}
		}
		return obj
	}
	return v
}

// mapURL replaces the reference at the end of a URL such as "../Users/bulkId:x".
func mapURL(s string, id func(string) (string, bool)) string {
	slash := strings.LastIndexByte(s, '/') + 1
	if ref, ok := strings.CutPrefix(s[slash:], bulkPrefix); ok {
		if resolved, ok := id(ref); ok {
			return s[:slash] + resolved
		}
	}
	return s
}

// mapPath replaces the references in the quoted operands of a PATCH path, such as
// members[value eq "bulkId:x"].
func mapPath(s string, id func(string) (string, bool)) string {
	const quote = `"` + bulkPrefix
	var out strings.Builder
	for {
		start := strings.Index(s, quote)
		if start < 0 {
			break
		}
		length := strings.IndexByte(s[start+len(quote):], '"')
		if length < 0 {
			break
		}
		end := start + len(quote) + length + 1
		out.WriteString(s[:start])
		if resolved, ok := id(s[start+len(quote) : end-1]); ok {
			out.Write(scim.AppendString(nil, resolved))
		} else {
			out.WriteString(s[start:end])
		}
		s = s[end:]
	}
	out.WriteString(s)
	return out.String()
}

// prune returns a copy of a resource without the values that refer to something unresolved: the
// element of a list, or the attribute.
func prune(obj scim.Object) scim.Object {
	out := make(scim.Object, len(obj))
	for key, v := range obj {
		switch v := v.(type) {
		case []any:
			list := make([]any, 0, len(v))
			for _, e := range v {
				if len(appendReferences(nil, e, false)) == 0 {
					list = append(list, e)
				}
			}
			out[key] = list
		case scim.Object:
			// The attributes of an extension are judged one by one.
			if strings.Contains(key, ":") {
				out[key] = prune(v)
			} else if len(appendReferences(nil, v, false)) == 0 {
				out[key] = v
			}
		default:
			if len(appendReferences(nil, v, false)) == 0 {
				out[key] = v
			}
		}
	}
	return out
}
