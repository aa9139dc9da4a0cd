package directory

import (
	"context"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// Entry is a record together with what is kept in rows, as far as it was asked for.
type Entry struct {
	*Record
	// Members are the members of a group by id.
	Members []Member
	// Groups are the memberships of a user or group: the direct ones, then the indirect ones.
	Groups []Membership
}

// With tells what an Entry has beside the record.
type With struct {
	// Members loads the members of groups; those of a large group are better streamed by EachMember.
	Members bool
	// Groups loads the memberships of users.
	Groups bool
}

func (with With) load(ctx context.Context, r Reader, rec *Record) (*Entry, error) {
	e := &Entry{Record: rec}
	with.Groups = with.Groups && !rec.Ungrouped
	return e, with.loadAll(ctx, r, []*Entry{e})
}

// loadAll completes the entries of one source and type. Memberships are read for all at once.
func (with With) loadAll(ctx context.Context, r Reader, entries []*Entry) error {
	switch {
	case len(entries) == 0:
	case with.Members && entries[0].Type == GroupType:
		for _, e := range entries {
			err := r.Members(ctx, e.Source, e.ID, "", 0, func(m Member) error {
				e.Members = append(e.Members, m)
				return nil
			})
			if err != nil {
				return err
			}
		}
	case with.Groups && entries[0].Type == UserType:
		ids := make([]ResourceID, len(entries))
		for i, e := range entries {
			ids[i] = e.ID
		}
		groups, err := r.MembershipsOf(ctx, entries[0].Source, ids)
		for _, e := range entries {
			e.Groups = groups[e.ID]
		}
		return err
	}
	return nil
}

// Get returns one resource.
func (s *Resources) Get(ctx context.Context, sc *Scope, t *schema.ResourceType, id ResourceID, with With) (*Entry, error) {
	var e *Entry
	err := s.store.In(sc.Source).Peek(ctx, func(r Reader) error {
		rec, err := r.Resource(ctx, sc.Source, t.Name, id)
		if err != nil {
			return notFound(t, id, err)
		}
		e, err = with.load(ctx, r, rec)
		return err
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

// Complete returns the entry of a record that a write returned.
func (s *Resources) Complete(ctx context.Context, rec *Record, with With) (*Entry, error) {
	if (!with.Members || rec.Type != GroupType) && (!with.Groups || rec.Type != UserType) {
		return &Entry{Record: rec}, nil
	}
	var e *Entry
	err := s.store.In(rec.Source).Peek(ctx, func(r Reader) (err error) {
		e, err = with.load(ctx, r, rec)
		return err
	})
	return e, err
}

// Query calls emit for each resource of the page in order and returns the number of all matches, -1
// when it is not known. q.Source and q.Match are set by it. emit runs after the page was read, so
// that a slow receiver holds nothing.
func (s *Resources) Query(ctx context.Context, sc *Scope, q *ResourceQuery, with With, emit func(*Entry) error) (int, error) {
	page := *q
	page.Source, page.Match = sc.Source, nil
	if page.Filter != nil {
		page.Match = sc.matcher(page.Type, page.Filter)
	}
	var entries []*Entry
	total := 0
	err := s.store.In(sc.Source).View(ctx, func(r Reader) error {
		entries = entries[:0]
		var err error
		total, err = r.Query(ctx, &page, func(rec *Record) error {
			entries = append(entries, &Entry{Record: rec})
			return nil
		})
		if err != nil {
			return err
		}
		return with.loadAll(ctx, r, entries)
	})
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if err := emit(e); err != nil {
			return 0, err
		}
	}
	return total, nil
}

// memberPage is how many members EachMember reads at once.
const memberPage = 1000

// EachMember calls emit for every member of a group, by id. It reads page by page, so that neither
// memory nor a transaction is held while a slow receiver takes its time; a change in between may or
// may not be seen.
func (s *Resources) EachMember(ctx context.Context, sc *Scope, group ResourceID, emit func(Member) error) error {
	page := make([]Member, 0, 64)
	for after := ResourceID(""); ; after = page[len(page)-1].ID {
		page = page[:0]
		err := s.store.In(sc.Source).Peek(ctx, func(r Reader) error {
			page = page[:0]
			return r.Members(ctx, sc.Source, group, after, memberPage, func(m Member) error {
				page = append(page, m)
				return nil
			})
		})
		if err != nil {
			return err
		}
		for _, m := range page {
			if err := emit(m); err != nil {
				return err
			}
		}
		if len(page) < memberPage {
			return nil
		}
	}
}

// matcher evaluates a filter on a record in Go, with everything that is not in its body.
func (sc *Scope) matcher(t *schema.ResourceType, f *filter.Filter) func(context.Context, Reader, *Record) (bool, error) {
	with := With{Members: uses(f.Root(), "members"), Groups: uses(f.Root(), "groups")}
	meta := uses(f.Root(), "meta")
	return func(ctx context.Context, r Reader, rec *Record) (bool, error) {
		obj, err := rec.Object()
		if err != nil {
			return false, err
		}
		e, err := with.load(ctx, r, rec)
		if err != nil {
			return false, err
		}
		e.Complement(obj, sc.BaseURL)
		if meta {
			obj["meta"] = metaOf(t, rec, sc.BaseURL)
		}
		return f.Match(obj), nil
	}
}

func metaOf(t *schema.ResourceType, rec *Record, base string) scim.Object {
	return scim.Object{
		"resourceType": t.Name,
		"created":      schema.FormatDateTime(rec.Created),
		"lastModified": schema.FormatDateTime(rec.Modified),
		"location":     base + t.Endpoint + "/" + string(rec.ID),
		"version":      string(rec.ETag()),
	}
}

// uses reports whether a filter looks at the core or common attribute of that name.
func uses(n filter.Node, name string) bool {
	any := func(nodes []filter.Node) bool {
		for _, n := range nodes {
			if uses(n, name) {
				return true
			}
		}
		return false
	}
	named := func(ref schema.Ref) bool { return ref.URN == "" && ref.Attr != nil && ref.Attr.Name == name }
	switch n := n.(type) {
	case filter.AndNode:
		return any(n.Nodes)
	case filter.OrNode:
		return any(n.Nodes)
	case filter.NotNode:
		return uses(n.Node, name)
	case filter.TermNode:
		return named(n.Ref)
	case filter.ElementNode:
		return named(n.Ref)
	}
	return false
}
