package provision

import (
	"context"
	"errors"
	"net/http"
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

	mu    sync.Mutex
	lanes map[directory.SourceID]*lanes // guarded by mu
}

type lanes struct {
	reads, writes chan struct{}
	waiting       atomic.Int64
}

func newLimiter(c Capacity) *limiter {
	return &limiter{capacity: c.withDefaults(), lanes: map[directory.SourceID]*lanes{}}
}

func (l *limiter) of(source directory.SourceID) *lanes {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.lanes[source]
	if s == nil {
		s = &lanes{reads: make(chan struct{}, l.capacity.Reads), writes: make(chan struct{}, l.capacity.Writes)}
		l.lanes[source] = s
	}
	return s
}

// enter waits for a place and returns how to leave it, or a 429.
func (l *limiter) enter(ctx context.Context, source directory.SourceID, method string) (leave func(), err error) {
	s := l.of(source)
	lane := s.writes
	if method == http.MethodGet || method == http.MethodHead {
		lane = s.reads
	}
	select {
	case lane <- struct{}{}:
		return func() { <-lane }, nil
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
	case lane <- struct{}{}:
		return func() { <-lane }, nil
	case <-timer.C:
		return nil, l.refuse()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// searched bounds the time of a search. Its context ends with the request's, and verdict turns an error
// into the answer when it was the limit that ended it.
func (c Capacity) searched(ctx context.Context) (limited context.Context, verdict func(error) error, cancel func()) {
	limited, cancel = context.WithTimeout(ctx, c.Search)
	return limited, func(err error) error {
		if err == nil || limited.Err() == nil || ctx.Err() != nil || errors.Is(err, directory.ErrBusy) {
			return err // a server that is away is no fault of the search
		}
		return scim.BadRequest(scim.TooMany, "The search was given up after %s, because it looks at every resource. Compare an attribute with an index: id, userName, externalId, displayName, emails.value, members.value or meta.lastModified; or read everything page by page, without filter and sortBy.",
			c.Search).WithRule("filter.slow").WithCause(err)
	}, cancel
}

func (l *limiter) refuse() error {
	e := scim.Errorf(http.StatusTooManyRequests,
		"Too many requests of this source are under way. Send fewer at once, and repeat this one after the time in Retry-After.").WithRule("rate.limited")
	e.RetryAfter = 5 * time.Second
	return e
}
