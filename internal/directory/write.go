package directory

import (
	"bytes"
	"context"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// Replace is PUT (RFC 7644 §3.5.1): what the object lacks is cleared, except that active keeps its
// value, and members too when the policy says so.
func (s *Resources) Replace(ctx context.Context, sc *Scope, t *schema.ResourceType, id ResourceID, obj scim.Object, pre Condition) (*Result, error) {
	var res *Result
	err := s.update(ctx, sc, t, func(tx *transaction) error {
		rec, err := tx.current(ctx, id, pre)
		if err != nil {
			return err
		}
		res, err = tx.replace(ctx, rec, obj)
		return err
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

func (tx *transaction) replace(ctx context.Context, rec *Record, obj scim.Object) (*Result, error) {
	old, err := rec.Object()
	if err != nil {
		return nil, err
	}
	given, members := tx.split(obj)
	if active, was := old["active"]; was && tx.typ.Name == UserType {
		if _, is := given["active"]; !is {
			given["active"] = active
		}
	}
	body, err := tx.typ.MergeReplace(old, given)
	if err != nil {
		return nil, err
	}
	delta := &memberDelta{tx: tx, group: rec}
	if tx.typ.Name == GroupType && (members != nil || !tx.scope.Policies.PutKeepsMembers) {
		if err := delta.replace(ctx, members); err != nil {
			return nil, err
		}
	}
	return tx.save(ctx, rec, old, body, delta)
}

// save stores what became of a record, if anything did: a write that changes nothing leaves no trace.
// old is the canonical object of rec.Body; it and body may be nil when only members may have changed.
func (tx *transaction) save(ctx context.Context, rec *Record, old, body scim.Object, delta *memberDelta) (*Result, error) {
	next := *rec
	if body != nil {
		if err := tx.checkManager(ctx, body, old); err != nil {
			return nil, err
		}
		if err := tx.checkMapped(ctx, body); err != nil {
			return nil, err
		}
		tx.fill(&next, body)
	}
	changed := !bytes.Equal(next.Body, rec.Body)
	if !changed && !delta.changed() {
		return &Result{Record: rec, Outcome: OutcomeNoOp}, nil
	}
	next.Version, next.Modified = rec.Version+1, tx.now
	if !changed {
		if err := tx.TouchResource(ctx, next.Source, next.Type, next.ID, next.Version, next.Modified); err != nil {
			return nil, err
		}
		return &Result{Record: &next, Outcome: OutcomeUpdated}, delta.emitFor(ctx, &next)
	}
	attributes := changedNames(old, body)
	next.Keys.SameValues = !touchesValues(tx.typ, attributes, old, body)
	if err := tx.UpdateResource(ctx, &next); err != nil {
		return nil, err
	}
	typ := eventType(tx.typ, activityVerb(rec, &next))
	if err := tx.emit(ctx, &next, typ, differences(tx.typ, attributes, old, body)); err != nil {
		return nil, err
	}
	return &Result{Record: &next, Outcome: OutcomeUpdated}, delta.emitFor(ctx, &next)
}

// activityVerb tells a change of active from other changes; whatever else changed is in the same event.
func activityVerb(before, after *Record) verb {
	switch {
	case before.Active && !after.Active:
		return verbDeactivated
	case !before.Active && after.Active:
		return verbReactivated
	}
	return verbUpdated
}

// checkManager looks a new manager up. An unknown one is kept as sent, with a warning, unless the
// policy is strict: identity providers send people in any order.
func (tx *transaction) checkManager(ctx context.Context, body, old scim.Object) error {
	id := managerOf(body)
	if tx.typ.Name != UserType || id == "" || id == managerOf(old) {
		return nil
	}
	known, err := tx.Existing(ctx, tx.scope.Source, []ResourceID{ResourceID(id)})
	if err != nil || known[ResourceID(id)] == UserType {
		return err
	}
	const path = scim.EnterpriseUserSchema + ":manager.value"
	if tx.scope.Policies.StrictReferences {
		return scim.BadRequest(scim.InvalidValue, "The manager %q is no user of this source. Provision the manager first, or leave the attribute out.",
			scim.Abbreviate(id)).WithRule("manager.unknown")
	}
	tx.note("manager.unknown", path, "The manager is no user of this source yet; the value was kept as sent.")
	return nil
}

func managerOf(obj scim.Object) string {
	enterprise, _ := obj[scim.EnterpriseUserSchema].(scim.Object)
	manager, _ := enterprise["manager"].(scim.Object)
	id, _ := manager["value"].(string)
	return id
}
