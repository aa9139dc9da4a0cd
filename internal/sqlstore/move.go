package sqlstore

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/rosterhq/roster/internal/directory"
)

// MoveResources implements directory.Writer. The moved resources follow those of the target in creation
// order. A unique value that is taken there stays, but loses its claim. Memberships come last, when both
// ends are there.
func (t *tx) MoveResources(_ context.Context, from, to directory.SourceID, limit int) (n int, err error) {
	// Who still adds resources is waited for.
	if err := t.serialize(lockSource + int64(from)); err != nil {
		return 0, err
	}
	// What is moved may be in no index of a schema that the target alone has.
	if _, err := t.exec("UPDATE definition SET indexed = FALSE WHERE source_id = $1 AND kind = $2", to, directory.KindSchema); err != nil {
		return 0, err
	}
	for _, step := range []func(from, to directory.SourceID, limit int) (int, error){t.moveResources, t.moveMembers, t.moveAside} {
		moved, err := step(from, to, limit-n)
		if n += moved; err != nil || n >= limit {
			return n, err
		}
	}
	return n, nil
}

// mover is a resource on its way.
type mover struct {
	rowID, ord int64
	live       bool
	nameKey    string
	claims     bool
}

func (t *tx) moveResources(from, to directory.SourceID, limit int) (n int, err error) {
	for n < limit {
		var typ string
		err := t.row(`SELECT type FROM (SELECT type FROM (SELECT type FROM resource WHERE source_id = $1 AND deleted = 0 ORDER BY type LIMIT 1) l
			UNION ALL SELECT type FROM (SELECT type FROM resource WHERE source_id = $1 AND deleted <> 0 ORDER BY type LIMIT 1) d) f
			ORDER BY type LIMIT 1`, from).scan(&typ)
		if errors.Is(err, errNoRow) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		all, err := t.movers(from, typ, limit-n)
		if err != nil {
			return n, err
		}
		for _, m := range all {
			if err := t.move(from, to, typ, m); err != nil {
				return n, err
			}
		}
		n += len(all)
	}
	return n, nil
}

// movers returns the oldest resources of a source and type, tombstones included.
func (t *tx) movers(source directory.SourceID, typ string, limit int) ([]mover, error) {
	var all []mover
	for _, state := range []string{"deleted = 0", "deleted <> 0"} {
		err := t.each(func(r *rows) error {
			m := mover{live: state == "deleted = 0"}
			var slot int64
			err := r.scan(&m.rowID, &m.ord, &m.nameKey, &slot)
			m.claims = slot == 0
			all = append(all, m)
			return err
		}, "SELECT row_id, ord, name_key, name_slot FROM resource WHERE source_id = $1 AND type = $2 AND "+state+" ORDER BY ord LIMIT $3",
			source, typ, limit)
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b mover) int { return cmp.Compare(a.ord, b.ord) })
	return all[:min(limit, len(all))], nil
}

// move moves one resource with its index entries.
func (t *tx) move(from, to directory.SourceID, typ string, m mover) error {
	ord, err := t.takeOrd(to, typ)
	if err != nil {
		return err
	}
	slot := int64(0)
	if m.claims {
		var taken bool
		err := t.row(`SELECT EXISTS (SELECT 1 FROM resource WHERE source_id = $1 AND type = $2 AND name_key = $3 AND name_slot = 0
			AND deleted = 0)`, to, typ, m.nameKey).scan(&taken)
		if err != nil {
			return err
		}
		m.claims = !taken
	}
	if !m.claims {
		slot = ord
	}
	if _, err := t.exec("UPDATE resource SET source_id = $2, ord = $3, name_slot = $4, members = 0 WHERE row_id = $1", m.rowID, to, ord, slot); err != nil {
		return err
	}
	_, err = t.exec(`UPDATE resource_value SET uniq = FALSE WHERE source_id = $1 AND type = $3 AND ord = $4 AND uniq = TRUE AND EXISTS
		(SELECT 1 FROM resource_value o WHERE o.source_id = $2 AND o.type = $3 AND o.path = resource_value.path
		AND o.key = resource_value.key AND o.uniq = TRUE AND o.live = TRUE)`, from, to, typ, m.ord)
	if err != nil {
		return err
	}
	_, err = t.exec("UPDATE resource_value SET source_id = $2, ord = $5 WHERE source_id = $1 AND type = $3 AND ord = $4", from, to, typ, m.ord, ord)
	if err != nil || !m.live {
		return err
	}
	if err := t.countLive(from, typ, m.ord, -1); err != nil {
		return err
	}
	return t.countLive(to, typ, ord, 1)
}

// moveMembers moves memberships, group by group, and counts them anew.
func (t *tx) moveMembers(from, to directory.SourceID, limit int) (n int, err error) {
	for n < limit {
		var group directory.ResourceID
		err := t.row("SELECT group_id FROM member WHERE source_id = $1 ORDER BY group_id LIMIT 1", from).scan(&group)
		if errors.Is(err, errNoRow) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		var ids []directory.ResourceID
		err = t.each(func(r *rows) error {
			var id directory.ResourceID
			err := r.scan(&id)
			ids = append(ids, id)
			return err
		}, "SELECT member_id FROM member WHERE source_id = $1 AND group_id = $2 ORDER BY member_id LIMIT $3", from, group, limit-n)
		if err != nil {
			return n, err
		}
		for chunk := range chunks(ids) {
			if err := t.carry("member", from, to, group, chunk); err != nil {
				return n, err
			}
		}
		n += len(ids)
	}
	return n, nil
}

// moveAside moves the memberships of tombstones.
func (t *tx) moveAside(from, to directory.SourceID, limit int) (n int, err error) {
	type pair struct{ member, group directory.ResourceID }
	var all []pair
	err = t.each(func(r *rows) error {
		var p pair
		err := r.scan(&p.member, &p.group)
		all = append(all, p)
		return err
	}, "SELECT member_id, group_id FROM aside_member WHERE source_id = $1 ORDER BY member_id, group_id LIMIT $2", from, limit)
	if err != nil {
		return 0, err
	}
	for _, p := range all {
		if err := t.carry("aside_member", from, to, p.group, []any{p.member}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// carry moves memberships of one group out of a table to where they belong: meanwhile, either end may
// have been deleted, restored or erased in the target.
func (t *tx) carry(table string, from, to directory.SourceID, group directory.ResourceID, members []any) error {
	put := func(into, state string) (int64, error) {
		return t.exec("INSERT INTO "+into+` (source_id, group_id, member_id, member_type, added)
			SELECT r.source_id, m.group_id, m.member_id, m.member_type, m.added FROM `+table+` m
			JOIN resource r ON r.id = m.member_id AND r.source_id = $3 AND `+state+`
			JOIN resource g ON g.id = m.group_id AND g.source_id = $3
			WHERE m.source_id = $1 AND m.group_id = $2 AND m.member_id IN `+placeholders(4, len(members))+" ON CONFLICT DO NOTHING",
			append([]any{from, group, to}, members...)...)
	}
	came, err := put("member", "r.deleted = 0")
	if err != nil {
		return err
	}
	if _, err := put("aside_member", "r.deleted <> 0"); err != nil {
		return err
	}
	_, err = t.exec("DELETE FROM "+table+" WHERE source_id = $1 AND group_id = $2 AND member_id IN "+placeholders(3, len(members)),
		append([]any{from, group}, members...)...)
	if err != nil || came == 0 {
		return err
	}
	_, err = t.exec("UPDATE resource SET members = members + $3 WHERE id = $1 AND source_id = $2", group, to, came)
	return err
}
