package sqlstore

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// bindAll turns a statement and its arguments into what the driver takes.
func bindAll(query string, args []any) (statement, error) {
	bound := make([]any, len(args))
	for i, a := range args {
		if list, ok := a.([]string); ok { // one argument for any number of values
			bound[i] = list
			continue
		}
		v, err := bindable(a)
		if err != nil {
			return statement{}, err
		}
		if s, ok := v.(string); ok {
			v = storable(s)
		}
		bound[i] = v
	}
	return used(query, bound), nil
}

// storable replaces what PostgreSQL has no way to keep in a text: NUL, and bytes that are no UTF-8.
// Resources have neither; paths and header fields of requests may.
func storable(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	return s
}

// used drops arguments that the statement does not mention, since PostgreSQL cannot tell their types:
// a condition may have been made from a part of another.
func used(query string, args []any) statement {
	var seen [16]uint64
	count := 0
	for i := range placeholdersOf(query) {
		if i > len(args) || i > 64*len(seen) {
			return statement{query: query, args: args}
		}
		if bit := uint64(1) << ((i - 1) % 64); seen[(i-1)/64]&bit == 0 {
			seen[(i-1)/64] |= bit
			count++
		}
	}
	if count == len(args) {
		return statement{query: query, args: args}
	}
	number := make([]int, len(args))
	kept := make([]any, 0, count)
	for i, a := range args {
		if seen[i/64]&(1<<(i%64)) != 0 {
			kept = append(kept, a)
			number[i] = len(kept)
		}
	}
	var b strings.Builder
	rest := 0
	for i, at := range placeholdersOf(query) {
		b.WriteString(query[rest : at+1])
		b.WriteString(strconv.Itoa(number[i-1]))
		rest = at + 1 + len(strconv.Itoa(i))
	}
	b.WriteString(query[rest:])
	return statement{query: b.String(), args: kept}
}

// placeholdersOf yields the numbers of placeholders and where their $ stands.
func placeholdersOf(query string) func(yield func(number, at int) bool) {
	return func(yield func(int, int) bool) {
		for at := 0; at < len(query); at++ {
			if query[at] != '$' {
				continue
			}
			start, n := at, 0
			for at+1 < len(query) && '0' <= query[at+1] && query[at+1] <= '9' {
				at++
				n = 10*n + int(query[at]-'0')
			}
			if n > 0 && !yield(n, start) {
				return
			}
		}
	}
}
