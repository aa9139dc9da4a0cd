package sqlstore

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
)

// Migration tells what the version of a database's schema was and is; 0 is an empty database.
type Migration struct{ Before, After int64 }

// Migrate brings the schema of the database at url up to date, as Open does before anything else.
// Processes that do so at the same time take turns.
func Migrate(ctx context.Context, url string) (m Migration, err error) {
	if isPostgres(url) {
		config, err := parsePostgres(url)
		if err != nil {
			return m, fmt.Errorf("migrate: %w", err)
		}
		if m, err = migratePostgres(ctx, config.ConnConfig); err != nil {
			return m, fmt.Errorf("migrate the PostgreSQL database: %w", err)
		}
		return m, nil
	}
	path, ok := strings.CutPrefix(url, "sqlite://")
	if !ok || path == "" {
		return m, unknownForm(url)
	}
	if path, err = filepath.Abs(path); err != nil {
		return m, fmt.Errorf("find database file: %w", err)
	}
	if m, err = migrateSQLite(ctx, path); err != nil {
		return m, fmt.Errorf("migrate the database %s: %w", path, err)
	}
	return m, nil
}

// unknownForm does not repeat the URL, which may contain a password.
func unknownForm(url string) error {
	scheme, _, _ := strings.Cut(url, ":")
	return fmt.Errorf("the database URL has the unknown form %q: use sqlite://<path> or postgres://<user>@<host>/<database>", scheme+":…")
}

func migrate(ctx context.Context, p *goose.Provider) (m Migration, err error) {
	if m.Before, err = p.GetDBVersion(ctx); err != nil {
		return m, err
	}
	sources := p.ListSources()
	m.After = sources[len(sources)-1].Version
	if err := checkVersion(m.Before, m.After); err != nil {
		return m, err
	}
	_, err = p.Up(ctx)
	return m, err
}

// newestVersion is the version that an engine's migrations lead to.
func newestVersion(migrations fs.FS) (int64, error) {
	files, err := fs.Glob(migrations, "migrations/*/*.sql")
	if err != nil {
		return 0, err
	}
	return goose.NumericComponent(files[len(files)-1])
}
