package sqlstore

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// TestQuery_FindsOne looks for what one user at most meets. It is found as by its id, with its groups.
func TestQuery_FindsOne(t *testing.T) { onEachEngine(t, testQueryFindsOne) }

func testQueryFindsOne(t *testing.T, s *Store) {
	ctx := t.Context()
	grouped, alone, gone := benchUser(1), benchUser(2), benchUser(3)
	alone.Active, alone.Keys.NameUnique = false, true
	group := &directory.Record{Source: 1, Type: directory.GroupType, ID: benchID(4), Version: 1, Created: benchNow, Modified: benchNow,
		Active: true, Body: []byte(`{"displayName":"g"}`), Keys: directory.Keys{Name: "g"}, Label: "g"}
	err := s.update(ctx, func(x *tx) error {
		for _, r := range []*directory.Record{grouped, alone, gone, group} {
			if err := x.InsertResource(ctx, r); err != nil {
				return err
			}
		}
		if _, err := x.AddMembers(ctx, 1, group.ID, []directory.ResourceID{grouped.ID}, benchNow); err != nil {
			return err
		}
		return x.BuryResource(ctx, 1, directory.UserType, gone.ID, 2, benchNow)
	})
	if err != nil {
		t.Fatal(err)
	}
	user := schema.Core().TypeByName(directory.UserType)
	tests := []struct {
		text   string
		change func(q *directory.ResourceQuery)
		want   *directory.Record
		total  int
	}{
		{text: `userName eq "` + grouped.Keys.Name + `"`, want: grouped, total: 1},
		{text: `userName eq "` + alone.Keys.Name + `"`, want: alone, total: 1},
		{text: `id eq "` + string(alone.ID) + `"`, want: alone, total: 1},
		{text: `active eq false and userName eq "` + alone.Keys.Name + `"`, want: alone, total: 1},
		{text: `active eq true and userName eq "` + alone.Keys.Name + `"`},
		{text: `userName eq "` + gone.Keys.Name + `"`},
		{text: `userName eq "nobody"`},
		{text: `id eq "` + string(group.ID) + `"`},
		{text: `id eq "` + string(alone.ID) + `"`, change: func(q *directory.ResourceQuery) { q.Source = 2 }},
		{text: `id eq "` + string(alone.ID) + `"`, change: func(q *directory.ResourceQuery) { q.Limit = 1 }, want: alone, total: 1},
		{text: `id eq "` + string(alone.ID) + `"`, change: func(q *directory.ResourceQuery) { q.Limit = 0 }, total: 1},
		{text: `id eq "` + string(alone.ID) + `"`, change: func(q *directory.ResourceQuery) { q.Offset = 1 }, total: 1},
		{text: `id eq "` + string(alone.ID) + `"`, change: func(q *directory.ResourceQuery) { q.After = 1 << 40 }, total: 1},
		{text: `id eq "` + string(gone.ID) + `"`, change: func(q *directory.ResourceQuery) { q.Deleted = true }, want: gone, total: 1},
		{text: `userName eq "` + grouped.Keys.Name + `"`, change: func(q *directory.ResourceQuery) { q.Sort.By = &schema.Ref{Attr: user.Schema.Attribute("userName")} }, want: grouped, total: 1},
	}
	for i, tt := range tests {
		t.Run(fmt.Sprint(i, " ", tt.text), func(t *testing.T) {
			e, err := filter.Parse(tt.text, filter.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			q := &directory.ResourceQuery{Source: 1, Type: user, Limit: 100}
			if q.Filter, err = filter.Bind(e, user); err != nil {
				t.Fatal(err)
			}
			if tt.change != nil {
				tt.change(q)
			}
			// A transaction that may write finds the same in another way.
			for name, in := range map[string]func(context.Context, func(*tx) error) error{"view": s.view, "update": s.update} {
				err = in(ctx, func(x *tx) error {
					var found []*directory.Record
					total, err := x.Query(ctx, q, func(r *directory.Record) error {
						found = append(found, r)
						return nil
					})
					if err != nil {
						return err
					}
					switch {
					case total != tt.total, len(found) > 1, (len(found) == 1) != (tt.want != nil):
						t.Errorf("%s: found %d of %d, want %v of %d", name, len(found), total, tt.want != nil, tt.total)
						return nil
					case len(found) == 0:
						return nil
					}
					got, want := *found[0], *tt.want
					want.Keys.Values = nil
					if q.Deleted {
						want.Version, want.Modified, want.Deleted = 2, benchNow, benchNow
					}
					if !reflect.DeepEqual(got, want) {
						t.Errorf("%s: found %+v, want %+v", name, got, want)
					}
					groups, err := x.MembershipsOf(ctx, 1, []directory.ResourceID{got.ID})
					if n := len(groups[got.ID]); (n == 1) != (got.ID == grouped.ID) {
						t.Errorf("%s: %d groups", name, n)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
}
