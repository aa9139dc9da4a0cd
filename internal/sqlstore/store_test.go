package sqlstore

import (
	"context"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/pgtest"
	"github.com/rosterhq/roster/internal/storetest"
)

func TestStore_SQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) directory.Store {
		s, _ := openTest(t, Options{})
		return s
	})
}

func TestStore_PostgreSQL(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) directory.Store { return openPostgresTest(t) })
}

// onEachEngine runs a test with an empty store of each engine.
func onEachEngine(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		s, _ := openTest(t, Options{})
		test(t, s)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, openPostgresTest(t))
	})
}

// openPostgresTest opens a store of all sources on a PostgreSQL database of its own.
func openPostgresTest(t testing.TB) *Store {
	t.Helper()
	return openURL(t, postgresURL(t))
}

func postgresURL(t testing.TB) string {
	t.Helper()
	return pgtest.Database(t, "roster", func(ctx context.Context, url string) error {
		s, err := Open(ctx, url, Options{})
		if err != nil {
			return err
		}
		return s.Close()
	})
}

func openURL(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s.AllSources()
}
