package sqlstore

import (
	"errors"

	"github.com/rosterhq/roster/internal/directory"
)

// selectFound reads what is left to know of a live resource whose source and type are known, as for a look-up by
// id; see selectGrouped.
const selectFound = `SELECT r.id, r.ord, r.version, r.created, r.modified, r.active, r.name_key, r.name_slot, r.external_id,
	r.display_key, r.label, r.body, EXISTS (SELECT 1 FROM member m WHERE m.source_id = $1 AND m.member_id = r.id)
	FROM resource r`

// queryUnique is Query for the first page of an exact selection of one live resource at most. Nothing but one row
// is asked for: it takes longer to be ready to stop than to read that.
func (t *tx) queryUnique(q *directory.ResourceQuery, s *selection, emit func(*directory.Record) error) (int, error) {
	rec := &directory.Record{Source: q.Source, Type: q.Type.Name}
	var slot int64
	var grouped bool
	t.sole()
	err := t.row(s.after(selectFound), s.args...).scan(&rec.ID, &rec.Ord, &rec.Version, &rec.Created, &rec.Modified, &rec.Active,
		&rec.Keys.Name, &slot, &rec.Keys.ExternalID, &rec.Keys.Display, &rec.Label, &rec.Body, &grouped)
	switch {
	case errors.Is(err, errNoRow):
		return 0, nil
	case err != nil:
		return 0, err
	}
	rec.Keys.NameUnique = slot == 0
	if !grouped {
		t.alone = rec.ID
	}
	return 1, emit(rec)
}
