package sqlstore

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/internal/pgtest"
	"github.com/rosterhq/roster/internal/storetest"
)

// fillAll puts something into most tables.
func fillAll(t *testing.T, url string) {
	t.Helper()
	s, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx := t.Context()
	createCrashGroup(t, url)
	var src directory.Source
	for _, step := range []func(x *tx) error{
		func(x *tx) error {
			src = directory.Source{Slug: "acme", Name: "Acmé", Enabled: true, CreatedAt: benchNow, UpdatedAt: benchNow}
			return x.InsertSource(ctx, &src)
		},
		func(x *tx) error {
			for n := range int64(1200) {
				if err := createMember(x, n); err != nil {
					return err
				}
			}
			return nil
		},
		func(x *tx) error {
			if err := x.BuryResource(ctx, directory.BuiltinSource, directory.UserType, benchID(7), 2, benchNow); err != nil {
				return err
			}
			return x.EraseResource(ctx, directory.BuiltinSource, directory.UserType, benchID(8))
		},
		func(x *tx) error {
			return x.InsertToken(ctx, &directory.Token{ID: "t1", Source: src.ID, MAC: []byte{0, 255, 'x'}, Created: benchNow})
		},
		func(x *tx) error {
			return x.InsertDefinition(ctx, &directory.Definition{Source: src.ID, Kind: directory.KindSchema, Name: "urn:x", Document: []byte(`{}`), Created: benchNow})
		},
		func(x *tx) error {
			return accounts{x}.InsertAdmin(ctx, &account.Admin{ID: "a1", Username: "Ada", CreatedAt: benchNow})
		},
		func(x *tx) error {
			return accounts{x}.InsertSession(ctx, &account.Session{Hash: []byte{1, 0, 2}, AdminID: "a1", CreatedAt: benchNow})
		},
		func(x *tx) error { return accounts{x}.PutSetting(ctx, "n", []byte("v")) },
		func(x *tx) error {
			return outboxes{x}.InsertReceiver(ctx, &outbox.Receiver{ID: "r1", Name: "r", Enabled: true, Created: benchNow})
		},
	} {
		if err := s.update(ctx, step); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AppendRequests(ctx, []*journal.Record{{ID: "q1", Time: benchNow, Method: "GET", Path: "/", RequestBody: []byte("x"), Duration: time.Second}}); err != nil {
		t.Fatal(err)
	}
}

// A directory goes from SQLite to PostgreSQL and back, and is what it was.
func TestCopy_ThereAndBack(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first, middle, last := "sqlite://"+filepath.Join(folder, "a.db"), postgresURL(t), "sqlite://"+filepath.Join(folder, "b.db")
	fillAll(t, first)
	there, err := Copy(t.Context(), first, middle)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Copy(t.Context(), middle, last)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(there, back); diff != "" {
		t.Errorf("the two copies differ (-there +back):\n%s", diff)
	}
	for _, table := range there {
		if want := map[string]int64{"source": 2, "resource": 1200, "event": 1200, "audit": 1200, "session": 1, "request": 1}[table.Table]; want > 0 && table.Rows != want {
			t.Errorf("%d rows of %s, want %d", table.Rows, table.Table, want)
		}
	}
	for _, url := range []string{middle, last} {
		s := openURL(t, url)
		storetest.CheckInvariants(t, s)
		// Numbers go on behind those that were copied.
		if err := s.update(t.Context(), func(x *tx) error { return createMember(x, 5000) }); err != nil {
			t.Error(err)
		}
		src := &directory.Source{Slug: "next", Name: "next"}
		if err := s.update(t.Context(), func(x *tx) error { return x.InsertSource(t.Context(), src) }); err != nil || src.ID != 3 {
			t.Errorf("the next source has the number %d: %v", src.ID, err)
		}
		storetest.CheckInvariants(t, s)
	}
}

func TestCopy_RefusesATargetWithContent(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	from, to := "sqlite://"+filepath.Join(folder, "a.db"), postgresURL(t)
	s := openURL(t, to)
	if err := s.update(t.Context(), func(x *tx) error { return create(x, 1) }); err != nil {
		t.Fatal(err)
	}
	if _, err := Copy(t.Context(), from, to); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("got %v", err)
	}
	if _, err := Copy(t.Context(), "mysql://x:hush@y/z", to); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v", err)
	}
}

// derivedTables are not copied: they are computed, or belong to one engine.
var derivedTables = []string{"resource_counter", "resource_bucket", "resource_delta", "event_new", "audit_new", "goose_db_version", "sqlite_sequence", "sqlite_stat1", "sqlite_stat4"}

func TestCopy_KnowsEveryTableAndBothEnginesHaveTheSame(t *testing.T) {
	t.Parallel()
	lite, _ := openTest(t, Options{})
	catalogs := map[*Store]string{
		lite:                "SELECT name FROM sqlite_master WHERE type = 'table'",
		openPostgresTest(t): "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
	}
	shape := map[string][]column{}
	for s, query := range catalogs {
		err := s.view(t.Context(), func(x *tx) error {
			var tables []string
			err := x.each(func(r *rows) error {
				var name string
				err := r.scan(&name)
				tables = append(tables, name)
				return err
			}, query)
			for _, name := range tables {
				copied := slices.ContainsFunc(copiedTables, func(c copiedTable) bool { return c.name == name })
				if copied == slices.Contains(derivedTables, name) {
					t.Errorf("the table %s: copied is %t", name, copied)
				}
			}
			for _, table := range copiedTables {
				columns, columnsErr := x.columns(table.name)
				if columnsErr != nil {
					return columnsErr
				}
				if other, seen := shape[table.name]; seen {
					if diff := cmp.Diff(other, columns, cmp.AllowUnexported(column{})); diff != "" {
						t.Errorf("the columns of %s differ:\n%s", table.name, diff)
					}
				}
				shape[table.name] = columns
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestMigrate_TellsTheVersions(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"sqlite://" + filepath.Join(t.TempDir(), "a.db"), pgtest.Database(t, "", nil)} {
		var seen []string
		for range 2 {
			m, err := Migrate(context.Background(), url)
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, fmt.Sprint(m.Before < m.After, m.After > 0))
		}
		if want := []string{"true true", "false true"}; !slices.Equal(seen, want) {
			t.Errorf("%s: %v", url, seen)
		}
	}
	if _, err := Migrate(t.Context(), "nothing"); err == nil {
		t.Error("a URL of no form was accepted")
	}
}
