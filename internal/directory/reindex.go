package directory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// indexChunk is how many resources one transaction reads, and at most how many one writes, while an index
// is filled.
const indexChunk = 100

// indexer fills the indexes of a schema that is registered while there are resources with values for it.
// Clients may send an extension before it is registered; it is kept as sent.
//
// Whoever writes such a resource after the registration knows the schema (see checkMapped), so one walk
// over what was there before is enough. Until it is over, filters do without the indexes.
type indexer struct {
	store Store
	def   *Definition
	// seen holds, while uniqueness is checked before anything is written, who has which value.
	seen map[holding]*Record
}

type holding struct {
	source    SourceID
	typ       string
	path, key string
}

// fill walks over the resources of the sources in which the schema extends a type.
func (x *indexer) fill(ctx context.Context, sources []SourceID, visit func(context.Context, *schema.ResourceType, []*Record) error) error {
	for _, source := range sources {
		var registry *schema.Registry
		err := x.store.View(ctx, func(r Reader) error {
			defs, err := r.Definitions(ctx, source)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(defs, func(d *Definition) bool { return d.Kind == x.def.Kind && d.Name == x.def.Name }) {
				defs = append(defs, x.def)
			}
			registry, err = buildRegistry(defs)
			return err
		})
		if err != nil {
			return err
		}
		for _, t := range registry.Types() {
			if t.Extension(x.def.Name) == nil {
				continue
			}
			if err := x.walk(ctx, source, t, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// walk calls visit for the resources that have values of the schema, tombstones included, in creation
// order: neither deleting nor restoring one moves it there.
func (x *indexer) walk(ctx context.Context, source SourceID, t *schema.ResourceType, visit func(context.Context, *schema.ResourceType, []*Record) error) error {
	name := scim.AppendString(nil, x.def.Name)
	after, more := int64(0), true
	for more {
		var page []*Record
		err := x.store.View(ctx, func(r Reader) error {
			page = page[:0]
			for _, deleted := range []bool{false, true} {
				q := &ResourceQuery{Source: source, Type: t, After: after, Limit: indexChunk, Deleted: deleted, NoTotal: true}
				if _, err := r.Query(ctx, q, func(rec *Record) error { page = append(page, rec); return nil }); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		slices.SortFunc(page, func(a, b *Record) int { return int(a.Ord - b.Ord) })
		if more = len(page) >= indexChunk; more {
			page = page[:indexChunk]
		}
		if len(page) > 0 {
			after = page[len(page)-1].Ord
		}
		page = slices.DeleteFunc(page, func(rec *Record) bool { return !bytes.Contains(rec.Body, name) })
		if len(page) == 0 {
			continue
		}
		if err := visit(ctx, t, page); err != nil {
			return err
		}
	}
	return nil
}

// check finds two live resources with one value that is to be unique.
func (x *indexer) check(_ context.Context, t *schema.ResourceType, page []*Record) error {
	for _, rec := range page {
		if !rec.Deleted.IsZero() {
			continue
		}
		obj, err := rec.Object()
		if err != nil {
			return err
		}
		for _, v := range KeysOf(t, Policies{}, obj).Values {
			at := holding{rec.Source, rec.Type, v.Path, v.Key}
			if !v.Unique {
				continue
			}
			if other := x.seen[at]; other != nil && other.ID != rec.ID {
				return collision(v.Path, other, rec)
			}
			x.seen[at] = &Record{ID: rec.ID, Label: rec.Label, Type: rec.Type}
		}
	}
	return nil
}

func collision(path string, a, b *Record) error {
	return scim.Conflict("%s cannot be unique: %s %s (%q) and %s (%q) have the same value. Change one of them, and register the schema again.",
		path, a.Type, a.ID, scim.Abbreviate(a.Label), b.ID, scim.Abbreviate(b.Label))
}

// index writes the entries of some resources in one transaction.
func (x *indexer) index(ctx context.Context, t *schema.ResourceType, page []*Record) error {
	return x.store.Update(ctx, func(w Writer) error {
		for _, old := range page {
			rec, err := w.Resource(ctx, old.Source, old.Type, old.ID)
			if errors.Is(err, ErrNotFound) {
				rec, err = w.Tombstone(ctx, old.Source, old.Type, old.ID)
			}
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			obj, err := rec.Object()
			if err != nil {
				return err
			}
			rec.Keys.Values = KeysOf(t, Policies{}, obj).Values
			var dup *DuplicateError
			if err := w.IndexResource(ctx, rec); errors.As(err, &dup) {
				return x.taken(ctx, w, dup, rec)
			} else if err != nil {
				return err
			}
		}
		return nil
	})
}

func (x *indexer) taken(ctx context.Context, r Reader, dup *DuplicateError, rec *Record) error {
	holder, err := r.ResourceAnywhere(ctx, dup.Holder)
	if err != nil {
		return err
	}
	return collision(dup.Path, holder, rec)
}

// hasIndexes reports whether any attribute of a schema is to be in an index, and refuses those that
// cannot be.
func hasIndexes(s *schema.Schema) (bool, error) {
	has := false
	for _, a := range s.Attributes {
		leaves := append([]*schema.Attribute{a}, a.SubAttributes...)
		for _, leaf := range leaves {
			if !indexed(leaf) {
				continue
			}
			switch has = true; leaf.Type {
			case schema.String, schema.Reference, schema.Binary:
			default:
				return false, scim.BadRequest(scim.InvalidValue, "The attribute %q is of type %s, which can be neither unique nor indexed: only strings, references and binary values can. Leave the characteristic out.",
					scim.Abbreviate(leaf.Name), leaf.Type)
			}
		}
	}
	return has, nil
}

// errStale is returned to a writer that did not know a schema yet; it is to try again.
var errStale = fmt.Errorf("%w: a schema was registered at this moment", ErrBusy)

// checkMapped refuses to store the values of an extension that was registered after the writer looked up
// what there is: they would be in no index.
func (tx *transaction) checkMapped(ctx context.Context, body scim.Object) error {
	var unmapped []string
	for name := range body {
		if strings.Contains(name, ":") && tx.typ.Extension(name) == nil {
			unmapped = append(unmapped, name)
		}
	}
	if unmapped == nil {
		return nil
	}
	defs, err := tx.Definitions(ctx, tx.scope.Source)
	if err != nil {
		return err
	}
	for _, def := range defs {
		if def.Kind != KindSchema || !slices.ContainsFunc(unmapped, func(name string) bool { return schema.EqualName(name, def.Name) }) {
			continue
		}
		registry, err := buildRegistry(defs)
		if err != nil {
			return err
		}
		if t := registry.TypeByName(tx.typ.Name); t != nil && t.Extension(def.Name) != nil {
			return errStale
		}
	}
	return nil
}
