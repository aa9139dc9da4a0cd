package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// BuryResource implements directory.Writer.
func (t *tx) BuryResource(_ context.Context, source directory.SourceID, typ string, id directory.ResourceID, version int64, at time.Time) error {
	var ord int64
	err := t.row(`UPDATE resource SET deleted = $4, modified = $4, version = $5
		WHERE id = $1 AND source_id = $2 AND type = $3 AND deleted = 0 RETURNING ord`, id, source, typ, at, version).scan(&ord)
	if err != nil {
		return orNotFound(err)
	}
	if err := t.setAside(source, id); err != nil {
		return err
	}
	if err := t.setValuesLive(source, typ, ord, false); err != nil {
		return err
	}
	return t.countLive(source, typ, ord, -1)
}

// setAside moves the memberships of a resource, both ways, to buried_member.
func (t *tx) setAside(source directory.SourceID, id directory.ResourceID) error {
	for _, query := range []string{
		`INSERT INTO buried_member (source_id, buried_id, other_id, is_group, member_type, added)
			SELECT source_id, group_id, member_id, TRUE, member_type, added FROM member WHERE source_id = $1 AND group_id = $2`,
		`INSERT INTO buried_member (source_id, buried_id, other_id, is_group, member_type, added)
			SELECT source_id, member_id, group_id, FALSE, member_type, added FROM member WHERE source_id = $1 AND member_id = $2`,
	} {
		if _, err := t.exec(query, source, id); err != nil {
			return err
		}
	}
	return t.dropMemberships(source, id)
}

// dropMemberships removes the memberships of a resource both ways.
func (t *tx) dropMemberships(source directory.SourceID, id directory.ResourceID) error {
	for _, query := range []string{
		`UPDATE resource SET members = members - 1
			WHERE id IN (SELECT group_id FROM member WHERE source_id = $1 AND member_id = $2)`,
		"DELETE FROM member WHERE source_id = $1 AND member_id = $2",
		"DELETE FROM member WHERE source_id = $1 AND group_id = $2",
		"UPDATE resource SET members = 0 WHERE source_id = $1 AND id = $2 AND members <> 0",
	} {
		if _, err := t.exec(query, source, id); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) setValuesLive(source directory.SourceID, typ string, ord int64, live bool) error {
	_, err := t.exec("UPDATE resource_value SET live = $4 WHERE source_id = $1 AND type = $2 AND ord = $3", source, typ, ord, live)
	return err
}

// RestoreResource implements directory.Writer.
func (t *tx) RestoreResource(_ context.Context, source directory.SourceID, typ string, id directory.ResourceID, version int64, at time.Time) error {
	var ord int64
	var name string
	err := t.row("SELECT ord, name_key FROM resource WHERE id = $1 AND source_id = $2 AND type = $3 AND deleted <> 0",
		id, source, typ).scan(&ord, &name)
	if err != nil {
		return orNotFound(err)
	}
	values, err := t.values(source, typ, ord)
	if err != nil {
		return err
	}
	if err := t.checkUnique(source, typ, values, ord); err != nil {
		return err
	}
	_, err = t.exec("UPDATE resource SET deleted = 0, modified = $2, version = $3 WHERE id = $1", id, at, version)
	if err != nil {
		return t.nameTaken(err, source, typ, name)
	}
	if err := t.setValuesLive(source, typ, ord, true); err != nil {
		return err
	}
	if err := t.bringBack(source, id); err != nil {
		return err
	}
	return t.countLive(source, typ, ord, 1)
}

// bringBack makes the memberships that were set aside real again. One whose other end is a tombstone
// now waits for that one; one whose other end was erased is gone.
func (t *tx) bringBack(source directory.SourceID, id directory.ResourceID) error {
	for _, query := range []string{
		`INSERT INTO member (source_id, group_id, member_id, member_type, added)
			SELECT b.source_id, CASE WHEN b.is_group THEN b.buried_id ELSE b.other_id END,
				CASE WHEN b.is_group THEN b.other_id ELSE b.buried_id END, b.member_type, b.added
			FROM buried_member b JOIN resource r ON r.id = b.other_id AND r.source_id = b.source_id AND r.deleted = 0
			WHERE b.source_id = $1 AND b.buried_id = $2
			ON CONFLICT (source_id, group_id, member_id) DO NOTHING`,
		`INSERT INTO buried_member (source_id, buried_id, other_id, is_group, member_type, added)
			SELECT b.source_id, b.other_id, b.buried_id, NOT b.is_group, b.member_type, b.added
			FROM buried_member b JOIN resource r ON r.id = b.other_id AND r.source_id = b.source_id AND r.deleted <> 0
			WHERE b.source_id = $1 AND b.buried_id = $2
			ON CONFLICT (source_id, buried_id, other_id, is_group) DO NOTHING`,
		`UPDATE resource SET members = members + 1 WHERE deleted = 0 AND source_id = $1 AND id IN
			(SELECT other_id FROM buried_member WHERE source_id = $1 AND buried_id = $2 AND is_group = FALSE)`,
		`UPDATE resource SET members = (SELECT count(*) FROM member WHERE source_id = $1 AND group_id = $2)
			WHERE source_id = $1 AND id = $2`,
		"DELETE FROM buried_member WHERE source_id = $1 AND buried_id = $2",
	} {
		if _, err := t.exec(query, source, id); err != nil {
			return err
		}
	}
	return nil
}

// EraseResource implements directory.Writer.
func (t *tx) EraseResource(_ context.Context, source directory.SourceID, typ string, id directory.ResourceID) error {
	var ord int64
	var deleted time.Time
	err := t.row("DELETE FROM resource WHERE id = $1 AND source_id = $2 AND type = $3 RETURNING ord, deleted",
		id, source, typ).scan(&ord, &deleted)
	if err != nil {
		return orNotFound(err)
	}
	if deleted.IsZero() {
		if err := t.dropMemberships(source, id); err != nil {
			return err
		}
		if err := t.countLive(source, typ, ord, -1); err != nil {
			return err
		}
	}
	_, err = t.exec("DELETE FROM resource_value WHERE source_id = $1 AND type = $2 AND ord = $3", source, typ, ord)
	if err != nil {
		return err
	}
	for _, query := range []string{
		"DELETE FROM buried_member WHERE source_id = $1 AND buried_id = $2",
		"DELETE FROM buried_member WHERE source_id = $1 AND other_id = $2",
	} {
		if _, err := t.exec(query, source, id); err != nil {
			return err
		}
	}
	return nil
}

// PurgeTombstones erases up to limit tombstones from before t, oldest first, and returns how many it
// erased.
func (s *Store) PurgeTombstones(ctx context.Context, before time.Time, limit int) (n int, err error) {
	err = s.update(ctx, func(t *tx) error {
		var old []directory.Record
		err := t.each(func(r *rows) error {
			var rec directory.Record
			err := r.scan(&rec.Source, &rec.Type, &rec.ID)
			old = append(old, rec)
			return err
		}, "SELECT source_id, type, id FROM resource WHERE deleted <> 0 AND deleted < $1 ORDER BY deleted LIMIT $2", before, limit)
		if err != nil {
			return err
		}
		for _, rec := range old {
			if err := t.EraseResource(ctx, rec.Source, rec.Type, rec.ID); err != nil && !errors.Is(err, directory.ErrNotFound) {
				return err
			}
		}
		n = len(old)
		return nil
	})
	return n, err
}
