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

// failuresInARow is how many requests without a valid token, or that we failed, make a source failing.
const failuresInARow = 5

// recentWrites is how many of the latest writes count for the health of a source. Entra ID puts a
// connection into quarantine when more than 40 percent fail.
const recentWrites = 20

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
	s := &Status{Activity: activity, Steps: steps(activity)}
	s.State, s.Reason = judge(src, activity, recent)
	return s, nil
}

// recent are the latest records of a source, newest first, as far as its health depends on them.
type recent struct {
	requests, writes []*Record
}

func readRecent(ctx context.Context, store Store, source directory.SourceID, a Activity) (r recent, err error) {
	if !a.LastFailure.IsZero() {
		if r.writes, err = store.Requests(ctx, Query{Source: &source, Writes: true, Limit: recentWrites}); err != nil {
			return r, err
		}
	}
	if !a.LastFailure.IsZero() || !a.LastRejected.IsZero() {
		r.requests, err = store.Requests(ctx, Query{Source: &source, Limit: failuresInARow})
	}
	return r, err
}

// broken reports whether the latest requests all failed for a reason that no request can mend.
func (r recent) broken() bool {
	return len(r.requests) == failuresInARow && !slices.ContainsFunc(r.requests, func(x *Record) bool {
		return x.Status != http.StatusUnauthorized && x.Status < 500
	})
}

func judge(src *directory.Source, a Activity, r recent) (State, string) {
	failed := 0
	var example *Record
	for _, w := range r.writes {
		if w.Status >= 400 {
			failed++
			if example == nil {
				example = w
			}
		}
	}
	switch {
	case !src.Enabled:
		return Paused, "The source is disabled: it answers 503 until it is enabled."
	case src.Paused:
		return Paused, "The source is paused: it answers 503 until it is resumed."
	case a.FirstAuthorized.IsZero() && !a.LastRejected.IsZero():
		return Waiting, "Requests arrive, but none with a valid token."
	case a.FirstAuthorized.IsZero():
		return Waiting, "Nothing has reached this source yet."
	case r.broken() && r.requests[0].Status == http.StatusUnauthorized:
		return Failing, fmt.Sprintf("The last %d requests had no valid token.", failuresInARow)
	case r.broken():
		return Failing, fmt.Sprintf("The last %d requests failed; the latest: %s", failuresInARow, r.requests[0].Detail)
	case failed*10 > len(r.writes)*4:
		return Failing, fmt.Sprintf("%d of the last %d writes failed; the latest: %s", failed, len(r.writes), example.Detail)
	case a.LastWrite.IsZero():
		return Verified, "The identity provider has connected, but has written nothing yet."
	case failed > 0:
		return Healthy, fmt.Sprintf("%d of the last %d writes failed.", failed, len(r.writes))
	}
	return Healthy, "Writes succeed."
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
