package server

import (
	"net/http"
	"strconv"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// list answers a query by GET at an endpoint or the root (RFC 7644 §3.4.2).
func (x *exchange) list() error {
	x.seen.Action = ActionSearch
	q, projections, err := x.query()
	if err != nil {
		return err
	}
	return x.answerQuery(q, projections)
}

// answerQuery runs q and writes the ListResponse. Its members are few enough that a page usually fits
// into the buffer, and the totals can precede it; a streamed page has them at the end.
func (x *exchange) answerQuery(q *Query, projections []schema.Projection) error {
	out := x.newSpill(http.StatusOK, listHead+`,"Resources":[`)
	defer x.release(out)
	n := 0
	result, err := x.cfg.Backend.Query(x.ctx, q, func(res *Resource) error {
		if n++; n > 1 {
			out.buf = append(out.buf, ',')
		}
		return x.represent(out, res, projectionOf(q, projections, res))
	})
	if err != nil {
		return err
	}
	x.seen.Total = result.Total
	if out.started {
		out.buf = append(x.appendTotals(append(out.buf, ']'), q, result, n), '}')
		return out.drain(0)
	}
	// What precedes the resources is known only now, so it is composed behind them.
	out.buf = append(out.buf, "]}"...)
	end := len(out.buf)
	out.buf = append(x.appendTotals(append(out.buf, listHead...), q, result, n), `,"Resources":[`...)
	return x.send(http.StatusOK, out.buf[end:], out.buf[:end])
}

const listHead = `{"schemas":["` + scim.ListResponseMessage + `"]`

func (x *exchange) appendTotals(dst []byte, q *Query, result QueryResult, n int) []byte {
	if result.Total >= 0 {
		dst = appendInteger(dst, `,"totalResults":`, result.Total)
	}
	if !q.UseCursor {
		dst = appendInteger(dst, `,"startIndex":`, q.StartIndex)
	}
	dst = appendInteger(dst, `,"itemsPerPage":`, n)
	dst = x.appendCursor(dst, `,"previousCursor":"`, q, result.PreviousCursor)
	return x.appendCursor(dst, `,"nextCursor":"`, q, result.NextCursor)
}

func (x *exchange) appendCursor(dst []byte, name string, q *Query, position string) []byte {
	if !q.UseCursor || position == "" {
		return dst
	}
	dst = append(dst, name...)
	dst = append(dst, x.cursors.seal(position, q.Count, x.cursorScope())...)
	return append(dst, '"')
}

func appendInteger(dst []byte, name string, n int) []byte {
	return strconv.AppendInt(append(dst, name...), int64(n), 10)
}

// projectionOf returns the projection of the type of res.
func projectionOf(q *Query, projections []schema.Projection, res *Resource) schema.Projection {
	for i, t := range q.Types {
		if t == res.Type {
			return projections[i]
		}
	}
	return projections[0]
}
