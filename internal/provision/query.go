package provision

import (
	"context"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/server"
)

// Query implements server.Backend. The resources of a query over several types come type by type, each
// in the asked order.
func (b *backend) Query(ctx context.Context, q *server.Query, emit func(*server.Resource) error) (server.QueryResult, error) {
	at := position{offset: q.StartIndex - 1}
	if q.UseCursor {
		var err error
		if at, err = parsePosition(q.Cursor, len(q.Types)); err != nil {
			return server.QueryResult{}, err
		}
	}
	limited := &search{request: ctx, limit: b.capacity.Search}
	defer limited.end()
	w := walk{backend: b, q: q, emit: emit, left: q.Count, search: limited}
	total := 0
	for i := range q.Types {
		n, err := w.visit(ctx, i, &at)
		if err != nil {
			return server.QueryResult{}, clientError(limited.verdict(err))
		}
		if total += n; n < 0 || total < 0 {
			total = -1
		}
		if total < 0 && w.next != "" {
			break
		}
	}
	return server.QueryResult{Total: total, NextCursor: w.next}, nil
}

// position is where a page begins: in the type of that index, behind the resource of that order
// number, or behind so many resources.
type position struct {
	typ    int
	after  int64
	offset int
}

// String is the form that a cursor seals.
func (p position) String() string {
	return strconv.Itoa(p.typ) + ":" + strconv.FormatInt(p.after, 10) + ":" + strconv.Itoa(p.offset)
}

func parsePosition(s string, types int) (position, error) {
	var p position
	if s == "" {
		return p, nil
	}
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return p, badCursor()
	}
	var errs [3]error
	p.typ, errs[0] = strconv.Atoi(parts[0])
	p.after, errs[1] = strconv.ParseInt(parts[1], 10, 64)
	p.offset, errs[2] = strconv.Atoi(parts[2])
	for _, err := range errs {
		if err != nil {
			return p, badCursor()
		}
	}
	if p.typ < 0 || p.typ >= types || p.after < 0 || p.offset < 0 {
		return p, badCursor()
	}
	return p, nil
}

func badCursor() error {
	return scim.BadRequest(scim.InvalidCursor, "The cursor is not one that this server gave out. Start again without a position.")
}

// walk collects one page over the types of a query.
type walk struct {
	backend *backend
	q       *server.Query
	emit    func(*server.Resource) error
	// search is the context of searching; what was found is written out under that of the request.
	search context.Context
	// left is how many resources the page still takes.
	left int
	// next is where the next page begins, when it was found that there is one.
	next string
}

// visit emits the part of the page that lies in one type, and returns the number of all matches of
// that type.
func (w *walk) visit(ctx context.Context, i int, at *position) (int, error) {
	t := w.q.Types[i]
	sel := w.q.Select
	page := &directory.ResourceQuery{Type: t, Filter: w.q.Filters[i], Limit: w.left}
	if len(w.q.SortBy) > 0 {
		page.Sort.Descending = w.q.Descending
		if ref := w.q.SortBy[i]; ref.Attr != nil {
			page.Sort.By = &ref
		}
	}
	keyset := w.q.UseCursor && page.Sort == (directory.Sort{})
	switch {
	case w.q.UseCursor && i < at.typ:
		page.Limit = 0
	case w.q.UseCursor && keyset:
		page.After = at.after
	default:
		page.Offset = at.offset
	}
	if w.next != "" {
		page.Limit = 0
	}
	// Whoever pages by cursor does not need the total, and it would cost every page a walk over all.
	page.NoTotal = w.q.UseCursor && page.Filter != nil
	probing := w.q.UseCursor && w.q.Count > 0 && w.next == "" && i >= at.typ
	if probing {
		page.Limit++ // one more tells whether there is a next page
	}
	s := sessionOf(ctx)
	emitted, last := 0, int64(0)
	total, err := w.backend.resources.Query(w.search, &s.scope, page, needed(t, sel), func(e *directory.Entry) error {
		if w.left == 0 {
			next := position{typ: i, after: last, offset: page.Offset + emitted}
			if emitted == 0 {
				next.after = page.After
			}
			w.next = next.String()
			return nil
		}
		res, err := w.backend.present(ctx, t, e, sel)
		if err != nil {
			return err
		}
		emitted++
		w.left--
		last = e.Ord
		return w.emit(res)
	})
	if err != nil {
		return 0, err
	}
	// The position is used up by the type it lies in.
	if w.q.UseCursor && i >= at.typ {
		*at = position{typ: i + 1}
	} else if !w.q.UseCursor {
		at.offset = max(0, at.offset-total)
	}
	return total, nil
}
