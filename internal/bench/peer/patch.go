package main

import (
	"maps"
	"slices"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/filter"
	"github.com/elimity-com/scim/schema"
)

// apply does one operation, whose value the library has checked, on attributes. It replaces what is
// inside them and does not change it.
func apply(schemas []schema.Schema, attributes map[string]any, op scim.PatchOperation) error {
	if op.Path == nil {
		return merge(schemas, attributes, op)
	}
	path := op.Path.AttributePath
	for i, s := range schemas {
		attr, known := s.Attributes.ContainsAttribute(path.AttributeName)
		if uri := path.URI(); uri != "" && uri != s.ID || !known && path.AttributeName != schema.CommonAttributeExternalID {
			continue
		}
		target := attributes
		if i > 0 { // those of an extension are in an object of their own
			target = copyOf(attributes[s.ID])
			attributes[s.ID] = target
		}
		name := path.AttributeName
		if known {
			name = attr.Name()
		}
		switch {
		case op.Path.ValueExpression != nil:
			return elements(target, attr, op)
		case path.SubAttributeName() != "":
			sub, _ := attr.SubAttributes().ContainsAttribute(path.SubAttributeName())
			inner := copyOf(target[name])
			set(inner, sub.Name(), sub.MultiValued(), op)
			target[name] = inner
		default:
			set(target, name, attr.MultiValued(), op)
		}
		return nil
	}
	return errors.ScimErrorInvalidPath
}

// merge does an operation without a path.
func merge(schemas []schema.Schema, attributes map[string]any, op scim.PatchOperation) error {
	values, ok := op.Value.(map[string]any)
	if !ok {
		return errors.ScimErrorInvalidValue
	}
	for name, value := range values {
		if extension, ok := value.(map[string]any); ok && slices.ContainsFunc(schemas[1:], func(s schema.Schema) bool { return s.ID == name }) {
			target := copyOf(attributes[name])
			maps.Copy(target, extension)
			attributes[name] = target
			continue
		}
		attr, _ := schemas[0].Attributes.ContainsAttribute(name)
		set(attributes, name, attr.MultiValued(), scim.PatchOperation{Op: op.Op, Value: value})
	}
	return nil
}

// set does an operation on one attribute.
func set(target map[string]any, name string, multiValued bool, op scim.PatchOperation) {
	added, list := op.Value.([]any)
	switch {
	case op.Op == scim.PatchOperationRemove:
		delete(target, name)
	case op.Op == scim.PatchOperationAdd && multiValued && list:
		present, _ := target[name].([]any)
		target[name] = slices.Concat(present, added)
	default:
		target[name] = op.Value
	}
}

// elements does an operation on the values of an attribute that a filter in the path is true of.
func elements(target map[string]any, attr schema.CoreAttribute, op scim.PatchOperation) error {
	present, _ := target[attr.Name()].([]any)
	which := filter.NewFilterValidator(op.Path.ValueExpression, schema.Schema{Attributes: filter.MultiValuedFilterAttributes(attr)})
	sub, _ := attr.SubAttributes().ContainsAttribute(op.Path.SubAttributeName())
	var kept []any
	found := false
	for _, e := range present {
		values, ok := e.(map[string]any)
		if !ok || which.PassesFilter(values) != nil {
			kept = append(kept, e)
			continue
		}
		found = true
		values = maps.Clone(values)
		switch {
		case sub.Name() != "":
			set(values, sub.Name(), sub.MultiValued(), op)
		case op.Op == scim.PatchOperationRemove:
			continue
		default:
			changed, ok := op.Value.(map[string]any)
			if !ok {
				return errors.ScimErrorInvalidValue
			}
			maps.Copy(values, changed)
		}
		kept = append(kept, values)
	}
	if !found {
		return errors.ScimErrorNoTarget
	}
	target[attr.Name()] = kept
	return nil
}

// copyOf returns a copy of an object, an empty one of anything else.
func copyOf(value any) map[string]any {
	object, ok := value.(map[string]any)
	if !ok || object == nil {
		return map[string]any{}
	}
	return maps.Clone(object)
}
