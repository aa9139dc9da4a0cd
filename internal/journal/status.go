package journal

import (
	"context"
	"fmt"
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

// recentWrites is how many of the latest writes count for the health of a source. Entra ID puts a
// connection into quarantine when more than 40 percent fail.
const recentWrites = 20

// ReadStatus reads the health of a source from a store.
func ReadStatus(ctx context.Context, store Store, src *directory.Source) (*Status, error) {
	activity, err := store.Activity(ctx, src.ID)
	if err != nil {
		return nil, err
	}
	var recent []*Record
	if !activity.LastFailure.IsZero() {
		recent, err = store.Requests(ctx, Query{Source: &src.ID, Writes: true, Limit: recentWrites})
		if err != nil {
			return nil, err
		}
	}
	s := &Status{Activity: activity, Steps: steps(activity)}
	s.State, s.Reason = judge(src, activity, recent)
	return s, nil
}

func judge(src *directory.Source, a Activity, recent []*Record) (State, string) {
	failed := 0
	var example *Record
	for _, r := range recent {
		if r.Status >= 400 {
			failed++
			if example == nil {
				example = r
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
	case a.LastRejected.After(a.LastRequest.Add(-time.Minute)) && a.LastRejected.After(a.LastWrite):
		return Failing, "The latest requests had no valid token."
	case failed*10 > len(recent)*4:
		return Failing, fmt.Sprintf("%d of the last %d writes failed; the latest: %s", failed, len(recent), example.Detail)
	case a.LastWrite.IsZero():
		return Verified, "The identity provider has connected, but has written nothing yet."
	case failed > 0:
		return Healthy, fmt.Sprintf("%d of the last %d writes failed.", failed, len(recent))
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
