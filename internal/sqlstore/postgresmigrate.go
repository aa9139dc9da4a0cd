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
	config = outside(config)
	if m, err = currentVersion(ctx, config); err != nil || m.Before == m.After {
		return m, err
	}
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

// currentVersion looks at the schema without locks: it is up to date nearly always.
func currentVersion(ctx context.Context, config *pgx.ConnConfig) (m Migration, err error) {
	newest, err := newestVersion(postgresMigrations)
	if err != nil {
		return m, err
	}
	m.After = newest
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return m, err
	}
	defer conn.Close(ctx) //nolint:errcheck // the query reports what matters
	var exists bool
	if err := conn.QueryRow(ctx, "SELECT to_regclass('goose_db_version') IS NOT NULL").Scan(&exists); err != nil || !exists {
		return m, err
	}
	err = conn.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&m.Before)
	if err != nil {
		return m, err
	}
	return m, checkVersion(m.Before, m.After)
}

func unlock(holder *sql.Conn) error {
	_, err := holder.ExecContext(context.Background(), "SELECT pg_advisory_unlock_all()")
	return errors.Join(err, holder.Close())
}
