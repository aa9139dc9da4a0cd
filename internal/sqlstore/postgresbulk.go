package sqlstore

import (
	"slices"

	"github.com/jackc/pgx/v5"
)

// bulked makes one statement of statements with one text: their many, which takes an array for each argument,
// with one value for each statement. Lists among the arguments follow each other in one array; the last argument
// is then the number of the statement that each of their values belongs to, counted from 1.
func bulked(list []statement) statement {
	if len(list) == 1 {
		return list[0]
	}
	columns := make([]any, len(list[0].args), len(list[0].args)+1)
	var owners []int64
	for j, first := range list[0].args {
		switch first.(type) {
		case string:
			columns[j] = argument[string](list, j)
		case int64:
			columns[j] = argument[int64](list, j)
		case bool:
			columns[j] = argument[bool](list, j)
		case []byte:
			columns[j] = argument[[]byte](list, j)
		case []string:
			columns[j] = slices.Concat(argument[[]string](list, j)...)
			if owners == nil {
				owners = ownersOf(list, j)
			}
		case []bool:
			columns[j] = slices.Concat(argument[[]bool](list, j)...)
		}
	}
	if owners != nil {
		columns = append(columns, owners)
	}
	s := statement{query: list[0].many, args: columns}
	if list[0].number != nil {
		s.read = readNumbers(list)
	}
	return s
}

// argument is argument j of each statement. All have one type.
func argument[T any](list []statement, j int) []T {
	all := make([]T, len(list))
	for i, s := range list {
		all[i] = s.args[j].(T)
	}
	return all
}

// ownersOf returns the number of the statement of each value in the lists that are argument j.
func ownersOf(list []statement, j int) []int64 {
	owners := []int64{}
	for i, values := range argument[[]string](list, j) {
		for range values {
			owners = append(owners, int64(i+1))
		}
	}
	return owners
}

// readNumbers reads a number for each statement, in their order.
func readNumbers(list []statement) func(pgx.BatchResults) error {
	return func(results pgx.BatchResults) error {
		rows, err := results.Query()
		if err != nil {
			return err
		}
		defer rows.Close()
		for i := 0; rows.Next(); i++ {
			if err := rows.Scan(list[i].number); err != nil {
				return err
			}
		}
		return rows.Err()
	}
}

// shareable reports whether statements may be committed with those of other updates.
func shareable(statements []statement) bool {
	for _, s := range statements {
		if s.many == "" && s.query != lockShared {
			return false
		}
	}
	return true
}

// merged returns the statements of shares, those of each in their order. Where all say the same thing they do so
// at once.
func merged(shares []*share) (all []statement) {
	for len(shares) > 0 {
		var alike, rest []*share
		for _, s := range shares {
			if sameForm(s.statements, shares[0].statements) {
				alike = append(alike, s)
			} else {
				rest = append(rest, s)
			}
		}
		for k, first := range shares[0].statements {
			list := make([]statement, len(alike))
			for i, s := range alike {
				list[i] = s.statements[k]
			}
			if first.many != "" {
				all = append(all, bulked(list))
			} else {
				all = append(all, slices.CompactFunc(list, sameArgs)...)
			}
		}
		shares = rest
	}
	return all
}

func sameForm(a, b []statement) bool {
	return slices.EqualFunc(a, b, func(x, y statement) bool { return x.query == y.query })
}

// sameArgs reports whether two locks are one.
func sameArgs(a, b statement) bool { return slices.Equal(a.args, b.args) }
