package sqlstore

import (
	"context"
	"errors"
	"strconv"

	"github.com/rosterhq/roster/internal/directory"
)

// batchSize is how many records are held while they are matched one by one.
const batchSize = 256

// selection is a ResourceQuery in SQL.
type selection struct {
	clause // source, type, and what else can be said in SQL
	// exact is set when nothing is left for q.Match.
	exact bool
	// all is set when every live resource of the source and type is selected.
	all bool
	// onlyActive is set when the one restriction is that resources are active.
	onlyActive bool
	// unique and ordered are as in condition.
	unique, ordered bool

	// Most selections find room here.
	termSpace [5]string
	argSpace  [6]any
}

func (t *tx) selectionOf(q *directory.ResourceQuery) (*selection, error) {
	s := &selection{exact: true, all: !q.Deleted}
	s.args = append(s.argSpace[:0], q.Source, q.Type.Name)
	s.terms = append(s.termSpace[:0], "r.source_id = $1", "r.type = $2", "r.deleted = 0")
	if q.Deleted {
		s.terms[2] = "r.deleted <> 0"
	}
	if q.Filter != nil {
		c := compiler{tx: t, source: q.Source, clause: &s.clause, typ: q.Type, live: !q.Deleted}
		cond, ok := c.node(q.Filter.Root())
		if c.err != nil {
			return nil, c.err
		}
		s.exact = ok && cond.exact
		s.all = s.all && s.exact && cond.sql == always
		s.unique, s.ordered = ok && cond.unique && !q.Deleted, ok && cond.ordered
		if ok && cond.sql != always {
			s.and("(" + cond.sql + ")")
		}
	}
	if q.Active != nil {
		s.all = false
		s.and(map[bool]string{true: "(r.active = TRUE)", false: "(r.active = FALSE)"}[*q.Active])
	}
	if q.Search != "" {
		s.all = false
		s.search(q.Search, !q.Deleted)
	}
	s.onlyActive = s.exact && !q.Deleted && len(s.terms) == 4 && s.terms[3] == "(r.active = TRUE)"
	return s, nil
}

// search looks through the narrow indexes, not through the rows.
func (s *selection) search(text string, live bool) {
	needle := s.arg(text)
	state, valueState := "deleted = 0", "live = TRUE"
	if !live {
		state, valueState = "deleted <> 0", "live = FALSE"
	}
	s.and(`(r.row_id IN (SELECT row_id FROM resource WHERE source_id = $1 AND type = $2 AND ` + state + ` AND instr(name_key, ` + needle + `) > 0)
		OR r.row_id IN (SELECT row_id FROM resource WHERE source_id = $1 AND type = $2 AND ` + state + ` AND display_key <> '' AND instr(display_key, ` + needle + `) > 0)
		OR r.ord IN (SELECT ord FROM resource_value WHERE source_id = $1 AND type = $2 AND path = 'emails.value' AND ` + valueState + ` AND instr(key, ` + needle + `) > 0))`)
}

// Query implements directory.ResourceReader.
func (t *tx) Query(ctx context.Context, q *directory.ResourceQuery, emit func(*directory.Record) error) (int, error) {
	s, err := t.selectionOf(q)
	if err != nil {
		return 0, err
	}
	if s.exact && s.unique && !t.writes && q.Limit > 0 && q.Offset == 0 && q.After == 0 {
		return t.queryUnique(q, s, emit)
	}
	order, native, err := t.orderOf(q)
	switch {
	case err != nil:
		return 0, err
	case !native:
		return t.querySorted(ctx, q, s, emit)
	case s.exact:
		return t.queryExact(ctx, q, s, order, emit)
	case q.Sort.By == nil:
		return t.queryMatched(ctx, q, s, emit)
	default:
		return t.querySorted(ctx, q, s, emit)
	}
}

// queryExact answers from SQL alone.
func (t *tx) queryExact(ctx context.Context, q *directory.ResourceQuery, s *selection, order []segment, emit func(*directory.Record) error) (int, error) {
	offset, read := int64(q.Offset), 0
	if q.Limit > 0 {
		for _, part := range order {
			n, err := t.page(ctx, q, s, part, &offset, q.Limit-read, emit)
			if err != nil {
				return 0, err
			}
			if read += n; read == q.Limit {
				break
			}
		}
	}
	switch {
	case (read > 0 || q.Offset == 0) && read < q.Limit && q.After == 0:
		return q.Offset + read, nil
	case q.NoTotal && !s.all:
		return -1, nil
	}
	return t.count(ctx, q, s)
}

// page emits up to limit records of one segment of the order, behind offset ones; offset is lowered by
// those that were skipped.
func (t *tx) page(ctx context.Context, q *directory.ResourceQuery, s *selection, part segment, offset *int64, limit int, emit func(*directory.Record) error) (n int, err error) {
	c := clause{terms: s.terms, args: s.args}
	if part.where != "" {
		c.terms = append(c.terms[:len(c.terms):len(c.terms)], part.where)
	}
	skip := *offset
	if q.After > 0 {
		c.and("r.ord > " + c.arg(q.After))
	} else if s.all && q.Sort.By == nil && skip >= bucketWidth {
		first, rest, err := t.seek(q.Source, q.Type.Name, skip)
		if err != nil {
			return 0, err
		}
		c.and("r.ord >= " + c.arg(first))
		skip = rest
	}
	from := " FROM resource r" + c.where()
	if !s.unique {
		from += " ORDER BY " + part.order
	}
	from += " LIMIT " + c.arg(limit)
	if skip > 0 {
		from += " OFFSET " + c.arg(skip)
	}
	query := "SELECT " + recordColumns + from
	if found := s.unique || s.ordered && skip == 0; q.Sort.By != nil || !s.all && !found {
		// Only row numbers are sorted and skipped; the wide rows are read for the page alone.
		query = "SELECT " + recordColumns + " FROM (SELECT r.row_id" + from + ") p JOIN resource r ON r.row_id = p.row_id ORDER BY " + part.order
	}
	err = t.eachContext(ctx, func(r *rows) error {
		rec, err := scanRecord(r.scan)
		if err != nil {
			return err
		}
		n++
		return emit(rec)
	}, query, c.args)
	switch {
	case err != nil:
		return n, err
	case n > 0:
		*offset = 0
	case part.where != "" && *offset > 0:
		size, err := t.countWhere(ctx, clause{terms: c.terms, args: s.args})
		if err != nil {
			return 0, err
		}
		*offset = max(0, *offset-int64(size))
	}
	return n, nil
}

// count returns the number of resources of a selection that is exact.
func (t *tx) count(ctx context.Context, q *directory.ResourceQuery, s *selection) (int, error) {
	if s.all || s.onlyActive {
		live, err := t.CountResources(ctx, q.Source, q.Type.Name)
		if s.all || err != nil {
			return live, err
		}
		// The inactive ones are few and have an index.
		inactive, err := t.countWhere(ctx, clause{terms: append(s.terms[:3:3], "r.active = FALSE"), args: s.args})
		return live - inactive, err
	}
	return t.countWhere(ctx, s.clause)
}

func (t *tx) countWhere(ctx context.Context, c clause) (int, error) {
	r, err := t.queryContext(ctx, "SELECT count(*) FROM resource r"+c.where(), c.args)
	var n int
	err = row{r, err}.scan(&n)
	return n, err
}

// errEnough ends an iteration early.
var errEnough = errors.New("enough")

// queryMatched calls q.Match on every candidate in creation order.
func (t *tx) queryMatched(ctx context.Context, q *directory.ResourceQuery, s *selection, emit func(*directory.Record) error) (int, error) {
	if q.NoTotal && q.Limit == 0 {
		return -1, nil
	}
	matches, emitted := 0, 0
	err := t.eachMatch(ctx, q, s, func(rec *directory.Record) error {
		matches++
		if matches <= q.Offset || rec.Ord <= q.After || emitted >= q.Limit {
			return nil
		}
		emitted++
		if err := emit(rec); err != nil {
			return err
		}
		if q.NoTotal && emitted == q.Limit {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) || err == nil && q.NoTotal && q.After > 0 {
		return -1, nil
	}
	return matches, err
}

// eachMatch calls visit for every resource of the selection that q.Match accepts, in creation order.
// It reads in batches: no statement is open while q.Match reads members.
func (t *tx) eachMatch(ctx context.Context, q *directory.ResourceQuery, s *selection, visit func(*directory.Record) error) error {
	after := int64(0)
	if q.NoTotal {
		after = q.After
	}
	c := clause{terms: s.terms, args: s.args}
	c.and("r.ord > " + c.arg(after))
	position := len(c.args) - 1
	query := "SELECT " + recordColumns + " FROM resource r" + c.where() + " ORDER BY r.ord LIMIT " + strconv.Itoa(batchSize)
	batch := make([]*directory.Record, 0, batchSize)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch = batch[:0]
		err := t.eachContext(ctx, func(r *rows) error {
			rec, err := scanRecord(r.scan)
			batch = append(batch, rec)
			return err
		}, query, c.args)
		if err != nil {
			return err
		}
		for _, rec := range batch {
			if !s.exact {
				ok, err := q.Match(ctx, t, rec)
				if err != nil {
					return err
				}
				if !ok {
					continue
				}
			}
			if err := visit(rec); err != nil {
				return err
			}
		}
		if len(batch) < batchSize {
			return nil
		}
		c.args[position] = batch[len(batch)-1].Ord
	}
}
