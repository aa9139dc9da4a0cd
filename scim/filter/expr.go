package filter

import (
	"github.com/rosterhq/roster/scim"
)

// Operator is a comparison operator of RFC 7644 Table 3, in lower case.
type Operator string

// The comparison operators.
const (
	Eq Operator = "eq"
	Ne Operator = "ne"
	Co Operator = "co"
	Sw Operator = "sw"
	Ew Operator = "ew"
	Pr Operator = "pr"
	Gt Operator = "gt"
	Ge Operator = "ge"
	Lt Operator = "lt"
	Le Operator = "le"
)

const operatorList = "eq, ne, co, sw, ew, pr, gt, ge, lt or le"

// operatorOf returns the operator that word spells in any letter case.
func operatorOf(word string) (Operator, bool) {
	if len(word) != 2 {
		return "", false
	}
	switch string([]byte{lower(word[0]), lower(word[1])}) {
	case "eq":
		return Eq, true
	case "ne":
		return Ne, true
	case "co":
		return Co, true
	case "sw":
		return Sw, true
	case "ew":
		return Ew, true
	case "pr":
		return Pr, true
	case "gt":
		return Gt, true
	case "ge":
		return Ge, true
	case "lt":
		return Lt, true
	case "le":
		return Le, true
	}
	return "", false
}

// Expr is a parsed filter: one of [And], [Or], [Not], [Compare], [Element]. String prints it in the
// grammar of RFC 7644 Figure 1, so that parsing the text gives an equal Expr.
type Expr interface {
	String() string
	appendTo(dst []byte) []byte
}

// And holds when all terms hold. It has at least two.
type And struct{ Terms []Expr }

// Or holds when any term holds. It has at least two.
type Or struct{ Terms []Expr }

// Not negates an expression.
type Not struct{ Expr Expr }

// Compare tests the values of one attribute.
type Compare struct {
	Path AttrPath
	Op   Operator
	// Value is nil (JSON null, and always with Pr), bool, string or scim.Number.
	Value any
}

// Element holds when one value of the attribute satisfies the whole filter, whose paths are
// sub-attributes of it: emails[type eq "work" and value co "@example.com"]. Path has no Sub.
type Element struct {
	Path   AttrPath
	Filter Expr
}

func (e And) String() string     { return string(e.appendTo(nil)) }
func (e Or) String() string      { return string(e.appendTo(nil)) }
func (e Not) String() string     { return string(e.appendTo(nil)) }
func (e Compare) String() string { return string(e.appendTo(nil)) }
func (e Element) String() string { return string(e.appendTo(nil)) }

func (e And) appendTo(dst []byte) []byte { return appendTerms(dst, e.Terms, " and ") }
func (e Or) appendTo(dst []byte) []byte  { return appendTerms(dst, e.Terms, " or ") }

// appendTerms sets parentheses around every And and Or below the top, needed or not: they keep the
// grouping that the tree has.
func appendTerms(dst []byte, terms []Expr, sep string) []byte {
	for i, t := range terms {
		if i > 0 {
			dst = append(dst, sep...)
		}
		switch t.(type) {
		case And, Or:
			dst = append(dst, '(')
			dst = t.appendTo(dst)
			dst = append(dst, ')')
		default:
			dst = t.appendTo(dst)
		}
	}
	return dst
}

func (e Not) appendTo(dst []byte) []byte {
	dst = append(dst, "not ("...)
	dst = e.Expr.appendTo(dst)
	return append(dst, ')')
}

func (e Compare) appendTo(dst []byte) []byte {
	dst = e.Path.appendTo(dst)
	dst = append(dst, ' ')
	dst = append(dst, e.Op...)
	if e.Op == Pr {
		return dst
	}
	dst = append(dst, ' ')
	return scim.AppendJSON(dst, e.Value)
}

func (e Element) appendTo(dst []byte) []byte {
	dst = e.Path.appendTo(dst)
	dst = append(dst, '[')
	dst = e.Filter.appendTo(dst)
	return append(dst, ']')
}
