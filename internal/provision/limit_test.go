package provision

import (
	"net/http"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// taken is how many places a source gets before one is refused, all at one moment.
func taken(t *testing.T, l *limiter, source directory.SourceID, method string, now time.Time) int {
	t.Helper()
	for n := 0; ; n++ {
		p, err := l.enter(t.Context(), source, method, now)
		if err != nil {
			return n
		}
		t.Cleanup(p.leave)
	}
}

func TestLimiter_FewerPlacesInCompany(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_000_000, 0)
	capacity := Capacity{Reads: 5, Writes: 7, Shared: 3, Queue: 1, Wait: time.Nanosecond}
	open := func() *limiter { return newLimiter(capacity) }
	visit := func(l *limiter, source directory.SourceID) {
		p, err := l.enter(t.Context(), source, http.MethodGet, now)
		if err != nil {
			t.Fatal(err)
		}
		p.leave()
	}
	for name, tc := range map[string]struct {
		before        func(l *limiter)
		reads, writes int
	}{
		"first":          {func(*limiter) {}, 5, 7},
		"alone":          {func(l *limiter) { visit(l, 1); visit(l, 1) }, 5, 7},
		"after another":  {func(l *limiter) { visit(l, 2) }, 3, 3},
		"between others": {func(l *limiter) { visit(l, 2); visit(l, 1); visit(l, 1) }, 3, 3},
		"long after another": {func(l *limiter) {
			visit(l, 2)
			visit(l, 1)
			now = now.Add(company)
		}, 5, 7},
	} {
		l := open()
		tc.before(l)
		if got := taken(t, l, 1, http.MethodGet, now); got != tc.reads {
			t.Errorf("%s: %d reads, want %d", name, got, tc.reads)
		}
		if got := taken(t, l, 1, http.MethodPost, now); got != tc.writes {
			t.Errorf("%s: %d writes, want %d", name, got, tc.writes)
		}
	}
}

func TestCapacity_Defaults(t *testing.T) {
	t.Parallel()
	c := Capacity{}.withDefaults()
	if c.Reads != 16 || c.Writes != 128 || c.Shared < 8 || c.Queue != 1000 || c.Wait != 10*time.Second || c.Search != 10*time.Second {
		t.Errorf("%+v", c)
	}
	few := newLimiter(Capacity{Reads: 2, Writes: 2, Shared: 4, Queue: 1, Wait: time.Nanosecond})
	if p, _ := few.of(1, time.Unix(1_000_000, 0)); cap(p.reads.shared) != 2 {
		t.Errorf("%d places in company, more than alone", cap(p.reads.shared))
	}
}
