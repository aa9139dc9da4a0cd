package sqlstore

import (
	"database/sql/driver"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// gatherable reports whether arguments can be put into arrays.
func gatherable(args []any) bool {
	for _, a := range args {
		switch a.(type) {
		case string, int64, bool:
		default:
			return false
		}
	}
	return len(args) > 0
}

// gathered makes one statement of shares that read with one text, and that sets their answers. Arguments that
// differ become columns of the table asked, a name that no statement has for one of its own, with a row for each
// share. The statement is run for each row; OFFSET keeps it from being joined in another way, so that the rows of
// each share come in their order.
func gathered(shares []*share) statement {
	first := shares[0].statements[0]
	if len(shares) == 1 {
		return statement{query: first.query, args: first.args, read: func(results pgx.BatchResults) error {
			return readAnswers(results, 0, func(int64) *share { return shares[0] }, shares)
		}}
	}
	list := make([]statement, len(shares))
	for i, s := range shares {
		list[i] = s.statements[0]
	}
	differ := differing(list)
	var args []any
	var arrays, columns []string
	name := make([]string, len(first.args))
	for j, a := range first.args {
		if !differ[j] {
			args = append(args, a)
			name[j] = "$" + strconv.Itoa(len(args))
			continue
		}
		column, typ := "a"+strconv.Itoa(j), ""
		switch a.(type) {
		case string:
			a, typ = argument[string](list, j), "text"
		case int64:
			a, typ = argument[int64](list, j), "bigint"
		case bool:
			a, typ = argument[bool](list, j), "boolean"
		}
		args = append(args, a)
		name[j] = "asked." + column
		arrays = append(arrays, "$"+strconv.Itoa(len(args))+"::"+typ+"[]")
		columns = append(columns, column)
	}
	query := "SELECT asked.n, q.* FROM unnest(" + strings.Join(arrays, ", ") + ") WITH ORDINALITY AS asked (" + strings.Join(columns, ", ") +
		", n), LATERAL (SELECT * FROM (" + renamed(first.query, name) + ") q OFFSET 0) q"
	return statement{query: query, args: args, read: func(results pgx.BatchResults) error {
		return readAnswers(results, 1, func(n int64) *share { return shares[n-1] }, shares)
	}}
}

// differing tells which arguments are not the same in all statements: at least one.
func differing(list []statement) []bool {
	differ := make([]bool, len(list[0].args))
	any := false
	for j, a := range list[0].args {
		differ[j] = slices.ContainsFunc(list, func(s statement) bool { return s.args[j] != a })
		any = any || differ[j]
	}
	differ[0] = differ[0] || !any
	return differ
}

// renamed puts names in the places of placeholders.
func renamed(query string, name []string) string {
	var b strings.Builder
	rest := 0
	for i, at := range placeholdersOf(query) {
		b.WriteString(query[rest:at])
		b.WriteString(name[i-1])
		rest = at + 1 + len(strconv.Itoa(i))
	}
	b.WriteString(query[rest:])
	return b.String()
}

// readAnswers gives each row to the share of its first column, if skip is 1.
func readAnswers(results pgx.BatchResults, skip int, of func(n int64) *share, shares []*share) error {
	found, err := results.Query()
	if err != nil {
		return err
	}
	defer found.Close()
	r := &pgRows{rows: found}
	columns := len(found.FieldDescriptions())
	for _, s := range shares {
		s.answer = answer{columns: columns - skip}
	}
	for found.Next() {
		row := make([]driver.Value, columns)
		if err := r.decode(row); err != nil {
			return err
		}
		n := int64(1)
		if skip > 0 {
			n = row[0].(int64)
		}
		s := of(n)
		s.answer.rows = append(s.answer.rows, row[skip:])
	}
	return found.Err()
}
