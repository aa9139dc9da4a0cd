package journal

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// State is the health of a source in one word.
type State string

// The states.
const (
	// Waiting: no request with a valid token has come yet.
	Waiting State = "waiting"
	// Verified: the identity provider reached the source, but has written nothing yet.
	Verified State = "verified"
	// Healthy: writes succeed.
	Healthy State = "healthy"
	// Failing: of the latest writes, too many failed.
	Failing State = "failing"
	// Paused: an administrator paused or disabled the source.
	Paused State = "paused"
)

// Status tells how a source is doing.
type Status struct {
	State State
	// Reason is a sentence.
	Reason string
	Activity
	Steps []Step
}

// Step is one line of the set-up checklist.
type Step struct {
	// ID is reached, token, discovery, first_user or first_group.
	ID   string
	Done bool
	// At is when it was first done; zero when it is not.
	At time.Time
}

// FailuresInARow is how many requests without a valid token, or that we failed, make a source failing.
const FailuresInARow = 5

// RecentWrites is how many of the latest writes count for the health of a source. Entra ID puts a
// connection into quarantine when more than 40 percent fail.
const RecentWrites = 20

// ReadStatus reads the health of a source from a store.
func ReadStatus(ctx context.Context, store Store, src *directory.Source) (*Status, error) {
	activity, err := store.Activity(ctx, src.ID)
	if err != nil {
		return nil, err
	}
	recent, err := readRecent(ctx, store, src.ID, activity)
	if err != nil {
		return nil, err
	}
	return newStatus(src, activity, recent), nil
}

func newStatus(src *directory.Source, a Activity, r recent) *Status {
	s := &Status{Activity: a, Steps: steps(a)}
	s.State, s.Reason = judge(src, a, r)
	return s
}

// Statuses is Status for many sources, in their order. It costs more only for those whose latest requests failed.
func (j *Journal) Statuses(ctx context.Context, sources []*directory.Source) ([]*Status, error) {
	ids := make([]directory.SourceID, len(sources))
	for i, src := range sources {
		ids[i] = src.ID
	}
	known, err := j.standings(ctx, ids)
	if err != nil {
		return nil, err
	}
	all := make([]*Status, len(sources))
	for i, src := range sources {
		s := known[src.ID]
		if s.broken() || s.Failed > 0 {
			// The reason names what failed.
			if all[i], err = ReadStatus(ctx, j.store, src); err != nil {
				return nil, err
			}
			continue
		}
		all[i] = newStatus(src, s.Activity, recent{})
	}
	return all, nil
}

// States counts sources by their health.
func (j *Journal) States(ctx context.Context, sources []*directory.Source) (map[State]int, error) {
	known, err := j.standings(ctx, nil)
	if err != nil {
		return nil, err
	}
	counts := map[State]int{}
	for _, src := range sources {
		counts[known[src.ID].state(src)]++
	}
	return counts, nil
}

func (j *Journal) standings(ctx context.Context, sources []directory.SourceID) (map[directory.SourceID]Standing, error) {
	if err := j.Flush(ctx); err != nil {
		return nil, err
	}
	return j.store.Standings(ctx, sources)
}

// recent are the latest records of a source, newest first, as far as its health depends on them.
type recent struct {
	requests, writes []*Record
}

func readRecent(ctx context.Context, store Store, source directory.SourceID, a Activity) (r recent, err error) {
	if !a.LastFailure.IsZero() {
		if r.writes, err = store.Requests(ctx, Query{Source: &source, Writes: true, Limit: RecentWrites}); err != nil {
			return r, err
		}
	}
	if !a.LastFailure.IsZero() || !a.LastRejected.IsZero() {
		r.requests, err = store.Requests(ctx, Query{Source: &source, Limit: FailuresInARow})
	}
	return r, err
}

func (r recent) standing(a Activity) Standing {
	s := Standing{Activity: a, Writes: len(r.writes)}
	for _, w := range r.writes {
		if w.Status >= 400 {
			s.Failed++
		}
	}
	for _, x := range r.requests {
		if x.Status == http.StatusUnauthorized || x.Status >= 500 {
			s.Hopeless++
		}
	}
	return s
}

// broken reports whether the latest requests all failed for a reason that no request can mend.
func (s Standing) broken() bool { return s.Hopeless == FailuresInARow }

func (s Standing) state(src *directory.Source) State {
	switch {
	case !src.Enabled || src.Paused:
		return Paused
	case s.FirstAuthorized.IsZero():
		return Waiting
	case s.broken() || s.Failed*10 > s.Writes*4:
		return Failing
	case s.LastWrite.IsZero():
		return Verified
	}
	return Healthy
}

func judge(src *directory.Source, a Activity, r recent) (State, string) {
	s := r.standing(a)
	state := s.state(src)
	return state, reason(state, src, s, r)
}

func reason(state State, src *directory.Source, s Standing, r recent) string {
	switch {
	case state == Paused && !src.Enabled:
		return "The source is disabled: it answers 503 until it is enabled."
	case state == Paused:
		return "The source is paused: it answers 503 until it is resumed."
	case state == Waiting && !s.LastRejected.IsZero():
		return "Requests arrive, but none with a valid token."
	case state == Waiting:
		return "Nothing has reached this source yet."
	case s.broken() && r.requests[0].Status == http.StatusUnauthorized:
		return fmt.Sprintf("The last %d requests had no valid token.", FailuresInARow)
	case s.broken():
		return fmt.Sprintf("The last %d requests failed; the latest: %s", FailuresInARow, r.requests[0].Detail)
	case state == Failing:
		example := slices.IndexFunc(r.writes, func(w *Record) bool { return w.Status >= 400 })
		return fmt.Sprintf("%d of the last %d writes failed; the latest: %s", s.Failed, s.Writes, r.writes[example].Detail)
	case state == Verified:
		return "The identity provider has connected, but has written nothing yet."
	case s.Failed > 0:
		return fmt.Sprintf("%d of the last %d writes failed.", s.Failed, s.Writes)
	}
	return "Writes succeed."
}

func steps(a Activity) []Step {
	step := func(id string, at time.Time) Step { return Step{ID: id, Done: !at.IsZero(), At: at} }
	return []Step{
		step("reached", a.FirstRequest),
		step("token", a.FirstAuthorized),
		step("discovery", a.FirstDiscovery),
		step("first_user", a.FirstUser),
		step("first_group", a.FirstGroup),
	}
}
