package sqlstore

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/rosterhq/roster/internal/directory"
)

// above finds the ids of all groups that have one of the given resources as a direct or indirect
// member, and the given ones themselves if they are in a group at all. UNION ends cycles. PostgreSQL gets the
// resources as one array.
func (t *tx) above(ids string) string {
	first := "SELECT m.member_id FROM member m WHERE m.source_id = $1 AND m.member_id IN " + ids
	if t.pg != nil {
		first = "SELECT m.member_id FROM unnest(" + ids + "::text[]) i (id) CROSS JOIN " + t.memberBy("member_id = i.id") + " m"
	}
	return `(WITH RECURSIVE above (id) AS (` + first + `
		UNION SELECT m.group_id FROM above a CROSS JOIN ` + t.memberBy("member_id = a.id") + ` m WHERE m.source_id = $1 AND m.member_id = a.id)
		SELECT id FROM above)`
}

// memberBy is the table member where condition says which rows are joined to each one of what comes before. It
// has PostgreSQL look for them by the index: while a table is small, or before its rows are counted, it
// would rather read all rows of the source.
func (t *tx) memberBy(condition string) string {
	if t.pg == nil {
		return "member"
	}
	return "LATERAL (SELECT source_id, member_id, group_id FROM member WHERE source_id = $1 AND " + condition + " OFFSET 0)"
}

// Memberships implements directory.MemberReader.
func (t *tx) Memberships(ctx context.Context, source directory.SourceID, member directory.ResourceID) ([]directory.Membership, error) {
	all, err := t.MembershipsOf(ctx, source, []directory.ResourceID{member})
	return all[member], err
}

// MembershipsOf implements directory.MemberReader. The number of statements depends neither on the
// depth nor on the number of groups.
func (t *tx) MembershipsOf(ctx context.Context, source directory.SourceID, members []directory.ResourceID) (map[directory.ResourceID][]directory.Membership, error) {
	if len(members) == 1 && t.alone == members[0] {
		return nil, nil
	}
	if err := t.serialize(lockNesting + int64(source)); err != nil {
		return nil, err
	}
	if len(members) == 1 && t.pg == nil {
		// Many are in no group, and that is known sooner.
		var found bool
		err := t.row("SELECT EXISTS (SELECT 1 FROM member WHERE source_id = $1 AND member_id = $2)", source, members[0]).scan(&found)
		if err != nil || !found {
			return nil, err
		}
	}
	parents := map[directory.ResourceID][]directory.Membership{}
	for ids, args := range t.lists(members) {
		// Two chunks may meet in the same groups.
		found := map[directory.ResourceID][]directory.Membership{}
		err := t.eachContext(ctx, func(r *rows) error {
			var id directory.ResourceID
			m := directory.Membership{Direct: true}
			err := r.scan(&id, &m.Group, &m.Display)
			found[id] = append(found[id], m)
			return err
		}, `SELECT a.id, m.group_id, r.label FROM `+t.above(ids)+` a
			CROSS JOIN `+t.memberBy("member_id = a.id")+` m JOIN resource r ON r.id = m.group_id AND r.source_id = m.source_id AND r.deleted = 0
			WHERE m.source_id = $1 AND m.member_id = a.id`, append([]any{source}, args...))
		if err != nil {
			return nil, err
		}
		for id, groups := range found {
			parents[id] = groups
		}
	}
	all := make(map[directory.ResourceID][]directory.Membership, len(members))
	for _, id := range members {
		if list := climb(parents, id); list != nil {
			all[id] = list
		}
	}
	return all, nil
}

// lists cuts ids into lists for above, each with its arguments, of which the first has the number 2. PostgreSQL
// takes all of them as one, so that one statement is prepared for any number.
func (t *tx) lists(ids []directory.ResourceID) iter.Seq2[string, []any] {
	return func(yield func(string, []any) bool) {
		if t.pg != nil {
			list := make([]string, len(ids))
			for i, id := range ids {
				list[i] = storable(string(id))
			}
			yield("$2", []any{list})
			return
		}
		for chunk := range chunks(ids) {
			if !yield(placeholders(2, len(chunk)), chunk) {
				return
			}
		}
	}
}

// climb follows direct memberships up. A group is not listed among its own indirect groups.
func climb(parents map[directory.ResourceID][]directory.Membership, from directory.ResourceID) []directory.Membership {
	all := slices.Clone(parents[from])
	seen := map[directory.ResourceID]bool{from: true}
	for _, m := range all {
		seen[m.Group] = true
	}
	for i := 0; i < len(all); i++ {
		for _, m := range parents[all[i].Group] {
			if !seen[m.Group] {
				seen[m.Group] = true
				all = append(all, directory.Membership{Group: m.Group, Display: m.Display})
			}
		}
	}
	slices.SortFunc(all, func(a, b directory.Membership) int {
		if a.Direct != b.Direct {
			if a.Direct {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Group, b.Group)
	})
	return all
}

// Reaches implements directory.MemberReader. It climbs from target, since a resource is in few groups
// but a group may have many members.
func (t *tx) Reaches(_ context.Context, source directory.SourceID, group, target directory.ResourceID) (bool, error) {
	if err := t.serialize(lockNesting + int64(source)); err != nil {
		return false, err
	}
	var found bool
	for ids, args := range t.lists([]directory.ResourceID{target}) {
		err := t.row(`SELECT EXISTS (SELECT 1 FROM `+t.above(ids)+` a CROSS JOIN member m
			WHERE m.source_id = $1 AND m.member_id = a.id AND m.group_id = $3)`, append([]any{source}, append(args, group)...)...).scan(&found)
		if err != nil {
			return false, err
		}
	}
	return found, nil
}
