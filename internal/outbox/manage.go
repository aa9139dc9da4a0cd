package outbox

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

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

// check says what is wrong with a receiver.
func (s *Service) check(r *Receiver) error {
	if n := utf8.RuneCountInString(r.Name); n == 0 || n > 128 {
		return &directory.InputError{Field: "name", Reason: "must have 1 to 128 characters"}
	}
	if n := len(r.Audience); n == 0 || n > 1024 || strings.ContainsFunc(r.Audience, func(c rune) bool { return c <= ' ' || c == 0x7f }) {
		return &directory.InputError{Field: "audience", Value: r.Audience, Reason: "must be an identifier of the receiver such as its URL, without spaces"}
	}
	if r.Payload != Notice && r.Payload != Full {
		return &directory.InputError{Field: "payload", Value: string(r.Payload), Reason: "must be notice or full"}
	}
	for _, uri := range r.Events {
		if !slices.Contains(r.Payload.Offered(), uri) {
			return &directory.InputError{Field: "events", Value: uri, Reason: fmt.Sprintf("is not among the events of the payload %s: %s", r.Payload, strings.Join(r.Payload.Offered(), ", "))}
		}
	}
	switch r.Kind {
	case Poll:
		return nil
	case Push:
		return s.checkURL(r.URL)
	}
	return &directory.InputError{Field: "kind", Value: string(r.Kind), Reason: "must be push or poll"}
}

func (s *Service) checkURL(raw string) error {
	if len(raw) > 2048 {
		return &directory.InputError{Field: "url", Value: raw, Reason: "must have at most 2048 characters"}
	}
	if err := s.opt.Policy.CheckURL(raw); err != nil {
		return &directory.InputError{Field: "url", Value: raw, Reason: err.Error()}
	}
	own, err1 := url.Parse(s.opt.PublicURL)
	its, err2 := url.Parse(raw)
	if err1 == nil && err2 == nil && strings.EqualFold(own.Host, its.Host) {
		return &directory.InputError{Field: "url", Value: raw, Reason: "must not be this directory itself"}
	}
	return nil
}

func checkSource(ctx context.Context, r Reader, id directory.SourceID) error {
	if id == 0 {
		return nil
	}
	_, err := r.Source(ctx, id)
	if errors.Is(err, directory.ErrNotFound) {
		return &directory.InputError{Field: "source", Reason: "does not exist"}
	}
	return err
}

// setSecret seals the bearer token of a push receiver.
func (s *Service) setSecret(r *Receiver, secret string) error {
	if len(secret) > 8192 || strings.ContainsFunc(secret, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return &directory.InputError{Field: "secret", Reason: "must be a bearer token: at most 8192 ASCII characters without spaces"}
	}
	r.Secret = nil
	if secret != "" {
		r.Secret = s.keys.Seal("receiver "+r.ID, []byte(secret))
	}
	return nil
}

// tokenPrefix marks the bearer token of a poll receiver, so that it is recognised where it does not belong.
const tokenPrefix = "rsr_"

func newToken(r *Receiver) string {
	b := make([]byte, 32)
	rand.Read(b) //nolint:errcheck // crypto/rand.Read never fails
	token := tokenPrefix + base64.RawURLEncoding.EncodeToString(b)
	r.TokenHash = tokenHash(token)
	return token
}

// tokenHash needs no slow function: the token has 256 random bits.
func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
