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
func migratePostgres(ctx context.Context, config *pgx.ConnConfig) (m Migration, err error) {
	db := stdlib.OpenDB(*config)
	defer db.Close() //nolint:errcheck // its statements report what matters
	files, err := fs.Sub(postgresMigrations, "migrations/postgres")
	if err != nil {
		return m, err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files)
	if err != nil {
		return m, fmt.Errorf("read migrations: %w", err)
	}
	// The lock belongs to its session, so it has a connection of its own.
	holder, err := db.Conn(ctx)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, unlock(holder)) }()
	if _, err := holder.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lockMigration); err != nil {
		return m, fmt.Errorf("wait for another process that migrates: %w", err)
	}
	return migrate(ctx, p)
}

func unlock(holder *sql.Conn) error {
	_, err := holder.ExecContext(context.Background(), "SELECT pg_advisory_unlock_all()")
	return errors.Join(err, holder.Close())
}
