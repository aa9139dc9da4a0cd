package filter_test

import (
	"fmt"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

func Example() {
	expr, err := filter.Parse(`emails[type eq "work"].value ew "@example.com"`, filter.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	bound, err := filter.Bind(expr, schema.Core().TypeByName("User"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(expr)
	fmt.Println(bound.Match(scim.Object{
		"userName": "ada",
		"emails":   []any{scim.Object{"type": "work", "value": "Ada@Example.com"}},
	}))
	// Output:
	// emails[type eq "work" and value ew "@example.com"]
	// true
}

func ExampleParse_error() {
	_, err := filter.Parse(`displayName  cx "a"`, filter.Limits{})
	fmt.Println(scim.AsError(err).Detail)
	// Output:
	// Column 14: unknown operator "cx". Use eq, ne, co, sw, ew, pr, gt, ge, lt or le.
}

func ExampleParsePath() {
	path, err := filter.ParsePath(`members[value eq "2819c223"].display`, filter.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(path.Name, path.Sub, path.Filter)
	// Output:
	// members display value eq "2819c223"
}

// A translator walks the typed tree. Operands become bind parameters, never text.
func ExampleFilter_Root() {
	expr, _ := filter.Parse(`userName eq "Ada" or not (active eq true)`, filter.Limits{})
	bound, err := filter.Bind(expr, schema.Core().TypeByName("User"))
	if err != nil {
		fmt.Println(err)
		return
	}
	var args []any
	var sql func(filter.Node) string
	sql = func(n filter.Node) string {
		switch n := n.(type) {
		case filter.OrNode:
			text := sql(n.Nodes[0])
			for _, m := range n.Nodes[1:] {
				text += " or " + sql(m)
			}
			return text
		case filter.NotNode:
			return "not (" + sql(n.Node) + ")"
		case filter.TermNode:
			if n.Key != "" {
				args = append(args, n.Key)
			} else {
				args = append(args, n.Value)
			}
			return n.Ref.Attr.Name + " = ?"
		}
		return "false"
	}
	fmt.Println(sql(bound.Root()), args)
	// Output:
	// userName = ? or not (active = ?) [ada true]
}
