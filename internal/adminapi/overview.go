package adminapi

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
)

// recentChanges is how many changes the overview tells.
const recentChanges = 10

type overview struct {
	Sources struct {
		Total    int            `json:"total" doc:"Without the built-in one."`
		ByHealth map[string]int `json:"by_health"`
	} `json:"sources"`
	Users struct {
		Active int `json:"active"`
		Total  int `json:"total"`
	} `json:"users"`
	Groups    int      `json:"groups"`
	Events24h int      `json:"events_24h"`
	Recent    []recent `json:"recent" nullable:"false" doc:"The latest changes, newest first."`
}

type recent struct {
	Seq      int64     `json:"seq"`
	Time     time.Time `json:"time"`
	Sentence string    `json:"sentence"`
	Source   string    `json:"source"`
	Type     string    `json:"type"`
	ID       string    `json:"id"`
}

func (a *api) overviewOperations() {
	register(a, operation{id: "get-overview", method: "GET", path: "/overview", access: needs(account.ReadSources), tag: "Overview",
		summary: "Count what is there and tell what changed"}, a.getOverview)
}

func (a *api) getOverview(ctx context.Context, _ *call, _ *struct{}) (*body[overview], error) {
	var out overview
	var sources []*directory.Source
	err := a.Store.View(ctx, func(r directory.Reader) (err error) {
		out = overview{}
		if sources, err = r.Sources(ctx); err != nil {
			return err
		}
		if err := countPeople(ctx, r, &out); err != nil {
			return err
		}
		return a.tellChanges(ctx, r, &out)
	})
	if err != nil {
		return nil, err
	}
	sources = slices.DeleteFunc(sources, func(src *directory.Source) bool { return src.ID == directory.BuiltinSource })
	states, err := a.Journal.States(ctx, sources)
	if err != nil {
		return nil, err
	}
	out.Sources.Total, out.Sources.ByHealth = len(sources), map[string]int{}
	for _, state := range []journal.State{journal.Waiting, journal.Verified, journal.Healthy, journal.Failing, journal.Paused} {
		out.Sources.ByHealth[string(state)] = states[state]
	}
	return answer(out), nil
}

func countPeople(ctx context.Context, r directory.Reader, out *overview) error {
	active := true
	for _, x := range []struct {
		sum *int
		of  directory.CountQuery
	}{
		{&out.Users.Total, directory.CountQuery{Type: directory.UserType}},
		{&out.Users.Active, directory.CountQuery{Type: directory.UserType, Active: &active}},
		{&out.Groups, directory.CountQuery{Type: directory.GroupType}},
	} {
		counts, err := r.CountBySource(ctx, x.of)
		if err != nil {
			return err
		}
		for _, n := range counts {
			*x.sum += n
		}
	}
	return nil
}

func (a *api) tellChanges(ctx context.Context, r directory.Reader, out *overview) error {
	last, err := r.LastSeq(ctx)
	if err != nil {
		return err
	}
	before, err := seqAt(ctx, r, last, a.Now().Add(-24*time.Hour))
	if err != nil {
		return err
	}
	out.Events24h = int(last - before)
	var events []*directory.Event
	err = r.Events(ctx, 0, max(0, last-recentChanges), recentChanges, func(e *directory.Event) error {
		events = append(events, e)
		return nil
	})
	if err != nil {
		return err
	}
	slugs, err := directory.Slugs(ctx, r, idsOf(events, func(e *directory.Event) directory.SourceID { return e.Source })...)
	for _, e := range slices.Backward(events) {
		out.Recent = append(out.Recent, recent{int64(e.Seq), e.OccurredAt, tell(e), slugs[e.Source], e.SubjectType, e.SubjectID})
	}
	return err
}

// seqAt returns the seq of the last event before a time, by halving: events are in the order of time,
// or nearly so. Events that were purged count as before.
func seqAt(ctx context.Context, r directory.Reader, last directory.Seq, t time.Time) (directory.Seq, error) {
	low, high := directory.Seq(0), last // the answer lies in [low, high]
	for low < high {
		middle := low + (high-low)/2
		var next *directory.Event
		err := r.Events(ctx, 0, middle, 1, func(e *directory.Event) error {
			next = e
			return nil
		})
		if err != nil {
			return 0, err
		}
		switch {
		case next == nil || !next.OccurredAt.Before(t) && next.Seq == middle+1:
			high = middle
		case next.OccurredAt.Before(t):
			low = next.Seq
		default:
			// The events between were purged: all before next are gone.
			return next.Seq - 1, nil
		}
	}
	return low, nil
}

// tell makes a sentence of an event.
func tell(e *directory.Event) string {
	actor := e.Cause.ActorName
	if actor == "" {
		actor = e.Cause.Kind
	}
	name := labelOf(e.Data)
	if name == "" {
		name = e.SubjectID
	}
	acts := map[directory.EventType]string{
		directory.UserCreated: "created the user", directory.UserUpdated: "changed the user",
		directory.UserDeactivated: "deactivated the user", directory.UserReactivated: "reactivated the user",
		directory.UserDeleted:  "deleted the user",
		directory.GroupCreated: "created the group", directory.GroupUpdated: "changed the group",
		directory.GroupDeleted:     "deleted the group",
		directory.GroupMemberAdded: "added members to the group", directory.GroupMemberRemoved: "removed members from the group",
	}
	if act := acts[e.Type]; act != "" {
		return fmt.Sprintf("%s %s %s.", actor, act, name)
	}
	return fmt.Sprintf("%s: %s %s %s.", actor, e.Type, e.SubjectType, name)
}

// labelOf is what the subject of an event is called.
func labelOf(data []byte) string {
	var names struct {
		Display string `json:"displayName"`
		User    string `json:"userName"`
	}
	// An extension may define a displayName of another type; the id then does.
	if err := json.Unmarshal(data, &names); err != nil {
		return ""
	}
	if names.Display != "" {
		return names.Display
	}
	return names.User
}
