package filter_test

import (
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// wide lets generated trees of any size through.
func wide() filter.Limits { return filter.Limits{Bytes: 1 << 20, Depth: 100, Terms: 1 << 20} }

// Printing a tree and parsing the text gives the tree.
// Pins R-FILTER-01.
func TestParse_InvertsString(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := genTree(t, 4, genAnyTerm, genAnyElement)
		got, err := filter.Parse(e.String(), wide())
		if err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		if diff := cmp.Diff(e, got); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", e, diff)
		}
	})
}

func TestParsePath_InvertsString(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := filter.Path{AttrPath: genPath(t)}
		if rapid.Bool().Draw(t, "filter") {
			p.Filter = genTree(t, 3, genAnyTerm, nil)
		}
		got, err := filter.ParsePath(p.String(), wide())
		if err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		if diff := cmp.Diff(p, got); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", p, diff)
		}
	})
}

// genTree draws an expression at most depth levels deep over the given leaves.
func genTree(t *rapid.T, depth int, term, element func(*rapid.T) filter.Expr) filter.Expr {
	kinds := []string{"term"}
	if element != nil {
		kinds = append(kinds, "element")
	}
	if depth > 0 {
		kinds = append(kinds, "and", "or", "not")
	}
	children := func() []filter.Expr {
		return slices.Collect(func(yield func(filter.Expr) bool) {
			for range rapid.IntRange(2, 3).Draw(t, "children") {
				if !yield(genTree(t, depth-1, term, element)) {
					return
				}
			}
		})
	}
	switch rapid.SampledFrom(kinds).Draw(t, "kind") {
	case "and":
		return filter.And{Terms: children()}
	case "or":
		return filter.Or{Terms: children()}
	case "not":
		return filter.Not{Expr: genTree(t, depth-1, term, element)}
	case "element":
		return element(t)
	}
	return term(t)
}

func genName(t *rapid.T) string {
	return rapid.OneOf(rapid.StringMatching(`[A-Za-z$][A-Za-z0-9_$-]{0,8}`), rapid.SampledFrom([]string{"and", "or", "not", "pr", "eq", "true"})).Draw(t, "name")
}

func genPath(t *rapid.T) filter.AttrPath {
	p := filter.AttrPath{Name: genName(t), URN: rapid.SampledFrom([]string{"", "urn:a:b:2.0:User", "urn:x", "http://a.example/b"}).Draw(t, "urn")}
	if rapid.Bool().Draw(t, "has sub") {
		p.Sub = genName(t)
	}
	return p
}

func genAnyTerm(t *rapid.T) filter.Expr {
	c := filter.Compare{Path: genPath(t), Op: filter.Pr}
	equal := []filter.Operator{filter.Eq, filter.Ne}
	ordered := append(slices.Clone(equal), filter.Gt, filter.Ge, filter.Lt, filter.Le)
	switch rapid.IntRange(0, 4).Draw(t, "literal") {
	case 0:
		c.Value, c.Op = rapid.Bool().Draw(t, "bool"), rapid.SampledFrom(equal).Draw(t, "op")
	case 1:
		c.Op = rapid.SampledFrom(equal).Draw(t, "op")
	case 2:
		c.Value = scim.Number(rapid.StringMatching(`-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?`).Draw(t, "number"))
		c.Op = rapid.SampledFrom(ordered).Draw(t, "op")
	case 3:
		c.Value = strings.ReplaceAll(rapid.String().Draw(t, "string"), "\x00", "")
		c.Op = rapid.SampledFrom(append(ordered, filter.Co, filter.Sw, filter.Ew)).Draw(t, "op")
	}
	return c
}

func genAnyElement(t *rapid.T) filter.Expr {
	p := genPath(t)
	p.Sub = ""
	return filter.Element{Path: p, Filter: genTree(t, 2, genAnyTerm, nil)}
}

// Evaluation agrees with a naive evaluator that works on the unbound tree, float-free numbers of
// math/big, and its own notion of letter case.
// Pins R-FILTER-05, R-FILTER-10.
func TestMatch_AgreesWithNaiveEvaluator(t *testing.T) {
	t.Parallel()
	typ := oracleType()
	rapid.Check(t, func(t *rapid.T) {
		obj := genObject(t, typ)
		e := genTree(t, 3, func(t *rapid.T) filter.Expr { return genTypedTerm(t, oracleAttributes(), "") },
			func(t *rapid.T) filter.Expr {
				return filter.Element{Path: attr("emails"), Filter: genTree(t, 2, func(t *rapid.T) filter.Expr {
					return genTypedTerm(t, oracleAttributes(), "emails")
				}, nil)}
			})
		f, err := filter.Bind(e, typ)
		if err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		if got, want := f.Match(obj), naive(e, obj, ""); got != want {
			t.Fatalf("%s on\n%s\n= %v, want %v", e, scim.AppendJSON(nil, obj), got, want)
		}
		parsed, err := filter.Parse(e.String(), wide())
		if err != nil {
			t.Fatal(err)
		}
		anyType, err := filter.BindAny(parsed, typ)
		if err != nil || anyType.Match(obj) != f.Match(obj) {
			t.Fatalf("%s: BindAny disagrees with Bind (%v)", e, err)
		}
	})
}

// oracleAttribute describes an attribute to the naive evaluator by dotted name.
type oracleAttribute struct {
	name  string
	typ   schema.Type
	exact bool
	trim  bool
}

func oracleAttributes() []oracleAttribute {
	return []oracleAttribute{
		{name: "login", typ: schema.String, trim: true},
		{name: "title", typ: schema.String},
		{name: "code", typ: schema.String, exact: true},
		{name: "link", typ: schema.Reference, exact: true},
		{name: "active", typ: schema.Boolean},
		{name: "age", typ: schema.Integer},
		{name: "score", typ: schema.Decimal},
		{name: "hired", typ: schema.DateTime},
		{name: "tags", typ: schema.String},
		{name: "ratings", typ: schema.Integer},
		{name: "name.given", typ: schema.String},
		{name: "emails.value", typ: schema.String},
		{name: "emails.primary", typ: schema.Boolean},
		{name: "emails.rank", typ: schema.Integer},
	}
}

func oracleType() *schema.ResourceType {
	s := &schema.Schema{ID: "urn:test:Thing", Name: "Thing"}
	for _, o := range oracleAttributes() {
		name, sub, _ := strings.Cut(o.name, ".")
		a := &schema.Attribute{Name: name, Type: o.typ, CaseExact: o.exact, MultiValued: name == "tags" || name == "ratings" || name == "emails"}
		if o.trim {
			a.Uniqueness = schema.UniqueServer
		}
		if sub != "" {
			leaf := &schema.Attribute{Name: sub, Type: o.typ, CaseExact: o.exact}
			if parent := s.Attribute(name); parent != nil {
				parent.SubAttributes = append(parent.SubAttributes, leaf)
				continue
			}
			a.Type, a.SubAttributes = schema.Complex, []*schema.Attribute{leaf}
		}
		s.Attributes = append(s.Attributes, a)
	}
	return &schema.ResourceType{Name: "Thing", Endpoint: "/Things", Schema: s}
}

// genValue draws from small pools, so that comparisons meet equal values often.
func genValue(t *rapid.T, typ schema.Type) any {
	switch typ {
	case schema.Boolean:
		return rapid.Bool().Draw(t, "bool")
	case schema.Integer, schema.Decimal:
		return scim.Number(rapid.SampledFrom([]string{"0", "-0", "1", "1.0", "10e-1", "2", "-3", "0.5", "5E-1", "12e-1", "1e300", "1e299", "0.0009"}).Draw(t, "number"))
	case schema.DateTime:
		return rapid.SampledFrom([]string{"2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00", "2020-01-01T00:00:00.5Z", "2019-12-31T23:59:59Z"}).Draw(t, "time")
	}
	return rapid.SampledFrom([]string{"", "a", "A", "ab", "B", " a", "a ", "é", "E\u0301", "100%", "_", "\"", "\\"}).Draw(t, "text")
}

func genObject(t *rapid.T, typ *schema.ResourceType) scim.Object {
	obj := scim.Object{}
	var complexValue func(a *schema.Attribute) any
	value := func(a *schema.Attribute) any {
		if a.Type == schema.Complex {
			return complexValue(a)
		}
		return genValue(t, a.Type)
	}
	complexValue = func(a *schema.Attribute) any {
		o := scim.Object{}
		for _, s := range a.SubAttributes {
			if rapid.Bool().Draw(t, "has "+s.Name) {
				o[s.Name] = value(s)
			}
		}
		return o
	}
	for _, a := range typ.Schema.Attributes {
		switch {
		case !rapid.Bool().Draw(t, "has "+a.Name):
		case a.MultiValued:
			list := []any{}
			for range rapid.IntRange(0, 3).Draw(t, "values") {
				list = append(list, value(a))
			}
			obj[a.Name] = list
		default:
			obj[a.Name] = value(a)
		}
	}
	return obj
}

// genTypedTerm draws a comparison that binds: of any attribute, or of a sub-attribute of parent.
func genTypedTerm(t *rapid.T, attrs []oracleAttribute, parent string) filter.Expr {
	if parent != "" {
		attrs = slices.Clone(attrs)
		attrs = slices.DeleteFunc(attrs, func(o oracleAttribute) bool { return !strings.HasPrefix(o.name, parent+".") })
	}
	o := rapid.SampledFrom(attrs).Draw(t, "attribute")
	name, sub, _ := strings.Cut(o.name, ".")
	c := filter.Compare{Path: filter.AttrPath{Name: name, Sub: sub}}
	if parent != "" {
		c.Path = attr(sub)
	}
	ops := []filter.Operator{filter.Eq, filter.Ne}
	if o.typ != schema.Boolean {
		ops = append(ops, filter.Gt, filter.Ge, filter.Lt, filter.Le)
	}
	if o.typ == schema.String || o.typ == schema.Reference {
		ops = append(ops, filter.Co, filter.Sw, filter.Ew)
	}
	switch rapid.IntRange(0, 5).Draw(t, "form") {
	case 0:
		c.Op = filter.Pr
	case 1:
		c.Op = rapid.SampledFrom(ops[:2]).Draw(t, "op")
	default:
		c.Op, c.Value = rapid.SampledFrom(ops).Draw(t, "op"), genValue(t, o.typ)
	}
	return c
}

// naive evaluates e on obj. parent is the attribute whose element obj is.
func naive(e filter.Expr, obj scim.Object, parent string) bool {
	switch e := e.(type) {
	case filter.And:
		return !slices.ContainsFunc(e.Terms, func(t filter.Expr) bool { return !naive(t, obj, parent) })
	case filter.Or:
		return slices.ContainsFunc(e.Terms, func(t filter.Expr) bool { return naive(t, obj, parent) })
	case filter.Not:
		return !naive(e.Expr, obj, parent)
	case filter.Element:
		list, _ := obj[e.Path.Name].([]any)
		return slices.ContainsFunc(list, func(v any) bool {
			return len(v.(scim.Object)) > 0 && naive(e.Filter, v.(scim.Object), e.Path.Name)
		})
	}
	c := e.(filter.Compare)
	var values []any
	add := func(v any) {
		if v != nil {
			values = append(values, v)
		}
	}
	list, ok := obj[c.Path.Name].([]any)
	if !ok {
		list = []any{obj[c.Path.Name]}
	}
	for _, v := range list {
		if o, ok := v.(scim.Object); ok {
			v = o[c.Path.Sub]
		}
		add(v)
	}
	name := c.Path.String()
	if parent != "" {
		name = parent + "." + name
	}
	i := slices.IndexFunc(oracleAttributes(), func(o oracleAttribute) bool { return o.name == name })
	o := oracleAttributes()[i]
	switch {
	case c.Op == filter.Pr:
		return slices.ContainsFunc(values, func(v any) bool { return v != "" })
	case c.Value == nil:
		return (len(values) == 0) == (c.Op == filter.Eq)
	case len(values) == 0:
		return c.Op == filter.Ne
	}
	return slices.ContainsFunc(values, func(v any) bool { return naiveCompare(o, c.Op, v, c.Value) })
}

func naiveCompare(o oracleAttribute, op filter.Operator, value, operand any) bool {
	var order int
	switch o.typ {
	case schema.Boolean:
		return (value == operand) == (op == filter.Eq)
	case schema.Integer, schema.Decimal:
		x, _ := new(big.Rat).SetString(string(value.(scim.Number)))
		y, _ := new(big.Rat).SetString(string(operand.(scim.Number)))
		order = x.Cmp(y)
	case schema.DateTime:
		x, _ := time.Parse(time.RFC3339Nano, value.(string))
		y, _ := time.Parse(time.RFC3339Nano, operand.(string))
		order = x.Compare(y)
	default:
		fold := func(s string) string {
			s = strings.ReplaceAll(s, "E\u0301", "É")
			if !o.exact {
				s = strings.ToLower(s)
			}
			return s
		}
		x, y := fold(value.(string)), fold(operand.(string))
		if o.trim {
			x = strings.TrimSpace(x)
		}
		switch op {
		case filter.Co:
			return strings.Contains(x, y)
		case filter.Sw:
			return strings.HasPrefix(x, y)
		case filter.Ew:
			return strings.HasSuffix(x, y)
		}
		if o.trim {
			y = strings.TrimSpace(y)
		}
		order = strings.Compare(x, y)
	}
	return slices.Contains(map[filter.Operator][]int{
		filter.Eq: {0}, filter.Ne: {-1, 1}, filter.Gt: {1}, filter.Ge: {0, 1}, filter.Lt: {-1}, filter.Le: {-1, 0},
	}[op], order)
}
