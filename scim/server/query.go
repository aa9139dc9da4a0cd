package server

import (
	"slices"
	"strings"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// query interprets the parameters of a list or search (RFC 7644 §3.4.2). The projections are those of
// the types, in their order.
func (x *exchange) query() (*Query, []schema.Projection, error) {
	q := &Query{Types: x.registry.Types()}
	if t := x.target.typ; t != nil {
		q.Types = []*schema.ResourceType{t}
	}
	projections, err := x.projections(q)
	if err != nil {
		return nil, nil, err
	}
	if err := x.bindFilter(q); err != nil {
		return nil, nil, err
	}
	if err := x.bindSort(q); err != nil {
		return nil, nil, err
	}
	return q, projections, x.bindPage(q)
}

func (x *exchange) projections(q *Query) ([]schema.Projection, error) {
	list := make([]schema.Projection, len(q.Types))
	for i, t := range q.Types {
		p, err := t.ParseProjection(x.params.attributes, x.params.excluded)
		if err != nil {
			return nil, err
		}
		list[i] = p
	}
	switch {
	case len(list) == 1:
		q.Select.Projection = list[0]
	case x.params.projected():
		// A Projection belongs to one type, so the backend gives all, and the Server selects.
		q.Select.Whole = true
	}
	return list, nil
}

func (x *exchange) bindFilter(q *Query) error {
	q.Filters = make([]*filter.Filter, len(q.Types))
	if !x.params.filter.sent {
		return nil
	}
	text := x.params.filter.value
	x.seen.Filter = text
	if strings.TrimSpace(text) == "" {
		return scim.BadRequest(scim.InvalidFilter, "The filter is empty. Send an expression such as userName eq \"ada\", or leave the parameter out.")
	}
	expr, err := filter.Parse(text, x.cfg.Limits.Filter)
	if err != nil {
		return err
	}
	bind := filter.Bind
	if x.target.typ == nil {
		bind = filter.BindAny
	}
	for i, t := range q.Types {
		if q.Filters[i], err = bind(expr, t); err != nil {
			return err
		}
	}
	return nil
}

func (x *exchange) bindSort(q *Query) error {
	switch order := x.params.sortOrder.value; {
	case order == "" || strings.EqualFold(order, "ascending"):
	case strings.EqualFold(order, "descending"):
		q.Descending = true
	default:
		return scim.BadRequest(scim.InvalidValue, "sortOrder is %q. Send ascending or descending.", scim.Abbreviate(order))
	}
	path := strings.TrimSpace(x.params.sortBy.value)
	if path == "" {
		return nil
	}
	refs := make([]schema.Ref, len(q.Types))
	for i, t := range q.Types {
		ref, ok := t.ResolvePath(path)
		if !ok {
			continue
		}
		if ref.Leaf().Type == schema.Complex {
			if ref.Sub = ref.Attr.Sub("value"); ref.Sub == nil {
				return scim.BadRequest(scim.InvalidPath, "sortBy names %q, which is complex. Name one of its sub-attributes, such as name.familyName.", scim.Abbreviate(path))
			}
		}
		if hidden(ref.Attr) || hidden(ref.Leaf()) {
			return scim.BadRequest(scim.InvalidPath, "sortBy names %q, which is never returned. Sort by another attribute.", scim.Abbreviate(path))
		}
		refs[i] = ref
	}
	if !slices.ContainsFunc(refs, func(r schema.Ref) bool { return r.Attr != nil }) {
		return scim.BadRequest(scim.InvalidPath, "sortBy names %q, which is not an attribute here. Use an attribute listed at /Schemas.", scim.Abbreviate(path))
	}
	q.SortBy = refs
	return nil
}

func hidden(a *schema.Attribute) bool { return a.Returned == schema.ReturnedNever || a.Discarded }

// bindPage interprets startIndex, count and cursor (RFC 7644 §3.4.2.4, RFC 9865 §2).
func (x *exchange) bindPage(q *Query) (err error) {
	lim := x.cfg.Limits
	if q.Count, err = x.params.count.integer("count", lim.DefaultCount); err != nil {
		return err
	}
	q.Count = max(0, min(q.Count, lim.MaxCount))
	if q.StartIndex, err = x.params.startIndex.integer("startIndex", 1); err != nil {
		return err
	}
	q.StartIndex = max(1, q.StartIndex)
	if !x.params.cursor.sent {
		return nil
	}
	if x.params.startIndex.sent {
		return scim.BadRequest(scim.InvalidCursor, "The request has both cursor and startIndex. Page by one of them.")
	}
	q.UseCursor = true
	if token := x.params.cursor.value; token != "" {
		q.Cursor, err = x.cursors.open(token, q.Count, x.cursorScope())
	}
	return err
}

// cursorScope returns what a cursor is bound to beside the count: everything that decides which
// resources a query has in which order and form, and whose they are.
func (x *exchange) cursorScope() []string {
	p := &x.params
	endpoint := "/"
	if x.target.typ != nil {
		endpoint = x.target.typ.Endpoint
	}
	return []string{x.base, endpoint, p.filter.value, p.sortBy.value, strings.ToLower(p.sortOrder.value),
		strings.Join(p.attributes, ","), strings.Join(p.excluded, ",")}
}
