package sqlstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
)

// standingSources are more than one statement asks about, each with a history of its own.
func standingSources(t *testing.T, s *Store) (sources []*directory.Source) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	var records []*journal.Record
	for n := range 2*sourcesAtOnce + 3 {
		src := &directory.Source{ID: directory.SourceID(n + 2), Enabled: n%11 != 0, Paused: n%13 == 0}
		sources = append(sources, src)
		failing := []float64{0, 0.2, 0.7, 1}[n%4]
		for i := range []int{0, 1, 4, 5, 6, 19, 40}[n%7] {
			r := &journal.Record{ID: fmt.Sprintf("%d-%d", n, i), Time: benchNow.Add(time.Duration(i) * time.Second), Source: src.ID,
				TokenID: "t", Path: "/Users", Status: 200, Action: []string{"read", "create", "patch"}[random.IntN(3)], ResourceType: "User"}
			if random.Float64() < failing {
				r.Status = []int{400, 401, 409, 500, 503}[random.IntN(5)]
				r.Detail = fmt.Sprint("failure ", i)
			}
			if r.Status == 401 {
				r.TokenID = ""
			}
			records = append(records, r)
		}
	}
	if err := s.AppendRequests(t.Context(), records); err != nil {
		t.Fatal(err)
	}
	return sources
}

// TestStandings_AreWhatEachSourceTells compares what is asked of many sources at once with what is asked of each.
func TestStandings_AreWhatEachSourceTells(t *testing.T) {
	onEachEngine(t, func(t *testing.T, s *Store) {
		sources := standingSources(t, s)
		j := journal.New(s, journal.Options{})
		t.Cleanup(func() {
			if err := j.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
		all, err := j.Statuses(t.Context(), sources)
		if err != nil {
			t.Fatal(err)
		}
		want := map[journal.State]int{}
		for i, src := range sources {
			one, err := journal.ReadStatus(t.Context(), s, src)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(one, all[i]); diff != "" {
				t.Errorf("source %d (-alone +among all):\n%s", src.ID, diff)
			}
			want[one.State]++
		}
		if len(want) != 5 {
			t.Errorf("not all states occur: %v", want)
		}
		got, err := j.States(t.Context(), sources)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("states: %v\n%s", err, diff)
		}
		none, err := j.Statuses(t.Context(), nil)
		if err != nil || len(none) != 0 {
			t.Errorf("of no source: %v, %v", none, err)
		}
	})
}
