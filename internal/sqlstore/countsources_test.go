package sqlstore

import (
	"regexp"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
)

// reads matches steps that read a table or an index of it.
var reads = regexp.MustCompile(`^(SCAN|SEARCH) (r|resource|resource_value)\b`)

// TestCountBySource_ReadsNoRows: a count over all sources looks through indexes that have all it needs, whatever the
// number of sources.
func TestCountBySource_ReadsNoRows(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
	idle := false
	// Tombstones, and inactive ones that are searched, are few: their rows may be read.
	for name, q := range map[string]directory.CountQuery{
		"all":      {Type: "User"},
		"inactive": {Type: "User", Active: &idle},
		"search":   {Type: "User", Search: "ada"},
	} {
		err := s.view(t.Context(), func(x *tx) error {
			p := &planner{conn: x.conn, t: t}
			x.conn = p
			defer func() { x.conn = p.conn }()
			_, err := x.CountBySource(t.Context(), q)
			for _, step := range p.plans {
				if !strings.Contains(step, " COVERING INDEX ") && reads.MatchString(step) {
					t.Errorf("%s: %s\n\t%s", name, step, strings.Join(p.plans, "\n\t"))
				}
			}
			if len(p.plans) == 0 {
				t.Errorf("%s: nothing was planned", name)
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
