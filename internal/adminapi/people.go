package adminapi

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/schema"
)

// Search selects users or groups of one source or of all.
type Search struct {
	Source string `query:"source" maxLength:"63" doc:"Slug of the only source to look in."`
	Q      string `query:"q" maxLength:"256" doc:"Part of the name, display name or e-mail address."`
}

// selection is a list of resources of one type over sources. Its order is that of the sources' ids,
// and within a source that of creation: immutable, so that a cursor stays true.
type selection struct {
	typ     *schema.ResourceType
	source  *directory.Source // nil: all
	search  string
	active  *bool
	deleted bool
}

// found is a resource with the source it belongs to.
type found struct {
	*directory.Record
	source *directory.Source
}

// spot is a place in a selection; the zero value is its beginning.
type spot struct {
	source directory.SourceID
	ord    int64
}

// choose makes the selection that parameters ask for.
func (a *api) choose(ctx context.Context, typ *schema.ResourceType, in Search) (*selection, error) {
	src, err := a.filterSource(ctx, in.Source)
	return &selection{typ: typ, source: src, search: schema.CaseKey(in.Q)}, err
}

// holders returns the sources that have something of the selection, by id, and the number of all it selects. It
// counts in all sources at once.
func (s *selection) holders(ctx context.Context, r directory.Reader) (sources []directory.SourceID, total int, err error) {
	counts, err := r.CountBySource(ctx, directory.CountQuery{Type: s.typ.Name, Search: s.search, Active: s.active, Deleted: s.deleted})
	for _, n := range counts {
		total += n
	}
	return slices.Sorted(maps.Keys(counts)), total, err
}

// page returns up to limit resources behind a place, and the number of all.
func (s *selection) page(ctx context.Context, r directory.Reader, after spot, limit int) (items []found, total int, err error) {
	if s.source == nil {
		sources, total, err := s.holders(ctx, r)
		if err != nil {
			return nil, 0, err
		}
		items, err = s.read(ctx, r, sources, after, limit)
		return items, total, err
	}
	q := s.behind(s.source.ID, after, limit)
	total, err = r.Query(ctx, q, func(rec *directory.Record) error {
		items = append(items, found{rec, s.source})
		return nil
	})
	return items, total, err
}

// read returns up to limit resources of the given sources, which are in the order of their ids, behind a place.
// Sources that are gone are passed over.
func (s *selection) read(ctx context.Context, r directory.Reader, sources []directory.SourceID, after spot, limit int) (items []found, err error) {
	first, _ := slices.BinarySearch(sources, after.source)
	for _, id := range sources[first:] {
		if len(items) == limit {
			break
		}
		src, err := r.Source(ctx, id)
		if errors.Is(err, directory.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		q := s.behind(id, after, limit-len(items))
		q.NoTotal = true
		_, err = r.Query(ctx, q, func(rec *directory.Record) error {
			items = append(items, found{rec, src})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return items, nil
}

// behind selects up to limit resources of one source behind a place.
func (s *selection) behind(source directory.SourceID, after spot, limit int) *directory.ResourceQuery {
	q := &directory.ResourceQuery{Source: source, Type: s.typ, Search: s.search, Active: s.active, Deleted: s.deleted, Limit: limit}
	switch {
	case source == after.source:
		q.After = after.ord
	case source < after.source:
		q.Limit = 0
	}
	return q
}

// page is a page of a selection called name; show turns what was found into as many items.
func page[T any](ctx context.Context, a *api, name string, s *selection, p Paging,
	show func(r directory.Reader, all []found) ([]T, error)) (*body[list[T]], error) {
	place, err := p.placeOf(name, 2)
	if err != nil {
		return nil, err
	}
	after := spot{}
	if place != nil {
		after = spot{directory.SourceID(place[0]), place[1]}
	}
	var out list[T]
	err = a.Store.View(ctx, func(r directory.Reader) error {
		items, total, err := s.page(ctx, r, after, p.Limit+1)
		if err != nil {
			return err
		}
		out = list[T]{Total: &total}
		if len(items) > p.Limit {
			items = items[:p.Limit]
			last := items[p.Limit-1]
			out.NextCursor = cursor(name, int64(last.source.ID), last.Ord)
		}
		out.Items, err = show(r, items)
		return err
	})
	return answer(out), err
}

// groupsOf returns the groups of users, which may belong to several sources.
func groupsOf(ctx context.Context, r directory.Reader, users []found) (map[directory.ResourceID][]directory.Membership, error) {
	bySource := map[directory.SourceID][]directory.ResourceID{}
	for _, u := range users {
		bySource[u.source.ID] = append(bySource[u.source.ID], u.ID)
	}
	all := map[directory.ResourceID][]directory.Membership{}
	for source, ids := range bySource {
		groups, err := r.MembershipsOf(ctx, source, ids)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, groups)
	}
	return all, nil
}
