package directory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// The kinds of a Definition.
const (
	KindSchema       = "schema"
	KindResourceType = "resource-type"
)

// registryAge is how long a registry is used before definitions are looked up again: another process
// may have added some.
const registryAge = time.Second

// Definitions is the service about registered schemas and resource types. It is safe for concurrent
// use. Bad documents are *scim.Error, a second definition of one name is ErrDuplicate.
type Definitions struct {
	store Store
	now   func() time.Time

	mu    sync.Mutex
	cache map[SourceID]*registryEntry // guarded by mu
}

// registryEntry is never changed once it is in the cache.
type registryEntry struct {
	registry *schema.Registry
	names    []string
	checked  time.Time
}

// NewDefinitions makes the service; now is the clock.
func NewDefinitions(store Store, now func() time.Time) *Definitions {
	return &Definitions{store: store, now: now, cache: map[SourceID]*registryEntry{}}
}

// Registry returns what a source offers: User, Group and the definitions registered for it, not older
// than a second. The same registry is returned as long as nothing changed.
func (d *Definitions) Registry(ctx context.Context, source SourceID) (*schema.Registry, error) {
	now := d.now()
	d.mu.Lock()
	entry := d.cache[source]
	d.mu.Unlock()
	if entry != nil && now.Sub(entry.checked).Abs() < registryAge {
		return entry.registry, nil
	}
	var defs []*Definition
	err := d.store.View(ctx, func(r Reader) (err error) {
		defs, err = r.Definitions(ctx, source)
		return err
	})
	if err != nil {
		return nil, err
	}
	fresh := &registryEntry{names: definitionNames(defs), checked: now}
	if entry != nil && equalNames(entry.names, fresh.names) {
		fresh.registry = entry.registry
	} else if fresh.registry, err = buildRegistry(defs); err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.cache[source] = fresh
	d.mu.Unlock()
	return fresh.registry, nil
}

// Notice tells that another process may have changed definitions.
func (d *Definitions) Notice() { d.forget() }

func (d *Definitions) forget() {
	d.mu.Lock()
	clear(d.cache)
	d.mu.Unlock()
}

// definitionNames identify a list of definitions, which are never changed.
func definitionNames(defs []*Definition) []string {
	names := make([]string, len(defs))
	for i, def := range defs {
		names[i] = fmt.Sprintf("%d %s %s %d", def.Source, def.Kind, def.Name, def.Created.UnixMicro())
	}
	return names
}

func equalNames(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// AddSchema registers a schema document (RFC 7643 §7) for a source, or for every source when source
// is 0. Values that resources have for it already go into its indexes, some resources at a time; it is
// refused with 409 uniqueness when two of them have a value that is to be unique. extends names the resource type that it extends. Without it, the schema is for a resource
// type that is registered later; until there is one, it extends User.
func (d *Definitions) AddSchema(ctx context.Context, doc scim.Object, source SourceID, extends string, cause Cause) (*schema.Schema, error) {
	s, err := schema.ParseSchema(doc)
	if err != nil {
		return nil, err
	}
	indexes, err := hasIndexes(s)
	if err != nil {
		return nil, err
	}
	def := &Definition{Source: source, Kind: KindSchema, Name: s.ID, ExtendsType: extends, Document: scim.AppendJSON(nil, doc), Indexed: !indexes}
	if err := d.register(ctx, def, cause); err != nil {
		return nil, err
	}
	return s, nil
}

// register adds a schema and fills its indexes. Registering it again resumes what was interrupted.
func (d *Definitions) register(ctx context.Context, def *Definition, cause Cause) error {
	x := &indexer{store: d.store, def: def, seen: map[holding]*Record{}}
	sources, err := d.affected(ctx, def)
	if err != nil {
		return err
	}
	// What is wrong with the definition itself is told before anything is walked over.
	if err := d.try(ctx, def, sources); err != nil {
		return err
	}
	if !def.Indexed {
		if err := x.fill(ctx, sources, x.check); err != nil {
			return err
		}
	}
	if err := d.add(ctx, def, cause); err != nil || def.Indexed {
		return err
	}
	if err := x.fill(ctx, sources, x.index); err != nil {
		if scim.AsError(err).Status != 409 {
			return err // the next attempt goes on
		}
		return errors.Join(err, d.withdraw(ctx, def, cause))
	}
	return d.store.Update(ctx, func(w Writer) error { return w.DefinitionIndexed(ctx, def) })
}

// withdraw removes a schema again that met two equal values while its indexes were filled.
func (d *Definitions) withdraw(ctx context.Context, def *Definition, cause Cause) error {
	defer d.forget()
	return d.store.Update(ctx, func(w Writer) error {
		if err := w.DeleteDefinition(ctx, def); err != nil {
			return err
		}
		return appendAudit(ctx, w, &AuditEntry{Time: clock(d.now), Cause: cause, Action: def.Kind + ".withdrawn", Source: def.Source,
			ObjectType: def.Kind, ObjectID: def.Name, ObjectName: def.Name}, nil)
	})
}

// affected returns the sources to which a definition applies.
func (d *Definitions) affected(ctx context.Context, def *Definition) (ids []SourceID, err error) {
	err = d.store.View(ctx, func(r Reader) error {
		ids, err = affected(ctx, r, def)
		return err
	})
	return ids, err
}

func affected(ctx context.Context, r Reader, def *Definition) ([]SourceID, error) {
	ids := []SourceID{def.Source}
	if def.Source != 0 {
		return ids, nil
	}
	sources, err := r.Sources(ctx)
	for _, src := range sources {
		ids = append(ids, src.ID)
	}
	return ids, err
}

// try checks a definition in all sources.
func (d *Definitions) try(ctx context.Context, def *Definition, sources []SourceID) error {
	return d.store.View(ctx, func(r Reader) error {
		_, err := checkSources(ctx, r, def, sources)
		return err
	})
}

// checkSources tries a definition beside those of all sources; same means that it is there already.
func checkSources(ctx context.Context, r Reader, def *Definition, sources []SourceID) (same bool, err error) {
	for _, source := range sources {
		known, err := r.Definitions(ctx, source)
		if err != nil {
			return false, err
		}
		if same, err := checkDefinition(known, def); same || err != nil {
			return same, err
		}
	}
	return false, nil
}

// AddResourceType registers a ResourceType document (RFC 7643 §6), whose schemas must be known, for a
// source, or for every source when source is 0.
func (d *Definitions) AddResourceType(ctx context.Context, doc scim.Object, source SourceID, cause Cause) (*schema.ResourceType, error) {
	defs, err := d.list(ctx, source)
	if err != nil {
		return nil, err
	}
	schemas, err := parseSchemas(schema.Core(), defs)
	if err != nil {
		return nil, err
	}
	t, err := schema.ParseResourceType(doc, schemas.find)
	if err != nil {
		return nil, err
	}
	def := &Definition{Source: source, Kind: KindResourceType, Name: t.Name, Document: scim.AppendJSON(nil, doc)}
	return t, d.add(ctx, def, cause)
}

// List returns the definitions that apply to a source, in the order of registration.
func (d *Definitions) List(ctx context.Context, source SourceID) ([]*Definition, error) {
	return d.list(ctx, source)
}

func (d *Definitions) list(ctx context.Context, source SourceID) (defs []*Definition, err error) {
	err = d.store.View(ctx, func(r Reader) error {
		defs, err = r.Definitions(ctx, source)
		return err
	})
	return defs, err
}

// add inserts a definition if every source it applies to accepts it. One that is there already, with
// the same document, is left as it is.
func (d *Definitions) add(ctx context.Context, def *Definition, cause Cause) error {
	def.Created = clock(d.now)
	err := d.store.Update(ctx, func(w Writer) error {
		sources, err := affected(ctx, w, def)
		if err != nil {
			return err
		}
		if same, err := checkSources(ctx, w, def, sources); same || err != nil {
			return err
		}
		if err := w.InsertDefinition(ctx, def); err != nil {
			return definitionTaken(def, err)
		}
		return appendAudit(ctx, w, &AuditEntry{Time: def.Created, Cause: cause, Action: def.Kind + ".added", Source: def.Source,
			ObjectType: def.Kind, ObjectID: def.Name, ObjectName: def.Name}, nil)
	})
	if err == nil {
		d.forget()
	}
	return err
}

// checkDefinition tries def beside the known ones; same means that it is one of them, and sets Indexed.
func checkDefinition(known []*Definition, def *Definition) (same bool, err error) {
	for _, k := range known {
		if k.Kind != def.Kind || !schema.EqualName(k.Name, def.Name) {
			continue
		}
		if k.Source == def.Source && k.ExtendsType == def.ExtendsType && bytes.Equal(k.Document, def.Document) {
			def.Indexed = k.Indexed
			return true, nil
		}
		return false, definitionTaken(def, ErrDuplicate)
	}
	if _, err := buildRegistry(append(known[:len(known):len(known)], def)); err != nil {
		return false, scim.BadRequest(scim.InvalidValue, "The definition does not fit the ones that are there: %s. Correct it.", err)
	}
	return false, nil
}

func definitionTaken(def *Definition, err error) error {
	if errors.Is(err, ErrDuplicate) {
		return fmt.Errorf("the %s %q is registered already with another content: %w", def.Kind, def.Name, ErrDuplicate)
	}
	return err
}
