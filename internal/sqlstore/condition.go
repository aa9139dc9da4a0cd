package sqlstore

import (
	"strings"
	"time"
	"unicode/utf8"

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
}

// always is a condition that every resource meets.
const always = "1 = 1"

// compiler turns filters into conditions. Whatever it cannot say in SQL is left to the evaluator.
type compiler struct {
	clause *clause // its first two arguments are the source and the type
	typ    *schema.ResourceType
	// live tells whether the resources are live ones: tombstones have no memberships.
	live bool
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
			cond.sql, ok = "NOT ("+cond.sql+")", cond.exact
		}
	case filter.TermNode:
		cond, ok = c.term(n)
	case filter.ElementNode:
		cond, ok = c.element(n.Node)
	}
	if !ok {
		c.clause.args = c.clause.args[:mark]
	}
	return cond, ok
}

// all is exact when every part is; parts that cannot be compiled are left out.
func (c *compiler) all(nodes []filter.Node) (condition, bool) {
	var parts []string
	all := condition{exact: true}
	for _, n := range nodes {
		cond, ok := c.node(n)
		all.exact = all.exact && ok && cond.exact
		all.selective = all.selective || cond.selective
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
// value holds for some value, as long as nothing is negated.
func (c *compiler) element(n filter.Node) (cond condition, ok bool) {
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
		for i, m := range n.Nodes {
			if cond, ok = c.element(m); !ok {
				return cond, false
			}
			parts[i] = "(" + cond.sql + ")"
		}
		return condition{sql: strings.Join(parts, " OR ")}, true
	case filter.TermNode:
		if n.Op != filter.Ne && n.Value != nil {
			cond, ok = c.term(n)
			cond.exact = false
			return cond, ok
		}
	}
	return condition{}, false
}

// term compiles a comparison of an attribute that is a column or in an index.
func (c *compiler) term(n filter.TermNode) (condition, bool) {
	// Extensions may be registered after resources that carry their attributes were indexed.
	if n.Ref.URN != "" {
		return condition{}, false
	}
	isUser, isGroup := c.typ.Name == directory.UserType, c.typ.Name == directory.GroupType
	switch path := n.Ref.Path(); {
	case path == "id":
		return c.column("r.id", n, true)
	case path == "externalId":
		return c.column("r.external_id", n, false)
	case path == "userName" && isUser, path == "displayName" && isGroup:
		return c.column("r.name_key", n, true)
	case path == "displayName" && n.Ref.Attr.Type == schema.String && !n.Ref.Attr.MultiValued:
		return c.column("r.display_key", n, false)
	case path == "active" && isUser:
		return active(n)
	case path == "meta.created":
		return c.instant("r.created", n)
	case path == "meta.lastModified":
		return c.instant("r.modified", n)
	case path == "meta.resourceType":
		return c.resourceType(n)
	case (path == "members" || path == "members.value") && isGroup:
		return c.members(n)
	case path == "groups.value" && isUser:
		return c.groups(n)
	case n.Ref.Attr.Name == "active" || n.Ref.Attr.Name == "displayName":
		return condition{}, false
	case indexed(n.Ref.Leaf()):
		return c.value(path, n)
	}
	return condition{}, false
}

// column compares a text column in which the empty string stands for no value; required tells that
// every resource has one. An attribute whose value is the empty string has it, too, so conditions that
// tell the two apart are not exact.
func (c *compiler) column(column string, n filter.TermNode, required bool) (condition, bool) {
	switch {
	case n.Op == filter.Pr && required:
		return condition{sql: always, exact: true}, true
	case n.Op == filter.Pr:
		return condition{sql: column + " <> ''", exact: true}, true
	case n.Value == nil:
		return condition{sql: column + " = ''"}, n.Op == filter.Eq
	case n.Key == "":
		return condition{}, false
	}
	text, ok := c.text(column, n)
	cond := condition{sql: text, exact: true, selective: n.Op == filter.Eq}
	switch {
	case required || !ok || n.Op == filter.Ne:
	case n.Op == filter.Lt, n.Op == filter.Le:
		cond.exact = false
	default:
		// The index has no empty strings, and is used where they are ruled out.
		cond.sql += " AND " + column + " <> ''"
	}
	return cond, ok
}

// text compares a text column with the term's key, which is not empty.
func (c *compiler) text(column string, n filter.TermNode) (string, bool) {
	if n.Value == nil || n.Key == "" {
		return "", false
	}
	switch n.Op {
	case filter.Eq:
		return column + " = " + c.clause.arg(n.Key), true
	case filter.Ne:
		return column + " <> " + c.clause.arg(n.Key), true
	case filter.Gt:
		return column + " > " + c.clause.arg(n.Key), true
	case filter.Ge:
		return column + " >= " + c.clause.arg(n.Key), true
	case filter.Lt:
		return column + " < " + c.clause.arg(n.Key), true
	case filter.Le:
		return column + " <= " + c.clause.arg(n.Key), true
	case filter.Co:
		return "instr(" + column + ", " + c.clause.arg(n.Key) + ") > 0", true
	case filter.Sw:
		// A range, because it can use the index.
		from := column + " >= " + c.clause.arg(n.Key)
		end, ok := prefixEnd(n.Key)
		if !ok {
			return from, true
		}
		return from + " AND " + column + " < " + c.clause.arg(end), true
	case filter.Ew:
		length := c.clause.arg(utf8.RuneCountInString(n.Key))
		return "length(" + column + ") >= " + length + " AND substr(" + column + ", length(" + column + ") - " + length +
			" + 1) = " + c.clause.arg(n.Key), true
	}
	return "", false
}

// prefixEnd returns the smallest string above all that start with prefix, in the order of bytes, which
// is that of code points; ok is false when there is none.
func prefixEnd(prefix string) (end string, ok bool) {
	for prefix != "" {
		r, size := utf8.DecodeLastRuneInString(prefix)
		prefix = prefix[:len(prefix)-size]
		switch {
		case r == 0xD7FF:
			return prefix + "\uE000", true // behind the surrogates, which are no characters
		case r < utf8.MaxRune:
			return prefix + string(r+1), true
		}
	}
	return "", false
}

// active compares the column active, which is false for a user without the attribute.
func active(n filter.TermNode) (condition, bool) {
	want, ok := n.Value.(bool)
	switch {
	case !ok:
		return condition{}, false
	case n.Op == filter.Eq && want:
		return condition{sql: "r.active = TRUE", exact: true}, true
	case n.Op == filter.Eq:
		return condition{sql: "r.active = FALSE"}, true
	case n.Op == filter.Ne && want:
		return condition{sql: "r.active = FALSE", exact: true}, true
	}
	return condition{}, false
}

// instant compares a time column as clients see it: cut to milliseconds.
func (c *compiler) instant(column string, n filter.TermNode) (condition, bool) {
	if n.Op == filter.Pr {
		return condition{sql: always, exact: true}, true
	}
	at, ok := n.Value.(time.Time)
	if !ok {
		return condition{}, false
	}
	floor := time.UnixMilli(at.UnixMilli()).UnixMicro()
	next := floor + 1000
	ceil := next
	if at.Equal(time.UnixMicro(floor)) {
		ceil = floor
	}
	switch n.Op {
	case filter.Eq:
		if floor != ceil {
			return constant(false), true
		}
		return condition{sql: column + " >= " + c.clause.arg(floor) + " AND " + column + " < " + c.clause.arg(next), exact: true}, true
	case filter.Ne:
		if floor != ceil {
			return constant(true), true
		}
		return condition{sql: "(" + column + " < " + c.clause.arg(floor) + " OR " + column + " >= " + c.clause.arg(next) + ")", exact: true}, true
	case filter.Gt:
		return condition{sql: column + " >= " + c.clause.arg(next), exact: true}, true
	case filter.Ge:
		return condition{sql: column + " >= " + c.clause.arg(ceil), exact: true}, true
	case filter.Lt:
		return condition{sql: column + " < " + c.clause.arg(ceil), exact: true}, true
	case filter.Le:
		return condition{sql: column + " < " + c.clause.arg(next), exact: true}, true
	}
	return condition{}, false
}

func (c *compiler) resourceType(n filter.TermNode) (condition, bool) {
	same := n.Key == n.Ref.Leaf().Key(c.typ.Name)
	switch {
	case n.Op == filter.Pr:
		return constant(true), true
	case n.Value != nil && n.Op == filter.Eq:
		return constant(same), true
	case n.Value != nil && n.Op == filter.Ne:
		return constant(!same), true
	}
	return condition{}, false
}

func constant(v bool) condition {
	if v {
		return condition{sql: always, exact: true}
	}
	return condition{sql: "1 = 0", exact: true}
}

// members compares the members of a group, which have no empty ids.
func (c *compiler) members(n filter.TermNode) (condition, bool) {
	if !c.live {
		return condition{}, false
	}
	some, none := "r.members > 0", "r.members = 0"
	in := func() string {
		return "r.id IN (SELECT m.group_id FROM member m WHERE m.source_id = $1 AND m.member_id = " + c.clause.arg(n.Key) + ")"
	}
	switch {
	case n.Op == filter.Pr, n.Value == nil && n.Op == filter.Ne:
		return condition{sql: some, exact: true}, true
	case n.Value == nil:
		return condition{sql: none, exact: true}, true
	case n.Op == filter.Eq:
		return condition{sql: in(), exact: true, selective: true}, true
	case n.Op == filter.Ne:
		// A group of one member that is the named one is the only kind that does not match.
		return condition{sql: "NOT (r.members = 1 AND " + in() + ")", exact: true}, true
	}
	return condition{}, false
}

// groups compares the groups of a user, direct and indirect ones.
func (c *compiler) groups(n filter.TermNode) (condition, bool) {
	if !c.live || n.Op != filter.Eq || n.Value == nil {
		return condition{}, false
	}
	group := c.clause.arg(n.Key)
	return condition{sql: `r.id IN (WITH RECURSIVE below (id) AS (
		SELECT m.member_id FROM member m JOIN resource g ON g.id = m.group_id AND g.source_id = m.source_id AND g.deleted = 0
			WHERE m.source_id = $1 AND m.group_id = ` + group + `
		UNION SELECT m.member_id FROM below b CROSS JOIN member m WHERE m.source_id = $1 AND m.group_id = b.id)
		SELECT id FROM below)`, exact: true, selective: true}, true
}

// indexed reports whether a store keeps the values of an attribute in resource_value.
func indexed(a *schema.Attribute) bool {
	text := a.Type == schema.String || a.Type == schema.Reference || a.Type == schema.Binary
	return text && (a.Indexed || a.Uniqueness == schema.UniqueServer || a.Uniqueness == schema.UniqueGlobal)
}

// value compares the values in resource_value. There, an empty string is a value.
func (c *compiler) value(path string, n filter.TermNode) (condition, bool) {
	from := "r.ord IN (SELECT v.ord FROM resource_value v WHERE v.source_id = $1 AND v.type = $2 AND v.path = " +
		c.clause.arg(path) + " AND v.live = TRUE"
	if !c.live {
		from = strings.Replace(from, "v.live = TRUE", "v.live = FALSE", 1)
	}
	some := from + ")"
	switch {
	case n.Value == nil && n.Op == filter.Eq:
		return condition{sql: "NOT " + some, exact: true}, true
	case n.Value == nil && n.Op == filter.Ne:
		return condition{sql: some, exact: true}, true
	case n.Op == filter.Pr && n.Ref.Leaf().Key(" ") == "":
		// White space is a value, but its key is empty.
		return condition{sql: some}, true
	case n.Op == filter.Pr:
		return condition{sql: from + " AND v.key <> '')", exact: true}, true
	}
	text, ok := c.text("v.key", n)
	if !ok {
		return condition{}, false
	}
	cond := condition{sql: from + " AND " + text + ")", exact: true, selective: n.Op == filter.Eq}
	if n.Op == filter.Ne {
		cond.sql += " OR NOT " + some
	}
	return cond, true
}
