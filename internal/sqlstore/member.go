package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// liveGroup holds unless the group $2 is a tombstone, whose memberships wait for its restore.
const liveGroup = "EXISTS (SELECT 1 FROM resource g WHERE g.id = $2 AND g.source_id = $1 AND g.deleted = 0)"

// Members implements directory.MemberReader.
func (t *tx) Members(ctx context.Context, source directory.SourceID, group, after directory.ResourceID, limit int, emit func(directory.Member) error) error {
	if limit <= 0 {
		limit = -1
	}
	scan := func(r *rows) error {
		var m directory.Member
		if err := r.scan(&m.ID, &m.Type, &m.Display); err != nil {
			return err
		}
		return emit(m)
	}
	query := `SELECT m.member_id, m.member_type, r.label FROM member m
		JOIN resource r ON r.id = m.member_id AND r.source_id = m.source_id AND r.deleted = 0
		WHERE m.source_id = $1 AND m.group_id = $2 AND m.member_id > $3 AND ` + liveGroup + ` ORDER BY m.member_id`
	if limit < 0 {
		return t.eachContext(ctx, scan, query, []any{source, group, after})
	}
	return t.eachContext(ctx, scan, query+" LIMIT $4", []any{source, group, after, limit})
}

// MemberIDs implements directory.MemberReader.
func (t *tx) MemberIDs(ctx context.Context, source directory.SourceID, group directory.ResourceID, emit func(directory.ResourceID) error) error {
	return t.eachContext(ctx, func(r *rows) error {
		var id directory.ResourceID
		if err := r.scan(&id); err != nil {
			return err
		}
		return emit(id)
	}, "SELECT member_id FROM member WHERE source_id = $1 AND group_id = $2 AND "+liveGroup+" ORDER BY member_id", []any{source, group})
}

// CountMembers implements directory.MemberReader.
func (t *tx) CountMembers(_ context.Context, source directory.SourceID, group directory.ResourceID) (int, error) {
	var n int
	err := t.row("SELECT members FROM resource WHERE id = $1 AND source_id = $2 AND deleted = 0", group, source).scan(&n)
	if errors.Is(err, errNoRow) {
		return 0, nil
	}
	return n, err
}

// IsMember implements directory.MemberReader.
func (t *tx) IsMember(_ context.Context, source directory.SourceID, group, member directory.ResourceID) (bool, error) {
	var found bool
	err := t.row(`SELECT EXISTS (SELECT 1 FROM member WHERE source_id = $1 AND group_id = $2 AND member_id = $3)
		AND `+liveGroup, source, group, member).scan(&found)
	return found, err
}

// AddMembers implements directory.Writer.
func (t *tx) AddMembers(_ context.Context, source directory.SourceID, group directory.ResourceID, ids []directory.ResourceID, now time.Time) ([]directory.ResourceID, error) {
	added, err := t.changeMembers(ids, func(chunk []any) (string, []any) {
		return t.insert("member") + ` (source_id, group_id, member_id, member_type, added)
			SELECT r.source_id, $2, r.id, r.type, $3 FROM resource r
			WHERE r.source_id = $1 AND r.deleted = 0 AND r.id IN ` + placeholders(4, len(chunk)) + t.holdMember() + `
			ON CONFLICT (source_id, group_id, member_id) DO NOTHING RETURNING member_id`,
			append([]any{source, group, now}, chunk...)
	})
	if err != nil || len(added) == 0 {
		return added, err
	}
	return added, changed(t.exec(t.update("resource")+" SET members = members + $3 WHERE id = $1 AND source_id = $2 AND deleted = 0",
		group, source, len(added)))
}

// RemoveMembers implements directory.Writer. A tombstone that is named loses the membership that was
// set aside for it, so that a restore does not bring back what was taken away meanwhile.
func (t *tx) RemoveMembers(_ context.Context, source directory.SourceID, group directory.ResourceID, ids []directory.ResourceID) ([]directory.ResourceID, error) {
	removed, err := t.changeMembers(ids, func(chunk []any) (string, []any) {
		return "DELETE FROM member WHERE source_id = $1 AND group_id = $2 AND member_id IN " + placeholders(3, len(chunk)) +
			" RETURNING member_id", append([]any{source, group}, chunk...)
	})
	if err != nil {
		return nil, err
	}
	if len(removed) < len(ids) {
		for chunk := range chunks(ids) {
			_, err := t.exec(`DELETE FROM aside_member WHERE source_id = $1 AND group_id = $2 AND member_id IN `+placeholders(3, len(chunk)), append([]any{source, group}, chunk...)...)
			if err != nil {
				return nil, err
			}
		}
	}
	if len(removed) == 0 {
		return nil, nil
	}
	return removed, changed(t.exec(t.update("resource")+" SET members = members - $3 WHERE id = $1 AND source_id = $2 AND deleted = 0",
		group, source, len(removed)))
}

// changeMembers runs a statement for every chunk of ids. It returns those that the statement names, in
// the order of ids.
func (t *tx) changeMembers(ids []directory.ResourceID, statement func(chunk []any) (string, []any)) ([]directory.ResourceID, error) {
	named := map[directory.ResourceID]bool{}
	for chunk := range chunks(ids) {
		query, args := statement(chunk)
		err := t.each(func(r *rows) error {
			var id directory.ResourceID
			err := r.scan(&id)
			named[id] = true
			return err
		}, query, args...)
		if err != nil {
			return nil, err
		}
	}
	var all []directory.ResourceID
	for _, id := range ids {
		if named[id] {
			delete(named, id)
			all = append(all, id)
		}
	}
	return all, nil
}
