package sqlstore

import (
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// byUserName finds the users of that name.
func byUserName(t *testing.T, x *tx, name string) (found []*directory.Record) {
	t.Helper()
	typ := schema.Core().TypeByName(directory.UserType)
	e, err := filter.Parse(`userName eq "`+name+`"`, filter.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	bound, err := filter.Bind(e, typ)
	if err != nil {
		t.Fatal(err)
	}
	n, err := x.Query(t.Context(), &directory.ResourceQuery{Source: directory.BuiltinSource, Type: typ, Limit: 10, Filter: bound},
		func(rec *directory.Record) error { found = append(found, rec); return nil })
	if err != nil || n != len(found) {
		t.Errorf("the query found %d of %d: %v", len(found), n, err)
	}
	return found
}

// A view whose first statement found one user sees one snapshot, although it begins late or never.
func TestPostgres_LateViewsSeeOneSnapshot(t *testing.T) {
	t.Parallel()
	s := openPostgresTest(t)
	rename := func(id directory.ResourceID, label string) {
		err := s.update(t.Context(), func(x *tx) error {
			r, err := x.Resource(t.Context(), directory.BuiltinSource, directory.UserType, id)
			if err != nil {
				return err
			}
			r.Version, r.Label = r.Version+1, label
			return x.UpdateResource(t.Context(), r)
		})
		if err != nil {
			t.Error(err)
		}
	}
	user, group := benchUser(1), &directory.Record{Source: directory.BuiltinSource, Type: directory.GroupType, ID: "g", Version: 1,
		Body: []byte("{}"), Label: "old", Keys: directory.Keys{Name: "g"}}
	err := s.update(t.Context(), func(x *tx) error {
		for _, r := range []*directory.Record{user, group} {
			if err := x.InsertResource(t.Context(), r); err != nil {
				return err
			}
		}
		_, err := x.AddMembers(t.Context(), user.Source, group.ID, []directory.ResourceID{user.ID}, benchNow)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	read := func(x *tx) (label string) {
		found := byUserName(t, x, user.Keys.Name)
		if len(found) != 1 {
			t.Fatalf("found %d users", len(found))
		}
		return found[0].Label
	}
	memberships := func(x *tx) {
		groups, err := x.Memberships(t.Context(), user.Source, user.ID)
		if x.pg.failed == nil && (err != nil || len(groups) != 1) {
			t.Errorf("memberships are %v: %v", groups, err)
		}
	}
	for name, step := range map[string]struct {
		runs int
		do   func(x *tx, change func()) (label string)
	}{
		"nothing changes": {1, func(x *tx, change func()) string {
			label := read(x)
			memberships(x)
			if !x.pg.begun() {
				change()
			}
			return label
		}},
		"something changes": {2, func(x *tx, change func()) string {
			label := read(x)
			change()
			memberships(x)
			return label
		}},
		"three statements": {2, func(x *tx, change func()) string {
			label := read(x)
			memberships(x)
			change()
			if _, err := x.CountResources(t.Context(), user.Source, user.Type); err != nil && x.pg.failed == nil {
				t.Error(err)
			}
			if x.pg.failed == nil {
				if again := read(x); again != label {
					t.Errorf("the label was %q and is %q", label, again)
				}
			}
			return label
		}},
		"not read to the end": {2, func(x *tx, change func()) string {
			x.sole()
			var label string
			if err := x.row("SELECT label FROM resource WHERE id = $1", user.ID).scan(&label); err != nil {
				t.Error(err)
			}
			change()
			memberships(x)
			return label
		}},
	} {
		rename(user.ID, "before "+name)
		runs, label := 0, ""
		err := s.view(t.Context(), func(x *tx) error {
			runs++
			label = step.do(x, func() {
				if runs == 1 {
					rename(user.ID, "after "+name)
				}
			})
			return nil
		})
		want := "after " + name
		if step.runs == 1 {
			want = "before " + name
		}
		if err != nil || runs != step.runs || label != want {
			t.Errorf("%s: read %q in %d runs: %v", name, label, runs, err)
		}
	}
}

// What one statement answers is read without BEGIN and COMMIT, and so is what is not there.
func TestPostgres_ViewsOfOneStatementDoNotBegin(t *testing.T) {
	t.Parallel()
	s := openPostgresTest(t)
	if err := s.update(t.Context(), func(x *tx) error { return create(x, 1) }); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{benchUser(1).Keys.Name: 1, "nobody": 0} {
		err := s.view(t.Context(), func(x *tx) error {
			found := byUserName(t, x, name)
			if len(found) != want {
				t.Errorf("found %d users", len(found))
			}
			for _, rec := range found {
				if _, err := x.Memberships(t.Context(), rec.Source, rec.ID); err != nil {
					return err
				}
			}
			if x.pg.begun() || x.pg.first.repeated {
				t.Errorf("looking for %d users took more than one statement", want)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// What a writer read does not begin its transaction; what commits without BEGIN is all or nothing.
func TestPostgres_LateUpdatesAreWhole(t *testing.T) {
	t.Parallel()
	s := openPostgresTest(t)
	for _, query := range []string{
		"CREATE TABLE last_words (n INT UNIQUE DEFERRABLE INITIALLY DEFERRED)",
		"INSERT INTO last_words VALUES (1)",
	} {
		if err := s.update(t.Context(), func(x *tx) error { _, err := x.exec(query); return err }); err != nil {
			t.Fatal(err)
		}
	}
	add := func(n int) func(*tx) error {
		return func(x *tx) error {
			if _, err := x.ByName(t.Context(), directory.BuiltinSource, directory.UserType, "nobody"); err == nil || x.pg.begun() {
				t.Errorf("the look-up began the transaction: %v", err)
			}
			if err := create(x, int64(n)); err != nil {
				return err
			}
			return x.later("INSERT INTO last_words VALUES ($1::bigint)", n)
		}
	}
	if err := s.update(t.Context(), add(1)); err == nil || !strings.Contains(err.Error(), "last_words") {
		t.Errorf("what the commit refuses: %v", err)
	}
	if err := s.update(t.Context(), add(2)); err != nil {
		t.Error(err)
	}
	var ids []directory.ResourceID
	err := s.view(t.Context(), func(x *tx) error {
		return x.each(func(r *rows) error {
			var id directory.ResourceID
			err := r.scan(&id)
			ids = append(ids, id)
			return err
		}, "SELECT subject_id FROM event ORDER BY seq")
	})
	if err != nil || !slices.Equal(ids, []directory.ResourceID{benchID(2)}) {
		t.Errorf("there are events of %s: %v", ids, err)
	}
}

func TestOnlyReads(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]bool{
		"SELECT 1": true,
		"SELECT id FROM resource FOR NO KEY UPDATE":                            false,
		"SELECT pg_advisory_xact_lock($1)":                                     false,
		"INSERT INTO member SELECT 1":                                          false,
		"WITH d AS (DELETE FROM event_new RETURNING *) SELECT count(*) FROM d": false,
	} {
		if onlyReads(query) != want {
			t.Errorf("%s: %t", query, !want)
		}
	}
}
