package adminapi

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/present"
)

// Limits of the event feed. A filter looks at most at scannedEvents events in one request; next_after
// tells where it stopped.
const (
	maxWait       = time.Minute
	scannedEvents = 10_000
	eventChunk    = 1000
)

type eventQuery struct {
	After  int64    `query:"after" minimum:"0" default:"0" doc:"Only events with a greater seq."`
	Limit  int      `query:"limit" minimum:"1" maximum:"1000" default:"50" doc:"Most events to answer."`
	Types  []string `query:"types" doc:"Only events of these types, separated by commas."`
	Source string   `query:"source" maxLength:"63" doc:"Slug of the only source to read events of."`
	Wait   string   `query:"wait" maxLength:"16" doc:"Wait so long for an event when there is none yet, such as 30s; at most 60s."`
}

type eventPage struct {
	Items     []present.Event `json:"items" nullable:"false"`
	LastSeq   int64           `json:"last_seq" doc:"The newest event of the feed. Smaller than what you have: the directory was restored from a backup."`
	NextAfter int64           `json:"next_after" doc:"Give it back as after to read on."`
}

// eventTypes are the types of the feed.
func eventTypes() []string {
	return []string{
		string(directory.UserCreated), string(directory.UserUpdated), string(directory.UserDeactivated),
		string(directory.UserReactivated), string(directory.UserDeleted),
		string(directory.GroupCreated), string(directory.GroupUpdated), string(directory.GroupDeleted),
		string(directory.GroupMemberAdded), string(directory.GroupMemberRemoved),
		string(directory.ResourceCreated), string(directory.ResourceUpdated), string(directory.ResourceDeleted),
	}
}

func (a *api) eventOperations() {
	register(a, operation{id: "list-events", method: "GET", path: "/events", access: needs(account.ReadEvents), tag: "Events",
		summary: "Read the event feed",
		detail: "Events have a gap-free seq in the order of commit. Keep next_after, and read on from it. " +
			"With wait, an empty answer is delayed until an event comes."}, a.listEvents)
}

func (a *api) listEvents(ctx context.Context, c *call, in *eventQuery) (*body[eventPage], error) {
	wait, err := waitOf(in.Wait)
	if err != nil {
		return nil, err
	}
	for _, typ := range in.Types {
		if !slices.Contains(eventTypes(), typ) {
			return nil, mistake("query.types", "There is no event type %q. The types are %s.", typ, strings.Join(eventTypes(), ", "))
		}
	}
	src, err := a.filterSource(ctx, in.Source)
	if err != nil {
		return nil, err
	}
	if wait > 0 {
		c.unhurried(maxWait + time.Minute)
	}
	f := &eventFilter{types: in.Types, limit: in.Limit}
	if src != nil {
		f.source = src.ID
	}
	out, err := a.awaitEvents(ctx, f, directory.Seq(in.After), wait)
	if err != nil {
		return nil, err
	}
	return answer(*out), nil
}

func waitOf(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	wait, err := time.ParseDuration(text)
	if seconds, numeric := strconv.Atoi(text); numeric == nil {
		wait, err = time.Duration(seconds)*time.Second, nil
	}
	if err != nil || wait < 0 || wait > maxWait {
		return 0, mistake("query.wait", "The wait must be a duration from 0s to 60s, such as 30s.")
	}
	return wait, nil
}

// eventFilter selects events of the feed.
type eventFilter struct {
	source directory.SourceID // 0: all
	types  []string           // nil: all
	limit  int
}

// awaitEvents reads events, again when new ones come, until there is something to tell, the time is up,
// the client goes away or the server ends.
func (a *api) awaitEvents(ctx context.Context, f *eventFilter, after directory.Seq, wait time.Duration) (*eventPage, error) {
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	for {
		out, err := a.readEvents(ctx, f, after)
		if err != nil || len(out.Items) > 0 || wait == 0 || out.NextAfter > out.LastSeq || out.NextAfter < out.LastSeq {
			return out, err
		}
		after = directory.Seq(out.NextAfter)
		if !a.awaitSeq(ctx, after, timeout.C) {
			return out, ctx.Err()
		}
	}
}

// awaitSeq waits for an event behind a seq, and reports whether there is one.
func (a *api) awaitSeq(ctx context.Context, after directory.Seq, timeout <-chan time.Time) bool {
	tick := time.NewTicker(tailAge)
	defer tick.Stop()
	for {
		var since time.Time
		select {
		case <-ctx.Done():
			return false
		case <-a.Stop:
			return false
		case <-timeout:
			return false
		case <-tick.C:
			since = time.Now().Add(-tailAge / 2)
		case <-a.Receivers.News():
			since = time.Now()
		}
		// A failure shows in the read that follows.
		if last, err := a.tail.last(ctx, since); err != nil || last > after {
			return true
		}
	}
}

// readEvents reads a page of events in one snapshot.
func (a *api) readEvents(ctx context.Context, f *eventFilter, after directory.Seq) (*eventPage, error) {
	var events []*directory.Event
	var slugs map[directory.SourceID]string
	out := &eventPage{}
	err := a.Store.View(ctx, func(r directory.Reader) error {
		events = nil
		last, err := r.LastSeq(ctx)
		if err != nil {
			return err
		}
		next, err := f.scan(ctx, r, after, last, func(e *directory.Event) { events = append(events, e) })
		if err != nil {
			return err
		}
		out.LastSeq, out.NextAfter = int64(last), int64(next)
		slugs, err = directory.Slugs(ctx, r, idsOf(events, func(e *directory.Event) directory.SourceID { return e.Source })...)
		return err
	})
	if err != nil {
		return nil, err
	}
	out.Items = make([]present.Event, len(events))
	for i, e := range events {
		out.Items[i] = *present.NewEvent(e, slugs[e.Source])
	}
	return out, nil
}

// scan calls keep for up to limit events behind a seq, and returns the seq to read on from.
func (f *eventFilter) scan(ctx context.Context, r directory.Reader, after, last directory.Seq, keep func(*directory.Event)) (directory.Seq, error) {
	kept, chunk := 0, f.limit
	if f.types != nil {
		chunk = eventChunk
	}
	for scanned := 0; scanned < scannedEvents; scanned += chunk {
		n := 0
		err := r.Events(ctx, f.source, after, chunk, func(e *directory.Event) error {
			n++
			if kept == f.limit {
				return nil
			}
			after = e.Seq
			if f.types == nil || slices.Contains(f.types, string(e.Type)) {
				kept++
				keep(e)
			}
			return nil
		})
		switch {
		case err != nil || kept == f.limit:
			return after, err
		case n < chunk:
			// Nothing is left: what follows was skipped by the filter.
			return max(after, last), nil
		}
	}
	return after, nil
}
