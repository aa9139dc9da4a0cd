package server

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// match is a record that a query selects, with what it is ordered by.
type match struct {
	rec *Record
	obj scim.Object
	key orderKey
}

// Query implements Backend. The order is that of SortBy, then of the types, of creation and of ids.
func (b *tableBackend) Query(ctx context.Context, q *Query, emit func(*Resource) error) (QueryResult, error) {
	matches, err := b.matches(ctx, q)
	if err != nil {
		return QueryResult{}, err
	}
	result := QueryResult{Total: len(matches)}
	slices.SortFunc(matches, func(x, y match) int { return x.key.compare(y.key, q.Descending) })
	start := min(q.StartIndex-1, len(matches))
	if q.UseCursor && q.Cursor != "" {
		after, err := parseOrderKey(q.Cursor)
		if err != nil {
			return result, err
		}
		start = slices.IndexFunc(matches, func(m match) bool { return m.key.compare(after, q.Descending) > 0 })
		if start < 0 {
			start = len(matches)
		}
	}
	end := start + min(q.Count, len(matches)-start)
	if q.UseCursor && q.Count > 0 && end < len(matches) {
		result.NextCursor = matches[end-1].key.String()
	}
	// The lock is not held here: a slow client does not stop others.
	for _, m := range matches[start:end] {
		if err := emit(resourceOf(q.Types[m.key.typ], m.rec, m.obj)); err != nil {
			return result, err
		}
	}
	return result, nil
}

func (b *tableBackend) matches(ctx context.Context, q *Query) ([]match, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var groups membership
	var list []match
	for i, t := range q.Types {
		if groups == nil && groupsOf(t) != nil {
			var err error
			if groups, err = b.memberships(ctx); err != nil {
				return nil, err
			}
		}
		for rec, err := range b.table.All(ctx, t.Name) {
			if err != nil {
				return nil, err
			}
			m := match{rec: rec, obj: objectOf(t, rec, groups)}
			if !selects(q.Filters[i], t, m) {
				continue
			}
			m.key = orderKey{typ: i, created: rec.Created, id: rec.ID}
			if q.SortBy != nil {
				m.key.value, m.key.has = sortValue(withMeta(t, m), q.SortBy[i])
			}
			list = append(list, m)
		}
	}
	return list, nil
}

func selects(f *filter.Filter, t *schema.ResourceType, m match) bool {
	return f == nil || f.Match(withMeta(t, m))
}

// withMeta returns the attributes that filters and sorting can name, id and meta included.
func withMeta(t *schema.ResourceType, m match) scim.Object {
	obj := maps.Clone(m.obj)
	obj["id"] = m.rec.ID
	obj["meta"] = meta("", resourceOf(t, m.rec, nil))
	return obj
}

// objectOf returns the attributes of a record with its groups, if the type has them.
func objectOf(t *schema.ResourceType, rec *Record, groups membership) scim.Object {
	a := groupsOf(t)
	if a == nil {
		return rec.Object
	}
	values := groups.of(rec.ID)
	if values == nil && rec.Object[a.Name] == nil {
		return rec.Object
	}
	obj := maps.Clone(rec.Object)
	delete(obj, a.Name)
	if values != nil {
		obj[a.Name] = values
	}
	return obj
}

func resourceOf(t *schema.ResourceType, rec *Record, obj scim.Object) *Resource {
	return &Resource{Type: t, ID: rec.ID, Object: obj, Version: rec.version(), Created: rec.Created, LastModified: rec.LastModified}
}

// resource returns one record as the selection asks for it.
func (b *tableBackend) resource(ctx context.Context, t *schema.ResourceType, rec *Record, sel Selection) (*Resource, error) {
	if sel.Nothing {
		return resourceOf(t, rec, nil), nil
	}
	var groups membership
	if a := groupsOf(t); a != nil && (sel.Whole || sel.Includes(schema.Ref{Attr: a})) {
		var err error
		if groups, err = b.memberships(ctx); err != nil {
			return nil, err
		}
	}
	return resourceOf(t, rec, objectOf(t, rec, groups)), nil
}

// orderKey is the place of a record in the order of a query. Its text is the position of a cursor.
type orderKey struct {
	value   sortKey
	has     bool
	typ     int
	created time.Time
	id      string
}
