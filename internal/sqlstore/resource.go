package sqlstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// InsertResource implements directory.Writer. The record is live, whatever r.Deleted says.
func (t *tx) InsertResource(_ context.Context, r *directory.Record) error {
	if err := t.checkUnique(r.Source, r.Type, r.Keys.Values, 0); err != nil {
		return err
	}
	if t.pg != nil {
		return t.insertPostgres(r)
	}
	ord, err := t.nextOrd(r.Source, r.Type)
	if err != nil {
		return err
	}
	var taken bool
	if err := t.row("SELECT EXISTS (SELECT 1 FROM resource WHERE id = $1)", r.ID).scan(&taken); err != nil {
		return err
	}
	if taken {
		return &directory.DuplicateError{Path: "id", Holder: r.ID}
	}
	_, err = t.exec(`INSERT INTO resource (source_id, type, id, ord, version, created, modified, active, deleted, members,
		name_key, name_slot, external_id, display_key, label, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9, $10, $11, $12, $13, $14)`,
		r.Source, r.Type, r.ID, ord, r.Version, r.Created, r.Modified, r.Active,
		r.Keys.Name, slot(r, ord), r.Keys.ExternalID, r.Keys.Display, r.Label, r.Body)
	if err != nil {
		// The caller may go on after a duplicate: nothing was written so far.
		return t.nameTaken(err, r.Source, r.Type, r.Keys.Name)
	}
	r.Ord = ord
	if err := t.countNew(r.Source, r.Type, ord); err != nil {
		return err
	}
	return t.insertValues(r)
}

// slot is 0 for a resource that claims its name, so that the unique index of name and slot admits one
// of them; others have a slot of their own.
func slot(r *directory.Record, ord int64) int64 {
	if r.Keys.NameUnique {
		return 0
	}
	return ord
}

// stored is a live resource as the table has it.
type stored struct {
	directory.Record // without its times and its body
	rowID, slot      int64
}

// stored returns what is stored under the id of r. Mostly, r was made of what Resource has just read.
func (t *tx) stored(r *directory.Record) (old stored, err error) {
	if t.last.ID == r.ID && t.last.Source == r.Source && t.last.Type == r.Type {
		return t.last, nil
	}
	err = t.row(`SELECT row_id, ord, version, active, name_key, name_slot, external_id, display_key, label FROM resource
		WHERE id = $1 AND source_id = $2 AND type = $3 AND deleted = 0`+t.forChange(), r.ID, r.Source, r.Type).
		scan(&old.rowID, &old.Ord, &old.Version, &old.Active, &old.Keys.Name, &old.slot, &old.Keys.ExternalID, &old.Keys.Display, &old.Label)
	return old, orNotFound(err)
}

// UpdateResource implements directory.Writer. Created and Ord stay as they were; r.Ord is set.
func (t *tx) UpdateResource(_ context.Context, r *directory.Record) error {
	old, err := t.stored(r)
	if err != nil {
		return err
	}
	if old.Version != r.Version-1 {
		return directory.ErrVersion
	}
	r.Ord = old.Ord
	sameValues := r.Keys.SameValues
	if !sameValues {
		had, err := t.values(r.Source, r.Type, r.Ord)
		if err != nil {
			return err
		}
		sameValues = slices.Equal(had, sortedValues(r.Keys.Values))
	}
	if !sameValues {
		if err := t.checkUnique(r.Source, r.Type, r.Keys.Values, r.Ord); err != nil {
			return err
		}
	}
	// Every column that is named costs the rewriting of its indexes, changed or not.
	query, args := "UPDATE resource SET version = $2, modified = $3, body = $4", []any{old.rowID, r.Version, r.Modified, r.Body}
	set := func(changed bool, column string, value any) {
		if changed {
			args = append(args, value)
			query += fmt.Sprintf(", %s = $%d", column, len(args))
		}
	}
	set(r.Active != old.Active, "active", r.Active)
	set(r.Keys.ExternalID != old.Keys.ExternalID, "external_id", r.Keys.ExternalID)
	renamed := r.Keys.Name != old.Keys.Name || slot(r, r.Ord) != old.slot || r.Keys.Display != old.Keys.Display || r.Label != old.Label
	set(renamed, "name_key", r.Keys.Name)
	set(renamed, "name_slot", slot(r, r.Ord))
	set(renamed, "display_key", r.Keys.Display)
	set(renamed, "label", r.Label)
	query += " WHERE row_id = $1"
	if !renamed {
		err = t.later(query, args...)
	} else {
		t.guard()
		_, err = t.exec(query, args...)
		err = t.nameTaken(err, r.Source, r.Type, r.Keys.Name)
	}
	if err != nil || sameValues {
		return err
	}
	err = t.later("DELETE FROM resource_value WHERE source_id = $1 AND type = $2 AND ord = $3", r.Source, r.Type, r.Ord)
	if err != nil {
		return err
	}
	return t.insertValues(r)
}

// TouchResource implements directory.Writer.
func (t *tx) TouchResource(_ context.Context, source directory.SourceID, typ string, id directory.ResourceID, version int64, modified time.Time) error {
	return changed(t.exec(t.update("resource")+` SET version = $4, modified = $5
		WHERE id = $1 AND source_id = $2 AND type = $3 AND deleted = 0`, id, source, typ, version, modified))
}

// sortedValues returns the values in the order of path and key, without repeats.
func sortedValues(values []directory.IndexedValue) []directory.IndexedValue {
	order := func(a, b directory.IndexedValue) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Key, b.Key))
	}
	if !slices.IsSortedFunc(values, order) {
		values = slices.SortedFunc(slices.Values(values), order)
	}
	return slices.CompactFunc(slices.Clone(values), func(a, b directory.IndexedValue) bool { return order(a, b) == 0 })
}

// valuesAtOnce is how many values one statement inserts. A user has rarely more.
const valuesAtOnce = 4

func (t *tx) insertValues(r *directory.Record) error {
	for chunk := range slices.Chunk(sortedValues(r.Keys.Values), valuesAtOnce) {
		query := t.insert("resource_value") + " (source_id, type, ord, path, key, uniq, live) VALUES "
		args := make([]any, 0, 3+3*len(chunk))
		args = append(args, r.Source, r.Type, r.Ord)
		for i, v := range chunk {
			query += valueRows[i]
			args = append(args, v.Path, v.Key, v.Unique)
		}
		if err := t.later(query, args...); err != nil {
			return err
		}
	}
	return nil
}

// valueRows are the rows of such a statement.
var valueRows = [valuesAtOnce]string{
	"($1, $2, $3, $4, $5, $6, TRUE)", ", ($1, $2, $3, $7, $8, $9, TRUE)",
	", ($1, $2, $3, $10, $11, $12, TRUE)", ", ($1, $2, $3, $13, $14, $15, TRUE)",
}

// checkUnique returns a *directory.DuplicateError when a live resource other than ord has one of the
// unique values. The index on them is the safety net.
func (t *tx) checkUnique(source directory.SourceID, typ string, values []directory.IndexedValue, ord int64) error {
	for _, v := range values {
		if !v.Unique {
			continue
		}
		var holder directory.ResourceID
		err := t.row(`SELECT r.id FROM resource_value v
			JOIN resource r ON r.source_id = v.source_id AND r.type = v.type AND r.ord = v.ord AND r.deleted = 0
			WHERE v.source_id = $1 AND v.type = $2 AND v.path = $3 AND v.key = $4 AND v.ord <> $5
			AND v.uniq = TRUE AND v.live = TRUE LIMIT 1`, source, typ, v.Path, v.Key, ord).scan(&holder)
		if err == nil {
			return &directory.DuplicateError{Path: v.Path, Holder: holder}
		}
		if !errors.Is(err, errNoRow) {
			return err
		}
	}
	return nil
}

// nameTaken turns a violation of the index on names into a *directory.DuplicateError.
func (t *tx) nameTaken(err error, source directory.SourceID, typ, nameKey string) error {
	var u *uniqueError
	if !errors.As(err, &u) || !u.on("resource.name_key") {
		return err
	}
	dup := &directory.DuplicateError{Path: "displayName"}
	if typ == directory.UserType {
		dup.Path = "userName"
	}
	err = t.row(`SELECT id FROM resource WHERE source_id = $1 AND type = $2 AND name_key = $3 AND name_slot = 0
		AND deleted = 0`, source, typ, nameKey).scan(&dup.Holder)
	if err != nil {
		return err
	}
	return dup
}
