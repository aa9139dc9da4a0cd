package outbox

import (
	"context"
	"errors"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/secevent"
)

const (
	// leaseTime is how long a process may serve a receiver without renewing; renewAt is what must be
	// left of it before a call, which takes egress.Timeout at most.
	leaseTime = time.Minute
	renewAt   = 30 * time.Second
	// callGrace is how long a call may go on when the process is to end: its result is worth knowing.
	callGrace = 3 * time.Second
)

// errLost: another process serves the receiver, or it is gone or switched off.
var errLost = errors.New("the receiver is served elsewhere or no more")

// push serves one receiver until it is gone, disabled or ctx ends. Tokens go out one after another:
// order is what a receiver builds on.
func (s *Service) push(ctx context.Context, id string) {
	defer s.release(context.WithoutCancel(ctx), id)
	for ctx.Err() == nil {
		rung := s.bell.next()
		r, wait, err := s.lease(ctx, id)
		switch {
		case errors.Is(err, errLost):
			return
		case err != nil:
			s.log.ErrorContext(ctx, "an event receiver cannot be served", "receiver", id, "error", err)
			wait = 5 * time.Second
		case wait == 0:
			idle, err := s.pushBatch(ctx, r)
			switch {
			case errors.Is(err, errLost) || ctx.Err() != nil:
				return
			case err != nil:
				s.log.ErrorContext(ctx, "events were not delivered", "receiver", id, "error", err)
				wait = 5 * time.Second
			case !idle:
				continue // to the next batch, or to wait for the next attempt
			default:
				wait = idleInterval
			}
		}
		if !pause(ctx, rung, wait) {
			return
		}
	}
}

// lease returns the receiver with a lease of this process, or how long to wait for it or for the next
// attempt.
func (s *Service) lease(ctx context.Context, id string) (r *Receiver, wait time.Duration, err error) {
	err = s.store.ViewOutbox(ctx, func(from Reader) (err error) {
		r, err = from.Receiver(ctx, id)
		return err
	})
	if err != nil {
		return nil, 0, orLost(err)
	}
	now := s.now()
	switch {
	case !r.Enabled:
		return nil, 0, errLost
	case !r.Lease.free(s.owner, now):
		return nil, r.Lease.Until.Sub(now), nil
	case now.Before(r.NextAttempt):
		return nil, r.NextAttempt.Sub(now), nil
	}
	return r, 0, s.renew(ctx, r)
}

// renew makes sure that enough of the lease is left for a call.
func (s *Service) renew(ctx context.Context, r *Receiver) error {
	now := s.now()
	if r.Lease.Owner == s.owner && r.Lease.Until.Sub(now) > renewAt {
		return nil
	}
	lease := Lease{s.owner, now.Add(leaseTime)}
	err := s.store.UpdateOutbox(ctx, func(w Writer) error {
		current, err := w.Receiver(ctx, r.ID)
		if err != nil {
			return orLost(err)
		}
		if !current.Lease.free(s.owner, now) {
			return errLost
		}
		return w.PutLease(ctx, r.ID, lease)
	})
	if err == nil {
		r.Lease = lease
	}
	return err
}

func orLost(err error) error {
	if errors.Is(err, directory.ErrNotFound) {
		return errLost
	}
	return err
}

// release lets another process go on at once.
func (s *Service) release(ctx context.Context, id string) {
	err := s.store.UpdateOutbox(ctx, func(w Writer) error {
		r, err := w.Receiver(ctx, id)
		if err != nil || r.Lease.Owner != s.owner {
			return err
		}
		return w.PutLease(ctx, id, Lease{})
	})
	if err != nil && !errors.Is(err, directory.ErrNotFound) {
		s.log.Warn("the lease of an event receiver was not given back", "receiver", id, "error", err)
	}
}

// pushBatch delivers what comes next, and keeps how far it got. idle tells that there was nothing.
func (s *Service) pushBatch(ctx context.Context, r *Receiver) (idle bool, err error) {
	var found raw
	err = s.store.ViewOutbox(ctx, func(from Reader) error { return found.look(ctx, from, r, r.Position) })
	if err != nil {
		return false, err
	}
	list, err := s.entries(ctx, r, &found)
	if err != nil || len(list) == 0 {
		return err == nil, err
	}
	p, failures, err := s.pushEntries(ctx, r, list)
	if saved := s.progress(context.WithoutCancel(ctx), r.ID, p, failures); saved != nil {
		return false, saved
	}
	return false, err
}

// pushEntries delivers until something fails. It returns the progress to keep even with an error.
func (s *Service) pushEntries(ctx context.Context, r *Receiver, list []entry) (p Progress, failures []*Failure, err error) {
	p = r.Progress
	key, err := s.signer(ctx)
	if err != nil {
		return p, nil, err
	}
	working, cancel := lingering(ctx, callGrace)
	defer cancel()
	begun := s.now()
	for _, e := range list {
		if ctx.Err() != nil {
			return p, failures, ctx.Err()
		}
		err := s.tell(working, r, key, e)
		var no *refused
		var yet *unreached
		switch {
		case working.Err() != nil: // what became of it is unknown; it is sent again
			return p, failures, working.Err()
		case errors.As(err, &yet):
			s.later(&p, yet)
			return p, failures, nil
		case errors.As(err, &no):
			p.LastFailure, p.LastError = s.now(), no.Error()
			failures = append(failures, &Failure{jti(r.ID, e.mark), p.LastFailure, no.code, no.description})
		case err != nil:
			return p, failures, err
		case e.token != nil:
			p.LastSuccess, p.Attempts, p.NextAttempt = s.now(), 0, time.Time{}
		}
		p.Position = e.after(p.Position)
		if s.now().Sub(begun) > renewAt { // a slow receiver: what it has should not be sent again after a crash
			break
		}
	}
	return p, failures, nil
}

// tell delivers one entry. Errors are *refused, *unreached, errLost and those of the store.
func (s *Service) tell(ctx context.Context, r *Receiver, key *secevent.SigningKey, e entry) error {
	if e.broken != nil {
		return &refused{notSent, e.broken.Error()}
	}
	if e.token == nil {
		return nil
	}
	if err := s.renew(ctx, r); err != nil {
		return err
	}
	text, err := key.Sign(e.token)
	if err != nil {
		return &refused{notSent, err.Error()}
	}
	return s.deliver(ctx, r, text)
}

// notSent is the code of a failure that is ours.
const notSent = "not_sent"

// later notes a failed attempt and when the next one is due.
func (s *Service) later(p *Progress, e *unreached) {
	p.Attempts++
	p.LastFailure, p.LastError = s.now(), e.reason
	p.NextAttempt = p.LastFailure.Add(max(retryDelay(p.Attempts), e.after))
}

// progress keeps how far a receiver is, if this process still serves it.
func (s *Service) progress(ctx context.Context, id string, p Progress, failures []*Failure) error {
	return s.store.UpdateOutbox(ctx, func(w Writer) error {
		r, err := w.Receiver(ctx, id)
		if err != nil {
			return orLost(err)
		}
		if r.Lease.Owner != s.owner {
			return errLost
		}
		for _, f := range failures {
			if err := w.AddFailure(ctx, id, f); err != nil {
				return err
			}
		}
		return w.PutProgress(ctx, id, p)
	})
}
