package sqlstore

import (
	"context"

	"github.com/rosterhq/roster/internal/directory"
)

// ensureBuiltin makes the built-in source of a new database.
func (s *Store) ensureBuiltin(ctx context.Context) error {
	var found bool
	err := s.view(ctx, func(t *tx) error {
		return t.row("SELECT EXISTS (SELECT 1 FROM source WHERE id = $1)", directory.BuiltinSource).scan(&found)
	})
	if err != nil || found {
		return err
	}
	return s.update(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO source (id, slug, name, preset, enabled, paused, service_account_id,
			service_account_name, policies, created, updated)
			VALUES ($1, $2, 'Built-in', '', TRUE, FALSE, '', '', '{}', $3, $3) ON CONFLICT DO NOTHING`,
			directory.BuiltinSource, directory.BuiltinSlug, s.now())
		return err
	})
}
