package provision

import (
	"context"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
)

// Capacity bounds what the requests of one source may take from the others. A zero field means its
// default.
type Capacity struct {
	// Reads and Writes are how many requests of a source are served at once; 16 and 128. Writes wait
	// for a shared commit most of the time.
	Reads, Writes int
	// Shared is how many reads, and how many writes, of a source are served at once while other sources
	// send requests, too: those wait for the processor and for the commit behind all that are served.
	// By default 4 for each processor, and 8 at least.
	Shared int
	// Queue is how many more may wait; 1,000.
	Queue int
	// Wait is how long they wait; 10 seconds.
	Wait time.Duration
	// Search is how long one list may be searched for; 10 seconds. Filters on attributes without an index
	// look at every resource.
	Search time.Duration
}

func (c Capacity) withDefaults() Capacity {
	if c.Reads <= 0 {
		c.Reads = 16
	}
	if c.Writes <= 0 {
		c.Writes = 128
	}
	if c.Shared <= 0 {
		c.Shared = max(8, 4*runtime.GOMAXPROCS(0))
	}
	if c.Queue <= 0 {
		c.Queue = 1000
	}
	if c.Wait <= 0 {
		c.Wait = 10 * time.Second
	}
	if c.Search <= 0 {
		c.Search = 10 * time.Second
	}
	return c
}

// limiter gives each source places of its own. Waiting is preferred to refusing: identity providers
// treat refusals as failures.
type limiter struct {
	capacity Capacity

	mu      sync.Mutex
	sources map[directory.SourceID]*places // guarded by mu
	last    directory.SourceID             // guarded by mu; whose request came last, at lastAt
	lastAt  time.Time                      // guarded by mu
	otherAt time.Time                      // guarded by mu; when the last one of another source than last came
}

// places are those of one source.
type places struct {
	reads, writes lane
	waiting       atomic.Int64
}

// lane has places for a source that is alone, and fewer for one that is not.
type lane struct{ alone, shared chan struct{} }

func newLimiter(c Capacity) *limiter {
	return &limiter{capacity: c.withDefaults(), sources: map[directory.SourceID]*places{}}
}

// company is how long a source counts as one that sends requests after one of them.
const company = time.Second

// of returns the places of a source, and whether other sources send requests, too.
func (l *limiter) of(source directory.SourceID, now time.Time) (p *places, shared bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if source != l.last {
		l.last, l.otherAt = source, l.lastAt
	}
	l.lastAt = now
	p = l.sources[source]
	if p == nil {
		c := l.capacity
		of := func(n int) lane {
			return lane{alone: make(chan struct{}, n), shared: make(chan struct{}, min(n, c.Shared))}
		}
		p = &places{reads: of(c.Reads), writes: of(c.Writes)}
		l.sources[source] = p
	}
	return p, now.Sub(l.otherAt) < company
}

// place is one that was taken.
type place <-chan struct{}

func (p place) leave() { <-p }

// enter waits for a place, or returns a 429.
func (l *limiter) enter(ctx context.Context, source directory.SourceID, method string, now time.Time) (place, error) {
	s, shared := l.of(source, now)
	kind := s.writes
	if method == http.MethodGet || method == http.MethodHead {
		kind = s.reads
	}
	free := kind.alone
	if shared {
		free = kind.shared
	}
	select {
	case free <- struct{}{}:
		return free, nil
	default:
	}
	if s.waiting.Add(1) > int64(l.capacity.Queue) {
		s.waiting.Add(-1)
		return nil, l.refuse()
	}
	defer s.waiting.Add(-1)
	timer := time.NewTimer(l.capacity.Wait)
	defer timer.Stop()
	select {
	case free <- struct{}{}:
		return free, nil
	case <-timer.C:
		return nil, l.refuse()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *limiter) refuse() error {
	e := scim.Errorf(http.StatusTooManyRequests,
		"Too many requests of this source are under way. Send fewer at once, and repeat this one after the time in Retry-After.").WithRule("rate.limited")
	e.RetryAfter = 5 * time.Second
	return e
}
