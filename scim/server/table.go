package server

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
)

// Table is the least that a store must do for FromTable to offer it over SCIM: keep records by type
// and id. Errors other than ErrNoRecord are answered as 500. Save and Remove are called one at a time
// and never while Load or All run.
type Table interface {
	// Load returns a record, or ErrNoRecord.
	Load(ctx context.Context, typ, id string) (*Record, error)
	// Save adds a record or overwrites the one of the same type and id, durably.
	Save(ctx context.Context, rec *Record) error
	// Remove deletes a record.
	Remove(ctx context.Context, typ, id string) error
	// All yields the records of a type in any order. An error ends the iteration.
	All(ctx context.Context, typ string) iter.Seq2[*Record, error]
}

// Record is a resource as a Table keeps it. Neither side modifies one that it has passed on.
type Record struct {
	// Type is the name of the resource type.
	Type, ID string
	// Object holds the canonical attributes without id and meta.
	Object scim.Object
	// Version counts the changes, from 1.
	Version               int64
	Created, LastModified time.Time
}

// ErrNoRecord is returned by Table.Load for an id that does not exist.
var ErrNoRecord = errors.New("no such record")

// FromTable makes a Backend of a Table: ids, uniqueness, versions, PUT and PATCH semantics, filters,
// sorting, paging and group membership are done here. It reads a whole type for each query and for
// each check of uniqueness, which is fine up to some thousands of resources; write a Backend for more.
// The table must have no other writers while requests are served.
func FromTable(t Table, reg *schema.Registry) Backend {
	return &tableBackend{table: t, registry: reg, now: time.Now}
}

type tableBackend struct {
	table    Table
	registry *schema.Registry
	now      func() time.Time
	// mu is held for writing by every change, so that what was checked still holds when it is saved.
	mu sync.RWMutex
}

var _ Patcher = (*tableBackend)(nil)

func (b *tableBackend) load(ctx context.Context, t *schema.ResourceType, id string) (*Record, error) {
	rec, err := b.table.Load(ctx, t.Name, id)
	if errors.Is(err, ErrNoRecord) {
		return nil, scim.NotFound(t.Name, id)
	}
	return rec, err
}

// Get implements Backend.
func (b *tableBackend) Get(ctx context.Context, t *schema.ResourceType, id string, sel Selection) (*Resource, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	rec, err := b.load(ctx, t, id)
	if err != nil {
		return nil, err
	}
	return b.resource(ctx, t, rec, sel)
}

// Create implements Backend.
func (b *tableBackend) Create(ctx context.Context, t *schema.ResourceType, obj scim.Object, sel Selection) (*Resource, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now().UTC()
	rec := &Record{Type: t.Name, ID: newID(now), Object: withActive(t, obj, true), Version: 1, Created: now, LastModified: now}
	if err := b.save(ctx, t, rec); err != nil {
		return nil, err
	}
	return b.resource(ctx, t, rec, sel)
}

// Replace implements Backend.
func (b *tableBackend) Replace(ctx context.Context, t *schema.ResourceType, id string, obj scim.Object, pre Precondition, sel Selection) (*Resource, error) {
	return b.change(ctx, t, id, pre, sel, func(rec *Record) (scim.Object, error) {
		if active, ok := rec.Object["active"].(bool); ok {
			obj = withActive(t, obj, active)
		}
		return t.MergeReplace(rec.Object, obj)
	})
}

// Patch implements Patcher.
func (b *tableBackend) Patch(ctx context.Context, t *schema.ResourceType, id string, ops []patch.Operation, pre Precondition, sel Selection) (*Resource, error) {
	steps, notes, err := patch.Compile(t, ops, schema.Options{})
	AddNotes(ctx, notes...)
	if err != nil {
		return nil, err
	}
	return b.change(ctx, t, id, pre, sel, func(rec *Record) (scim.Object, error) {
		before, err := b.whole(ctx, t, rec)
		if err != nil {
			return nil, err
		}
		after, changed, notes, err := patch.Apply(t, before, steps)
		AddNotes(ctx, notes...)
		if err != nil || !changed {
			return rec.Object, err
		}
		return stored(t, after), nil
	})
}

// whole returns a record with everything that a client sees of it, as PATCH needs it: a client may
// send back read-only values that it has read.
func (b *tableBackend) whole(ctx context.Context, t *schema.ResourceType, rec *Record) (scim.Object, error) {
	res, err := b.resource(ctx, t, rec, Selection{Whole: true})
	if err != nil {
		return nil, err
	}
	return withMeta(t, match{rec: rec, obj: res.Object}), nil
}

// stored returns what of an object a Record keeps.
func stored(t *schema.ResourceType, obj scim.Object) scim.Object {
	c := maps.Clone(obj)
	delete(c, "id")
	delete(c, "meta")
	if a := groupsOf(t); a != nil {
		delete(c, a.Name)
	}
	return c
}

// change replaces a record by what apply makes of its object. A change without effect leaves version
// and time alone.
func (b *tableBackend) change(ctx context.Context, t *schema.ResourceType, id string, pre Precondition, sel Selection, apply func(*Record) (scim.Object, error)) (*Resource, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	rec, err := b.load(ctx, t, id)
	if err != nil {
		return nil, err
	}
	if v := rec.version(); !pre.Holds(v) {
		return nil, failedPrecondition(v)
	}
	obj, err := apply(rec)
	if err != nil {
		return nil, err
	}
	next := *rec
	next.Object = obj
	next.Version++
	next.LastModified = b.now().UTC()
	if err := b.resolveMembers(ctx, t, &next); err != nil {
		return nil, err
	}
	if bytes.Equal(t.AppendJSON(nil, rec.Object), t.AppendJSON(nil, next.Object)) {
		return b.resource(ctx, t, rec, sel)
	}
	if err := b.save(ctx, t, &next); err != nil {
		return nil, err
	}
	return b.resource(ctx, t, &next, sel)
}

// Delete implements Backend. Memberships of the resource end with it.
func (b *tableBackend) Delete(ctx context.Context, t *schema.ResourceType, id string, pre Precondition) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	rec, err := b.load(ctx, t, id)
	if err != nil {
		return err
	}
	if v := rec.version(); !pre.Holds(v) {
		return failedPrecondition(v)
	}
	if err := b.leaveGroups(ctx, id); err != nil {
		return err
	}
	return b.table.Remove(ctx, t.Name, id)
}

func (b *tableBackend) save(ctx context.Context, t *schema.ResourceType, rec *Record) error {
	if err := b.resolveMembers(ctx, t, rec); err != nil {
		return err
	}
	if err := b.checkUnique(ctx, t, rec); err != nil {
		return err
	}
	return b.table.Save(ctx, rec)
}

// checkUnique refuses a value that another resource of the type has, where the schema demands
// uniqueness.
func (b *tableBackend) checkUnique(ctx context.Context, t *schema.ResourceType, rec *Record) error {
	for _, a := range t.Schema.Attributes {
		value, ok := rec.Object[a.Name].(string)
		if !ok || a.Uniqueness == "" || a.Uniqueness == schema.UniqueNone {
			continue
		}
		key := a.Key(value)
		for other, err := range b.table.All(ctx, t.Name) {
			if err != nil {
				return err
			}
			taken, ok := other.Object[a.Name].(string)
			if ok && other.ID != rec.ID && a.Key(taken) == key {
				return scim.Conflict("%s %q already belongs to %s %s. Use another value, or update that resource.", a.Name, scim.Abbreviate(value), t.Name, other.ID)
			}
		}
	}
	return nil
}

// version returns the entity tag. It is weak, because projections of one version differ.
func (r *Record) version() scim.Version {
	return scim.Version(`W/"` + strconv.FormatInt(r.Version, 10) + `"`)
}

// withActive returns obj with active set, if the type has it and obj does not: clients expect it in
// every user (RFC 7644 §3.3 lets a server assign defaults).
func withActive(t *schema.ResourceType, obj scim.Object, active bool) scim.Object {
	if a := t.Schema.Attribute("active"); a == nil || a.Type != schema.Boolean || obj[a.Name] != nil {
		return obj
	}
	c := maps.Clone(obj)
	c["active"] = active
	return c
}
