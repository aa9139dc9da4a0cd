package sqlstore

import (
	"reflect"
	"testing"
)

func TestMerged(t *testing.T) {
	t.Parallel()
	lock := func(key int64) statement { return statement{query: lockShared, args: []any{key}} }
	add := func(name string, n int64, ok bool, body []byte, values ...string) statement {
		return statement{query: "one", many: "many", args: []any{name, n, ok, body, values, make([]bool, len(values))}}
	}
	note := func(n int64) statement { return statement{query: "note", many: "notes", args: []any{n}} }
	for name, c := range map[string]struct {
		shares [][]statement
		want   []statement
	}{
		"one": {
			shares: [][]statement{{lock(1), add("a", 1, true, nil, "x")}},
			want:   []statement{lock(1), add("a", 1, true, nil, "x")},
		},
		"alike": {
			shares: [][]statement{{lock(1), add("a", 1, true, []byte("A"), "x", "y")}, {lock(1), add("b", 2, false, nil)}, {lock(2), add("c", 3, true, nil, "z")}},
			want: []statement{lock(1), lock(2), {query: "many", args: []any{[]string{"a", "b", "c"}, []int64{1, 2, 3}, []bool{true, false, true},
				[][]byte{[]byte("A"), nil, nil}, []string{"x", "y", "z"}, []bool{false, false, false}, []int64{1, 1, 3}}}},
		},
		"no values at all": {
			shares: [][]statement{{add("a", 1, true, nil)}, {add("b", 2, true, nil)}},
			want: []statement{{query: "many", args: []any{[]string{"a", "b"}, []int64{1, 2}, []bool{true, true}, [][]byte{nil, nil},
				[]string(nil), []bool(nil), []int64{}}}},
		},
		"each in its order": {
			shares: [][]statement{{note(1), note(2)}, {note(3)}, {note(4), note(5)}},
			want:   []statement{{query: "notes", args: []any{[]int64{1, 4}}}, {query: "notes", args: []any{[]int64{2, 5}}}, note(3)},
		},
	} {
		var shares []*share
		for _, s := range c.shares {
			shares = append(shares, &share{statements: s})
		}
		if got := merged(shares); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n%v, want\n%v", name, got, c.want)
		}
	}
}

func TestShareable(t *testing.T) {
	t.Parallel()
	if !shareable([]statement{{query: lockShared}, {query: createPostgres, many: createMany}, {query: insertBoth, many: insertBothMany}}) {
		t.Error("a creation is not")
	}
	for _, query := range []string{"SELECT pg_advisory_xact_lock($1)", "UPDATE resource SET label = $1", insertEvent, savepoint} {
		if shareable([]statement{{query: query}}) {
			t.Errorf("%s is", query)
		}
	}
}
