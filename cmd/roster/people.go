package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/present"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// pageSize is how many records a list reads at a time.
const pageSize = 500

// eachRecord calls fn for every live resource of a type, in one source or (slug "") in all.
func eachRecord(ctx context.Context, a *app.App, slug, typ string, fn func(*directory.Entry, string) error) error {
	infos, err := a.Sources.List(ctx)
	if err != nil {
		return err
	}
	found := slug == ""
	for _, info := range infos {
		if slug != "" && info.Slug != slug {
			continue
		}
		found = true
		if err := eachOfSource(ctx, a, info.Source, typ, fn); err != nil {
			return err
		}
	}
	if !found {
		return &missing{"source", slug}
	}
	return nil
}

func eachOfSource(ctx context.Context, a *app.App, src *directory.Source, typ string, fn func(*directory.Entry, string) error) error {
	registry, err := a.Definitions.Registry(ctx, src.ID)
	if err != nil {
		return err
	}
	scope := &directory.Scope{Source: src.ID, Policies: src.Policies, Cause: cause()}
	for after := int64(0); ; {
		n := 0
		q := &directory.ResourceQuery{Type: registry.TypeByName(typ), After: after, Limit: pageSize, NoTotal: true}
		_, err := a.Resources.Query(ctx, scope, q, directory.With{Groups: true}, func(e *directory.Entry) error {
			n++
			after = e.Ord
			return fn(e, src.Slug)
		})
		if err != nil {
			return err
		}
		if n < pageSize {
			return nil
		}
	}
}

// found is one resource with its type and source.
type found struct {
	entry *directory.Entry
	typ   *schema.ResourceType
	slug  string
	scim  []byte
}

// find looks a resource up by id alone, deleted ones included.
func find(ctx context.Context, a *app.App, typ, id string) (*found, error) {
	var rec *directory.Record
	var src *directory.Source
	err := a.Store.View(ctx, func(r directory.Reader) (err error) {
		if rec, err = r.ResourceAnywhere(ctx, directory.ResourceID(id)); err != nil {
			return err
		}
		src, err = r.Source(ctx, rec.Source)
		return err
	})
	if err == nil && rec.Type != typ {
		err = directory.ErrNotFound
	}
	if err != nil {
		return nil, named(err, typ, id)
	}
	registry, err := a.Definitions.Registry(ctx, rec.Source)
	if err != nil {
		return nil, err
	}
	f := &found{entry: &directory.Entry{Record: rec}, typ: registry.TypeByName(rec.Type), slug: src.Slug}
	if rec.Deleted.IsZero() {
		if f.entry, err = a.Resources.Complete(ctx, rec, directory.With{Members: true, Groups: true}); err != nil {
			return nil, err
		}
	}
	public, err := a.PublicURL(ctx)
	if err != nil {
		return nil, err
	}
	f.scim, err = f.entry.Represent(f.typ, present.BaseURL(public, src.Slug))
	return f, err
}

// createBuiltin makes a resource by hand, in the built-in source.
func createBuiltin(ctx context.Context, a *app.App, typ string, obj scim.Object) (*directory.Record, error) {
	info, err := a.Sources.Show(ctx, directory.BuiltinSlug)
	if err != nil {
		return nil, err
	}
	registry, err := a.Definitions.Registry(ctx, directory.BuiltinSource)
	if err != nil {
		return nil, err
	}
	t := registry.TypeByName(typ)
	canonical, _, err := t.Canonicalize(obj, schema.ForCreate, schema.Options{})
	if err != nil {
		return nil, plain(err)
	}
	scope := &directory.Scope{Source: directory.BuiltinSource, Policies: info.Policies, Cause: cause()}
	result, err := a.Resources.Create(ctx, scope, t, canonical)
	if err != nil {
		return nil, plain(err)
	}
	return result.Record, nil
}

// plain takes the protocol's status and type off an error that is meant for the terminal.
func plain(err error) error {
	var e *scim.Error
	if errors.As(err, &e) {
		return fmt.Errorf("%s", e.Detail)
	}
	return err
}
