package storetest

import (
	"context"
	"fmt"
	"slices"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// query makes a query for everything that a filter matches.
func (f *fixture) query(source directory.SourceID, t *schema.ResourceType, text string) *directory.ResourceQuery {
	f.Helper()
	q := &directory.ResourceQuery{Source: source, Type: t, Limit: 1_000_000}
	if text == "" {
		return q
	}
	e, err := filter.Parse(text, filter.Limits{Bytes: 1 << 20})
	if err != nil {
		f.Fatalf("parse %.200s: %v", text, err)
	}
	if q.Filter, err = filter.Bind(e, t); err != nil {
		f.Fatalf("bind %s: %v", text, err)
	}
	q.Match = func(ctx context.Context, r directory.Reader, rec *directory.Record) (bool, error) {
		obj, err := whole(ctx, r, rec)
		return err == nil && q.Filter.Match(obj), err
	}
	return q
}

// whole returns a record as the filter's evaluator shall see it.
func whole(ctx context.Context, r directory.Reader, rec *directory.Record) (scim.Object, error) {
	obj, err := rec.Object()
	if err != nil {
		return nil, err
	}
	obj["meta"] = scim.Object{
		"resourceType": rec.Type,
		"created":      schema.FormatDateTime(rec.Created),
		"lastModified": schema.FormatDateTime(rec.Modified),
	}
	switch rec.Type {
	case directory.UserType:
		groups, err := r.Memberships(ctx, rec.Source, rec.ID)
		if err != nil {
			return nil, err
		}
		var list []any
		for _, m := range groups {
			list = append(list, scim.Object{"value": string(m.Group), "display": m.Display, "type": map[bool]string{true: "direct", false: "indirect"}[m.Direct]})
		}
		if list != nil {
			obj["groups"] = list
		}
	case directory.GroupType:
		var list []any
		err := r.Members(ctx, rec.Source, rec.ID, "", 0, func(m directory.Member) error {
			list = append(list, scim.Object{"value": string(m.ID), "type": m.Type, "display": m.Display})
			return nil
		})
		if err != nil {
			return nil, err
		}
		if list != nil {
			obj["members"] = list
		}
	}
	return obj, nil
}

// run returns the page of a query as ids, and the total.
func (f *fixture) run(q *directory.ResourceQuery) (ids []directory.ResourceID, total int) {
	f.Helper()
	f.view(func(r directory.Reader) (err error) {
		ids = nil
		total, err = r.Query(f.Context(), q, func(rec *directory.Record) error {
			if rec.Source != q.Source || rec.Type != q.Type.Name || rec.Deleted.IsZero() == q.Deleted {
				return fmt.Errorf("got %+v", rec)
			}
			ids = append(ids, rec.ID)
			return nil
		})
		return err
	})
	return ids, total
}

// list is run for a query of everything: the total must be what was listed.
func (f *fixture) list(q *directory.ResourceQuery) []directory.ResourceID {
	f.Helper()
	ids, total := f.run(q)
	if total != len(ids) {
		f.Errorf("listed %d, total %d", len(ids), total)
	}
	return ids
}

// wantPage fails unless the query answers its part of all matches.
func (f *fixture) wantPage(what string, q *directory.ResourceQuery, all []directory.ResourceID) {
	f.Helper()
	if err := f.checkPage(q, all); err != nil {
		f.Errorf("%s, offset %d, limit %d: %v", what, q.Offset, q.Limit, err)
	}
}

// checkPage runs a query and compares it with the expected part of all matches.
func (f *fixture) checkPage(q *directory.ResourceQuery, all []directory.ResourceID) error {
	f.Helper()
	first := min(q.Offset, len(all))
	want := all[first:min(first+q.Limit, len(all))]
	got, total := f.run(q)
	if !slices.Equal(got, want) {
		return fmt.Errorf("got %d resources %v, want %d: %v", len(got), abbreviate(got), len(want), abbreviate(want))
	}
	if total != len(all) && (!q.NoTotal || total != -1) {
		return fmt.Errorf("total %d, want %d", total, len(all))
	}
	return nil
}

func abbreviate(ids []directory.ResourceID) []directory.ResourceID { return ids[:min(len(ids), 10)] }

// fill inserts many users at once and returns their ids in creation order.
func (f *fixture) fill(source directory.SourceID, n int) []directory.ResourceID {
	f.Helper()
	ids := make([]directory.ResourceID, n)
	f.update(func(w directory.Writer) error {
		for i := range ids {
			u := f.newUser(source, scim.Object{"active": i%3 != 0})
			if err := w.InsertResource(f.Context(), u); err != nil {
				return err
			}
			ids[i] = u.ID
		}
		return nil
	})
	return ids
}

func testPaging(f *fixture) {
	const many = 5000
	f.fill(f.source("other"), 700)
	src := f.alone("acme")
	all := f.fill(src, many)
	page := func(offset, limit int) *directory.ResourceQuery {
		return &directory.ResourceQuery{Source: src, Type: f.userType(), Offset: offset, Limit: limit}
	}
	for _, offset := range []int{0, 1, 99, 1023, 1024, 1025, 2048, 2500, 4899, 4900, 4999, 5000, 5001, 40000} {
		for _, limit := range []int{0, 1, 100} {
			f.wantPage("all users", page(offset, limit), all)
		}
	}
	var active, inactive []directory.ResourceID
	for i, id := range all {
		if i%3 != 0 {
			active = append(active, id)
		} else {
			inactive = append(inactive, id)
		}
	}
	for state, want := range map[bool][]directory.ResourceID{true: active, false: inactive} {
		q := page(1500, 100)
		q.Active = &state
		f.wantPage(fmt.Sprintf("active is %t", state), q, want)
		q.Limit = 0
		f.wantPage(fmt.Sprintf("count of active is %t", state), q, want)
	}
	var after int64
	var walked []directory.ResourceID
	for {
		n := len(walked)
		f.view(func(r directory.Reader) error {
			q := &directory.ResourceQuery{Source: src, Type: f.userType(), After: after, Limit: 750}
			total, err := r.Query(f.Context(), q, func(rec *directory.Record) error {
				walked, after = append(walked, rec.ID), rec.Ord
				return nil
			})
			if total != many {
				f.Errorf("total %d behind ord %d", total, after)
			}
			return err
		})
		if len(walked)-n < 750 {
			break
		}
	}
	if !slices.Equal(walked, all) {
		f.Errorf("walked over %d users", len(walked))
	}
}

func testPagingWithHoles(f *fixture) {
	ctx := f.Context()
	src := f.alone("acme")
	all := f.fill(src, 2600)
	var left []directory.ResourceID
	f.update(func(w directory.Writer) error {
		left = left[:0]
		for i, id := range all {
			var err error
			switch {
			case i > 500 && i < 1600, i%7 == 0: // a whole stretch and single ones
				err = w.BuryResource(ctx, src, "User", id, 2, at(1))
			case i%7 == 1:
				err = w.EraseResource(ctx, src, "User", id)
			default:
				left = append(left, id)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	for offset := 0; offset < len(left)+100; offset += 97 {
		f.wantPage("after deletions", &directory.ResourceQuery{Source: src, Type: f.userType(), Offset: offset, Limit: 50}, left)
	}
}

func testSearch(f *fixture) {
	f.user(f.source("other"), scim.Object{"userName": "needle"})
	src := f.alone("acme")
	byName := f.user(src, scim.Object{"userName": "the.needle", "displayName": "Z"})
	byDisplay := f.user(src, scim.Object{"displayName": "Needle, Ann"})
	byMail := f.user(src, scim.Object{"emails": []any{scim.Object{"value": "x@example.com"}, scim.Object{"value": "NEEDLE@example.com"}}, "active": false})
	dead := f.user(src, scim.Object{"userName": "dead-needle"})
	f.user(src, scim.Object{"displayName": "Other"})
	f.update(func(w directory.Writer) error {
		return w.BuryResource(f.Context(), src, "User", dead.ID, 2, at(1))
	})
	q := &directory.ResourceQuery{Source: src, Type: f.userType(), Search: "needle", Limit: 10}
	f.wantPage("search", q, []directory.ResourceID{byName.ID, byDisplay.ID, byMail.ID})
	q.Limit = 1
	f.wantPage("search", q, []directory.ResourceID{byName.ID, byDisplay.ID, byMail.ID})
	active := true
	q.Active, q.Limit = &active, 10
	f.wantPage("search for active users", q, []directory.ResourceID{byName.ID, byDisplay.ID})
	q.Search = "100%"
	f.wantPage("search for a wildcard", q, nil)
	q.Active, q.Search, q.Deleted = nil, "needle", true
	f.wantPage("search for tombstones", q, []directory.ResourceID{dead.ID})
}

func testListTombstones(f *fixture) {
	src := f.alone("acme")
	all := f.fill(src, 30)
	var dead []directory.ResourceID
	f.update(func(w directory.Writer) error {
		dead = dead[:0]
		for i := 29; i >= 0; i -= 3 {
			if err := w.BuryResource(f.Context(), src, "User", all[i], 2, at(i)); err != nil {
				return err
			}
			dead = append([]directory.ResourceID{all[i]}, dead...)
		}
		return nil
	})
	q := &directory.ResourceQuery{Source: src, Type: f.userType(), Deleted: true, Limit: 4}
	for q.Offset = 0; q.Offset < 12; q.Offset += 4 {
		f.wantPage("tombstones", q, dead)
	}
	q = f.query(src, f.userType(), `userName ew "example.com" and active eq true`)
	q.Deleted = true
	var want []directory.ResourceID
	for i, id := range all {
		if i%3 == 2 {
			want = append(want, id)
		}
	}
	f.wantPage("active tombstones", q, want)
}
