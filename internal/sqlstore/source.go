package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/rosterhq/roster/internal/directory"
)

const sourceColumns = `id, slug, name, preset, enabled, paused, service_account_id, service_account_name,
	policies, created, updated`

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
		_, err := t.exec("INSERT INTO source ("+sourceColumns+`)
			VALUES ($1, $2, 'Built-in', '', TRUE, FALSE, '', '', '{}', $3, $3) ON CONFLICT DO NOTHING`,
			directory.BuiltinSource, directory.BuiltinSlug, s.now())
		return err
	})
}

func scanSource(scan func(...any) error) (*directory.Source, error) {
	return (&sourceScanner{}).source(scan)
}

// sourceScanner reads sources. Most of a directory have the same policies, which are decoded once: Policies are plain
// values, so that sources share nothing that could change.
type sourceScanner struct {
	text     string
	policies directory.Policies
}

func (c *sourceScanner) source(scan func(...any) error) (*directory.Source, error) {
	var s directory.Source
	var policies string
	err := scan(&s.ID, &s.Slug, &s.Name, &s.Preset, &s.Enabled, &s.Paused, &s.ServiceAccountID,
		&s.ServiceAccountName, &policies, &s.CreatedAt, &s.UpdatedAt)
	if err != nil {
		return nil, orNotFound(err)
	}
	if c.text == "" || policies != c.text {
		c.text, c.policies = policies, directory.Policies{}
		if err := json.Unmarshal([]byte(policies), &c.policies); err != nil {
			return nil, fmt.Errorf("read policies of source %s: %w", s.Slug, err)
		}
	}
	s.Policies = c.policies
	return &s, nil
}

// Source implements directory.SourceReader.
func (t *tx) Source(_ context.Context, id directory.SourceID) (*directory.Source, error) {
	return scanSource(t.row("SELECT "+sourceColumns+" FROM source WHERE id = $1"+t.forChange(), id).scan)
}

// SourceBySlug implements directory.SourceReader.
func (t *tx) SourceBySlug(_ context.Context, slug string) (*directory.Source, error) {
	return scanSource(t.row("SELECT "+sourceColumns+" FROM source WHERE slug = $1"+t.forChange(), slug).scan)
}

// Sources implements directory.SourceReader.
func (t *tx) Sources(context.Context) ([]*directory.Source, error) {
	var all []*directory.Source
	var scanner sourceScanner
	err := t.each(func(r *rows) error {
		s, err := scanner.source(r.scan)
		all = append(all, s)
		return err
	}, "SELECT "+sourceColumns+" FROM source ORDER BY name, id")
	return all, err
}

// InsertSource implements directory.Writer.
func (t *tx) InsertSource(_ context.Context, s *directory.Source) error {
	policies, err := json.Marshal(s.Policies)
	if err != nil {
		return fmt.Errorf("encode policies: %w", err)
	}
	t.guard()
	err = t.row(`INSERT INTO source (slug, name, preset, enabled, paused, service_account_id,
		service_account_name, policies, created, updated)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		s.Slug, s.Name, s.Preset, s.Enabled, s.Paused, s.ServiceAccountID, s.ServiceAccountName,
		string(policies), s.CreatedAt, s.UpdatedAt).scan(&s.ID)
	return slugTaken(err)
}

// UpdateSource implements directory.Writer.
func (t *tx) UpdateSource(_ context.Context, s *directory.Source) error {
	policies, err := json.Marshal(s.Policies)
	if err != nil {
		return fmt.Errorf("encode policies: %w", err)
	}
	t.guard()
	return slugTaken(changed(t.exec(`UPDATE source SET slug = $2, name = $3, preset = $4, enabled = $5, paused = $6,
		service_account_id = $7, service_account_name = $8, policies = $9, updated = $10 WHERE id = $1`,
		s.ID, s.Slug, s.Name, s.Preset, s.Enabled, s.Paused, s.ServiceAccountID, s.ServiceAccountName,
		string(policies), s.UpdatedAt)))
}

func slugTaken(err error) error {
	var u *uniqueError
	if errors.As(err, &u) {
		return &directory.DuplicateError{Path: "slug"}
	}
	return err
}

// DeleteSource implements directory.Writer. Tombstones are resources, too: they are erased or moved
// first.
func (t *tx) DeleteSource(_ context.Context, id directory.SourceID) error {
	if err := t.serialize(lockSource + int64(id)); err != nil {
		return err
	}
	var used bool
	if err := t.row("SELECT EXISTS (SELECT 1 FROM resource WHERE source_id = $1)", id).scan(&used); err != nil {
		return err
	}
	if used {
		return fmt.Errorf("delete source %d: it still has resources", id)
	}
	if err := changed(t.exec("DELETE FROM source WHERE id = $1", id)); err != nil {
		return err
	}
	for _, query := range []string{
		"DELETE FROM token WHERE source_id = $1",
		"DELETE FROM definition WHERE source_id = $1",
	} {
		if _, err := t.exec(query, id); err != nil {
			return err
		}
	}
	return t.forgetCounters(id)
}
