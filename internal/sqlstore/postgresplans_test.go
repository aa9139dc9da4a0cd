package sqlstore

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestPlanAge_GrowsUpToAMinute(t *testing.T) {
	t.Parallel()
	a := &planAge{renew: benchNow, every: firstPlans}
	var waits []string
	for now, last := benchNow, benchNow; len(waits) < 8; now = now.Add(time.Second) {
		if a.stale(now) {
			waits = append(waits, fmt.Sprint(now.Sub(last)))
			last = now
		}
	}
	if got := strings.Join(waits, " "); got != "0s 2s 4s 8s 16s 32s 1m0s 1m0s" {
		t.Errorf("plans are renewed after %s", got)
	}
}

// A connection that planned its statements for empty tables plans them for full ones in time.
func TestPostgres_PlansFollowTheSizeOfTables(t *testing.T) {
	t.Parallel()
	raw, err := Open(t.Context(), postgresURL(t)+"&pool_max_conns=2", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close() //nolint:errcheck // nothing is at stake
	s := raw.AllSources()
	// read returns the plan that the connection has for a look-up by externalId.
	read := func() (plan string) {
		t.Helper()
		err := s.view(t.Context(), func(x *tx) error {
			if _, err := x.ByExternalID(t.Context(), 1, "User", "none"); orNil(err) != nil {
				return err
			}
			var name string
			err := x.row("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%r.external_id = $3%' AND statement NOT LIKE '%pg_prepared%'").scan(&name)
			if err != nil {
				return err
			}
			return x.each(func(r *rows) error {
				var line string
				err := r.scan(&line)
				plan += line + "\n"
				return err
			}, "EXPLAIN (COSTS OFF) EXECUTE "+name+"(1, 'User', 'none')")
		})
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	first := read()
	if err := s.update(t.Context(), fillForPlans); err != nil {
		t.Fatal(err)
	}
	// The age of the plans is made up, so that nobody waits.
	err = s.view(t.Context(), func(x *tx) error {
		if err := x.pg.take(t.Context()); err != nil {
			return err
		}
		x.pg.raw.PgConn().CustomData()[planned].(*planAge).renew = time.Now().Add(-time.Second)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if plan := read(); !strings.Contains(plan, "resource_external") || strings.Contains(plan, "Sort") {
		t.Errorf("for a full table, the plan is\n%sfor an empty one it was\n%s", plan, first)
	}
	err = s.view(t.Context(), func(x *tx) error {
		if err := x.pg.take(t.Context()); err != nil {
			return err
		}
		if age := x.pg.raw.PgConn().CustomData()[planned].(*planAge); age.every != 2*firstPlans {
			t.Errorf("plans were not made anew: %+v", age)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
