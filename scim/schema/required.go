package schema

import (
	"github.com/rosterhq/roster/scim"
)

// CheckRequired checks a canonical resource as a whole: every required attribute has a value that is
// not blank, so has every required sub-attribute of a present value, required extensions are there,
// and at most one value of an attribute is primary. The error is 400 invalidValue.
func (t *ResourceType) CheckRequired(obj scim.Object) error {
	if err := checkRequired("", t.Schema.Attributes, obj); err != nil {
		return err
	}
	for i := range t.Extensions {
		x := &t.Extensions[i]
		ext, present := obj[x.Schema.ID].(scim.Object)
		if !present && !x.Required {
			continue
		}
		if x.Required && len(ext) == 0 {
			return missing(place{urn: x.Schema.ID})
		}
		if err := checkRequired(x.Schema.ID, x.Schema.Attributes, ext); err != nil {
			return err
		}
	}
	return nil
}

func checkRequired(urn string, attrs []*Attribute, obj scim.Object) error {
	for _, a := range attrs {
		at := place{urn: urn, attr: a.Name}
		v, present := obj[a.Name]
		if !present || v == nil {
			if a.Required && a.Mutability != ReadOnly {
				return missing(at)
			}
			continue
		}
		if s, ok := v.(string); ok && a.Required && isBlank(s) {
			return missing(at)
		}
		if a.Type != Complex {
			continue
		}
		if err := checkComplex(a, v, at); err != nil {
			return err
		}
	}
	return nil
}

func checkComplex(a *Attribute, v any, at place) error {
	values, ok := v.([]any)
	if !ok {
		values = []any{v}
	}
	if err := checkPrimary(a, values, at); err != nil {
		return err
	}
	for _, sub := range a.SubAttributes {
		if !sub.Required || sub.Mutability == ReadOnly {
			continue
		}
		at.sub = sub.Name
		for _, v := range values {
			if obj, ok := v.(scim.Object); ok && obj[sub.Name] == nil {
				return missing(at)
			}
		}
	}
	return nil
}

func missing(at place) error {
	return scim.BadRequest(scim.InvalidValue,
		"%q is required, but it is missing or empty. Map it to something that always has a value.", at.String()).WithRule(ruleMissing)
}
