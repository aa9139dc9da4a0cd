package sqlstore

import (
	"time"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// term compiles a comparison of an attribute that is a column or in an index.
func (c *compiler) term(n filter.TermNode) (condition, bool) {
	if n.Ref.URN != "" {
		if !indexed(n.Ref.Leaf()) || !c.complete(n.Ref.URN) {
			return condition{}, false
		}
		return c.value(n.Ref.Path(), n)
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
		return c.active(n)
	case path == "meta.created":
		return c.instant("r.created", n)
	case path == "meta.lastModified":
		return c.instant("r.modified", n)
	case path == "meta.resourceType":
		return c.resourceType(n)
	case n.Ref.Attr.Name == "members" && isGroup:
		return c.members(n)
	case (path == "groups" || path == "groups.value") && isUser:
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
	text, ok := c.text(column, n.Ref.Path(), n)
	cond := condition{sql: text, exact: true, selective: n.Op == filter.Eq}
	cond.unique = cond.selective && (column == "r.id" || column == "r.name_key" && c.typ.Name == directory.UserType)
	cond.ordered = cond.selective && column != "r.name_key"
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

// text compares a column of index keys with the term's key, which is not empty. path names the values in
// the column.
func (c *compiler) text(column, path string, n filter.TermNode) (string, bool) {
	if n.Value == nil || n.Key == "" {
		return "", false
	}
	switch n.Op {
	case filter.Eq:
		return column + " = " + c.clause.arg(directory.IndexKey(n.Key)), true
	case filter.Ne:
		return column + " <> " + c.clause.arg(directory.IndexKey(n.Key)), true
	case filter.Sw:
		if len(n.Key) > directory.MaxIndexKey/2 && c.shortened(path) {
			return "", false
		}
		return c.prefix(column, n.Key), true
	}
	if c.shortened(path) {
		return "", false
	}
	return c.order(column, n)
}

// order compares a column of whole keys.
func (c *compiler) order(column string, n filter.TermNode) (string, bool) {
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
		return c.prefix(column, n.Key), true
	case filter.Ew:
		length := c.clause.arg(utf8.RuneCountInString(n.Key))
		return "length(" + column + ") >= " + length + " AND substr(" + column + ", length(" + column + ") - " + length +
			" + 1) = " + c.clause.arg(n.Key), true
	}
	return "", false
}

// prefix is a range, because it can use the index.
func (c *compiler) prefix(column, key string) string {
	from := column + " >= " + c.clause.arg(key)
	end, ok := prefixEnd(key)
	if !ok {
		return from
	}
	return from + " AND " + column + " < " + c.clause.arg(end)
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

// active compares the column active, which is false for a user without the attribute, too; those have a
// mark of their own.
func (c *compiler) active(n filter.TermNode) (condition, bool) {
	want, isBool := n.Value.(bool)
	none := "r.ord IN (" + c.values() + c.clause.arg(directory.NoActive) + ")"
	switch {
	case n.Op == filter.Pr, n.Value == nil && n.Op == filter.Ne:
		return condition{sql: "NOT " + none, exact: true}, true
	case n.Value == nil:
		return condition{sql: none, exact: true}, true
	case !isBool:
		return condition{}, false
	case n.Op == filter.Eq && want:
		return condition{sql: "r.active = TRUE", exact: true}, true
	case n.Op == filter.Eq:
		return condition{sql: "r.active = FALSE AND NOT " + none, exact: true}, true
	case n.Op == filter.Ne && want:
		return condition{sql: "r.active = FALSE", exact: true}, true
	case n.Op == filter.Ne:
		return condition{sql: "r.active = TRUE OR " + none, exact: true}, true
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

// indexed reports whether a store keeps the values of an attribute in resource_value.
func indexed(a *schema.Attribute) bool {
	text := a.Type == schema.String || a.Type == schema.Reference || a.Type == schema.Binary
	return text && (a.Indexed || a.Uniqueness == schema.UniqueServer || a.Uniqueness == schema.UniqueGlobal)
}

// value compares the values in resource_value. There, an empty string is a value.
func (c *compiler) value(path string, n filter.TermNode) (condition, bool) {
	from := "r.ord IN (" + c.values() + c.clause.arg(path)
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
	text, ok := c.text("v.key", path, n)
	if !ok {
		return condition{}, false
	}
	cond := condition{sql: from + " AND " + text + ")", exact: true, selective: n.Op == filter.Eq}
	if n.Op == filter.Ne {
		cond.sql += " OR NOT " + some
	}
	return cond, true
}
