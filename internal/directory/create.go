package directory

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// Create stores a new resource under a fresh id (RFC 7644 §3.3). A user without active is active. A
// user whose externalId is that of an inactive one reactivates and replaces it instead, unless the
// policy forbids that.
func (s *Resources) Create(ctx context.Context, sc *Scope, t *schema.ResourceType, obj scim.Object) (*Result, error) {
	var res *Result
	err := s.update(ctx, sc, t, func(tx *transaction) error {
		if t.Name == UserType {
			twin, err := tx.inactiveTwin(ctx, obj)
			if err != nil {
				return err
			}
			if twin != nil {
				res, err = tx.reactivate(ctx, twin, obj)
				return err
			}
		}
		rec, err := tx.insert(ctx, obj)
		res = &Result{Record: rec, Outcome: OutcomeCreated}
		return err
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

func (tx *transaction) insert(ctx context.Context, obj scim.Object) (*Record, error) {
	rec := &Record{Source: tx.scope.Source, Type: tx.typ.Name, ID: ResourceID(uuid.Must(uuid.NewV7()).String()),
		Version: 1, Created: tx.now, Modified: tx.now, Ungrouped: true}
	body, members := tx.split(obj)
	if _, has := body["active"]; !has && rec.Type == UserType {
		body["active"] = true
	}
	if err := tx.checkManager(ctx, body, nil); err != nil {
		return nil, err
	}
	if err := tx.checkMapped(ctx, body); err != nil {
		return nil, err
	}
	tx.fill(rec, body)
	if err := tx.InsertResource(ctx, rec); err != nil {
		return nil, err
	}
	if err := tx.emit(ctx, rec, eventType(tx.typ, verbCreated), noChanges); err != nil {
		return nil, err
	}
	if members == nil {
		return rec, nil
	}
	delta := memberDelta{tx: tx, group: rec}
	if err := delta.add(ctx, members); err != nil {
		return nil, err
	}
	return rec, delta.emit(ctx)
}

// split separates what is kept in rows from what is kept in the body. body is a shallow copy; members
// is nil unless the object has them.
func (tx *transaction) split(obj scim.Object) (body scim.Object, members []any) {
	body = make(scim.Object, len(obj)+1)
	for name, v := range obj {
		body[name] = v
	}
	delete(body, "meta")
	switch tx.typ.Name {
	case UserType:
		delete(body, "groups")
	case GroupType:
		if v, has := body["members"]; has {
			members = append([]any{}, elements(v)...)
			delete(body, "members")
		}
	}
	return body, members
}

// fill sets everything of a record that follows from its canonical body.
func (tx *transaction) fill(rec *Record, body scim.Object) {
	body["id"] = string(rec.ID)
	rec.Active = rec.Type != UserType || body["active"] == true
	rec.Label = LabelOf(body)
	rec.Keys = KeysOf(tx.typ, tx.scope.Policies, body)
	rec.Body = tx.typ.AppendJSON(nil, body)
}

// inactiveTwin returns the oldest inactive user of the object's externalId, or nil. It warns of an
// active one.
func (tx *transaction) inactiveTwin(ctx context.Context, obj scim.Object) (*Record, error) {
	key := keyAt(tx.typ, obj, "externalId")
	if key == "" {
		return nil, nil
	}
	holders, err := tx.ByExternalID(ctx, tx.scope.Source, UserType, IndexKey(key))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	for _, rec := range holders {
		if !rec.Active && !tx.scope.Policies.NoReactivation {
			return rec, nil
		}
	}
	for _, rec := range holders {
		if !rec.Active {
			return nil, scim.Conflict("This externalId already belongs to the deactivated user %s %q. Reactivate it with a PATCH of active, or give the new user another externalId.",
				rec.ID, scim.Abbreviate(rec.Label)).WithRule("uniqueness.external-id")
		}
		tx.note("external-id.duplicate", "externalId", "User %s has the same externalId. Check the matching attributes of the identity provider.", rec.ID)
	}
	return nil, nil
}

func (tx *transaction) reactivate(ctx context.Context, rec *Record, obj scim.Object) (*Result, error) {
	if _, has := obj["active"]; !has {
		body := make(scim.Object, len(obj)+1)
		for name, v := range obj {
			body[name] = v
		}
		body["active"] = true
		obj = body
	}
	res, err := tx.replace(ctx, rec, obj)
	if err != nil {
		return nil, err
	}
	tx.note("user.reactivated", "externalId", "The externalId is that of a deactivated user, which was reactivated and replaced.")
	if res.Outcome == OutcomeUpdated {
		res.Outcome = OutcomeReactivated
	}
	return res, nil
}
