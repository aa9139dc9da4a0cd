package sqlstore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
)

// twoSources makes a source beside the built-in one, with a member of a group, a tombstone, an event, an
// audit row and a request record in each.
func twoSources(t *testing.T, s *Store) (sources [2]directory.SourceID) {
	t.Helper()
	ctx := t.Context()
	other := &directory.Source{Slug: "other", Name: "Other"}
	if err := s.update(ctx, func(x *tx) error { return x.InsertSource(ctx, other) }); err != nil {
		t.Fatal(err)
	}
	sources = [2]directory.SourceID{directory.BuiltinSource, other.ID}
	for n, source := range sources {
		err := s.In(source).Update(ctx, func(w directory.Writer) error {
			for i := range int64(2) {
				u := benchUser(int64(n)*10 + i)
				u.Source = source
				if err := w.InsertResource(ctx, u); err != nil {
					return err
				}
			}
			g := &directory.Record{Source: source, Type: directory.GroupType, ID: directory.ResourceID(fmt.Sprint("g", n)), Version: 1, Body: []byte("{}"), Keys: directory.Keys{Name: "g"}}
			if err := w.InsertResource(ctx, g); err != nil {
				return err
			}
			ids := []directory.ResourceID{benchID(int64(n) * 10), benchID(int64(n)*10 + 1)}
			if _, err := w.AddMembers(ctx, source, g.ID, ids, benchNow); err != nil {
				return err
			}
			if err := w.BuryResource(ctx, source, directory.UserType, ids[1], 2, benchNow); err != nil {
				return err
			}
			if err := w.AppendEvent(ctx, &directory.Event{ID: fmt.Sprint(n), Source: source, Type: directory.UserCreated}); err != nil {
				return err
			}
			return w.AppendAudit(ctx, &directory.AuditEntry{Source: source, Action: "user.created"})
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.AppendRequests(ctx, []*journal.Record{{ID: fmt.Sprint(n), Source: source}}); err != nil {
			t.Fatal(err)
		}
	}
	return sources
}

// sourcesIn are the sources of the rows that a statement without any condition finds in a table.
func sourcesIn(t *testing.T, s *Store, table, column string) (ids []directory.SourceID) {
	t.Helper()
	err := s.view(t.Context(), func(x *tx) error {
		return x.each(func(r *rows) error {
			var id directory.SourceID
			err := r.scan(&id)
			ids = append(ids, id)
			return err
		}, "SELECT DISTINCT "+column+" FROM "+table+" ORDER BY 1")
	})
	if err != nil {
		t.Errorf("%s: %v", table, err)
	}
	return ids
}

func TestWall_HidesOtherSourcesFromStatementsThatForgetToSay(t *testing.T) {
	t.Parallel()
	all := openPostgresTest(t)
	sources := twoSources(t, all)
	none := all.scoped("")
	tables := map[string]string{"source": "id"}
	err := all.view(t.Context(), func(x *tx) error {
		return x.each(func(r *rows) error {
			var table string
			err := r.scan(&table)
			tables[table] = "source_id"
			return err
		}, "SELECT c.relname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attname = 'source_id' AND c.relkind IN ('r', 'p')")
	})
	if err != nil {
		t.Fatal(err)
	}
	filled := 0
	for table, column := range tables {
		if both := sourcesIn(t, all, table, column); slices.Equal(both, sources[:]) {
			filled++
		}
		for _, source := range sources {
			for _, id := range sourcesIn(t, all.scoped(oneSource(source)), table, column) {
				if id != source {
					t.Errorf("source %d sees rows of source %d in %s", source, id, table)
				}
			}
		}
		if ids := sourcesIn(t, none, table, column); ids != nil {
			t.Errorf("without a scope, rows of %d are seen in %s", ids, table)
		}
		var forced bool
		err := all.view(t.Context(), func(x *tx) error {
			return x.row("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = $1::regclass", table).scan(&forced)
		})
		if err != nil || !forced {
			t.Errorf("%s is not behind the wall: %v", table, err)
		}
	}
	if filled < 8 {
		t.Errorf("only %d tables had rows of both sources", filled)
	}
}

func TestWall_StopsWritesToOtherSources(t *testing.T) {
	t.Parallel()
	all := openPostgresTest(t)
	sources := twoSources(t, all)
	for name, s := range map[string]*Store{"a source": all.scoped(oneSource(sources[0])), "no scope": all.scoped("")} {
		for _, query := range []string{
			fmt.Sprintf("INSERT INTO member (source_id, group_id, member_id, member_type, added) VALUES (%d, 'g', 'm', 'User', 0)", sources[1]),
			fmt.Sprintf("WITH u AS (UPDATE resource SET source_id = %d RETURNING 1) SELECT 1 / count(*) FROM u", sources[1]), // moves its own, or has none
		} {
			err := s.update(t.Context(), func(x *tx) error { _, err := x.exec(query); return err })
			if err == nil {
				t.Errorf("%s: %s succeeded", name, query)
			}
		}
		deleted := int64(-1)
		err := s.update(t.Context(), func(x *tx) (err error) {
			deleted, err = x.exec("DELETE FROM resource WHERE source_id = $1", sources[1])
			return err
		})
		if err != nil || deleted != 0 {
			t.Errorf("%s: deleted %d rows of another source: %v", name, deleted, err)
		}
	}
}

// One connection serves both sources in turn, and transactions that fail between them.
func TestWall_ScopeFollowsTheTransaction(t *testing.T) {
	t.Parallel()
	raw, err := Open(t.Context(), postgresURL(t)+"&pool_max_conns=2&roster.source=all", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close() //nolint:errcheck // nothing is at stake
	sources := twoSources(t, raw.AllSources())
	seen := func(x *tx) (ids []directory.SourceID, err error) {
		err = x.each(func(r *rows) error {
			var id directory.SourceID
			err := r.scan(&id)
			ids = append(ids, id)
			return err
		}, "SELECT DISTINCT source_id FROM resource ORDER BY 1")
		return ids, err
	}
	scopes := map[scope][]directory.SourceID{"": nil, allSources: sources[:], oneSource(sources[0]): sources[:1], oneSource(sources[1]): sources[1:]}
	stop := errors.New("stop")
	for round := range 27 {
		for sc, want := range scopes {
			s := raw.scoped(sc)
			run := []func(func(*tx) error) error{
				func(fn func(*tx) error) error { return s.view(t.Context(), fn) },
				func(fn func(*tx) error) error { return s.update(t.Context(), fn) },
				func(fn func(*tx) error) error { return s.engine.peek(t.Context(), fn) },
			}[round/3%3]
			err := run(func(x *tx) error {
				ids, err := seen(x)
				if !slices.Equal(ids, want) {
					t.Errorf("%q sees %d, want %d", sc, ids, want)
				}
				if err == nil && round%3 == 0 {
					_, err = x.exec("SELECT 1 / (SELECT 0)")
				}
				if round%3 == 1 {
					err = stop
				}
				return err
			})
			if (err == nil) != (round%3 == 2) {
				t.Fatal(err)
			}
		}
	}
}

func TestWall_DoesNotHoldForASuperuser(t *testing.T) {
	t.Parallel()
	url := postgresURL(t)
	if openURL(t, url).Bypassed() {
		t.Error("an ordinary role is said to bypass the wall")
	}
	if !openURL(t, strings.Replace(url, "user=roster", "user=postgres", 1)).Bypassed() {
		t.Error("a superuser is not said to bypass the wall")
	}
}
