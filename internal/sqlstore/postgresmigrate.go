package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/postgres/*.sql
var postgresMigrations embed.FS

// migratePostgres brings the schema up to date. Processes that start together take turns.
func migratePostgres(ctx context.Context, config *pgx.ConnConfig) (err error) {
	db := stdlib.OpenDB(*config)
	defer db.Close() //nolint:errcheck // its statements report what matters
	files, err := fs.Sub(postgresMigrations, "migrations/postgres")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	// The lock belongs to its session, so it has a connection of its own.
	holder, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock(holder)) }()
	if _, err := holder.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lockMigration); err != nil {
		return fmt.Errorf("wait for another process that migrates: %w", err)
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	if err := checkVersion(have, sources[len(sources)-1].Version); err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func unlock(holder *sql.Conn) error {
	_, err := holder.ExecContext(context.Background(), "SELECT pg_advisory_unlock_all()")
	return errors.Join(err, holder.Close())
}
