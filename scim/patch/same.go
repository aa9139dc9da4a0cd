package patch

import (
	"slices"

	"github.com/rosterhq/roster/scim"
)

// same reports whether two canonical values of one attribute are the same: several values regardless
// of order, and primary false as if absent (RFC 7643 §2.4). Letter case counts, because it is kept.
func same(x, y any) bool {
	switch x := x.(type) {
	case scim.Object:
		y, ok := y.(scim.Object)
		return ok && sameMembers(x, y) && sameMembers(y, x)
	case []any:
		y, ok := y.([]any)
		return ok && sameValues(x, y)
	case nil, bool, string, scim.Number:
		switch y.(type) {
		case nil, bool, string, scim.Number:
			return x == y
		}
		return false
	}
	return string(scim.AppendJSON(nil, x)) == string(scim.AppendJSON(nil, y))
}

// sameMembers reports whether y has what x has.
func sameMembers(x, y scim.Object) bool {
	for name, v := range x {
		if !isDefault(name, v) && !same(v, y[name]) {
			return false
		}
	}
	return true
}

// sameValues compares lists by the texts of their values.
func sameValues(x, y []any) bool {
	if len(x) != len(y) {
		return false
	}
	i := 0
	for i < len(x) && same(x[i], y[i]) {
		i++
	}
	// Only what follows the equal beginning can be in another order.
	return i == len(x) || slices.Equal(texts(x[i:]), texts(y[i:]))
}

// texts returns the sorted texts of values, which are equal for the same values in any order.
func texts(values []any) []string {
	list := make([]string, len(values))
	for i, v := range values {
		if obj, ok := v.(scim.Object); ok {
			v = withoutDefaults(obj)
		}
		list[i] = string(scim.AppendJSON(nil, v))
	}
	slices.Sort(list)
	return list
}

func withoutDefaults(obj scim.Object) scim.Object {
	out := make(scim.Object, len(obj))
	for name, v := range obj {
		if list, ok := v.([]any); ok {
			out[name] = texts(list)
		} else if !isDefault(name, v) {
			out[name] = v
		}
	}
	return out
}

func isDefault(name string, v any) bool { return v == nil || name == "primary" && v == false }
