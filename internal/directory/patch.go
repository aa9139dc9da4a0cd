package directory

import (
	"context"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
)

// Patch applies PATCH operations (RFC 7644 §3.5.2) all or none. Operations on a group's members become
// changes of rows, whose cost does not depend on how many members there are; concurrent ones all
// succeed. opt are the options of canonicalization.
func (s *Resources) Patch(ctx context.Context, sc *Scope, t *schema.ResourceType, id ResourceID, ops []patch.Operation, pre Condition, opt schema.Options) (*Result, error) {
	steps, notes, err := patch.Compile(t, ops, opt)
	if err != nil {
		return nil, err
	}
	body, members := splitSteps(t, steps)
	var res *Result
	err = s.update(ctx, sc, t, func(tx *transaction) error {
		tx.notes = append(tx.notes, notes...)
		rec, err := tx.current(ctx, id, pre)
		if err != nil {
			return err
		}
		delta := &memberDelta{tx: tx, group: rec}
		for _, step := range members {
			if err := delta.apply(ctx, step); err != nil {
				return err
			}
		}
		var old, after scim.Object
		if len(body) > 0 {
			if old, after, err = tx.applySteps(rec, body); err != nil {
				return err
			}
		}
		res, err = tx.save(ctx, rec, old, after, delta)
		return err
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

// splitSteps separates the steps on a group's members, which are rows. The order between the two kinds
// does not matter: no step reads what one of the other kind writes.
func splitSteps(t *schema.ResourceType, steps []patch.Step) (body, members []patch.Step) {
	if t.Name != GroupType {
		return steps, nil
	}
	for _, step := range steps {
		if step.Targets("members") {
			members = append(members, step)
		} else {
			body = append(body, step)
		}
	}
	return body, members
}

// applySteps returns the object before and after; after is nil when nothing changed.
func (tx *transaction) applySteps(rec *Record, steps []patch.Step) (old, after scim.Object, err error) {
	if old, err = rec.Object(); err != nil {
		return nil, nil, err
	}
	after, changed, notes, err := patch.Apply(tx.typ, old, steps)
	if err != nil {
		return nil, nil, err
	}
	tx.notes = append(tx.notes, notes...)
	if !changed {
		return old, nil, nil
	}
	copied, _ := tx.split(after)
	return old, copied, nil
}

// apply does one step on members. The usual ones name ids and touch those rows alone.
func (d *memberDelta) apply(ctx context.Context, step patch.Step) error {
	values, named := step.EqValues()
	switch whole := step.Ref.Sub == nil; {
	case whole && step.Filter == nil && step.Op == patch.Add:
		return d.add(ctx, elements(step.Value))
	case whole && step.Filter == nil && step.Op == patch.Replace:
		return d.replace(ctx, elements(step.Value))
	case whole && step.Filter == nil && !step.HasValue:
		return d.replace(ctx, nil)
	case whole && step.Op == patch.Remove && named:
		return d.removeIDs(ctx, storedIDs(step, values))
	case whole && step.Op == patch.Remove && step.Filter != nil:
		return d.removeWhere(ctx, func(m Member) bool { return step.Filter.MatchElement(m.Object(d.tx.scope.BaseURL)) })
	}
	return d.try(ctx, step)
}

// storedIDs turns ids as a client sent them into the form in which they are stored.
func storedIDs(step patch.Step, values []string) []ResourceID {
	value := step.Ref.Attr.Sub("value")
	ids := make([]ResourceID, len(values))
	for i, v := range values {
		ids[i] = ResourceID(value.Key(v))
	}
	return ids
}

// try applies a step to the members that it selects, and then does what became of them.
func (d *memberDelta) try(ctx context.Context, step patch.Step) error {
	selected, err := d.selected(ctx, step)
	if err != nil {
		return err
	}
	obj, err := d.group.Object()
	if err != nil {
		return err
	}
	before := make(map[ResourceID]bool, len(selected))
	list := make([]any, len(selected))
	for i, m := range selected {
		before[m.ID], list[i] = true, m.Object(d.tx.scope.BaseURL)
	}
	if len(list) > 0 {
		obj["members"] = list
	}
	after, changed, notes, err := patch.Apply(d.tx.typ, obj, []patch.Step{step})
	if err != nil || !changed {
		return err
	}
	d.tx.notes = append(d.tx.notes, notes...)
	var came []any
	for _, v := range elements(after["members"]) {
		if id := memberID(v); before[id] {
			delete(before, id)
		} else {
			came = append(came, v)
		}
	}
	gone := make([]ResourceID, 0, len(before))
	for _, m := range selected {
		if before[m.ID] {
			gone = append(gone, m.ID)
		}
	}
	if err := d.removeIDs(ctx, gone); err != nil {
		return err
	}
	return d.add(ctx, came)
}

// selected returns the members that the filter of a step selects, or all of them without one.
func (d *memberDelta) selected(ctx context.Context, step patch.Step) (list []Member, err error) {
	source, group := d.tx.scope.Source, d.group.ID
	if values, named := step.EqValues(); named && step.Filter != nil {
		for _, id := range storedIDs(step, values) {
			is, err := d.tx.IsMember(ctx, source, group, id)
			if err != nil {
				return nil, err
			}
			if is {
				list = append(list, Member{ID: id})
			}
		}
		return d.typed(ctx, list)
	}
	err = d.tx.Members(ctx, source, group, "", 0, func(m Member) error {
		if step.Filter == nil || step.Filter.MatchElement(m.Object(d.tx.scope.BaseURL)) {
			list = append(list, m)
		}
		return nil
	})
	return list, err
}

func (d *memberDelta) typed(ctx context.Context, list []Member) ([]Member, error) {
	ids := make([]ResourceID, len(list))
	for i, m := range list {
		ids[i] = m.ID
	}
	types, err := d.tx.Existing(ctx, d.tx.scope.Source, ids)
	for i, m := range list {
		list[i].Type = types[m.ID]
	}
	return list, err
}
