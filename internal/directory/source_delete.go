package directory

import (
	"context"

	"github.com/rosterhq/roster/scim/schema"
)

// UserFate is what becomes of the users and groups of a source that is deleted.
type UserFate string

// The fates.
const (
	// UsersKept hands users and groups to the built-in source.
	UsersKept UserFate = "keep"
	// UsersDeactivated hands them over too, and deactivates the users.
	UsersDeactivated UserFate = "deactivate"
	// UsersDeleted erases them; they cannot be restored.
	UsersDeleted UserFate = "delete"
)

// deleteChunk is how many resources one transaction deletes, deactivates or moves, so that other writers
// get through in between.
const deleteChunk = 200

// Delete removes a source, its service account and its tokens. It begins by switching the source off
// and revoking its tokens. With many users it takes several transactions; when it fails in between, it
// can be repeated.
func (s *Sources) Delete(ctx context.Context, slug string, fate UserFate, cause Cause) error {
	switch fate {
	case UsersKept, UsersDeactivated, UsersDeleted:
	default:
		return &InputError{Field: "users", Value: string(fate), Reason: "must be keep, deactivate or delete"}
	}
	src, err := s.shut(ctx, slug)
	if err != nil {
		return err
	}
	registry, err := s.defs.Registry(ctx, src.ID)
	if err != nil {
		return err
	}
	resources := NewResources(s.store, s.now)
	scope := &Scope{Source: src.ID, Policies: src.Policies, Cause: cause}
	for _, t := range registry.Types() {
		switch {
		case fate == UsersDeactivated && t.Name == UserType:
			err = resources.deactivateAll(ctx, scope, t)
		case fate == UsersDeleted:
			err = resources.eraseAll(ctx, scope, t)
		}
		if err != nil {
			return err
		}
	}
	if fate != UsersDeleted {
		if err := s.moveAll(ctx, src.ID); err != nil {
			return err
		}
	}
	return s.update(ctx, func(w Writer) error {
		if err := w.DeleteSource(ctx, src.ID); err != nil {
			return err
		}
		return s.audit(ctx, w, cause, "source.deleted", src, map[string]any{"slug": src.Slug, "users": string(fate)})
	})
}

// moveAll hands everything of a source to the built-in one.
func (s *Sources) moveAll(ctx context.Context, from SourceID) error {
	for moved := deleteChunk; moved == deleteChunk; {
		err := s.update(ctx, func(w Writer) (err error) {
			moved, err = w.MoveResources(ctx, from, BuiltinSource, deleteChunk)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// shut switches a source off and revokes its tokens, so that nothing is written to it any more.
func (s *Sources) shut(ctx context.Context, slug string) (src *Source, err error) {
	err = s.update(ctx, func(w Writer) error {
		if src, err = s.entrance(ctx, w, slug); err != nil {
			return err
		}
		now := clock(s.now)
		tokens, err := w.Tokens(ctx, src.ID)
		if err != nil {
			return err
		}
		for _, t := range tokens {
			if !t.Revoked.IsZero() {
				continue
			}
			t.Revoked = now
			if err := w.UpdateToken(ctx, t); err != nil {
				return err
			}
		}
		src.Enabled, src.UpdatedAt = false, now
		return w.UpdateSource(ctx, src)
	})
	return src, err
}

func (s *Resources) deactivateAll(ctx context.Context, sc *Scope, t *schema.ResourceType) error {
	active := true
	q := &ResourceQuery{Source: sc.Source, Type: t, Active: &active, Limit: deleteChunk, NoTotal: true}
	return s.inChunks(ctx, sc, q, func(tx *transaction, rec *Record) error {
		_, err := tx.deactivate(ctx, rec)
		return err
	})
}

func (s *Resources) eraseAll(ctx context.Context, sc *Scope, t *schema.ResourceType) error {
	q := &ResourceQuery{Source: sc.Source, Type: t, Limit: deleteChunk, NoTotal: true}
	err := s.inChunks(ctx, sc, q, func(tx *transaction, rec *Record) error {
		_, err := tx.remove(ctx, rec, true)
		return err
	})
	if err != nil {
		return err
	}
	tombstones := &ResourceQuery{Source: sc.Source, Type: t, Deleted: true, Limit: deleteChunk, NoTotal: true}
	return s.inChunks(ctx, sc, tombstones, func(tx *transaction, rec *Record) error {
		return tx.EraseResource(ctx, rec.Source, rec.Type, rec.ID)
	})
}

// inChunks calls fn for the resources of a query, a chunk in a transaction, until none is left. fn must
// make a resource drop out of the query.
func (s *Resources) inChunks(ctx context.Context, sc *Scope, q *ResourceQuery, fn func(*transaction, *Record) error) error {
	for left := q.Limit; left == q.Limit; {
		err := s.update(ctx, sc, q.Type, func(tx *transaction) error {
			var page []*Record
			_, err := tx.Query(ctx, q, func(rec *Record) error {
				page = append(page, rec)
				return nil
			})
			if err != nil {
				return err
			}
			left = len(page)
			for _, rec := range page {
				if err := fn(tx, rec); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
