package provision

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
)

// search is the context of a search, which ends with the request or when its time is over. The time begins
// when the end is first asked for: most searches are look-ups by an index, which nothing interrupts, and for
// which a timer would be a good part of the work.
type search struct {
	request context.Context
	limit   time.Duration

	mu     sync.Mutex
	timed  context.Context    // guarded by mu; nil until the time begins
	cancel context.CancelFunc // guarded by mu; that of timed
}

var _ context.Context = (*search)(nil)

// begin lets the time begin, and returns the context that ends with it.
func (s *search) begin() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timed == nil {
		s.timed, s.cancel = context.WithTimeout(s.request, s.limit)
	}
	return s.timed
}

// Done implements context.Context.
func (s *search) Done() <-chan struct{} { return s.begin().Done() }

// Err implements context.Context.
func (s *search) Err() error { return s.begin().Err() }

// Deadline implements context.Context.
func (s *search) Deadline() (time.Time, bool) { return s.begin().Deadline() }

// Value implements context.Context.
func (s *search) Value(key any) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timed == nil {
		return s.request.Value(key)
	}
	return s.timed.Value(key)
}

// end releases the timer.
func (s *search) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		s.cancel()
	}
}

// verdict turns an error of a search into the answer when it was the limit that ended it.
func (s *search) verdict(err error) error {
	if err == nil || s.Err() == nil || s.request.Err() != nil || errors.Is(err, directory.ErrBusy) {
		return err // a server that is away is no fault of the search
	}
	return scim.BadRequest(scim.TooMany, "The search was given up after %s, because it looks at every resource. Compare an attribute with an index: id, userName, externalId, displayName, emails.value, members.value or meta.lastModified; or read everything page by page, without filter and sortBy.",
		s.limit).WithRule("filter.slow").WithCause(err)
}
