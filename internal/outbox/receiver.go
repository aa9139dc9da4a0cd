package outbox

import (
	"slices"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/secevent"
)

// Kind is how a receiver gets tokens.
type Kind string

// The kinds.
const (
	// Push receivers are called (RFC 8935), Poll receivers call (RFC 8936).
	Push Kind = "push"
	Poll Kind = "poll"
)

// Payload is how much an event tells (RFC 9967 §2.2).
type Payload string

// The payloads.
const (
	// Notice names what changed; Full carries the values too.
	Notice Payload = "notice"
	Full   Payload = "full"
)

// Receiver is a place that events go to.
type Receiver struct {
	ID   string
	Name string
	// Source restricts the events to one source; 0 means all.
	Source directory.SourceID
	Kind   Kind
	// URL is where a push receiver is called.
	URL string
	// Audience is the aud of its tokens.
	Audience string
	// Secret is, sealed, the bearer token that a push receiver is called with; empty for none.
	Secret []byte
	// TokenHash is the hash of the bearer token that a poll receiver must show.
	TokenHash []byte
	Payload   Payload
	// Events are the URIs that the receiver gets; empty means all of its payload.
	Events  []string
	Enabled bool
	Created time.Time
	Progress
	Lease Lease
}

// Position is a place in what there is to tell: the last event of the feed and the last outcome of a
// postponed request that need not be told again.
type Position struct {
	Event   directory.Seq
	Outcome int64
}

// Progress is how far a receiver is. It is written by deliveries only.
type Progress struct {
	Position
	// Attempts is the number of failed attempts since the last success, NextAttempt when the next one
	// is due.
	Attempts    int
	NextAttempt time.Time
	// LastSuccess is when a token was last taken over, LastFailure when one last was not and LastError
	// why.
	LastSuccess time.Time
	LastFailure time.Time
	LastError   string
}

// Lease is the right of one process to serve a push receiver, or to perform a postponed request.
type Lease struct {
	Owner string
	Until time.Time
}

// free reports whether owner may take the lease at now.
func (l Lease) free(owner string, now time.Time) bool {
	return l.Owner == "" || l.Owner == owner || !now.Before(l.Until)
}

// State is what a page says about a receiver in a word.
type State string

// The states.
const (
	StateDisabled State = "disabled"
	StateWaiting  State = "waiting" // nothing was delivered yet
	StateHealthy  State = "healthy"
	StateFailing  State = "failing"
)

// State returns the receiver's state.
func (r *Receiver) State() State {
	switch {
	case !r.Enabled:
		return StateDisabled
	case r.Attempts > 0 || r.LastFailure.After(r.LastSuccess):
		return StateFailing
	case r.LastSuccess.IsZero():
		return StateWaiting
	}
	return StateHealthy
}

// Offered returns the event URIs that a payload consists of, sorted.
func (p Payload) Offered() []string {
	list := []string{secevent.FeedAdd, secevent.Delete, secevent.Activate, secevent.Deactivate, secevent.AsyncResp, p.create(), p.patch()}
	slices.Sort(list)
	return list
}

func (p Payload) create() string {
	if p == Full {
		return secevent.CreateFull
	}
	return secevent.CreateNotice
}

func (p Payload) patch() string {
	if p == Full {
		return secevent.PatchFull
	}
	return secevent.PatchNotice
}

// Wanted returns the event URIs that the receiver gets, sorted.
func (r *Receiver) Wanted() []string {
	if len(r.Events) == 0 {
		return r.Payload.Offered()
	}
	return slices.Sorted(slices.Values(r.Events))
}

func (r *Receiver) wants(uri string) bool {
	return len(r.Events) == 0 || slices.Contains(r.Events, uri)
}

// hears reports whether the receiver gets events of the source.
func (r *Receiver) hears(source directory.SourceID) bool { return r.Source == 0 || r.Source == source }

// Failure is a token that a receiver refused for good.
type Failure struct {
	ID          string // jti
	Time        time.Time
	Code        string
	Description string
}
