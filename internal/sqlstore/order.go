package sqlstore

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// segment is one stretch of an order. Resources without a value for the sorted attribute are a
// stretch of their own, so that each uses an index.
type segment struct {
	where string
	order string
}

// orderOf returns the order of a query as segments; native is false when SQL has no column for it, or one
// in which values are shortened.
func (t *tx) orderOf(q *directory.ResourceQuery) (order []segment, native bool, err error) {
	order, native = segmentsOf(q)
	if !native || q.Sort.By == nil {
		return order, native, nil
	}
	c := compiler{tx: t, source: q.Source, typ: q.Type, live: !q.Deleted}
	native = !c.shortened(q.Sort.By.Path())
	return order, native, c.err
}

func segmentsOf(q *directory.ResourceQuery) (order []segment, native bool) {
	if q.Sort.By == nil {
		return []segment{{order: "r.ord"}}, true
	}
	if q.Sort.By.URN != "" {
		return nil, false
	}
	// Of several resources with one name, the index has first the one that claims it, if any, then the
	// others in creation order.
	column, tie, optional := "", "r.ord", false
	switch path := q.Sort.By.Path(); {
	case path == "id":
		column = "r.id"
	case path == "externalId":
		column, optional = "r.external_id", true
	case path == "userName" && q.Type.Name == directory.UserType:
		column, tie = "r.name_key", "r.name_slot"
	case path == "displayName" && q.Type.Name == directory.GroupType:
		column, tie = "r.name_key", "r.name_slot"
	case path == "displayName" && q.Sort.By.Attr.Type == schema.String && !q.Sort.By.Attr.MultiValued:
		column, optional = "r.display_key", true
	case path == "meta.created":
		column = "r.created"
	case path == "meta.lastModified":
		column = "r.modified"
	default:
		return nil, false
	}
	sorted := segment{order: column + ", " + tie}
	if q.Sort.Descending {
		sorted.order = column + " DESC, " + tie
	}
	if !optional {
		return []segment{sorted}, true
	}
	sorted.where = column + " <> ''"
	missing := segment{where: column + " = ''", order: "r.ord"}
	if q.Sort.Descending {
		return []segment{missing, sorted}, true
	}
	return []segment{sorted, missing}, true
}

// sortKey is a resource in a sort that SQL cannot do.
type sortKey struct {
	ord   int64
	value any // nil, string, float64 or time.Time
}

// querySorted reads all matches, keeps their sort keys, and fetches the page. Only the keys that can
// still be on the page are kept.
func (t *tx) querySorted(ctx context.Context, q *directory.ResourceQuery, s *selection, emit func(*directory.Record) error) (int, error) {
	wanted := q.Offset + q.Limit
	var keys []sortKey
	total := 0
	err := t.eachMatch(ctx, q, s, func(rec *directory.Record) error {
		total++
		if q.Limit == 0 {
			return nil
		}
		value, err := sortValue(q.Sort.By, rec)
		if err != nil {
			return err
		}
		keys = append(keys, sortKey{rec.Ord, value})
		if len(keys) > 2*wanted+1024 {
			sortKeys(keys, q.Sort.Descending)
			keys = keys[:wanted]
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	sortKeys(keys, q.Sort.Descending)
	keys = keys[min(q.Offset, len(keys)):min(wanted, len(keys))]
	for _, k := range keys {
		rec, err := scanRecord(t.row("SELECT "+recordColumns+` FROM resource r WHERE r.source_id = $1 AND r.type = $2
			AND r.ord = $3 AND (r.deleted <> 0) = $4`, q.Source, q.Type.Name, k.ord, q.Deleted).scan)
		if err != nil {
			return 0, err
		}
		if err := emit(rec); err != nil {
			return 0, err
		}
	}
	return total, nil
}

func sortKeys(keys []sortKey, descending bool) {
	slices.SortFunc(keys, func(a, b sortKey) int {
		c := compareValues(a.value, b.value)
		if descending {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(a.ord, b.ord))
	})
}

// compareValues orders values of one attribute; no value comes last.
func compareValues(a, b any) int {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return cmp.Compare(x, y)
		}
	case float64:
		if y, ok := b.(float64); ok {
			return cmp.Compare(x, y)
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	}
	rank := func(v any) int {
		if v == nil {
			return 1
		}
		return 0
	}
	return rank(a) - rank(b)
}

// sortValue returns what a resource is sorted by: of a multi-valued attribute the primary value, else
// the first (RFC 7644 §3.4.2.3).
func sortValue(by *schema.Ref, rec *directory.Record) (any, error) {
	switch by.Path() {
	case "meta.created":
		return rec.Created, nil
	case "meta.lastModified":
		return rec.Modified, nil
	}
	obj, err := rec.Object()
	if err != nil {
		return nil, err
	}
	if by.URN != "" {
		obj, _ = obj[by.URN].(scim.Object)
	}
	leaf, sub := by.Leaf(), ""
	if by.Sub != nil {
		sub = by.Sub.Name
	} else if by.Attr.Type == schema.Complex {
		sub = "value"
		if leaf = by.Attr.Sub(sub); leaf == nil {
			return nil, nil
		}
	}
	v := obj[by.Attr.Name]
	if list, ok := v.([]any); ok {
		v = preferred(list)
	}
	if sub != "" {
		element, _ := v.(scim.Object)
		v = element[sub]
	}
	return sortable(leaf, v), nil
}

// preferred returns the primary value of a list, else the first.
func preferred(list []any) any {
	for _, e := range list {
		if obj, ok := e.(scim.Object); ok && obj["primary"] == true {
			return e
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// sortable turns a value into what compareValues orders.
func sortable(leaf *schema.Attribute, v any) any {
	switch v := v.(type) {
	case string:
		if leaf.Type == schema.DateTime {
			at, err := schema.ParseDateTime(v)
			if err != nil {
				return nil
			}
			return at
		}
		return leaf.Key(v)
	case bool:
		if v {
			return 1.0
		}
		return 0.0
	case scim.Number:
		f, err := strconv.ParseFloat(string(v), 64)
		if err != nil {
			return nil
		}
		return f
	}
	return nil
}
