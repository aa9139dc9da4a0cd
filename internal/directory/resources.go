package directory

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// Resources is the service about users, groups and the resources of registered types. It is safe for
// concurrent use. What a caller can cause is a *scim.Error; every other error is a failure of the
// store. A method that returned nil has made its change durable, together with its events and its
// audit rows; a method that failed has changed nothing.
//
// Objects handed in are canonical (scim/schema), without read-only attributes.
type Resources struct {
	store Store
	now   func() time.Time
}

// NewResources makes the service; now is the clock.
func NewResources(store Store, now func() time.Time) *Resources {
	return &Resources{store: store, now: now}
}

// Scope is one source as one caller acts in it.
type Scope struct {
	Source   SourceID
	Policies Policies
	Cause    Cause
	// BaseURL is the external base of locations, without a trailing slash; filters on meta.location
	// and on $ref compare with it.
	BaseURL string
	// Note receives warnings about what was understood but not done as written, after the change is
	// durable; nil drops them.
	Note func(schema.Note)
}

// Condition tells whether a write may go on when the resource has the given version; nil always does.
type Condition func(scim.Version) bool

// Outcome is what became of a write.
type Outcome string

// The outcomes.
const (
	OutcomeCreated     Outcome = "created"
	OutcomeReactivated Outcome = "reactivated"
	OutcomeUpdated     Outcome = "updated"
	OutcomeDeleted     Outcome = "deleted"
	OutcomeNoOp        Outcome = "no-op"
)

// Result is a resource as a write left it.
type Result struct {
	*Record
	Outcome Outcome
}

// ETag is the entity tag of the record: weak, because projections of one version differ.
func (r *Record) ETag() scim.Version {
	return scim.Version(`W/"` + strconv.FormatInt(r.Version, 10) + `"`)
}

// attempts bounds how often a write starts again because another writer was faster.
const attempts = 50

// transaction is one write of one caller. Its notes are kept until it is durable, because the store
// may run it again.
type transaction struct {
	Writer
	scope *Scope
	typ   *schema.ResourceType
	now   time.Time
	notes []schema.Note
}

func (tx *transaction) note(code, path, format string, args ...any) {
	tx.notes = append(tx.notes, schema.Note{Code: code, Path: path, Message: fmt.Sprintf(format, args...)})
}

// update runs fn in a transaction, again when it lost a race for a version, and hands out its notes.
func (s *Resources) update(ctx context.Context, sc *Scope, t *schema.ResourceType, fn func(tx *transaction) error) error {
	var notes []schema.Note
	for n := 1; ; n++ {
		err := s.store.In(sc.Source).Update(ctx, func(w Writer) error {
			tx := &transaction{Writer: w, scope: sc, typ: t, now: clock(s.now)}
			err := fn(tx)
			notes = tx.notes
			return err
		})
		if errors.Is(err, ErrVersion) && n < attempts && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return s.explain(ctx, sc, t, err)
		}
		if sc.Note != nil {
			for _, note := range notes {
				sc.Note(note)
			}
		}
		return nil
	}
}

// explain makes a *scim.Error of what a caller can cause.
func (s *Resources) explain(ctx context.Context, sc *Scope, t *schema.ResourceType, err error) error {
	var dup *DuplicateError
	if errors.As(err, &dup) {
		return s.conflict(ctx, sc, t, dup)
	}
	return err
}

// current returns the live resource if the condition allows a write of it.
func (tx *transaction) current(ctx context.Context, id ResourceID, pre Condition) (*Record, error) {
	rec, err := tx.Resource(ctx, tx.scope.Source, tx.typ.Name, id)
	if err != nil {
		return nil, notFound(tx.typ, id, err)
	}
	if pre != nil && !pre(rec.ETag()) {
		return nil, scim.Errorf(412, "%s %q was changed meanwhile: it has version %s. Read it again, and repeat the change on what you find.",
			tx.typ.Name, id, rec.ETag()).WithRule("version.conflict")
	}
	return rec, nil
}

func notFound(t *schema.ResourceType, id ResourceID, err error) error {
	if errors.Is(err, ErrNotFound) {
		return scim.NotFound(t.Name, string(id))
	}
	return err
}
