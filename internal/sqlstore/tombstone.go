package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// BuryResource implements directory.Writer.
func (t *tx) BuryResource(_ context.Context, source directory.SourceID, typ string, id directory.ResourceID, version int64, at time.Time) error {
	if err := t.lockLeaving(source, id); err != nil {
		return err
	}
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

// setAside moves the memberships of a resource in groups to aside_member. Those of a group's own
// members stay: nothing reads them while it is a tombstone, and there may be very many.
func (t *tx) setAside(source directory.SourceID, id directory.ResourceID) error {
	_, err := t.exec(`INSERT INTO aside_member (source_id, member_id, group_id, member_type, added)
		SELECT source_id, member_id, group_id, member_type, added FROM member WHERE source_id = $1 AND member_id = $2`, source, id)
	if err != nil {
		return err
	}
	return t.leaveGroups(source, id)
}

// leaveGroups removes a resource from all groups.
func (t *tx) leaveGroups(source directory.SourceID, id directory.ResourceID) error {
	_, err := t.exec(`UPDATE resource SET members = members - 1
		WHERE id IN (SELECT group_id FROM member WHERE source_id = $1 AND member_id = $2)`, source, id)
	if err != nil {
		return err
	}
	_, err = t.exec("DELETE FROM member WHERE source_id = $1 AND member_id = $2", source, id)
	return err
}

func (t *tx) setValuesLive(source directory.SourceID, typ string, ord int64, live bool) error {
	_, err := t.exec("UPDATE resource_value SET live = $4 WHERE source_id = $1 AND type = $2 AND ord = $3", source, typ, ord, live)
	return err
}

// RestoreResource implements directory.Writer.
func (t *tx) RestoreResource(_ context.Context, source directory.SourceID, typ string, id directory.ResourceID, version int64, at time.Time) error {
	var ord int64
	var name string
	err := t.row("SELECT ord, name_key FROM resource WHERE id = $1 AND source_id = $2 AND type = $3 AND deleted <> 0"+t.forChange(),
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
	t.guard()
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

// bringBack makes the memberships that were set aside real again, except in groups that were erased.
func (t *tx) bringBack(source directory.SourceID, id directory.ResourceID) error {
	for _, query := range []string{
		`INSERT INTO member (source_id, group_id, member_id, member_type, added)
			SELECT a.source_id, a.group_id, a.member_id, a.member_type, a.added
			FROM aside_member a JOIN resource g ON g.id = a.group_id AND g.source_id = a.source_id
			WHERE a.source_id = $1 AND a.member_id = $2`,
		`UPDATE resource SET members = members + 1 WHERE source_id = $1 AND id IN
			(SELECT group_id FROM aside_member WHERE source_id = $1 AND member_id = $2)`,
		"DELETE FROM aside_member WHERE source_id = $1 AND member_id = $2",
	} {
		if _, err := t.exec(query, source, id); err != nil {
			return err
		}
	}
	return nil
}

// EraseResource implements directory.Writer. The memberships of a group are left to SweepMembers: its
// id is never used again, so nothing finds them.
func (t *tx) EraseResource(_ context.Context, source directory.SourceID, typ string, id directory.ResourceID) error {
	if err := t.lockLeaving(source, id); err != nil {
		return err
	}
	var ord int64
	var deleted time.Time
	err := t.row("DELETE FROM resource WHERE id = $1 AND source_id = $2 AND type = $3 RETURNING ord, deleted",
		id, source, typ).scan(&ord, &deleted)
	if err != nil {
		return orNotFound(err)
	}
	if deleted.IsZero() {
		if err := t.leaveGroups(source, id); err != nil {
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
	if _, err := t.exec("DELETE FROM aside_member WHERE source_id = $1 AND member_id = $2", source, id); err != nil {
		return err
	}
	if typ == directory.GroupType {
		_, err = t.exec("INSERT INTO erased_group (source_id, group_id) VALUES ($1, $2)", source, id)
	}
	return err
}

// SweepMembers removes up to limit memberships of groups that were erased and returns how many it
// removed; a group without any is done with and counts as one.
func (s *Store) SweepMembers(ctx context.Context, limit int) (n int, err error) {
	err = s.update(ctx, func(t *tx) error {
		n = 0
		for n < limit {
			swept, more, err := t.sweepGroup(limit - n)
			n += swept
			if err != nil || !more {
				return err
			}
		}
		return nil
	})
	return n, err
}

func (t *tx) sweepGroup(limit int) (n int, more bool, err error) {
	var source directory.SourceID
	var group directory.ResourceID
	err = t.row("SELECT source_id, group_id FROM erased_group ORDER BY source_id, group_id LIMIT 1").scan(&source, &group)
	if errors.Is(err, errNoRow) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	for _, table := range []string{"member", "aside_member"} {
		removed, err := t.exec("DELETE FROM "+table+` WHERE source_id = $1 AND group_id = $2 AND member_id IN
			(SELECT member_id FROM `+table+" WHERE source_id = $1 AND group_id = $2 LIMIT $3)", source, group, limit-n)
		n += int(removed)
		if err != nil || n >= limit {
			return n, false, err
		}
	}
	_, err = t.exec("DELETE FROM erased_group WHERE source_id = $1 AND group_id = $2", source, group)
	return n + 1, true, err
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
