package sqlstore

import (
	"strings"

	"github.com/rosterhq/roster/scim/filter"
)

// members compares the members of a group.
func (c *compiler) members(n filter.TermNode) (condition, bool) {
	if !c.live {
		return condition{}, false
	}
	some, none := "r.members > 0", "r.members = 0"
	row, ok := c.memberRow(n)
	switch {
	case !ok:
		return condition{}, false
	case n.Op == filter.Pr, n.Value == nil && n.Op == filter.Ne:
		return condition{sql: some, exact: true}, true
	case n.Value == nil:
		return condition{sql: none, exact: true}, true
	case n.Op == filter.Ne:
		return condition{sql: none + " OR " + withMember(row.sql), exact: true}, true
	}
	return condition{sql: withMember(row.sql), exact: true, selective: row.selective}, true
}

// membersWhere is the filter between the brackets of members: one member must satisfy all of it.
func (c *compiler) membersWhere(n filter.Node) (condition, bool) {
	if !c.live {
		return condition{}, false
	}
	row, ok := c.memberRow(n)
	return condition{sql: withMember(row.sql), exact: row.exact, selective: row.selective}, ok
}

// withMember holds for the groups with a member m for which row holds.
func withMember(row string) string {
	return "r.id IN (SELECT m.group_id FROM member m WHERE m.source_id = $1 AND (" + row + "))"
}

// memberRow compiles a filter to a condition on one row m of member. Its id and its type are never empty.
func (c *compiler) memberRow(n filter.Node) (cond condition, ok bool) {
	defer c.undo(&ok)()
	switch n := n.(type) {
	case filter.AndNode:
		all := condition{exact: true}
		var parts []string
		for _, m := range n.Nodes {
			part, ok := c.memberRow(m)
			all.exact = all.exact && ok && part.exact
			if ok {
				all.selective = all.selective || part.selective
				parts = append(parts, "("+part.sql+")")
			}
		}
		all.sql = strings.Join(parts, " AND ")
		return all, len(parts) > 0
	case filter.OrNode:
		any := condition{exact: true, selective: true}
		parts := make([]string, len(n.Nodes))
		for i, m := range n.Nodes {
			part, ok := c.memberRow(m)
			if !ok {
				return condition{}, false
			}
			any.exact, any.selective = any.exact && part.exact, any.selective && part.selective
			parts[i] = "(" + part.sql + ")"
		}
		any.sql = strings.Join(parts, " OR ")
		return any, true
	case filter.NotNode:
		row, ok := c.memberRow(n.Node)
		return condition{sql: "NOT (" + row.sql + ")", exact: true}, ok && row.exact
	case filter.TermNode:
		return c.memberTerm(n)
	}
	return condition{}, false
}

func (c *compiler) memberTerm(n filter.TermNode) (condition, bool) {
	column := "m.member_id"
	switch {
	case n.Ref.Sub == nil, n.Ref.Sub.Name == "value":
	case n.Ref.Sub.Name == "type" && (n.Value == nil || n.Op == filter.Eq || n.Op == filter.Ne):
		column = "lower(m.member_type)" // names of types are ASCII
	default:
		return condition{}, false
	}
	if n.Value == nil {
		return constant(n.Op != filter.Eq), true
	}
	if n.Key == "" {
		return condition{}, false
	}
	text, ok := c.order(column, n)
	return condition{sql: text, exact: true, selective: n.Op == filter.Eq && column == "m.member_id"}, ok
}

// maxDescents bounds what one statement does: SQLite refuses hundreds of recursive parts.
const maxDescents = 16

// groups compares the groups of a user, direct and indirect ones.
func (c *compiler) groups(n filter.TermNode) (condition, bool) {
	some := `r.id IN (SELECT m.member_id FROM member m JOIN resource g ON g.id = m.group_id AND g.source_id = m.source_id
		AND g.deleted = 0 WHERE m.source_id = $1)`
	switch {
	case !c.live:
		return condition{}, false
	case n.Op == filter.Pr, n.Value == nil && n.Op == filter.Ne:
		return condition{sql: some, exact: true}, true
	case n.Value == nil:
		return condition{sql: "NOT " + some, exact: true}, true
	case n.Op != filter.Eq, c.descents == maxDescents:
		return condition{}, false
	}
	c.descents++
	group := c.clause.arg(n.Key)
	return condition{sql: `r.id IN (WITH RECURSIVE below (id) AS (
		SELECT m.member_id FROM member m JOIN resource g ON g.id = m.group_id AND g.source_id = m.source_id AND g.deleted = 0
			WHERE m.source_id = $1 AND m.group_id = ` + group + `
		UNION SELECT m.member_id FROM below b CROSS JOIN ` + c.tx.memberBy("group_id = b.id") + ` m WHERE m.source_id = $1 AND m.group_id = b.id)
		SELECT id FROM below)`, exact: true, selective: true}, true
}
