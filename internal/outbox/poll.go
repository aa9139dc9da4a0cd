package outbox

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/secevent"
	"github.com/rosterhq/roster/scim/server"
)

// PollPath is the prefix of where poll receivers poll; the receiver's id follows.
const PollPath = "/events/poll/"

// longPoll is how long a poll waits for something to tell.
const longPoll = 30 * time.Second

// PollURL is where a poll receiver polls.
func (s *Service) PollURL(id string) string { return s.opt.PublicURL + PollPath + id }

// PollHandler serves poll receivers (RFC 8936), for PollPath.
func (s *Service) PollHandler() http.Handler { return http.HandlerFunc(s.servePoll) }

func (s *Service) servePoll(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	rc, err := s.authenticate(r)
	if err != nil {
		s.unavailable(w, r, err)
		return
	}
	if rc == nil {
		w.Header().Set("WWW-Authenticate", `Bearer realm="Roster events"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	req, refusal := readPoll(w, r)
	if refusal == nil && !rc.Enabled {
		refusal = &secevent.Error{Code: secevent.AccessDenied, Description: "The receiver is switched off by an administrator."}
	}
	if refusal != nil {
		w.Header().Set("Content-Language", "en")
		answerJSON(w, http.StatusBadRequest, refusal.JSON())
		return
	}
	// The body has been read: the server's limit for that must not end the wait. Servers without
	// deadlines, as in tests, cannot be told.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	if err := s.settle(r.Context(), rc.ID, req); err != nil {
		s.unavailable(w, r, err)
		return
	}
	sets, more, err := s.pending(r.Context(), rc.ID, req)
	if err != nil {
		s.unavailable(w, r, err)
		return
	}
	answer := scim.Object{"sets": sets}
	if more {
		answer["moreAvailable"] = true
	}
	answerJSON(w, http.StatusOK, scim.AppendJSON(nil, answer))
}

func answerJSON(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the receiver is gone when this fails
}

// unavailable answers a failure that is ours.
func (s *Service) unavailable(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // nobody listens
	}
	s.log.ErrorContext(r.Context(), "a poll for events failed", "error", err)
	w.Header().Set("Retry-After", "5")
	w.WriteHeader(http.StatusServiceUnavailable)
}

// authenticate returns the receiver that the path names and the token opens; nil when there is none.
func (s *Service) authenticate(r *http.Request) (rc *Receiver, err error) {
	id := strings.TrimPrefix(r.URL.Path, PollPath)
	token, err := server.BearerToken(r)
	if err != nil || !strings.HasPrefix(token, tokenPrefix) || len(id) > 64 {
		return nil, nil //nolint:nilerr // ambiguous credentials are none
	}
	err = s.store.ViewOutbox(r.Context(), func(from Reader) error {
		rc, err = from.Receiver(r.Context(), id)
		return err
	})
	if errors.Is(err, directory.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if rc.Kind != Poll || subtle.ConstantTimeCompare(rc.TokenHash, tokenHash(token)) != 1 {
		return nil, nil
	}
	return rc, nil
}

// settle takes note of what the receiver has kept or refused (RFC 8936 §2.2). Identifiers that were
// never sent to it are ignored.
func (s *Service) settle(ctx context.Context, id string, req *pollRequest) error {
	if len(req.ack)+len(req.errs) == 0 {
		return nil
	}
	return s.store.UpdateOutbox(ctx, func(w Writer) error {
		rc, err := w.Receiver(ctx, id)
		if err != nil {
			return err
		}
		last, err := end(ctx, w)
		if err != nil {
			return err
		}
		now := s.now()
		known := func(jti string) (Mark, bool) {
			m, ok := parseJTI(id, jti)
			if !ok || m.Outcome && m.Number > last.Outcome || !m.Outcome && m.Number > int64(last.Event) {
				return m, false
			}
			return m, true
		}
		var marks []Mark
		for _, jti := range req.ack {
			if m, ok := known(jti); ok && m.beyond(rc.Position) {
				marks = append(marks, m)
				rc.LastSuccess = now
			}
		}
		for jti, e := range req.errs {
			m, ok := known(jti)
			if !ok || !m.beyond(rc.Position) {
				continue
			}
			marks = append(marks, m)
			rc.LastFailure, rc.LastError = now, string(e.Code)+": "+e.Description
			if err := w.AddFailure(ctx, id, &Failure{jti, now, string(e.Code), e.Description}); err != nil {
				return err
			}
		}
		if len(marks) == 0 {
			return nil
		}
		if err := w.Acknowledge(ctx, id, marks); err != nil {
			return err
		}
		return w.PutProgress(ctx, id, rc.Progress)
	})
}

// beyond reports whether a mark is after a position.
func (m Mark) beyond(p Position) bool {
	if m.Outcome {
		return m.Number > p.Outcome
	}
	return m.Number > int64(p.Event)
}

// pending returns the tokens that the receiver has not settled, the oldest first. It waits for one
// unless the receiver wants to know at once.
func (s *Service) pending(ctx context.Context, id string, req *pollRequest) (sets scim.Object, more bool, err error) {
	deadline := s.now().Add(longPoll)
	for {
		rung := s.bell.next()
		sets, more, err = s.collect(ctx, id, req.maxEvents)
		wait := deadline.Sub(s.now())
		if err != nil || len(sets) > 0 || req.maxEvents == 0 || req.immediately || wait <= 0 {
			return sets, more, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-rung:
		case <-timer.C:
		case <-s.opt.Stop:
			req.immediately = true
		case <-ctx.Done():
			err = ctx.Err()
		}
		timer.Stop()
		if err != nil {
			return nil, false, err
		}
	}
}

// collect reads up to limit unsettled tokens, and moves the receiver past what is settled.
func (s *Service) collect(ctx context.Context, id string, limit int) (sets scim.Object, more bool, err error) {
	key, err := s.signer(ctx)
	if err != nil {
		return nil, false, err
	}
	sets = scim.Object{}
	var rc *Receiver
	var settled map[Mark]bool
	err = s.store.ViewOutbox(ctx, func(from Reader) error {
		if rc, err = from.Receiver(ctx, id); err != nil {
			return err
		}
		marks, err := from.Acknowledged(ctx, id)
		settled = make(map[Mark]bool, len(marks))
		for _, m := range marks {
			settled[m] = true
		}
		return err
	})
	if err != nil {
		return nil, false, err
	}
	done, size := rc.Position, 0
	for at := rc.Position; ; {
		var found raw
		if err := s.store.ViewOutbox(ctx, func(from Reader) error { return found.look(ctx, from, rc, at) }); err != nil {
			return nil, false, err
		}
		list, err := s.entries(ctx, rc, &found)
		if err != nil {
			return nil, false, err
		}
		if len(list) == 0 {
			return sets, more, s.move(ctx, rc, done)
		}
		for _, e := range list {
			at = e.after(at)
			if settled[e.mark] || e.token == nil {
				if len(sets) == 0 && !more { // everything before is settled too
					done = at
				}
				continue
			}
			if len(sets) == limit || size > batchBytes {
				return sets, true, s.move(ctx, rc, done)
			}
			text, err := key.Sign(e.token)
			if err != nil {
				return nil, false, err
			}
			sets[e.token.ID] = text
			size += len(text)
		}
	}
}

// move keeps the position of a poll receiver. Another poll may have moved it further.
func (s *Service) move(ctx context.Context, rc *Receiver, to Position) error {
	if to == rc.Position {
		return nil
	}
	return s.store.UpdateOutbox(ctx, func(w Writer) error {
		current, err := w.Receiver(ctx, rc.ID)
		if err != nil {
			return err
		}
		current.Event, current.Outcome = max(current.Event, to.Event), max(current.Outcome, to.Outcome)
		if err := w.PutProgress(ctx, rc.ID, current.Progress); err != nil {
			return err
		}
		return w.Forget(ctx, rc.ID, current.Position)
	})
}
