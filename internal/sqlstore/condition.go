package sqlstore

import (
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// condition is a filter, or part of one, in SQL over the resource r. Columns hold the keys that the
// filter's evaluator compares, so both agree.
type condition struct {
	sql string
	// exact is set when the condition holds for the same resources as the filter; otherwise it holds
	// for more.
	exact bool
	// selective is set when an index leads to the few resources for which the condition holds.
	selective bool
	// unique is set when it holds for one live resource at most, and ordered when the index that leads to
	// them has them in creation order.
	unique, ordered bool
}

// always is a condition that every resource meets.
const always = "1 = 1"

// compiler turns filters into conditions. Whatever it cannot say in SQL is left to the evaluator.
type compiler struct {
	tx     *tx
	source directory.SourceID
	clause *clause // its first two arguments are the source and the type
	typ    *schema.ResourceType
	// live tells whether the resources are live ones: tombstones have no memberships.
	live bool
	// descents are how many times the groups below a group are looked for.
	descents int
	// err is a failure to look something up; it makes the conditions worthless.
	err error
}

// values is the beginning of a look up in resource_value, where tombstones keep what they had.
func (c *compiler) values() string {
	return "SELECT v.ord FROM resource_value v WHERE v.source_id = $1 AND v.type = $2 AND v.live = " +
		map[bool]string{true: "TRUE", false: "FALSE"}[c.live] + " AND v.path = "
}

// ask answers a question of the compiler to the database.
func (c *compiler) ask(query string, args ...any) (yes bool) {
	if c.err == nil {
		c.err = c.tx.row(query, args...).scan(&yes)
	}
	return yes
}

// shortened reports whether some value at path is too long for the index, which then has only its
// beginning: nothing but its identity and its beginning can be told from that.
func (c *compiler) shortened(path string) bool {
	return c.ask(`SELECT EXISTS (SELECT 1 FROM resource_value WHERE source_id = $1 AND type = $2 AND path = $3 AND key = $4
		AND live = $5)`, c.source, c.typ.Name, directory.LongValues, path, c.live)
}

// complete reports whether all resources are in the indexes of an extension: those from before it was
// registered are added some at a time.
func (c *compiler) complete(urn string) bool {
	return c.ask(`SELECT NOT EXISTS (SELECT 1 FROM definition WHERE kind = $2 AND name = $3 AND (source_id = 0 OR source_id = $1)
		AND indexed = FALSE)`, c.source, directory.KindSchema, urn)
}

// node compiles n; ok is false when nothing of it can be said in SQL.
func (c *compiler) node(n filter.Node) (cond condition, ok bool) {
	mark := len(c.clause.args)
	switch n := n.(type) {
	case filter.ConstNode:
		cond, ok = constant(n.Value), true
	case filter.AndNode:
		cond, ok = c.all(n.Nodes)
	case filter.OrNode:
		cond, ok = c.any(n.Nodes)
	case filter.NotNode:
		// Not of a wider condition would be a narrower one.
		if cond, ok = c.node(n.Node); ok {
			cond, ok = condition{sql: "NOT (" + cond.sql + ")", exact: true}, cond.exact
		}
	case filter.TermNode:
		cond, ok = c.term(n)
	case filter.ElementNode:
		if n.Ref.URN == "" && n.Ref.Attr.Name == "members" && c.typ.Name == directory.GroupType {
			cond, ok = c.membersWhere(n.Node)
		} else {
			cond, ok = c.element(n.Node)
		}
	}
	if !ok {
		c.clause.args = c.clause.args[:mark]
	}
	return cond, ok
}

// undo returns what drops the arguments that were added since if ok is false by then: an argument that no
// placeholder names is an error.
func (c *compiler) undo(ok *bool) func() {
	mark := len(c.clause.args)
	return func() {
		if !*ok {
			c.clause.args = c.clause.args[:mark]
		}
	}
}

// all is exact when every part is; parts that cannot be compiled are left out.
func (c *compiler) all(nodes []filter.Node) (condition, bool) {
	var parts []string
	all := condition{exact: true}
	for _, n := range nodes {
		cond, ok := c.node(n)
		all.exact = all.exact && ok && cond.exact
		all.selective = all.selective || cond.selective
		all.unique = all.unique || cond.unique
		if ok {
			parts = append(parts, "("+cond.sql+")")
		}
	}
	all.sql = strings.Join(parts, " AND ")
	return all, len(parts) > 0
}

// any is exact when every part is, and fails when one part cannot be compiled.
func (c *compiler) any(nodes []filter.Node) (condition, bool) {
	parts := make([]string, len(nodes))
	any := condition{exact: true, selective: true}
	for i, n := range nodes {
		cond, ok := c.node(n)
		if !ok {
			return cond, false
		}
		any.exact = any.exact && cond.exact
		any.selective = any.selective && cond.selective
		parts[i] = "(" + cond.sql + ")"
	}
	any.sql = strings.Join(parts, " OR ")
	if any.selective {
		// As one condition, it would be checked on every resource; so each part uses its index.
		state := "r.deleted = 0"
		if !c.live {
			state = "r.deleted <> 0"
		}
		from := "SELECT r.row_id FROM resource r WHERE r.source_id = $1 AND r.type = $2 AND " + state + " AND "
		any.sql = "r.row_id IN (" + from + strings.Join(parts, " UNION "+from) + ")"
	}
	return any, true
}

// element compiles the filter between brackets to one that looks at all values: what holds for one
// value holds for some value, as long as nothing is negated. It says the same only when no value must
// satisfy two comparisons at once.
func (c *compiler) element(n filter.Node) (cond condition, ok bool) {
	defer c.undo(&ok)()
	switch n := n.(type) {
	case filter.AndNode:
		var parts []string
		for _, m := range n.Nodes {
			if part, ok := c.element(m); ok {
				cond.selective = cond.selective || part.selective
				parts = append(parts, "("+part.sql+")")
			}
		}
		cond.sql = strings.Join(parts, " AND ")
		return cond, len(parts) > 0
	case filter.OrNode:
		parts := make([]string, len(n.Nodes))
		cond.exact = true
		for i, m := range n.Nodes {
			part, ok := c.element(m)
			if !ok {
				return condition{}, false
			}
			cond.exact = cond.exact && part.exact
			parts[i] = "(" + part.sql + ")"
		}
		cond.sql = strings.Join(parts, " OR ")
		return cond, true
	case filter.TermNode:
		if n.Op == filter.Pr || n.Op != filter.Ne && n.Value != nil {
			return c.term(n)
		}
	}
	return condition{}, false
}
