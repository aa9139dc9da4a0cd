package sqlstore

import (
	"context"

	"github.com/rosterhq/roster/internal/directory"
)

// recordColumns are qualified, because queries join resource with other tables under the name r.
const recordColumns = `r.source_id, r.type, r.id, r.ord, r.version, r.created, r.modified, r.active, r.deleted,
	r.name_key, r.name_slot, r.external_id, r.display_key, r.label, r.body`

// scanRecord reads a record without Keys.Values.
func scanRecord(scan func(...any) error) (*directory.Record, error) {
	var rec directory.Record
	var slot int64
	err := scan(&rec.Source, &rec.Type, &rec.ID, &rec.Ord, &rec.Version, &rec.Created, &rec.Modified, &rec.Active,
		&rec.Deleted, &rec.Keys.Name, &slot, &rec.Keys.ExternalID, &rec.Keys.Display, &rec.Label, &rec.Body)
	if err != nil {
		return nil, orNotFound(err)
	}
	rec.Keys.NameUnique = slot == 0
	return &rec, nil
}

// Resource implements directory.ResourceReader. Like all methods that return records, it leaves
// Keys.Values empty: they serve writing.
func (t *tx) Resource(_ context.Context, source directory.SourceID, typ string, id directory.ResourceID) (*directory.Record, error) {
	// Every column that is read costs memory and time, and this is read most of all.
	rec := directory.Record{Source: source, Type: typ, ID: id}
	var rowID, slot int64
	var grouped bool
	columns := [...]any{&rowID, &rec.Members, &rec.Ord, &rec.Version, &rec.Created, &rec.Modified, &rec.Active,
		&rec.Keys.Name, &slot, &rec.Keys.ExternalID, &rec.Keys.Display, &rec.Label, &rec.Body, &grouped}
	query, dest := selectResource+resourceByID+t.forChange(), columns[:len(columns)-1]
	if !t.writes {
		query, dest = selectResource+selectGrouped+resourceByID, columns[:]
	}
	if err := t.row(query, id, source, typ).scan(dest...); err != nil {
		return nil, orNotFound(err)
	}
	rec.Keys.NameUnique = slot == 0
	if t.alone = ""; !t.writes && !grouped {
		t.alone, rec.Ungrouped = id, true
	}
	if t.writes {
		t.last = stored{rec, rowID, slot}
	}
	return &rec, nil
}

// Parts of the statement of Resource. Whoever reads a resource mostly wants to know next which groups it is
// in: many are in none, and that is known at once.
const (
	selectResource = "SELECT r.row_id, r.members, r.ord, r.version, r.created, r.modified, r.active, r.name_key, r.name_slot, r.external_id, r.display_key, r.label, r.body"
	selectGrouped  = ", EXISTS (SELECT 1 FROM member m WHERE m.source_id = $2 AND m.member_id = $1)"
	resourceByID   = " FROM resource r WHERE r.id = $1 AND r.source_id = $2 AND r.type = $3 AND r.deleted = 0"
)

// Tombstone implements directory.ResourceReader.
func (t *tx) Tombstone(_ context.Context, source directory.SourceID, typ string, id directory.ResourceID) (*directory.Record, error) {
	return scanRecord(t.row("SELECT "+recordColumns+` FROM resource r
		WHERE r.id = $1 AND r.source_id = $2 AND r.type = $3 AND r.deleted <> 0`+t.forChange(), id, source, typ).scan)
}

// ResourceAnywhere implements directory.ResourceReader.
func (t *tx) ResourceAnywhere(_ context.Context, id directory.ResourceID) (*directory.Record, error) {
	return scanRecord(t.row("SELECT "+recordColumns+" FROM resource r WHERE r.id = $1", id).scan)
}

// ByName implements directory.ResourceReader. Of several with one name, the one that claims it comes
// first.
func (t *tx) ByName(_ context.Context, source directory.SourceID, typ, nameKey string) (*directory.Record, error) {
	return scanRecord(t.row("SELECT "+recordColumns+` FROM resource r
		WHERE r.source_id = $1 AND r.type = $2 AND r.name_key = $3 AND r.deleted = 0 ORDER BY r.name_slot LIMIT 1`,
		source, typ, nameKey).scan)
}

// ByExternalID implements directory.ResourceReader.
func (t *tx) ByExternalID(_ context.Context, source directory.SourceID, typ, externalID string) ([]*directory.Record, error) {
	var all []*directory.Record
	err := t.each(func(r *rows) error {
		rec, err := scanRecord(r.scan)
		all = append(all, rec)
		return err
	}, "SELECT "+recordColumns+` FROM resource r WHERE r.source_id = $1 AND r.type = $2 AND r.external_id = $3
		AND r.deleted = 0 AND r.external_id <> '' ORDER BY r.ord`, source, typ, externalID)
	if err == nil && all == nil {
		err = directory.ErrNotFound
	}
	return all, err
}

// Existing implements directory.ResourceReader.
func (t *tx) Existing(_ context.Context, source directory.SourceID, ids []directory.ResourceID) (map[directory.ResourceID]string, error) {
	types := make(map[directory.ResourceID]string, len(ids))
	for chunk := range chunks(ids) {
		err := t.each(func(r *rows) error {
			var id directory.ResourceID
			var typ string
			err := r.scan(&id, &typ)
			types[id] = typ
			return err
		}, "SELECT id, type FROM resource WHERE source_id = $1 AND deleted = 0 AND id IN "+placeholders(2, len(chunk)),
			append([]any{source}, chunk...)...)
		if err != nil {
			return nil, err
		}
	}
	return types, nil
}

// values reads Keys.Values of a record in the order of path and key.
func (t *tx) values(source directory.SourceID, typ string, ord int64) ([]directory.IndexedValue, error) {
	var all []directory.IndexedValue
	err := t.each(func(r *rows) error {
		var v directory.IndexedValue
		err := r.scan(&v.Path, &v.Key, &v.Unique)
		all = append(all, v)
		return err
	}, "SELECT path, key, uniq FROM resource_value WHERE source_id = $1 AND type = $2 AND ord = $3 ORDER BY path, key",
		source, typ, ord)
	return all, err
}
