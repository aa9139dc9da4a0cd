package filter

import (
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// Limits bound what a filter may cost. A zero field means its default.
type Limits struct {
	// Bytes is the length of the text, by default 8 KiB.
	Bytes int
	// Depth is the number of parentheses and brackets open at once, by default 32.
	Depth int
	// Terms is the number of comparisons, by default 200.
	Terms int
}

func (l Limits) withDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 8 << 10
	}
	if l.Depth <= 0 {
		l.Depth = 32
	}
	if l.Terms <= 0 {
		l.Terms = 200
	}
	return l
}

// Parse parses a filter (RFC 7644 §3.4.2.2). It fails with 400 invalidFilter; the detail gives the
// column, what was found there and what was expected.
func Parse(s string, lim Limits) (Expr, error) {
	lim = lim.withDefaults()
	p := parser{lexer: lexer{in: s, class: scim.InvalidFilter}, lim: lim}
	if err := p.check("filter", lim.Bytes); err != nil {
		return nil, err
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind == end {
		return nil, scim.BadRequest(scim.InvalidFilter, "The filter is empty. Write a comparison such as userName eq \"jane\", or leave out the filter.")
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != end {
		return nil, p.unexpected("the end of the filter")
	}
	return e, nil
}

// parser is a recursive-descent parser. Its recursion is bounded by Limits.Depth: nothing but an
// opening parenthesis or bracket recurses, and enter counts these.
type parser struct {
	lexer
	lim          Limits
	depth, terms int
	inBrackets   bool
}

func (p *parser) enter() error {
	p.depth++
	if p.depth > p.lim.Depth {
		return p.fail(p.tok.pos, "parentheses are nested deeper than %d levels. Simplify the filter.", p.lim.Depth)
	}
	return p.advance()
}

// leave reads the closing symbol c.
func (p *parser) leave(c byte) error {
	p.depth--
	if !p.tok.is(c) {
		return p.unexpected("\"" + string(rune(c)) + "\"")
	}
	return p.advance()
}

// unexpected reports the token after a complete expression, where only "and", "or" and closer fit.
func (p *parser) unexpected(closer string) error {
	return p.fail(p.tok.pos, "expected and, or, or %s, found %s.", closer, p.tok.found())
}

func (p *parser) or() (Expr, error) {
	first, err := p.and()
	if err != nil || !p.tok.isWord("or") {
		return first, err
	}
	terms := []Expr{first}
	for p.tok.isWord("or") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		e, err := p.and()
		if err != nil {
			return nil, err
		}
		terms = append(terms, e)
	}
	return Or{terms}, nil
}

func (p *parser) and() (Expr, error) {
	first, err := p.term()
	if err != nil || !p.tok.isWord("and") {
		return first, err
	}
	terms := []Expr{first}
	for p.tok.isWord("and") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		e, err := p.term()
		if err != nil {
			return nil, err
		}
		terms = append(terms, e)
	}
	return And{terms}, nil
}

// term reads a group, a negation, a value path or a comparison.
func (p *parser) term() (Expr, error) {
	if p.tok.is('(') {
		return p.group()
	}
	first := p.tok
	if first.kind != word {
		return nil, p.fail(first.pos, "expected an attribute name, not or \"(\", found %s.", first.found())
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if first.isWord("not") {
		if p.tok.is('(') {
			e, err := p.group()
			return Not{e}, err
		}
		// Otherwise "not" can only be the name of an attribute.
		if _, ok := operatorOf(p.tok.text); !ok && !p.tok.is('[') {
			return nil, p.fail(p.tok.pos, "expected \"(\" after not, found %s. Write not (…).", p.tok.found())
		}
	}
	brackets := p.tok.is('[')
	path, err := p.attrPath(first, brackets)
	if err != nil {
		return nil, err
	}
	if brackets {
		return p.element(path)
	}
	return p.compare(path)
}

func (p *parser) group() (Expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	return e, p.leave(')')
}

// brackets reads "[filter]" after attr.
func (p *parser) brackets(attr AttrPath) (Expr, error) {
	if p.inBrackets {
		return nil, p.fail(p.tok.pos, "a filter in brackets cannot contain another one. Compare a sub-attribute, such as type eq \"work\".")
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	if p.tok.is(']') {
		return nil, p.fail(p.tok.pos, "expected a filter between the brackets of %s.", scim.Abbreviate(attr.String()))
	}
	p.inBrackets = true
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	p.inBrackets = false
	return e, p.leave(']')
}

// element reads attr[filter], and attr[filter].sub op value, which Entra sends and which means
// attr[filter and sub op value].
func (p *parser) element(path AttrPath) (Expr, error) {
	f, err := p.brackets(path)
	if err != nil {
		return nil, err
	}
	sub, err := p.subAfterBracket()
	if err != nil || sub == "" {
		return Element{path, f}, err
	}
	c, err := p.compare(AttrPath{Name: sub})
	if err != nil {
		return nil, err
	}
	if and, ok := f.(And); ok {
		return Element{path, And{append(and.Terms, c)}}, nil
	}
	return Element{path, And{[]Expr{f, c}}}, nil
}

// compare reads the operator and the value after path.
func (p *parser) compare(path AttrPath) (Expr, error) {
	p.terms++
	if p.terms > p.lim.Terms {
		return nil, p.fail(p.tok.pos, "more than %d comparisons. Split the query into several.", p.lim.Terms)
	}
	t := p.tok
	if t.kind != word {
		return nil, p.fail(t.pos, "expected an operator after %q, found %s. Use %s.", scim.Abbreviate(path.String()), t.found(), operatorList)
	}
	op, ok := operatorOf(t.text)
	if !ok {
		return nil, p.fail(t.pos, "unknown operator %s. Use %s.", t.found(), operatorList)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if op == Pr {
		return Compare{Path: path, Op: Pr}, nil
	}
	pos := p.tok.pos
	v, err := p.value(path, op)
	if err != nil {
		return nil, err
	}
	if !fits(op, v) {
		return nil, p.fail(pos, "%s cannot compare with %s. Use eq or ne.", op, describe(v))
	}
	return Compare{path, op, v}, p.advance()
}

// value decodes the current token as a JSON literal.
func (p *parser) value(path AttrPath, op Operator) (any, error) {
	t := p.tok
	switch {
	case t.kind == quoted:
		return t.text, nil
	case t.isWord("true"):
		return true, nil
	case t.isWord("false"):
		return false, nil
	case t.isWord("null"):
		return nil, nil
	case t.kind != word:
		return nil, p.fail(t.pos, "expected a value after %s, found %s. Use a string in double quotes, a number, true, false or null.", op, t.found())
	}
	if _, ok := parseDecimal(scim.Number(t.text)); ok {
		return scim.Number(t.text), nil
	}
	if isResourceType(path) && nameLength(t.text) == len(t.text) {
		return t.text, nil
	}
	return nil, p.fail(t.pos, "%s is not a value. Put a string in double quotes; numbers, true, false and null stand without.", t.found())
}

// isResourceType recognizes the one attribute whose operand may stand without quotes: RFC 7644
// §3.4.2.1 prints meta.resourceType eq User.
func isResourceType(p AttrPath) bool {
	return p.URN == "" && schema.EqualName(p.Name, "meta") && schema.EqualName(p.Sub, "resourceType")
}

// fits tells whether an operator is defined for any attribute with such a value (RFC 7644 Table 3).
func fits(op Operator, v any) bool {
	switch v.(type) {
	case nil, bool:
		return op == Eq || op == Ne
	case scim.Number:
		return op != Co && op != Sw && op != Ew
	}
	return true
}

// describe names a value in a detail.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "true or false"
	case scim.Number:
		return "the number " + scim.Abbreviate(string(v))
	case string:
		return "the string \"" + scim.Abbreviate(v) + "\""
	}
	return "this value"
}
