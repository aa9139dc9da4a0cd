package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
)

// NewReceiver is what a receiver is made of.
type NewReceiver struct {
	Name   string
	Source directory.SourceID // 0: all
	Kind   Kind
	// URL and Secret, the bearer token to call it with, are for push receivers; Secret may be empty.
	URL, Secret string
	// Audience is by default the URL of a push receiver, or where a poll receiver polls.
	Audience string
	Payload  Payload // default Notice
	// Events are the wanted event URIs; none means all.
	Events []string
	// FromStart delivers what the feed still has, instead of what happens from now on.
	FromStart bool
}

// ReceiverInfo is a receiver with what a page about it shows.
type ReceiverInfo struct {
	*Receiver
	// Behind is how many events of the feed are still to be looked at for the receiver.
	Behind int64
	// Failures are the tokens it refused, newest first.
	Failures []*Failure
	// PollURL is where a poll receiver polls; empty for push.
	PollURL string
}

// Create makes a receiver. For a poll receiver it returns the bearer token to poll with, which is
// never shown again.
func (s *Service) Create(ctx context.Context, n NewReceiver, cause directory.Cause) (*Receiver, string, error) {
	r := &Receiver{ID: "rcv_" + randomHex(8), Name: strings.TrimSpace(n.Name), Source: n.Source, Kind: n.Kind, URL: n.URL, Audience: n.Audience,
		Payload: n.Payload, Events: n.Events, Enabled: true, Created: s.now()}
	if r.Payload == "" {
		r.Payload = Notice
	}
	if r.Audience == "" {
		r.Audience = r.URL
		if r.Kind == Poll {
			r.Audience = s.PollURL(r.ID)
		}
	}
	token := ""
	switch r.Kind {
	case Push:
		if err := s.setSecret(r, n.Secret); err != nil {
			return nil, "", err
		}
	case Poll:
		if n.URL != "" || n.Secret != "" {
			return nil, "", &directory.InputError{Field: "url", Reason: "and secret are for push receivers; a poll receiver calls us"}
		}
		token = newToken(r)
	}
	if err := s.check(r); err != nil {
		return nil, "", err
	}
	err := s.store.UpdateOutbox(ctx, func(w Writer) error {
		if err := checkSource(ctx, w, r.Source); err != nil {
			return err
		}
		r.Position = Position{}
		if !n.FromStart {
			var err error
			if r.Position, err = end(ctx, w); err != nil {
				return err
			}
		}
		if err := w.InsertReceiver(ctx, r); err != nil {
			return err
		}
		return s.audit(ctx, w, cause, "receiver.created", r, map[string]any{"kind": r.Kind, "url": r.URL, "payload": r.Payload, "events": r.Wanted()})
	})
	if err != nil {
		return nil, "", err
	}
	s.Wake()
	return r, token, nil
}

// List returns the receivers by name.
func (s *Service) List(ctx context.Context) (all []*ReceiverInfo, err error) {
	err = s.store.ViewOutbox(ctx, func(r Reader) error {
		all = nil
		last, err := r.LastSeq(ctx)
		if err != nil {
			return err
		}
		receivers, err := r.Receivers(ctx)
		for _, rc := range receivers {
			all = append(all, s.info(rc, last))
		}
		return err
	})
	return all, err
}

// Show returns one receiver.
func (s *Service) Show(ctx context.Context, id string) (info *ReceiverInfo, err error) {
	err = s.store.ViewOutbox(ctx, func(r Reader) error {
		rc, err := r.Receiver(ctx, id)
		if err != nil {
			return err
		}
		last, err := r.LastSeq(ctx)
		if err != nil {
			return err
		}
		info = s.info(rc, last)
		const shown = 20
		info.Failures, err = r.Failures(ctx, id, shown)
		return err
	})
	return info, err
}

func (s *Service) info(r *Receiver, last directory.Seq) *ReceiverInfo {
	info := &ReceiverInfo{Receiver: r, Behind: int64(max(last-r.Event, 0))}
	if r.Kind == Poll {
		info.PollURL = s.PollURL(r.ID)
	}
	return info
}

// ReceiverChange holds the changes to a receiver; nil fields stay as they are.
type ReceiverChange struct {
	Name, URL, Audience, Secret *string
	Payload                     *Payload
	Events                      *[]string
	Enabled                     *bool
}

// Update changes a receiver. What was due later is tried at once: the change may be the remedy.
func (s *Service) Update(ctx context.Context, id string, c ReceiverChange, cause directory.Cause) (r *Receiver, err error) {
	err = s.store.UpdateOutbox(ctx, func(w Writer) error {
		if r, err = w.Receiver(ctx, id); err != nil {
			return err
		}
		detail := map[string]any{}
		set(&r.Name, c.Name, "name", detail)
		set(&r.URL, c.URL, "url", detail)
		set(&r.Audience, c.Audience, "audience", detail)
		set(&r.Payload, c.Payload, "payload", detail)
		set(&r.Enabled, c.Enabled, "enabled", detail)
		if c.Events != nil && !slices.Equal(r.Events, *c.Events) {
			r.Events = *c.Events
			detail["events"] = r.Wanted()
		}
		if c.Secret != nil {
			if err := s.setSecret(r, *c.Secret); err != nil {
				return err
			}
			detail["secret"] = "changed"
		}
		if err := s.check(r); err != nil {
			return err
		}
		if len(detail) == 0 {
			return nil
		}
		if err := w.UpdateReceiver(ctx, r); err != nil {
			return err
		}
		r.Attempts, r.NextAttempt = 0, r.Created
		if err := w.PutProgress(ctx, id, r.Progress); err != nil {
			return err
		}
		return s.audit(ctx, w, cause, "receiver.updated", r, detail)
	})
	if err != nil {
		return nil, err
	}
	s.Wake()
	return r, nil
}

// set changes a field and notes before and after.
func set[T comparable](field, to *T, name string, detail map[string]any) {
	if to == nil || *field == *to {
		return
	}
	detail[name] = map[string]any{"before": *field, "after": *to}
	*field = *to
}

// RotateToken gives a poll receiver a new bearer token, which is never shown again; the old one ends
// at once.
func (s *Service) RotateToken(ctx context.Context, id string, cause directory.Cause) (token string, err error) {
	err = s.store.UpdateOutbox(ctx, func(w Writer) error {
		r, err := w.Receiver(ctx, id)
		if err != nil {
			return err
		}
		if r.Kind != Poll {
			return &directory.InputError{Field: "kind", Value: string(r.Kind), Reason: "has no token of ours; change the secret that it is called with"}
		}
		token = newToken(r)
		if err := w.UpdateReceiver(ctx, r); err != nil {
			return err
		}
		return s.audit(ctx, w, cause, "receiver.token_rotated", r, nil)
	})
	return token, err
}

// Delete ends a receiver.
func (s *Service) Delete(ctx context.Context, id string, cause directory.Cause) error {
	return s.store.UpdateOutbox(ctx, func(w Writer) error {
		r, err := w.Receiver(ctx, id)
		if err != nil {
			return err
		}
		if err := w.DeleteReceiver(ctx, id); err != nil {
			return err
		}
		return s.audit(ctx, w, cause, "receiver.deleted", r, nil)
	})
}

func (s *Service) audit(ctx context.Context, w Writer, cause directory.Cause, action string, r *Receiver, detail map[string]any) error {
	e := &directory.AuditEntry{Time: s.now(), Cause: cause, Action: action, Source: r.Source, ObjectType: "receiver", ObjectID: r.ID, ObjectName: r.Name}
	if len(detail) > 0 {
		var err error
		if e.Detail, err = json.Marshal(detail); err != nil {
			return fmt.Errorf("encode audit detail: %w", err)
		}
	}
	return w.AppendAudit(ctx, e)
}
