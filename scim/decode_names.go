package scim

import (
	"strconv"
)

// nameSet finds names of one object that are equal ignoring ASCII case. Objects are small, so the
// first names are compared one by one and only larger objects pay for a map.
type nameSet struct {
	small []string
	large map[string]string
	array [24]string
}

// add inserts name, unless an equal one is there, which it returns.
func (s *nameSet) add(name string) (string, bool) {
	if s.large != nil {
		key := lowerASCII(name)
		if other, ok := s.large[key]; ok {
			return other, true
		}
		s.large[key] = name
		return "", false
	}
	if s.small == nil {
		s.small = s.array[:0]
	}
	for _, other := range s.small {
		if len(other) == len(name) && equalFoldASCII(other, name) {
			return other, true
		}
	}
	if len(s.small) < len(s.array) {
		s.small = append(s.small, name)
		return "", false
	}
	s.large = make(map[string]string, 4*len(s.array))
	for _, other := range s.small {
		s.large[lowerASCII(other)] = other
	}
	s.large[lowerASCII(name)] = name
	return "", false
}

func equalFoldASCII(a, b string) bool {
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

// lowerASCII is not strings.ToLower, which would make U+212A (the Kelvin sign) a k.
func lowerASCII(s string) string {
	for i := range len(s) {
		if s[i] != lower(s[i]) {
			b := []byte(s)
			for j := i; j < len(b); j++ {
				b[j] = lower(b[j])
			}
			return string(b)
		}
	}
	return s
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

func place(line, column int) string {
	return "line " + strconv.Itoa(line) + ", column " + strconv.Itoa(column)
}

// kindOf names the JSON type of a decoded value for people.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case Number:
		return "number"
	case []any:
		return "array"
	default:
		return "object"
	}
}
