package sqlstore

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// TestWorstFilter_LooksAtEachResourceOnce asks ten thousand users the largest filter that is accepted, on
// attributes without an index, and counts what is evaluated and kept.
func TestWorstFilter_LooksAtEachResourceOnce(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
	ctx := t.Context()
	const many = 10_000
	err := s.update(ctx, func(x *tx) error {
		for n := range int64(many) {
			if err := create(x, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var terms []string
	for n := range 200 {
		terms = append(terms, fmt.Sprintf(`title co "%d"`, n))
	}
	e, err := filter.Parse(strings.Repeat("(", 32)+strings.Join(terms, " or ")+strings.Repeat(")", 32), filter.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	evaluated, matching := 0, 100
	q := &directory.ResourceQuery{Source: 1, Type: schema.Core().TypeByName("User"), Limit: 10}
	if q.Filter, err = filter.Bind(e, q.Type); err != nil {
		t.Fatal(err)
	}
	q.Match = func(_ context.Context, _ directory.Reader, rec *directory.Record) (bool, error) {
		evaluated++
		return rec.Ord%int64(many/matching) == 1, nil
	}
	run := func() (emitted, total int) {
		t.Helper()
		evaluated = 0
		err := s.view(ctx, func(x *tx) (err error) {
			total, err = x.Query(ctx, q, func(*directory.Record) error { emitted++; return nil })
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return emitted, total
	}
	if n, total := run(); n != 10 || total != matching || evaluated != many {
		t.Errorf("%d of %d matches after %d evaluations", n, total, evaluated)
	}
	by, _ := q.Type.ResolvePath("title")
	q.Sort.By = &by
	if n, total := run(); n != 10 || total != matching || evaluated != many {
		t.Errorf("sorted: %d of %d matches after %d evaluations", n, total, evaluated)
	}
	q.Sort.By, q.NoTotal = nil, true
	if n, total := run(); n != 10 || total != -1 || evaluated > 9*many/matching+batchSize {
		t.Errorf("without a total: %d of %d matches after %d evaluations", n, total, evaluated)
	}
	q.After = 5000
	if n, total := run(); n != 10 || total != -1 || evaluated > 10*many/matching+batchSize {
		t.Errorf("from the middle: %d of %d matches after %d evaluations", n, total, evaluated)
	}
	ended, cancel := context.WithCancel(ctx)
	q.NoTotal, q.After = false, 0
	match := q.Match
	q.Match = func(ctx context.Context, r directory.Reader, rec *directory.Record) (bool, error) {
		cancel() // the client has gone
		return match(ctx, r, rec)
	}
	evaluated = 0
	err = s.view(ctx, func(x *tx) error {
		_, err := x.Query(ended, q, func(*directory.Record) error { return nil })
		return err
	})
	if err == nil || evaluated > batchSize {
		t.Errorf("a search whose time is over goes on for %d evaluations: %v", evaluated, err)
	}
}
