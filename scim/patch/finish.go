package patch

import (
	"slices"
	"strings"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// finish puts the lists back and checks the resource as a whole. Required attributes are looked at
// only here, because a later operation may bring back what an earlier one removed.
func (a *applier) finish(steps []Step) error {
	for at, l := range a.lists {
		if !l.written || isSchemas(schema.Ref{URN: at.urn, Attr: at.attr}) {
			continue
		}
		var v any
		if values := l.compact(); len(values) > 0 {
			v = values
		}
		a.set(at, v)
	}
	for urn := range a.owned {
		if ext, ok := a.out[urn].(scim.Object); ok && len(ext) == 0 {
			delete(a.out, urn)
		}
	}
	if err := a.finishSchemas(steps); err != nil {
		return err
	}
	if err := a.checkUnmapped(steps); err != nil {
		return err
	}
	return a.checkRequired(steps)
}

// finishSchemas makes schemas name what the resource carries, and the extensions that a step put there.
func (a *applier) finishSchemas(steps []Step) error {
	before, _ := a.before["schemas"].([]any)
	declared := before
	s := lastStep(steps, func(s *Step) bool { return s.Targets("schemas") })
	if s != nil {
		declared = a.lists[slot{attr: s.Ref.Attr}].compact()
		if !slices.Contains(declared, any(a.t.Schema.ID)) {
			return inOperation(s.Index, scim.BadRequest(scim.Mutability, "%q cannot leave schemas.", a.t.Schema.ID).WithRule(ruleReadOnly))
		}
	} else if len(a.touched)+len(a.raw) == 0 {
		return nil
	}
	list := []any{a.t.Schema.ID}
	for i := range a.t.Extensions {
		urn := a.t.Extensions[i].Schema.ID
		isDeclared := slices.Contains(declared, any(urn))
		_, carried := a.out[urn].(scim.Object)
		_, was := a.before[urn].(scim.Object)
		switch {
		case carried && s != nil && !isDeclared && slices.Contains(before, any(urn)):
			return inOperation(s.Index, invalidValue("%q cannot leave schemas while the resource has values of it. Remove them with the path %q.", urn, urn))
		case carried || isDeclared && !was:
			list = append(list, urn)
		}
	}
	var unknown []string
	for key, v := range a.out {
		if _, isObject := v.(scim.Object); isObject && strings.Contains(key, ":") && a.t.Extension(key) == nil {
			unknown = append(unknown, key)
		}
	}
	slices.Sort(unknown)
	for _, urn := range unknown {
		list = append(list, urn)
	}
	if ref, _ := a.t.Resolve("", "schemas", ""); before != nil && !same(before, list) {
		a.set(slot{attr: ref.Attr}, list)
	}
	return nil
}

// lastStep returns the last step for which is holds, or nil.
func lastStep(steps []Step, is func(*Step) bool) *Step {
	for i := len(steps) - 1; i >= 0; i-- {
		if is(&steps[i]) {
			return &steps[i]
		}
	}
	return nil
}

func (a *applier) checkUnmapped(steps []Step) error {
	limit := 0
	for i := range steps {
		limit = max(limit, steps[i].maxUnmapped)
	}
	if limit == 0 {
		return nil
	}
	if size := unmappedSize(a.t, a.out); size > limit && size > unmappedSize(a.t, a.before) {
		return unmappedTooLarge(limit)
	}
	return nil
}

// checkRequired refuses a result that lost what is required. What the resource lacked before, because
// its schema became stricter, is no reason to refuse other changes.
func (a *applier) checkRequired(steps []Step) error {
	err := a.t.CheckRequired(a.out)
	if err == nil {
		return nil
	}
	lost := lastStep(steps, func(s *Step) bool {
		at := slot{s.Ref.URN, s.Ref.Attr}
		switch {
		case at.attr == nil:
			x := a.t.Extension(at.urn)
			return x != nil && x.Required && a.out[at.urn] == nil && a.before[at.urn] != nil
		case s.Ref.Sub != nil && s.Ref.Sub.Required:
			return s.Op == Remove || s.Value == nil
		}
		return at.attr.Required && value(a.out, at) == nil && value(a.before, at) != nil
	})
	if lost != nil {
		return inOperation(lost.Index, required(lost.Ref))
	}
	if a.t.CheckRequired(a.before) == nil {
		return err
	}
	return nil
}

func required(ref schema.Ref) *scim.Error {
	path := ref.URN
	if ref.Attr != nil {
		path = ref.Path()
	}
	return scim.BadRequest(scim.Mutability, "%q is required; it can be replaced but not removed or emptied.", path).WithRule("schema.missing-attr")
}

// changed reports whether anything that steps wrote differs from what was there.
func (a *applier) changed() bool {
	for at := range a.touched {
		if !same(value(a.before, at), value(a.out, at)) {
			return true
		}
	}
	for key := range a.raw {
		v, was := a.before[key]
		w, is := a.out[key]
		if was != is || string(scim.AppendJSON(nil, v)) != string(scim.AppendJSON(nil, w)) {
			return true
		}
	}
	return false
}
