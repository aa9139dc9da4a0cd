package sqlstore

import (
	"errors"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/pgtest"
)

// benchPostgres opens a store on a server that writes to the disk.
func benchPostgres(b *testing.B) *Store {
	server, err := pgtest.Start(b.Context(), pgtest.Options{Durable: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := server.Close(); err != nil {
			b.Error(err)
		}
	})
	s, err := Open(b.Context(), server.URL("postgres")+"&pool_max_conns=48", Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s.AllSources()
}

// BenchmarkPostgres compares the creation of users with the bare insertion of the same rows into a
// table with four indexes, and with reading one.
func BenchmarkPostgres(b *testing.B) {
	s := benchPostgres(b)
	err := s.update(b.Context(), func(t *tx) error {
		for _, query := range []string{
			`CREATE TABLE bare (row_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id TEXT NOT NULL UNIQUE,
				name TEXT NOT NULL UNIQUE, external TEXT NOT NULL, body BYTEA NOT NULL)`,
			"CREATE INDEX bare_external ON bare (external)",
		} {
			if _, err := t.exec(query); err != nil {
				return err
			}
		}
		for n := range int64(10000) {
			if err := create(t, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("bare", func(b *testing.B) {
		benchWrites(b, s, 1<<20, func(t *tx, n int64) error {
			r := benchUser(n)
			return t.later("INSERT INTO bare (id, name, external, body) VALUES ($1, $2, $3, $4)", r.ID, r.Keys.Name, r.Keys.ExternalID, r.Body)
		})
	})
	b.Run("create", func(b *testing.B) { benchWrites(b, s, 1<<20, create) })
	b.Run("read", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for n := int64(0); pb.Next(); n++ {
				err := s.view(b.Context(), func(t *tx) error {
					_, err := t.Resource(b.Context(), directory.BuiltinSource, directory.UserType, benchID(n%10000))
					_, memberships := t.Memberships(b.Context(), directory.BuiltinSource, benchID(n%10000))
					return errors.Join(err, memberships)
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}
