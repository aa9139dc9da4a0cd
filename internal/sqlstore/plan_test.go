package sqlstore

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// planner records how SQLite carries out the statements of a transaction.
type planner struct {
	conn
	t     *testing.T
	plans []string
}

func (p *planner) explain(query string, args []any) {
	r, err := p.conn.query(context.Background(), "EXPLAIN QUERY PLAN "+query, args)
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.close()
	for r.next() {
		var id, parent, unused int
		var detail string
		if err := r.scan(&id, &parent, &unused, &detail); err != nil {
			p.t.Fatal(err)
		}
		p.plans = append(p.plans, detail)
	}
}

func (p *planner) exec(query string, args []any) (int64, error) {
	p.explain(query, args)
	return p.conn.exec(query, args)
}

func (p *planner) query(ctx context.Context, query string, args []any) (*rows, error) {
	p.explain(query, args)
	return p.conn.query(ctx, query, args)
}

// slow matches steps whose cost grows with the directory: scans of tables, and searches that narrow
// them to a source or a type only.
var slow = regexp.MustCompile(`SCAN (r|m|v|e|resource|resource_value|member|aside_member|event|audit|token)\b|` +
	`\((source_id=\?|source_id=\? AND type=\?)\)`)

// cheap are such steps that end early: they walk an index until a page is full.
var cheap = regexp.MustCompile(`resource_(counter|bucket) USING`)

// plannedSteps are what plans are looked at of, for a source with a user and a group.
func plannedSteps(ctx context.Context) map[string]func(*tx) error {
	types := schema.Core()
	user, group := types.TypeByName("User"), types.TypeByName("Group")
	user.Extensions = append(user.Extensions, schema.Extension{Schema: &schema.Schema{ID: "urn:x:y", Name: "Y", Attributes: []*schema.Attribute{
		{Name: "number", Type: schema.String, Uniqueness: schema.UniqueServer}}}})
	list := func(typ *schema.ResourceType, text string) func(*tx) error {
		return func(x *tx) error {
			e, err := filter.Parse(text, filter.Limits{})
			if err != nil {
				return err
			}
			q := &directory.ResourceQuery{Source: 1, Type: typ, Limit: 10, Match: func(context.Context, directory.Reader, *directory.Record) (bool, error) { return true, nil }}
			if q.Filter, err = filter.Bind(e, typ); err != nil {
				return err
			}
			_, err = x.Query(ctx, q, func(*directory.Record) error { return nil })
			return err
		}
	}
	id, g := benchID(1), benchID(2)
	return map[string]func(*tx) error{
		"create": func(x *tx) error { return create(x, 1000) },
		"update": func(x *tx) error { r := benchUser(1); r.Version = 2; return x.UpdateResource(ctx, r) },
		"bury and restore": func(x *tx) error {
			if err := x.BuryResource(ctx, 1, "User", id, 2, benchNow); err != nil {
				return err
			}
			return x.RestoreResource(ctx, 1, "User", id, 3, benchNow)
		},
		"erase":    func(x *tx) error { return x.EraseResource(ctx, 1, "User", id) },
		"resource": func(x *tx) error { _, err := x.Resource(ctx, 1, "User", id); return err },
		"by name":  func(x *tx) error { _, err := x.ByName(ctx, 1, "User", benchUser(1).Keys.Name); return err },
		"by external id": func(x *tx) error {
			_, err := x.ByExternalID(ctx, 1, "User", benchUser(1).Keys.ExternalID)
			return err
		},
		"existing":    func(x *tx) error { _, err := x.Existing(ctx, 1, []directory.ResourceID{id, g}); return err },
		"memberships": func(x *tx) error { _, err := x.Memberships(ctx, 1, id); return err },
		"members": func(x *tx) error {
			return x.Members(ctx, 1, g, "", 10, func(directory.Member) error { return nil })
		},
		"add and remove members": func(x *tx) error {
			if _, err := x.AddMembers(ctx, 1, g, []directory.ResourceID{id}, benchNow); err != nil {
				return err
			}
			_, err := x.RemoveMembers(ctx, 1, g, []directory.ResourceID{id, "none"})
			return err
		},
		"events": func(x *tx) error { return x.Events(ctx, 0, 0, 10, func(*directory.Event) error { return nil }) },
		"audit": func(x *tx) error {
			_, err := x.Audit(ctx, directory.AuditQuery{ObjectID: string(id), Limit: 10})
			return err
		},
		"token":          func(x *tx) error { _, err := x.Token(ctx, "t"); return orNil(err) },
		"id eq":          list(user, `id eq "x"`),
		"userName eq":    list(user, `userName eq "x"`),
		"userName sw":    list(user, `userName sw "x"`),
		"externalId eq":  list(user, `externalId eq "x"`),
		"displayName eq": list(user, `displayName eq "x"`),
		"emails eq":      list(user, `emails.value eq "x"`),
		"emails[]":       list(user, `emails[type eq "work" and value eq "x"]`),
		"lastModified":   list(user, `meta.lastModified gt "2026-01-01T00:00:00Z"`),
		"groups eq":      list(user, `groups.value eq "x"`),
		"and":            list(user, `userName eq "x" and title pr`),
		"or":             list(user, `userName eq "x" or externalId eq "y" or emails.value eq "z"`),
		"extension eq":   list(user, `urn:x:y:number eq "x"`),
		"extension sw":   list(user, `urn:x:y:number sw "x"`),
		"extension and":  list(user, `urn:x:y:number eq "x" and title pr`),
		"element eq":     list(group, `members[value eq "x"]`),
		"element and":    list(group, `members[value eq "x" and type eq "User"]`),
		"group by name":  list(group, `displayName eq "x"`),
		"members eq":     list(group, `members.value eq "x"`),
	}
}

func plannedGroup() *directory.Record {
	return &directory.Record{Source: 1, Type: "Group", ID: benchID(2), Version: 1, Body: []byte("{}"), Keys: directory.Keys{Name: "g", NameUnique: true}}
}

func TestPlans_DoNotGrowWithTheDirectory(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
	ctx := t.Context()
	for name, run := range plannedSteps(ctx) {
		err := s.update(ctx, func(x *tx) error {
			p := &planner{conn: x.conn, t: t}
			if err := create(x, 1); err != nil {
				return err
			}
			err := x.InsertResource(ctx, plannedGroup())
			if err != nil {
				return err
			}
			x.conn = p
			err = run(x)
			x.conn = p.conn
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for _, step := range p.plans {
				if slow.MatchString(step) && !cheap.MatchString(step) {
					t.Errorf("%s: %s\n\t%s", name, step, strings.Join(p.plans, "\n\t"))
				}
			}
			return errors.New("nothing shall stay")
		})
		if err == nil {
			t.Errorf("%s: the update succeeded", name)
		}
	}
}

func orNil(err error) error {
	if errors.Is(err, directory.ErrNotFound) {
		return nil
	}
	return err
}

// TestMembers_StatementsDoNotGrowWithTheGroup: together with the plans above, which use an index each.
func TestMembers_StatementsDoNotGrowWithTheGroup(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
	ctx := t.Context()
	var costs [2]int
	for i, size := range []int64{3, 3000} {
		g := benchID(1_000_000 + size)
		err := s.update(ctx, func(x *tx) error {
			var ids []directory.ResourceID
			for n := range size {
				if err := create(x, n+10_000*size); err != nil {
					return err
				}
				ids = append(ids, benchID(n+10_000*size))
			}
			err := x.InsertResource(ctx, &directory.Record{Source: 1, Type: "Group", ID: g, Version: 1, Body: []byte("{}"), Keys: directory.Keys{Name: string(g)}})
			if err != nil {
				return err
			}
			if _, err := x.AddMembers(ctx, 1, g, ids[1:], benchNow); err != nil {
				return err
			}
			p := &planner{conn: x.conn, t: t}
			x.conn = p
			defer func() { x.conn, costs[i] = p.conn, len(p.plans) }()
			if _, err := x.AddMembers(ctx, 1, g, ids[:1], benchNow); err != nil {
				return err
			}
			if _, err := x.RemoveMembers(ctx, 1, g, ids[:1]); err != nil {
				return err
			}
			if _, err := x.IsMember(ctx, 1, g, ids[1]); err != nil {
				return err
			}
			if err := x.BuryResource(ctx, 1, "Group", g, 2, benchNow); err != nil {
				return err
			}
			if err := x.RestoreResource(ctx, 1, "Group", g, 3, benchNow); err != nil {
				return err
			}
			return x.EraseResource(ctx, 1, "Group", g)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if costs[0] == 0 || costs[0] != costs[1] {
		t.Errorf("%d steps for a small group, %d for a large one", costs[0], costs[1])
	}
}

// TestPlans_LookUpsSortNothing: what identity providers ask before every change.
func TestPlans_LookUpsSortNothing(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
	steps := plannedSteps(t.Context())
	for _, name := range []string{"id eq", "userName eq", "externalId eq", "displayName eq"} {
		err := s.view(t.Context(), func(x *tx) error {
			p := &planner{conn: x.conn, t: t}
			x.conn = p
			defer func() { x.conn = p.conn }()
			if err := steps[name](x); err != nil {
				return err
			}
			for _, step := range p.plans {
				if strings.Contains(step, "TEMP B-TREE") {
					t.Errorf("%s: %s", name, step)
				}
			}
			if len(p.plans) == 0 {
				t.Errorf("%s: nothing was planned", name)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
