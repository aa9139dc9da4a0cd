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

// after returns text with the WHERE clause behind it; without one if there are no terms.
func (c *clause) after(text string) string {
	size := len(text) + len(" WHERE ")
	for _, term := range c.terms {
		size += len(term) + len(" AND ")
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteString(text)
	for i, term := range c.terms {
		if i == 0 {
			b.WriteString(" WHERE ")
		} else {
			b.WriteString(" AND ")
		}
		b.WriteString(term)
	}
	return b.String()
}

// where returns the WHERE clause with a leading space; empty without terms.
func (c *clause) where() string { return c.after("") }
