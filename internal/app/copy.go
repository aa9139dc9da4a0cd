package app

import (
	"context"
	"fmt"
	"os"

	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/sqlstore"
)

// Migrate brings the schema of the database of the settings up to date and returns its versions before
// and after; 0 is a new database.
func Migrate(ctx context.Context, g *config.Global) (before, after int64, err error) {
	if err := os.MkdirAll(g.DataDir, 0o700); err != nil {
		return 0, 0, fmt.Errorf("make the data folder: %w", err)
	}
	m, err := sqlstore.Migrate(ctx, g.Database())
	return m.Before, m.After, err
}

// CopiedTable is what Copy did to one table.
type CopiedTable = sqlstore.CopiedTable

// Copy copies a database to a new one, of the same engine or of another, and compares them.
func Copy(ctx context.Context, from, to string) ([]CopiedTable, error) {
	return sqlstore.Copy(ctx, from, to)
}
