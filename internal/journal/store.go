package journal

import (
	"context"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// Store keeps records. A missing one is directory.ErrNotFound.
type Store interface {
	// AppendRequests adds records in one transaction, assigns their Seq and brings the Activity of
	// their sources up to date.
	AppendRequests(ctx context.Context, records []*Record) error
	// Requests returns records without bodies, newest first.
	Requests(ctx context.Context, q Query) ([]*Record, error)
	// Request returns one record with its bodies.
	Request(ctx context.Context, id string) (*Record, error)
	// PurgeRequests removes up to limit of the oldest records: those from before, and those without a
	// source from before unattributed. It returns how many.
	PurgeRequests(ctx context.Context, before, unattributed time.Time, limit int) (int64, error)
	// Activity returns what is known of a source; a zero Activity when it was never reached.
	Activity(ctx context.Context, source directory.SourceID) (Activity, error)
	// Standings returns what is known of those of the sources (nil: of all) that were ever reached.
	Standings(ctx context.Context, sources []directory.SourceID) (map[directory.SourceID]Standing, error)
}

// Query selects records.
type Query struct {
	// Before keeps records with a smaller seq; 0 means from the newest.
	Before int64
	// Limit is the most records returned.
	Limit int
	// Source restricts to one source when not nil; 0 are the requests to no known source.
	Source *directory.SourceID
	// MinStatus and MaxStatus restrict the status; 0 is no restriction.
	MinStatus, MaxStatus int
	// Search keeps records whose id, path, query, subject or resource id contains it, ignoring case.
	Search string
	// ResourceID keeps the records about one resource.
	ResourceID string
	// Writes keeps what asked for a change.
	Writes bool
}

// Activity are the milestones of a source, in the times of its records; zero means never.
type Activity struct {
	FirstRequest, LastRequest time.Time
	// FirstAuthorized is the first request with a valid token, LastRejected the last without one.
	FirstAuthorized, LastRejected time.Time
	// FirstDiscovery is the first successful read of the configuration, the schemas, or a list.
	FirstDiscovery time.Time
	// FirstUser and FirstGroup are the first successful creations.
	FirstUser, FirstGroup time.Time
	// LastWrite is the last successful change, LastFailure the last write that did not succeed.
	LastWrite, LastFailure time.Time
}

// Standing is the Activity of a source, and how its latest requests went as far as its health depends on it.
type Standing struct {
	Activity
	// Hopeless is how many of the latest FailuresInARow requests failed for a reason that no request can mend:
	// status 401, or 500 and above. They are looked at only when LastFailure or LastRejected is set.
	Hopeless int
	// Writes is the number of the latest writes, RecentWrites at most, and Failed how many of those failed. They
	// are looked at only when LastFailure is set.
	Writes, Failed int
}

// Note brings the activity up to date with a record; times only move forward, or from zero.
func (a *Activity) Note(r *Record) {
	first := func(t *time.Time) {
		if t.IsZero() {
			*t = r.Time
		}
	}
	last := func(t *time.Time) {
		if r.Time.After(*t) {
			*t = r.Time
		}
	}
	first(&a.FirstRequest)
	last(&a.LastRequest)
	if r.refused() {
		last(&a.LastRejected)
		return
	}
	if r.TokenID != "" {
		first(&a.FirstAuthorized)
	}
	switch {
	case r.IsWrite() && r.Status >= 400:
		last(&a.LastFailure)
	case r.IsWrite():
		last(&a.LastWrite)
	case r.Status < 400 && (r.Action == "discovery" || r.Action == "search"):
		first(&a.FirstDiscovery)
	}
	if r.Outcome == Created {
		switch r.ResourceType {
		case directory.UserType:
			first(&a.FirstUser)
		case directory.GroupType:
			first(&a.FirstGroup)
		}
	}
}
