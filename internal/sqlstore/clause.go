package sqlstore

import (
	"strconv"
	"strings"
)

// clause builds a condition and its arguments.
type clause struct {
	terms []string
	args  []any
}

// arg adds an argument and returns its placeholder.
func (c *clause) arg(v any) string {
	c.args = append(c.args, v)
	return "$" + strconv.Itoa(len(c.args))
}

// and adds a term that must hold as well.
func (c *clause) and(term string) { c.terms = append(c.terms, term) }

// where returns the WHERE clause with a leading space; empty without terms.
func (c *clause) where() string {
	if len(c.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.terms, " AND ")
}
