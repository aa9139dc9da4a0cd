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
		return r.scan(&d.Source, &d.Kind, &d.Name, &d.ExtendsType, &d.Document, &d.Created)
	}, `SELECT source_id, kind, name, extends_type, document, created FROM definition
		WHERE source_id = 0 OR source_id = $1 ORDER BY seq`, source)
	return all, err
}

// InsertDefinition implements directory.Writer.
func (t *tx) InsertDefinition(_ context.Context, d *directory.Definition) error {
	_, err := t.exec(`INSERT INTO definition (source_id, kind, name, extends_type, document, created)
		VALUES ($1, $2, $3, $4, $5, $6)`, d.Source, d.Kind, d.Name, d.ExtendsType, d.Document, d.Created)
	var u *uniqueError
	if errors.As(err, &u) {
		return &directory.DuplicateError{Path: "name"}
	}
	return err
}
