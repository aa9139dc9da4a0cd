package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/schema"
)

// CheckInvariants checks what must hold in every store after any sequence of calls:
//
//   - the kept counters and the places of offsets agree with a walk over the resources;
//   - versions and ords are positive, ords grow, names and ids find their resource;
//   - members exist, are live, and know their groups; the kept number of members is right;
//   - events have no gap, and the newest event of a resource tells its version or its deletion;
//   - the audit trail has no gap, and its hashes are right if the store can verify them.
func CheckInvariants(t testing.TB, store directory.Store) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	err := store.View(ctx, func(r directory.Reader) error {
		c := checker{TB: t, Reader: r, ctx: ctx}
		sources, err := r.Sources(ctx)
		if err != nil {
			return err
		}
		for _, s := range sources {
			if err := c.source(s); err != nil {
				return fmt.Errorf("source %s: %w", s.Slug, err)
			}
		}
		if err := c.events(); err != nil {
			return fmt.Errorf("events: %w", err)
		}
		return c.audit()
	})
	if err != nil {
		t.Errorf("check invariants: %v", err)
	}
	if v, ok := store.(interface {
		VerifyAudit(context.Context) (int64, []byte, error)
	}); ok {
		if _, _, err := v.VerifyAudit(ctx); err != nil {
			t.Errorf("audit trail: %v", err)
		}
	}
}

type checker struct {
	testing.TB
	directory.Reader
	ctx context.Context
}

func (c *checker) source(s *directory.Source) error {
	defs, err := c.Definitions(c.ctx, s.ID)
	if err != nil {
		return err
	}
	types := schema.Core().Types()
	for _, d := range defs {
		if d.Kind == directory.KindResourceType {
			types = append(types, &schema.ResourceType{Name: d.Name, Schema: &schema.Schema{}})
		}
	}
	for _, typ := range types {
		if err := c.resources(s.ID, typ); err != nil {
			return fmt.Errorf("resources of type %s: %w", typ.Name, err)
		}
	}
	return nil
}

// walk calls visit for all live resources in creation order, page by page.
func (c *checker) walk(source directory.SourceID, typ *schema.ResourceType, visit func(*directory.Record) error) error {
	q := &directory.ResourceQuery{Source: source, Type: typ, Limit: 500, NoTotal: true}
	for {
		n := 0
		_, err := c.Query(c.ctx, q, func(rec *directory.Record) error {
			n++
			if rec.Ord <= q.After {
				c.Errorf("%s %s has ord %d behind %d", rec.Type, rec.ID, rec.Ord, q.After)
			}
			q.After = rec.Ord
			return visit(rec)
		})
		if err != nil || n < q.Limit {
			return err
		}
	}
}

func (c *checker) resources(source directory.SourceID, typ *schema.ResourceType) error {
	var ids []directory.ResourceID
	err := c.walk(source, typ, func(rec *directory.Record) error {
		ids = append(ids, rec.ID)
		return c.resource(rec)
	})
	if err != nil {
		return err
	}
	n, err := c.CountResources(c.ctx, source, typ.Name)
	if err != nil {
		return err
	}
	if n != len(ids) {
		c.Errorf("source %d has %d resources of type %s, but counts %d", source, len(ids), typ.Name, n)
	}
	counts, err := c.CountBySource(c.ctx, directory.CountQuery{Type: typ.Name})
	if err != nil {
		return err
	}
	if counts[source] != len(ids) {
		c.Errorf("source %d has %d resources of type %s, but has %d among all", source, len(ids), typ.Name, counts[source])
	}
	for offset := 0; offset < len(ids); offset += 300 {
		q := &directory.ResourceQuery{Source: source, Type: typ, Offset: offset, Limit: 2}
		var page []directory.ResourceID
		total, err := c.Query(c.ctx, q, func(rec *directory.Record) error { page = append(page, rec.ID); return nil })
		if err != nil {
			return err
		}
		if want := ids[offset:min(offset+2, len(ids))]; !slices.Equal(page, want) || total != len(ids) {
			c.Errorf("offset %d of %s leads to %v (total %d), want %v (%d)", offset, typ.Name, page, total, want, len(ids))
		}
	}
	return nil
}

func (c *checker) resource(rec *directory.Record) error {
	name := rec.Type + " " + string(rec.ID)
	if rec.Version < 1 || rec.Ord < 1 || !rec.Deleted.IsZero() {
		c.Errorf("%s has version %d, ord %d, deleted %v", name, rec.Version, rec.Ord, rec.Deleted)
	}
	if got, err := c.Resource(c.ctx, rec.Source, rec.Type, rec.ID); err != nil || got.Version != rec.Version {
		c.Errorf("%s by id: %+v, %v", name, got, err)
	}
	if rec.Keys.NameUnique {
		if got, err := c.ByName(c.ctx, rec.Source, rec.Type, rec.Keys.Name); err != nil || got.ID != rec.ID {
			c.Errorf("%s by its name %q: %+v, %v", name, rec.Keys.Name, got, err)
		}
	}
	n := 0
	err := c.Members(c.ctx, rec.Source, rec.ID, "", 0, func(m directory.Member) error {
		n++
		member, err := c.Resource(c.ctx, rec.Source, m.Type, m.ID)
		if err != nil {
			c.Errorf("%s has the member %s %s: %v", name, m.Type, m.ID, err)
			return nil
		}
		if m.Display != member.Label {
			c.Errorf("%s shows the member %s as %q, but it is %q", name, m.ID, m.Display, member.Label)
		}
		groups, err := c.Memberships(c.ctx, rec.Source, m.ID)
		if err != nil {
			return err
		}
		if !slices.Contains(groups, directory.Membership{Group: rec.ID, Display: rec.Label, Direct: true}) {
			c.Errorf("%s has the member %s, whose groups are %v", name, m.ID, groups)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if kept, err := c.CountMembers(c.ctx, rec.Source, rec.ID); err != nil || kept != n {
		c.Errorf("%s has %d members, but counts %d: %v", name, n, kept, err)
	}
	groups, err := c.Memberships(c.ctx, rec.Source, rec.ID)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if ok, err := c.IsMember(c.ctx, rec.Source, g.Group, rec.ID); err != nil || ok != g.Direct {
			c.Errorf("%s has the group %+v, which has it as a direct member: %t, %v", name, g, ok, err)
		}
	}
	return nil
}

func (c *checker) events() error {
	type subject struct{ typ, id string }
	newest := map[subject]*directory.Event{}
	next := directory.Seq(0)
	for {
		n := 0
		err := c.Events(c.ctx, 0, max(next-1, 0), 1000, func(e *directory.Event) error {
			n++
			if next != 0 && e.Seq != next {
				c.Errorf("event %d comes where %d should", e.Seq, next)
			}
			next = e.Seq + 1
			newest[subject{e.SubjectType, e.SubjectID}] = e
			return nil
		})
		if err != nil {
			return err
		}
		if n < 1000 {
			break
		}
	}
	last, err := c.LastSeq(c.ctx)
	if err != nil {
		return err
	}
	if next != 0 && last != next-1 {
		c.Errorf("the last seq is %d, but the newest event has %d", last, next-1)
	}
	for s, e := range newest {
		rec, err := c.ResourceAnywhere(c.ctx, directory.ResourceID(s.id))
		live := err == nil && rec.Deleted.IsZero()
		switch deleted := strings.HasSuffix(string(e.Type), ".deleted"); {
		case deleted && live:
			c.Errorf("%s %s is live, but its newest event %d is %s", s.typ, s.id, e.Seq, e.Type)
		case !deleted && live && rec.Version != e.SubjectVersion:
			c.Errorf("%s %s has version %d, but its newest event %d tells %d", s.typ, s.id, rec.Version, e.Seq, e.SubjectVersion)
		}
	}
	return nil
}

func (c *checker) audit() error {
	before := int64(0)
	for {
		rows, err := c.Audit(c.ctx, directory.AuditQuery{Before: before, Limit: 1000})
		if err != nil {
			return err
		}
		for _, e := range rows {
			if before != 0 && e.Seq != before-1 {
				c.Errorf("audit row %d comes before %d", e.Seq, before)
			}
			if len(e.Hash) == 0 {
				c.Errorf("audit row %d has no hash", e.Seq)
			}
			before = e.Seq
		}
		if len(rows) < 1000 {
			if before > 1 {
				c.Errorf("the audit trail starts with row %d", before)
			}
			return nil
		}
	}
}
