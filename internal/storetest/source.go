package storetest

import (
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
)

func testSources(f *fixture) {
	ctx := f.Context()
	s := &directory.Source{
		Slug: "acme", Name: "Acme", Preset: "entra", Enabled: true, Paused: true,
		ServiceAccountID: "sa1", ServiceAccountName: "acme-scim",
		Policies:  directory.Policies{GroupPatchBody: true, Delete: directory.DeleteErase},
		CreatedAt: start, UpdatedAt: at(1),
	}
	f.update(func(w directory.Writer) error { return w.InsertSource(ctx, s) })
	if s.ID <= directory.BuiltinSource {
		f.Errorf("source id %d", s.ID)
	}
	f.view(func(r directory.Reader) error {
		for _, get := range []func() (*directory.Source, error){
			func() (*directory.Source, error) { return r.Source(ctx, s.ID) },
			func() (*directory.Source, error) { return r.SourceBySlug(ctx, "acme") },
		} {
			got, err := get()
			if err != nil {
				return err
			}
			if diff := cmp.Diff(s, got); diff != "" {
				f.Errorf("source differs (-want +got):\n%s", diff)
			}
		}
		_, err := r.Source(ctx, 99)
		f.wantErr("unknown id", err, directory.ErrNotFound)
		_, err = r.SourceBySlug(ctx, "nobody")
		f.wantErr("unknown slug", err, directory.ErrNotFound)
		builtin, err := r.SourceBySlug(ctx, directory.BuiltinSlug)
		if err != nil {
			return err
		}
		if builtin.ID != directory.BuiltinSource || !builtin.Enabled {
			f.Errorf("built-in source is %+v", builtin)
		}
		return nil
	})
	again := *s
	f.wantErr("insert of a taken slug", f.Update(ctx, func(w directory.Writer) error { return w.InsertSource(ctx, &again) }), directory.ErrDuplicate)
	other := f.source("other")
	f.wantErr("update to a taken slug", f.Update(ctx, func(w directory.Writer) error {
		o, err := w.Source(ctx, other)
		if err != nil {
			return err
		}
		o.Slug = "acme"
		return w.UpdateSource(ctx, o)
	}), directory.ErrDuplicate)
	s.Name, s.Paused, s.UpdatedAt = "Zulu", false, at(5)
	f.update(func(w directory.Writer) error { return w.UpdateSource(ctx, s) })
	f.view(func(r directory.Reader) error {
		all, err := r.Sources(ctx)
		if err != nil {
			return err
		}
		var names []string
		for _, s := range all {
			names = append(names, s.Name)
		}
		if diff := cmp.Diff([]string{"Built-in", "Source other", "Zulu"}, names); diff != "" {
			f.Errorf("sources by name (-want +got):\n%s", diff)
		}
		return nil
	})
	f.wantErr("update of an unknown source", f.Update(ctx, func(w directory.Writer) error {
		return w.UpdateSource(ctx, &directory.Source{ID: 99, Slug: "x"})
	}), directory.ErrNotFound)
}

func testDeleteSource(f *fixture) {
	ctx := f.Context()
	src := f.source("acme")
	u := f.user(src, nil)
	remove := func(w directory.Writer) error { return w.DeleteSource(ctx, src) }
	if err := f.Update(ctx, remove); err == nil {
		f.Error("a source with a user was deleted")
	}
	f.update(func(w directory.Writer) error { return w.BuryResource(ctx, src, u.Type, u.ID, 2, at(1)) })
	if err := f.Update(ctx, remove); err == nil {
		f.Error("a source with a tombstone was deleted")
	}
	f.update(func(w directory.Writer) error {
		if err := w.InsertToken(ctx, &directory.Token{ID: "t1", Source: src, MAC: []byte("m"), Created: start}); err != nil {
			return err
		}
		return w.EraseResource(ctx, src, u.Type, u.ID)
	})
	f.update(remove)
	f.wantErr("second deletion", f.Update(ctx, remove), directory.ErrNotFound)
	f.view(func(r directory.Reader) error {
		_, err := r.Token(ctx, "t1")
		f.wantErr("token of a deleted source", err, directory.ErrNotFound)
		return nil
	})
	if again := f.source("acme"); again == src {
		f.Error("the id of a deleted source was given away again")
	}
}

func testTokens(f *fixture) {
	ctx := f.Context()
	src, other := f.source("acme"), f.source("other")
	old := &directory.Token{ID: "old", Source: src, Label: "first", Last4: "abcd", MAC: []byte{1, 2}, Sealed: []byte{3}, Created: start}
	young := &directory.Token{ID: "young", Source: src, MAC: []byte{4}, Created: at(9), Expires: at(100)}
	f.update(func(w directory.Writer) error {
		for _, k := range []*directory.Token{old, young, {ID: "foreign", Source: other, MAC: []byte{5}, Created: at(3)}} {
			if err := w.InsertToken(ctx, k); err != nil {
				return err
			}
		}
		return nil
	})
	f.wantErr("taken id", f.Update(ctx, func(w directory.Writer) error { return w.InsertToken(ctx, old) }), directory.ErrDuplicate)
	old.LastUsed, old.Revoked, old.Label, old.Sealed = at(20), at(30), "renamed", nil
	f.update(func(w directory.Writer) error { return w.UpdateToken(ctx, old) })
	f.wantErr("update of an unknown token", f.Update(ctx, func(w directory.Writer) error {
		return w.UpdateToken(ctx, &directory.Token{ID: "none", MAC: []byte{1}})
	}), directory.ErrNotFound)
	f.view(func(r directory.Reader) error {
		got, err := r.Token(ctx, "old")
		if err != nil {
			return err
		}
		if diff := cmp.Diff(old, got); diff != "" {
			f.Errorf("token differs (-want +got):\n%s", diff)
		}
		_, err = r.Token(ctx, "none")
		f.wantErr("unknown token", err, directory.ErrNotFound)
		for source, want := range map[directory.SourceID]string{src: "[young old]", 0: "[young foreign old]"} {
			all, err := r.Tokens(ctx, source)
			if err != nil {
				return err
			}
			if got := fmt.Sprint(tokenIDs(all)); got != want {
				f.Errorf("tokens of %d are %s, want %s", source, got, want)
			}
		}
		many := []directory.SourceID{src, directory.BuiltinSource, other}
		for n := range directory.SourceID(100) {
			many = append(many, n+1000)
		}
		of, err := r.TokensOf(ctx, many)
		if err != nil || len(of) != 2 || fmt.Sprint(tokenIDs(of[src]), tokenIDs(of[other])) != "[young old] [foreign]" {
			f.Errorf("tokens of many sources: %v, %v", of, err)
		}
		for offset, want := range []string{"[young foreign]", "[foreign old]", "[old]", "[]"} {
			page, total, err := r.TokenPage(ctx, offset, 2)
			if got := fmt.Sprint(tokenIDs(page)); err != nil || got != want || total != 3 {
				f.Errorf("tokens behind %d are %s of %d, want %s: %v", offset, got, total, want, err)
			}
		}
		return nil
	})
}

func tokenIDs(tokens []*directory.Token) (ids []directory.TokenID) {
	for _, k := range tokens {
		ids = append(ids, k.ID)
	}
	return ids
}

func testDefinitions(f *fixture) {
	ctx := f.Context()
	src, other := f.source("acme"), f.source("other")
	defs := []*directory.Definition{
		{Kind: "schema", Name: "urn:b", ExtendsType: "User", Document: []byte(`{"id":"urn:b"}`), Created: start},
		{Source: src, Kind: "schema", Name: "urn:a", Document: []byte(`{}`), Created: at(1)},
		{Source: other, Kind: "schema", Name: "urn:a", Document: []byte(`{}`), Created: at(2)},
		{Source: src, Kind: "resource-type", Name: "urn:a", Document: []byte(`{}`), Created: at(3)},
	}
	for _, d := range defs {
		f.update(func(w directory.Writer) error { return w.InsertDefinition(ctx, d) })
		f.wantErr("second definition", f.Update(ctx, func(w directory.Writer) error { return w.InsertDefinition(ctx, d) }), directory.ErrDuplicate)
	}
	f.view(func(r directory.Reader) error {
		got, err := r.Definitions(ctx, src)
		if err != nil {
			return err
		}
		if diff := cmp.Diff([]*directory.Definition{defs[0], defs[1], defs[3]}, got); diff != "" {
			f.Errorf("definitions differ (-want +got):\n%s", diff)
		}
		return nil
	})
}

func testEvents(f *fixture) {
	ctx := f.Context()
	src, other := f.source("acme"), f.source("other")
	var want []*directory.Event
	add := func(w directory.Writer, n int) error {
		for range n {
			e := &directory.Event{
				ID: fmt.Sprintf("evt_%d", len(want)), Source: []directory.SourceID{src, other}[len(want)%2], Type: directory.ResourceUpdated,
				OccurredAt: at(len(want)), SubjectType: "Device", SubjectID: fmt.Sprint("d", len(want)), SubjectVersion: 7,
				Data: []byte(`{"a":1}`), Changes: []byte(`[]`),
				Cause: directory.Cause{Kind: "scim", RequestID: "r1", ActorID: "sa", ActorName: "acme", ClientIP: "192.0.2.1"},
			}
			if err := w.AppendEvent(ctx, e); err != nil {
				return err
			}
			want = append(want, e)
		}
		return nil
	}
	f.update(func(w directory.Writer) error { want = want[:0]; return add(w, 3) })
	kept := len(want)
	if err := f.Update(ctx, func(w directory.Writer) error {
		want = want[:kept]
		if err := add(w, 2); err != nil {
			return err
		}
		return directory.ErrVersion
	}); err == nil {
		f.Error("the update did not fail")
	}
	f.update(func(w directory.Writer) error { want = want[:kept]; return add(w, 2) })
	for i, e := range want {
		e.Seq = directory.Seq(i + 1)
	}
	read := func(r directory.Reader, source directory.SourceID, after directory.Seq, limit int) (got []*directory.Event) {
		if err := r.Events(ctx, source, after, limit, func(e *directory.Event) error { got = append(got, e); return nil }); err != nil {
			f.Error(err)
		}
		return got
	}
	f.view(func(r directory.Reader) error {
		for _, c := range []struct {
			source directory.SourceID
			after  directory.Seq
			limit  int
			want   []*directory.Event
		}{
			{0, 0, 100, want},
			{0, 1, 2, want[1:3]},
			{src, 0, 100, []*directory.Event{want[0], want[2], want[4]}},
			{other, 2, 1, []*directory.Event{want[3]}},
			{0, 5, 10, nil},
		} {
			if diff := cmp.Diff(c.want, read(r, c.source, c.after, c.limit)); diff != "" {
				f.Errorf("events of %d after %d (-want +got):\n%s", c.source, c.after, diff)
			}
		}
		last, err := r.LastSeq(ctx)
		if last != 5 {
			f.Errorf("last seq is %d, want 5", last)
		}
		return err
	})
}

func testAudit(f *fixture) {
	ctx := f.Context()
	var want []*directory.AuditEntry
	for i := range 6 {
		e := &directory.AuditEntry{
			Time: at(i), Cause: directory.Cause{Kind: "admin", RequestID: "r", ActorID: "a1", ActorName: "ada", ClientIP: "::1"},
			Action: []string{"source.created", "token.revealed"}[i%2], Source: directory.SourceID(i % 3),
			ObjectType: "source", ObjectID: fmt.Sprint("o", i/3), ObjectName: "Acme", Detail: []byte(`{"a":1}`),
		}
		e.Time = e.Time.Add(time.Nanosecond) // finer than what is kept
		f.update(func(w directory.Writer) error { return w.AppendAudit(ctx, e) })
		e.Seq, e.Time = int64(i+1), at(i)
		want = append([]*directory.AuditEntry{e}, want...)
	}
	f.view(func(r directory.Reader) error {
		for _, c := range []struct {
			query directory.AuditQuery
			want  []*directory.AuditEntry
		}{
			{directory.AuditQuery{Limit: 10}, want},
			{directory.AuditQuery{Limit: 2, Before: 4}, want[3:5]},
			{directory.AuditQuery{Limit: 10, Source: 1}, []*directory.AuditEntry{want[1], want[4]}},
			{directory.AuditQuery{Limit: 10, ObjectType: "source", ObjectID: "o0"}, want[3:]},
			{directory.AuditQuery{Limit: 10, ObjectType: "user"}, nil},
			{directory.AuditQuery{Limit: 10, Action: "token.revealed", Before: 6}, []*directory.AuditEntry{want[2], want[4]}},
		} {
			got, err := r.Audit(ctx, c.query)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(directory.AuditEntry{}, "Hash")); diff != "" {
				f.Errorf("audit %+v (-want +got):\n%s", c.query, diff)
			}
		}
		return nil
	})
}

// testIsolation gives two sources the same content and looks for it with the wrong source.
func testIsolation(f *fixture) {
	ctx := f.Context()
	a, b := f.source("a"), f.source("b")
	content := scim.Object{"userName": "ada", "externalId": "x1", "emails": []any{scim.Object{"value": "ada@example.com"}}}
	ua, ub := f.user(a, content), f.user(b, content)
	ga, gb := f.group(a, "staff", ua.ID), f.group(b, "staff", ub.ID)
	f.update(func(w directory.Writer) error {
		if added, err := w.AddMembers(ctx, a, ga.ID, []directory.ResourceID{ub.ID, gb.ID}, start); err != nil || len(added) > 0 {
			f.Errorf("members of another source: %v, %v", added, err)
		}
		if removed, err := w.RemoveMembers(ctx, b, ga.ID, []directory.ResourceID{ua.ID}); err != nil || len(removed) > 0 {
			f.Errorf("members removed through another source: %v, %v", removed, err)
		}
		stolen := *ua
		stolen.Source, stolen.Version = b, 2
		f.wantErr("update through another source", w.UpdateResource(ctx, &stolen), directory.ErrNotFound)
		f.wantErr("touch", w.TouchResource(ctx, b, ua.Type, ua.ID, 2, at(1)), directory.ErrNotFound)
		f.wantErr("bury", w.BuryResource(ctx, b, ua.Type, ua.ID, 2, at(1)), directory.ErrNotFound)
		f.wantErr("restore", w.RestoreResource(ctx, b, ua.Type, ua.ID, 2, at(1)), directory.ErrNotFound)
		f.wantErr("erase", w.EraseResource(ctx, b, ua.Type, ua.ID), directory.ErrNotFound)
		return nil
	})
	f.view(func(r directory.Reader) error {
		_, err := r.Resource(ctx, b, ua.Type, ua.ID)
		f.wantErr("resource of another source", err, directory.ErrNotFound)
		if got, err := r.ByName(ctx, b, ua.Type, "ada"); err != nil || got.ID != ub.ID {
			f.Errorf("by name: %v, %v", got, err)
		}
		if got, err := r.ByExternalID(ctx, b, ua.Type, "x1"); err != nil || len(got) != 1 || got[0].ID != ub.ID {
			f.Errorf("by external id: %v, %v", got, err)
		}
		if got, err := r.Existing(ctx, b, []directory.ResourceID{ua.ID, ub.ID}); err != nil || len(got) != 1 {
			f.Errorf("existing: %v, %v", got, err)
		}
		if n, err := r.CountMembers(ctx, b, ga.ID); err != nil || n != 0 {
			f.Errorf("members counted through another source: %d, %v", n, err)
		}
		if ok, err := r.IsMember(ctx, b, ga.ID, ua.ID); err != nil || ok {
			f.Errorf("membership seen through another source: %v", err)
		}
		if got, err := r.Memberships(ctx, b, ua.ID); err != nil || len(got) > 0 {
			f.Errorf("memberships: %v, %v", got, err)
		}
		if ok, err := r.Reaches(ctx, b, ga.ID, ua.ID); err != nil || ok {
			f.Errorf("reaches: %v, %v", ok, err)
		}
		members := 0
		if err := r.Members(ctx, b, ga.ID, "", 0, func(directory.Member) error { members++; return nil }); err != nil || members > 0 {
			f.Errorf("%d members listed through another source: %v", members, err)
		}
		if got, err := r.ResourceAnywhere(ctx, ua.ID); err != nil || got.Source != a {
			f.Errorf("anywhere: %v, %v", got, err)
		}
		return nil
	})
}
