package directory_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
)

// state is what a reader of the feed knows.
type state struct {
	// Bodies are the resources by id, Members the groups of each group by member.
	Bodies  map[string]map[string]any
	Members map[string]map[string]bool
	Version map[string]int64
}

func newState() *state {
	return &state{map[string]map[string]any{}, map[string]map[string]bool{}, map[string]int64{}}
}

// fold replays events the way an application would.
func fold(t *testing.T, events []*directory.Event) *state {
	t.Helper()
	s := newState()
	for i, e := range events {
		if e.Seq != directory.Seq(i+1) {
			t.Fatalf("event %d has seq %d", i+1, e.Seq)
		}
		switch e.Type {
		case directory.UserDeleted, directory.GroupDeleted, directory.ResourceDeleted:
			delete(s.Bodies, e.SubjectID)
			delete(s.Members, e.SubjectID)
			delete(s.Version, e.SubjectID)
			for _, members := range s.Members {
				delete(members, e.SubjectID)
			}
			continue
		case directory.GroupMemberAdded, directory.GroupMemberRemoved:
			s.foldMembers(t, e)
		}
		var body map[string]any
		if err := json.Unmarshal(e.Data, &body); err != nil {
			t.Fatal(err)
		}
		s.Bodies[e.SubjectID] = body
		s.Version[e.SubjectID] = e.SubjectVersion
	}
	for group, members := range s.Members {
		if len(members) == 0 {
			delete(s.Members, group)
		}
	}
	return s
}

func (s *state) foldMembers(t *testing.T, e *directory.Event) {
	t.Helper()
	var changes []struct {
		Path          string
		Before, After []struct{ Value, Type string }
	}
	if err := json.Unmarshal(e.Changes, &changes); err != nil {
		t.Fatal(err)
	}
	if s.Members[e.SubjectID] == nil {
		s.Members[e.SubjectID] = map[string]bool{}
	}
	for _, c := range changes {
		if len(c.Before)+len(c.After) > 500 || len(c.Before)+len(c.After) == 0 {
			t.Errorf("event %d names %d members", e.Seq, len(c.Before)+len(c.After))
		}
		for _, m := range c.After {
			if s.Members[e.SubjectID][m.Value] {
				t.Errorf("event %d adds the member %s again", e.Seq, m.Value)
			}
			if m.Type == "" {
				t.Errorf("event %d names a member without type", e.Seq)
			}
			s.Members[e.SubjectID][m.Value] = true
		}
		for _, m := range c.Before {
			if !s.Members[e.SubjectID][m.Value] {
				t.Errorf("event %d removes %s, which is no member", e.Seq, m.Value)
			}
			delete(s.Members[e.SubjectID], m.Value)
		}
	}
}

// checkFold compares what the feed says with what the store has.
func (f *fixture) checkFold() {
	f.t.Helper()
	ctx := context.Background()
	want := newState()
	sources, err := f.srcs.List(ctx)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, src := range sources {
		scope := f.scopeOf(src.Source)
		registry, err := f.defs.Registry(ctx, src.ID)
		if err != nil {
			f.t.Fatal(err)
		}
		for _, typ := range registry.Types() {
			q := &directory.ResourceQuery{Type: typ, Limit: 1_000_000}
			_, err := f.ress.Query(ctx, &scope, q, directory.With{Members: true}, func(e *directory.Entry) error {
				var body map[string]any
				if err := json.Unmarshal(e.Body, &body); err != nil {
					return err
				}
				id := string(e.ID)
				want.Bodies[id], want.Version[id] = body, e.Version
				for _, m := range e.Members {
					if want.Members[id] == nil {
						want.Members[id] = map[string]bool{}
					}
					want.Members[id][string(m.ID)] = true
				}
				return nil
			})
			if err != nil {
				f.t.Fatal(err)
			}
		}
	}
	if diff := cmp.Diff(want, fold(f.t, f.events(0))); diff != "" {
		f.t.Errorf("the events do not rebuild the directory (-store +events):\n%s", diff)
	}
}
