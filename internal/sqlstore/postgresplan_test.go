package sqlstore

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
)

// postgresPlanner records the plans that PostgreSQL makes for the statements of a transaction when they
// must serve all arguments.
type postgresPlanner struct {
	conn
	t     *testing.T
	plans []string
}

func (p *postgresPlanner) explain(query string, args []any) {
	s, err := bindAll(query, args)
	if err != nil {
		p.t.Fatal(err)
	}
	word, _, _ := strings.Cut(strings.TrimSpace(s.query), " ")
	if strings.Contains(s.query, "_lock") || !strings.Contains("SELECT INSERT UPDATE DELETE WITH", word) {
		return
	}
	nulls := strings.TrimSuffix(strings.Repeat("NULL, ", len(s.args)), ", ")
	if nulls != "" {
		nulls = "(" + nulls + ")"
	}
	// What waits comes first; a statement of this text alone may not fit the types of its arguments.
	if _, err := p.conn.exec("SELECT 1", nil); err != nil {
		p.t.Fatal(err)
	}
	raw := p.conn.(*pgConn).raw
	for _, statement := range []string{"SET LOCAL plan_cache_mode = force_generic_plan", "PREPARE planned AS " + s.query} {
		if _, err := raw.Exec(p.t.Context(), statement); err != nil {
			p.t.Fatalf("%s: %v", statement, err)
		}
	}
	r, err := raw.Query(p.t.Context(), "EXPLAIN (COSTS OFF) EXECUTE planned"+nulls)
	if err != nil {
		p.t.Fatal(err)
	}
	var lines []string
	for r.Next() {
		var line string
		if err := r.Scan(&line); err != nil {
			p.t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := r.Err(); err != nil {
		p.t.Fatalf("%s: %v", s.query, err)
	}
	if _, err := raw.Exec(p.t.Context(), "DEALLOCATE planned"); err != nil {
		p.t.Fatal(err)
	}
	p.plans = append(p.plans, s.query+"\n"+strings.Join(lines, "\n"))
}

func (p *postgresPlanner) exec(query string, args []any) (int64, error) {
	p.explain(query, args)
	return p.conn.exec(query, args)
}

func (p *postgresPlanner) query(ctx context.Context, query string, args []any) (*rows, error) {
	p.explain(query, args)
	return p.conn.query(ctx, query, args)
}

// fillForPlans makes rows as a directory has them, and has them counted.
func fillForPlans(x *tx) error {
	for _, query := range []string{
		`INSERT INTO resource (source_id, type, id, ord, version, created, modified, active, deleted, members, name_key, name_slot,
			external_id, display_key, label, body)
			SELECT n % 2 + 1, CASE WHEN n % 9 = 0 THEN 'Group' ELSE 'User' END, md5(n::text), n, 1, n, n, TRUE, 0, 0, md5(n::text), n, md5(n::text),
			md5(n::text), '', '{}' FROM generate_series(10, 6000) n`,
		`INSERT INTO resource_value (source_id, type, ord, path, key, uniq, live)
			SELECT source_id, type, ord, p, id, FALSE, TRUE FROM resource, unnest(ARRAY['emails.value', 'urn:x:y:number']) p`,
		`INSERT INTO member (source_id, group_id, member_id, member_type, added)
			SELECT source_id, md5((n % 200 * 9 + 9)::text), md5(n::text), 'User', 0 FROM (SELECT ord AS n, source_id FROM resource WHERE type = 'User') u`,
		"INSERT INTO aside_member SELECT source_id, member_id, group_id, member_type, added FROM member",
		"INSERT INTO event SELECT n, n::text, 1, '', 0, '', '', 1, '', '', '', '', '' FROM generate_series(1, 3000) n",
		"INSERT INTO audit SELECT n, 0, '', 1, '', md5(n::text), '', '', '', '', '', '', NULL, '' FROM generate_series(1, 3000) n",
		"INSERT INTO token SELECT n::text, 1, '', '', '', NULL, 0, 0, 0, 0 FROM generate_series(1, 1000) n",
		"ANALYZE resource, resource_value, member, aside_member, event, audit, token",
	} {
		if _, err := x.exec(query); err != nil {
			return err
		}
	}
	return nil
}

// essence is a plan without filters: the wall adds some, and moves others below it.
func essence(plan string) string {
	var kept []string
	for line := range strings.Lines(plan) {
		if !strings.Contains(line, "Filter:") {
			kept = append(kept, strings.TrimRight(line, "\n"))
		}
	}
	return strings.Join(kept, "\n")
}

// A condition of a policy must keep no index from being used: see "leakproof" in PostgreSQL's manual.
func TestWall_ChangesNoPlan(t *testing.T) {
	t.Parallel()
	url := postgresURL(t)
	walled, open := openURL(t, url), openURL(t, strings.Replace(url, "user=roster", "user=postgres", 1))
	ctx := t.Context()
	if err := walled.update(ctx, fillForPlans); err != nil {
		t.Fatal(err)
	}
	for name, run := range plannedSteps(ctx) {
		var plans [2][]string
		for i, s := range []*Store{walled, open} {
			err := s.scoped(oneSource(1)).update(ctx, func(x *tx) error {
				p := &postgresPlanner{conn: x.conn, t: t}
				if err := create(x, 1); err != nil {
					return err
				}
				if err := x.InsertResource(ctx, plannedGroup()); err != nil {
					return err
				}
				x.conn, x.pg.careful = p, true
				err := run(x)
				x.conn = p.conn
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				plans[i] = p.plans
				return errors.New("nothing shall stay")
			})
			if err == nil {
				t.Errorf("%s: the update succeeded", name)
			}
		}
		if len(plans[0]) == 0 || len(plans[0]) != len(plans[1]) {
			t.Errorf("%s: %d plans behind the wall, %d without", name, len(plans[0]), len(plans[1]))
			continue
		}
		for i := range plans[0] {
			if essence(plans[0][i]) != essence(plans[1][i]) {
				t.Errorf("%s: behind the wall\n%s\n\nwithout\n%s", name, plans[0][i], plans[1][i])
			}
			if strings.Contains(plans[0][i], "Seq Scan") {
				t.Errorf("%s reads a whole table: %s", name, plans[0][i])
			}
		}
	}
}

// Before the rows of a small table are counted, PostgreSQL would read all of them.
func TestMemberships_AreLookedUpBeforeRowsAreCounted(t *testing.T) {
	t.Parallel()
	s := openPostgresTest(t)
	stop := errors.New("nothing shall stay")
	err := s.update(t.Context(), func(x *tx) error {
		_, err := x.exec("INSERT INTO member (source_id, group_id, member_id, member_type, added) SELECT 1, 'g', n::text, 'User', 0 FROM generate_series(1, 300) n")
		if err != nil {
			return err
		}
		p := &postgresPlanner{conn: x.conn, t: t}
		x.conn = p
		_, err = x.MembershipsOf(t.Context(), 1, []directory.ResourceID{"1", "2"})
		x.conn = p.conn
		if err != nil {
			return err
		}
		if len(p.plans) != 1 || strings.Count(p.plans[0], "Index Cond: ((source_id = $1) AND (member_id = ") != 3 {
			t.Errorf("the plan is %s", p.plans)
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Error(err)
	}
}
