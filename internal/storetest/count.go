package storetest

import (
	"context"
	"errors"
	"maps"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

func testCountBySource(f *fixture) {
	ctx := f.Context()
	a, b, empty := f.source("a"), f.source("b"), f.source("empty")
	sources := []directory.SourceID{directory.BuiltinSource, a, b, empty}
	ada := f.user(a, scim.Object{"userName": "ada@corp.example", "displayName": "Ada", "emails": []any{scim.Object{"value": "ada@corp.example"}}})
	f.user(a, scim.Object{"userName": "bob", "active": false, "emails": []any{scim.Object{"value": "bob@corp.example"}, scim.Object{"value": "b@corp.example"}}})
	f.user(a, scim.Object{"userName": "cyd", "displayName": "Corp. Cyd"})
	idle := f.user(b, scim.Object{"userName": "ada", "active": false})
	gone := f.user(b, scim.Object{"userName": "dee@corp.example", "emails": []any{scim.Object{"value": "dee@corp.example"}}})
	f.update(func(w directory.Writer) error { return w.BuryResource(ctx, b, "User", gone.ID, 2, at(1)) })
	f.user(directory.BuiltinSource, scim.Object{"userName": "eve"})
	group := f.group(b, "Corp staff", idle.ID)
	f.view(func(r directory.Reader) error {
		f.wantCounts(ctx, r, directory.CountQuery{Type: "User"}, map[directory.SourceID]int{directory.BuiltinSource: 1, a: 3, b: 1})
		f.wantCounts(ctx, r, directory.CountQuery{Type: "User", Search: "corp"}, map[directory.SourceID]int{a: 3})
		f.wantCounts(ctx, r, directory.CountQuery{Type: "User", Deleted: true}, map[directory.SourceID]int{b: 1})
		f.wantCounts(ctx, r, directory.CountQuery{Type: "Device"}, map[directory.SourceID]int{})
		return f.countsAgree(ctx, r, sources)
	})
	stop := errors.New("nothing shall stay")
	err := f.Update(ctx, func(w directory.Writer) error {
		for _, change := range []func() error{
			func() error { return w.InsertResource(ctx, f.newUser(empty, scim.Object{"displayName": "Corp"})) },
			func() error { return w.InsertResource(ctx, f.newUser(empty, scim.Object{"active": false})) },
			func() error { return w.BuryResource(ctx, a, "User", ada.ID, 2, at(2)) },
			func() error { return w.RestoreResource(ctx, b, "User", gone.ID, 3, at(3)) },
			func() error { return w.EraseResource(ctx, b, "User", idle.ID) },
			func() error { return w.EraseResource(ctx, b, "Group", group.ID) },
		} {
			if err := change(); err != nil {
				return err
			}
			if err := f.countsAgree(ctx, w, sources); err != nil {
				return err
			}
		}
		f.wantCounts(ctx, w, directory.CountQuery{Type: "User"}, map[directory.SourceID]int{directory.BuiltinSource: 1, a: 2, b: 1, empty: 2})
		f.wantCounts(ctx, w, directory.CountQuery{Type: "Group"}, map[directory.SourceID]int{})
		return stop
	})
	f.wantErr("the changes", err, stop)
	f.update(func(w directory.Writer) error {
		for _, rec := range []*directory.Record{idle, gone, group} {
			if err := w.EraseResource(ctx, b, rec.Type, rec.ID); err != nil {
				return err
			}
		}
		return w.DeleteSource(ctx, b)
	})
	f.view(func(r directory.Reader) error {
		f.wantCounts(ctx, r, directory.CountQuery{Type: "User"}, map[directory.SourceID]int{directory.BuiltinSource: 1, a: 3})
		return f.countsAgree(ctx, r, sources)
	})
}

func (f *fixture) wantCounts(ctx context.Context, r directory.Reader, q directory.CountQuery, want map[directory.SourceID]int) {
	f.Helper()
	if got, err := r.CountBySource(ctx, q); err != nil || !maps.Equal(got, want) {
		f.Errorf("%+v: counted %v, want %v: %v", q, got, want, err)
	}
}

// countsAgree compares what is counted in all sources with what is counted in each of them.
func (f *fixture) countsAgree(ctx context.Context, r directory.Reader, sources []directory.SourceID) error {
	f.Helper()
	yes, no := true, false
	for _, typ := range []*schema.ResourceType{f.userType(), f.groupType()} {
		for _, search := range []string{"", "ada", "corp", "none"} {
			for _, active := range []*bool{nil, &yes, &no} {
				for _, deleted := range []bool{false, true} {
					want := map[directory.SourceID]int{}
					for _, source := range sources {
						q := &directory.ResourceQuery{Source: source, Type: typ, Search: search, Active: active, Deleted: deleted}
						n, err := r.Query(ctx, q, nil)
						if err != nil {
							return err
						}
						if n > 0 {
							want[source] = n
						}
					}
					f.wantCounts(ctx, r, directory.CountQuery{Type: typ.Name, Search: search, Active: active, Deleted: deleted}, want)
				}
			}
		}
	}
	return nil
}
