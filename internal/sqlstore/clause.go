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

// placeholder are those of the first arguments.
var placeholder = [...]string{"", "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9"}

// arg adds an argument and returns its placeholder.
func (c *clause) arg(v any) string {
	c.args = append(c.args, v)
	if n := len(c.args); n < len(placeholder) {
		return placeholder[n]
	}
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
