package sqlstore

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBindAll_DropsWhatIsNotMentioned(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query string
		args  []any
		want  string
		kept  []any
	}{
		{"SELECT 1", nil, "SELECT 1", []any{}},
		{"SELECT $1, $2 + $1", []any{1, "a"}, "SELECT $1, $2 + $1", []any{int64(1), "a"}},
		{"SELECT $2, $4 + $2", []any{1, 2, 3, 4}, "SELECT $1, $2 + $1", []any{int64(2), int64(4)}},
		{"SELECT $12 '$'", []any{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, "SELECT $1 '$'", []any{int64(12)}},
		{"SELECT $2", []any{1}, "SELECT $2", []any{int64(1)}}, // left to the server
		{"SELECT $1", []any{"a\x00b\xff"}, "SELECT $1", []any{"a\uFFFDb\uFFFD"}},
	} {
		s, err := bindAll(c.query, c.args)
		if err != nil || s.query != c.want {
			t.Errorf("%s becomes %s, want %s: %v", c.query, s.query, c.want, err)
		}
		if diff := cmp.Diff(c.kept, s.args); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.query, diff)
		}
	}
	if _, err := bindAll("SELECT $1", []any{struct{}{}}); err == nil {
		t.Error("a type that no column has was accepted")
	}
}
