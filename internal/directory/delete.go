package directory

import (
	"context"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// Delete removes a resource (RFC 7644 §3.6) by the policy of its source: it leaves a tombstone, or
// nothing, or a user is merely deactivated. Its memberships end with it; the groups concerned keep
// their versions, and the one event says it all.
func (s *Resources) Delete(ctx context.Context, sc *Scope, t *schema.ResourceType, id ResourceID, pre Condition) (*Result, error) {
	var res *Result
	err := s.update(ctx, sc, t, func(tx *transaction) error {
		rec, err := tx.current(ctx, id, pre)
		if err != nil {
			return err
		}
		switch policy := sc.Policies.Delete; {
		case policy == DeleteDeactivate && t.Name == UserType:
			res, err = tx.deactivate(ctx, rec)
		default:
			res, err = tx.remove(ctx, rec, policy == DeleteErase)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

func (tx *transaction) remove(ctx context.Context, rec *Record, erase bool) (*Result, error) {
	gone := *rec
	gone.Version, gone.Modified, gone.Deleted = rec.Version+1, tx.now, tx.now
	var err error
	if erase {
		err = tx.EraseResource(ctx, rec.Source, rec.Type, rec.ID)
	} else {
		err = tx.BuryResource(ctx, rec.Source, rec.Type, rec.ID, gone.Version, tx.now)
	}
	if err != nil {
		return nil, err
	}
	return &Result{Record: &gone, Outcome: OutcomeDeleted}, tx.emit(ctx, &gone, eventType(tx.typ, verbDeleted), noChanges)
}

func (tx *transaction) deactivate(ctx context.Context, rec *Record) (*Result, error) {
	old, err := rec.Object()
	if err != nil {
		return nil, err
	}
	body := make(scim.Object, len(old))
	for name, v := range old {
		body[name] = v
	}
	body["active"] = false
	tx.note("delete.deactivated", "active", "The policy of this source deactivates users instead of deleting them.")
	return tx.save(ctx, rec, old, body, &memberDelta{tx: tx, group: rec})
}

// Restore makes a tombstone live again, with its id and with the memberships whose other end still
// exists. It is 404 when there is no tombstone, and 409 when the name was given away meanwhile.
func (s *Resources) Restore(ctx context.Context, sc *Scope, t *schema.ResourceType, id ResourceID) (*Result, error) {
	var res *Result
	err := s.update(ctx, sc, t, func(tx *transaction) error {
		rec, err := tx.Tombstone(ctx, sc.Source, t.Name, id)
		if err != nil {
			return notFound(t, id, err)
		}
		live := *rec
		live.Version, live.Modified = rec.Version+1, tx.now
		live.Deleted = time.Time{}
		if err := tx.RestoreResource(ctx, sc.Source, t.Name, id, live.Version, tx.now); err != nil {
			return err
		}
		if err := tx.emit(ctx, &live, eventType(t, verbCreated), noChanges); err != nil {
			return err
		}
		res = &Result{Record: &live, Outcome: OutcomeCreated}
		return tx.emitRestored(ctx, &live)
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

// emitRestored tells of the memberships that came back with a resource: those of a restored group,
// and those in other groups.
func (tx *transaction) emitRestored(ctx context.Context, rec *Record) error {
	if rec.Type == GroupType {
		var members []Member
		err := tx.Members(ctx, rec.Source, rec.ID, "", 0, func(m Member) error {
			members = append(members, m)
			return nil
		})
		if err != nil {
			return err
		}
		if err := tx.emitMembers(ctx, rec, GroupMemberAdded, members); err != nil {
			return err
		}
	}
	memberships, err := tx.Memberships(ctx, rec.Source, rec.ID)
	if err != nil {
		return err
	}
	for _, m := range memberships {
		if !m.Direct {
			continue
		}
		group, err := tx.Resource(ctx, rec.Source, GroupType, m.Group)
		if err != nil {
			return err
		}
		changes := memberChanges("after", []Member{{ID: rec.ID, Type: rec.Type}})
		if err := tx.emitData(ctx, group, GroupMemberAdded, group.Body, changes); err != nil {
			return err
		}
	}
	return nil
}
