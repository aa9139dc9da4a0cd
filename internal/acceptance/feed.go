package acceptance

import (
	"context"
	"fmt"
)

// Event is one entry of the change feed as `roster event list` prints it.
type Event struct {
	Seq     int64  `json:"seq"`
	Type    string `json:"type"`
	Source  string `json:"source"`
	Subject struct {
		ID string `json:"id"`
	} `json:"subject"`
	Data struct {
		UserName    string `json:"userName"`
		DisplayName string `json:"displayName"`
		Active      bool   `json:"active"`
	} `json:"data"`
	Changes []struct {
		Path   string `json:"path"`
		Before any    `json:"before"`
		After  any    `json:"after"`
	} `json:"changes"`
}

// eventPage is how many events are read at once.
const eventPage = 1000

// Events reads the feed after seq to its end.
func (s *Server) Events(ctx context.Context, after int64, each func(Event) error) error {
	for {
		var page []Event
		if err := s.Run(ctx, &page, "event", "list", "--after", fmt.Sprint(after), "--limit", fmt.Sprint(eventPage)); err != nil {
			return err
		}
		for _, e := range page {
			if err := each(e); err != nil {
				return err
			}
			after = e.Seq
		}
		if len(page) < eventPage {
			return nil
		}
	}
}

// Fold rebuilds one source's directory from the feed, as an application does.
type Fold struct {
	Source string // slug; events of other sources are counted, not applied
	Seq    int64
	View   DirectoryView
}

// Apply takes the next event; a gap or a step back in seq is an error.
func (f *Fold) Apply(e Event) error {
	if e.Seq != f.Seq+1 {
		return fmt.Errorf("event %d follows event %d: the feed has a gap or repeats", e.Seq, f.Seq)
	}
	f.Seq = e.Seq
	if e.Source != f.Source {
		return nil
	}
	id := e.Subject.ID
	switch e.Type {
	case "user.created", "user.updated", "user.deactivated", "user.reactivated":
		f.View.Users[id] = ViewedUser{e.Data.UserName, e.Data.DisplayName, e.Data.Active}
	case "user.deleted":
		delete(f.View.Users, id)
		for _, group := range f.View.Groups {
			delete(group.Members, id)
		}
	case "group.created":
		f.View.Groups[id] = ViewedGroup{e.Data.DisplayName, map[string]bool{}}
	case "group.updated":
		group, ok := f.View.Groups[id]
		if !ok {
			return fmt.Errorf("event %d updates group %s, which no event made", e.Seq, id)
		}
		group.DisplayName = e.Data.DisplayName
		f.View.Groups[id] = group
	case "group.deleted":
		delete(f.View.Groups, id)
	case "group.member_added", "group.member_removed":
		return f.applyMembers(e)
	default:
		return fmt.Errorf("event %d has the unknown type %s", e.Seq, e.Type)
	}
	return nil
}

func (f *Fold) applyMembers(e Event) error {
	group, ok := f.View.Groups[e.Subject.ID]
	if !ok {
		return fmt.Errorf("event %d changes members of group %s, which no event made", e.Seq, e.Subject.ID)
	}
	for _, change := range e.Changes {
		if change.Path != "members" {
			continue
		}
		for _, value := range list(change.Before) {
			delete(group.Members, memberValue(value))
		}
		for _, value := range list(change.After) {
			group.Members[memberValue(value)] = true
		}
	}
	return nil
}

func memberValue(v any) string {
	object, _ := v.(map[string]any)
	value, _ := object["value"].(string)
	return value
}
