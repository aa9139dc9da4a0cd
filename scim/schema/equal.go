package schema

import (
	"github.com/rosterhq/roster/scim"
)

// Equal reports whether two canonical values of a are the same to SCIM: strings by their comparison
// key, date-times by their instant, complex values by their defined sub-attributes, of which a
// missing boolean equals false (RFC 7643 §2.4 on primary), and several values regardless of order.
func (a *Attribute) Equal(x, y any) bool {
	xs, xIsList := x.([]any)
	ys, yIsList := y.([]any)
	if xIsList && yIsList {
		return a.equalLists(xs, ys)
	}
	if xIsList != yIsList {
		return false
	}
	if a.Type != Complex {
		if x == nil || y == nil {
			return x == y
		}
		return a.scalarKey(x) == a.scalarKey(y) && sameKind(x, y)
	}
	xo, xIsObject := x.(scim.Object)
	yo, yIsObject := y.(scim.Object)
	if !xIsObject || !yIsObject {
		return x == nil && y == nil
	}
	for _, sub := range a.SubAttributes {
		v, w := xo[sub.Name], yo[sub.Name]
		if sub.Type == Boolean && !sub.MultiValued {
			if (v == true) != (w == true) {
				return false
			}
		} else if !sub.Equal(v, w) {
			return false
		}
	}
	return true
}

func sameKind(x, y any) bool {
	_, xIsString := x.(string)
	_, yIsString := y.(string)
	return xIsString == yIsString
}

// equalLists compares lists as sets with repetition. Equal elements share their identity, so that
// only elements of one identity are compared with each other.
func (a *Attribute) equalLists(xs, ys []any) bool {
	if len(xs) != len(ys) {
		return false
	}
	left := make(map[string][]any, len(ys))
	for _, y := range ys {
		key := a.coarse(y)
		left[key] = append(left[key], y)
	}
	for _, x := range xs {
		key := a.coarse(x)
		found := false
		for i, y := range left[key] {
			if found = a.Equal(x, y); found {
				left[key] = append(left[key][:i:i], left[key][i+1:]...)
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// coarse returns a key that equal elements share: that of their value, if they have one.
func (a *Attribute) coarse(v any) string {
	obj, ok := v.(scim.Object)
	if !ok {
		return a.scalarKey(v)
	}
	if value := a.Sub("value"); value != nil && obj[value.Name] != nil {
		return value.scalarKey(obj[value.Name])
	}
	return ""
}
