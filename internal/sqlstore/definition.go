package sqlstore

import (
	"context"
	"errors"

	"github.com/rosterhq/roster/internal/directory"
)

// Definitions implements directory.Reader.
func (t *tx) Definitions(_ context.Context, source directory.SourceID) ([]*directory.Definition, error) {
	var all []*directory.Definition
	err := t.each(func(r *rows) error {
		var d directory.Definition
		all = append(all, &d)
		return r.scan(&d.Source, &d.Kind, &d.Name, &d.ExtendsType, &d.Document, &d.Created, &d.Indexed)
	}, `SELECT source_id, kind, name, extends_type, document, created, indexed FROM definition
		WHERE source_id = 0 OR source_id = $1 ORDER BY seq`, source)
	return all, err
}

// InsertDefinition implements directory.Writer.
func (t *tx) InsertDefinition(_ context.Context, d *directory.Definition) error {
	t.guard()
	_, err := t.exec(`INSERT INTO definition (source_id, kind, name, extends_type, document, created, indexed)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, d.Source, d.Kind, d.Name, d.ExtendsType, d.Document, d.Created, d.Indexed)
	var u *uniqueError
	if errors.As(err, &u) {
		return &directory.DuplicateError{Path: "name"}
	}
	return err
}

// DeleteDefinition implements directory.Writer.
func (t *tx) DeleteDefinition(_ context.Context, d *directory.Definition) error {
	return changed(t.exec("DELETE FROM definition WHERE source_id = $1 AND kind = $2 AND name = $3", d.Source, d.Kind, d.Name))
}

// DefinitionIndexed implements directory.Writer.
func (t *tx) DefinitionIndexed(_ context.Context, d *directory.Definition) error {
	return changed(t.exec("UPDATE definition SET indexed = TRUE WHERE source_id = $1 AND kind = $2 AND name = $3", d.Source, d.Kind, d.Name))
}

// IndexResource implements directory.Writer.
func (t *tx) IndexResource(_ context.Context, r *directory.Record) error {
	if r.Deleted.IsZero() {
		if err := t.checkUnique(r.Source, r.Type, r.Keys.Values, r.Ord); err != nil {
			return err
		}
	}
	_, err := t.exec("DELETE FROM resource_value WHERE source_id = $1 AND type = $2 AND ord = $3", r.Source, r.Type, r.Ord)
	if err != nil {
		return err
	}
	for _, v := range sortedValues(r.Keys.Values) {
		_, err := t.exec(`INSERT INTO resource_value (source_id, type, ord, path, key, uniq, live)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, r.Source, r.Type, r.Ord, v.Path, v.Key, v.Unique, r.Deleted.IsZero())
		if err != nil {
			return err
		}
	}
	return nil
}
