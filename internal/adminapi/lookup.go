package adminapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/schema"
)

// noSource explains that a slug names nothing.
func noSource(err error, slug string) error {
	if errors.Is(err, directory.ErrNotFound) {
		return problemf(http.StatusNotFound, "There is no source with the slug %q. It was renamed or deleted; list the sources.", slug)
	}
	return err
}

// sourceCache has the sources that one request needs, each looked up once.
type sourceCache map[directory.SourceID]*directory.Source

func (c sourceCache) get(ctx context.Context, r directory.Reader, id directory.SourceID) (*directory.Source, error) {
	if src := c[id]; src != nil {
		return src, nil
	}
	src, err := r.Source(ctx, id)
	if err == nil {
		c[id] = src
	}
	return src, err
}

// slugs returns the slugs of those sources that exist.
func (a *api) slugs(ctx context.Context, ids ...directory.SourceID) (slugs map[directory.SourceID]string, err error) {
	err = a.Store.View(ctx, func(r directory.Reader) error {
		slugs, err = directory.Slugs(ctx, r, ids...)
		return err
	})
	return slugs, err
}

// idsOf returns the sources of rows.
func idsOf[T any](rows []T, source func(T) directory.SourceID) []directory.SourceID {
	ids := make([]directory.SourceID, len(rows))
	for i, row := range rows {
		ids[i] = source(row)
	}
	return ids
}

// filterSource returns the source that a list's parameter names, nil for "".
func (a *api) filterSource(ctx context.Context, slug string) (src *directory.Source, err error) {
	if slug == "" {
		return nil, nil
	}
	err = a.Store.View(ctx, func(r directory.Reader) error {
		src, err = r.SourceBySlug(ctx, slug)
		return err
	})
	if errors.Is(err, directory.ErrNotFound) {
		return nil, mistake("query.source", "There is no source with the slug %q.", slug)
	}
	return src, err
}

// subject is a resource with all that is needed to show or change it.
type subject struct {
	*directory.Record
	source *directory.Source
	typ    *schema.ResourceType
}

// subject finds a live or deleted user or group by its id alone.
func (a *api) subject(ctx context.Context, typ, id string) (*subject, error) {
	s := &subject{}
	err := a.Store.View(ctx, func(r directory.Reader) (err error) {
		if s.Record, err = r.ResourceAnywhere(ctx, directory.ResourceID(id)); err != nil {
			return err
		}
		s.source, err = r.Source(ctx, s.Source)
		return err
	})
	if err == nil && s.Type != typ {
		err = directory.ErrNotFound
	}
	if errors.Is(err, directory.ErrNotFound) {
		return nil, problemf(http.StatusNotFound, "There is no %s with the id %q.", noun(typ), id)
	}
	if err != nil {
		return nil, err
	}
	return s, a.define(ctx, s)
}

func (a *api) define(ctx context.Context, s *subject) error {
	registry, err := a.Definitions.Registry(ctx, s.source.ID)
	if err != nil {
		return err
	}
	s.typ = registry.TypeByName(s.Type)
	return nil
}

// byHand finds a user or group that may be changed here: live, and of the built-in source.
func (a *api) byHand(ctx context.Context, typ, id string) (*subject, error) {
	s, err := a.subject(ctx, typ, id)
	if err != nil {
		return nil, err
	}
	if s.source.ID != directory.BuiltinSource {
		return nil, problemf(http.StatusConflict, "This %s is managed by the source %q: a change here would be undone by its identity provider. Change it there.",
			noun(typ), s.source.Slug)
	}
	if !s.Deleted.IsZero() {
		return nil, problemf(http.StatusConflict, "This %s is deleted. Restore it first.", noun(typ))
	}
	return s, nil
}

func (s *subject) scope(c *call) *directory.Scope {
	return &directory.Scope{Source: s.source.ID, Policies: s.source.Policies, Cause: c.cause(), BaseURL: c.scimBase(s.source.Slug)}
}

// built returns a subject of the built-in source that is still to be made.
func (a *api) built(ctx context.Context, typ string) (*subject, error) {
	s := &subject{Record: &directory.Record{Source: directory.BuiltinSource, Type: typ}}
	err := a.Store.View(ctx, func(r directory.Reader) (err error) {
		s.source, err = r.Source(ctx, directory.BuiltinSource)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s, a.define(ctx, s)
}

func noun(typ string) string {
	if typ == directory.GroupType {
		return "group"
	}
	return "user"
}
