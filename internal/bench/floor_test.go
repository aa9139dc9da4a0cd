package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/pgtest"
	"github.com/rosterhq/roster/internal/sqlstore"
	"github.com/rosterhq/roster/scim/schema"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// tables makes the tables of a directory and says how many users it then has.
func tables(t *testing.T, url string) (count func() int) {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), url, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return func() (n int) {
		err := store.AllSources().View(context.Background(), func(r directory.Reader) error {
			q := &directory.ResourceQuery{Source: directory.BuiltinSource, Type: schema.Core().TypeByEndpoint("/Users"), Limit: 10_000, NoTotal: true}
			_, err := r.Query(context.Background(), q, func(*directory.Record) error { n++; return nil })
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
}

// figures has a floor obey commands and returns its figures.
func figures(t *testing.T, s store, commands ...string) []figure {
	t.Helper()
	var out bytes.Buffer
	if err := obey(t.Context(), strings.NewReader(strings.Join(commands, "\n")), &out, s); err != nil {
		t.Fatal(err)
	}
	var all []figure
	for d := json.NewDecoder(&out); d.More(); {
		var f figure
		if err := d.Decode(&f); err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}

func TestFloor_SQLiteInsertsTheRowsOfUsers(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "roster.db")
	count := tables(t, "sqlite://"+file)
	s, err := openSQLiteStore(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.db.Close() })
	all := figures(t, s, "plain 4 20ms", "rows 4 20ms")
	for count() < 100 {
		all = append(all, figures(t, s, "rows 16 20ms")...)
	}
	all = append(all, figures(t, s, "page 2 20ms")...)
	for i, f := range all {
		if f.Rate <= 0 || f.P50 <= 0 || f.P99 < f.P50 {
			t.Errorf("figure %d is %+v", i, f)
		}
	}
	if _, err := s.load(t.Context(), "nothing", 1); err == nil {
		t.Error("an unknown load was taken")
	}
}

func TestFloor_PostgreSQLInsertsTheRowsOfUsers(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t, "", nil)
	count := tables(t, url)
	s, err := openPostgresStore(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	figures(t, s, "rows 4 50ms")
	if count() == 0 {
		t.Error("nothing was inserted")
	}
	if s, err = openPostgresStore(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	if all := figures(t, s, "get 2 20ms"); all[0].Rate <= 0 {
		t.Errorf("look-ups: %+v", all[0])
	}
}

func TestObey_RefusesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"rows", "rows x 1s", "rows 1 soon"} {
		if err := obey(t.Context(), strings.NewReader(line), &bytes.Buffer{}, nil); err == nil {
			t.Errorf("%q was obeyed", line)
		}
	}
}
