package outbox

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/server"
)

// Performer performs a postponed request as the source it belongs to. Its events must have the
// request's transaction as the id of the request that caused them.
type Performer interface {
	Perform(ctx context.Context, source *directory.Source, cause directory.Cause, r *server.AsyncRequest) []server.AsyncOutcome
}

const (
	// jobTime is how long a postponed request may take, jobLease how long nobody else takes it up.
	jobTime  = 4 * time.Minute
	jobLease = 5 * time.Minute
	// jobGrace is how long a request that is being performed may go on when the process is to end.
	jobGrace = 5 * time.Second
	// maxPending is how many postponed requests of one source may wait.
	maxPending = 1000
)

// Enqueue keeps a request of a source; when it returns nil, the request is safe. Too many that wait
// are a *scim.Error 503.
func (s *Service) Enqueue(ctx context.Context, source directory.SourceID, cause directory.Cause, r *server.AsyncRequest) error {
	err := s.store.UpdateOutbox(ctx, func(w Writer) error {
		waiting, err := w.CountPending(ctx, source, maxPending)
		if err != nil {
			return err
		}
		if waiting == maxPending {
			e := scim.Errorf(http.StatusServiceUnavailable, "%d requests of this source wait to be performed. Send this one later, or without Prefer: respond-async.", waiting)
			e.RetryAfter = time.Minute
			return e
		}
		return w.InsertJob(ctx, &Job{Source: source, Cause: cause, Created: s.now(), Request: r})
	})
	if err == nil {
		s.Wake()
	}
	return err
}

// Completion returns the signed outcome of a transaction of a source, for the client that made the
// request; pending while there is none yet. An unknown transaction is a *scim.Error 404.
func (s *Service) Completion(ctx context.Context, source directory.SourceID, txn string) (token string, pending bool, err error) {
	var outcome *Outcome
	issuer := ""
	err = s.store.ViewOutbox(ctx, func(r Reader) error {
		src, err := r.Source(ctx, source)
		if err != nil {
			return err
		}
		issuer = s.issuer(src.Slug)
		if outcome, err = r.Outcome(ctx, source, txn); !errors.Is(err, directory.ErrNotFound) {
			return err
		}
		request, _, _ := strings.Cut(txn, ":")
		pending, err = r.Pending(ctx, source, request)
		return err
	})
	if err != nil || pending {
		return "", pending, err
	}
	if outcome == nil {
		return "", false, scim.Errorf(http.StatusNotFound, "There is no outcome of transaction %q. Outcomes are kept for 30 days.", scim.Abbreviate(txn))
	}
	key, err := s.signer(ctx)
	if err != nil {
		return "", false, err
	}
	token, err = key.Sign(completionToken(outcome, issuer, issuer, txn+".completion"))
	return token, false, err
}

// performAll performs postponed requests until ctx ends.
func (s *Service) performAll(ctx context.Context, p Performer) {
	for ctx.Err() == nil {
		rung := s.bell.next()
		job, interrupted, err := s.claim(ctx)
		wait := idleInterval
		switch {
		case err != nil && ctx.Err() == nil:
			s.log.ErrorContext(ctx, "postponed requests cannot be read", "error", err)
			wait = 5 * time.Second
		case job != nil:
			if err = s.complete(ctx, p, job, interrupted); err == nil {
				continue
			}
			if ctx.Err() == nil {
				s.log.ErrorContext(ctx, "the outcome of a postponed request was not kept", "transaction", job.Request.Transaction, "error", err)
				wait = 5 * time.Second
			}
		}
		if !pause(ctx, rung, wait) {
			return
		}
	}
}

// claim takes the next request to perform; nil when there is none. interrupted tells that somebody
// has begun it before and did not finish.
func (s *Service) claim(ctx context.Context) (job *Job, interrupted bool, err error) {
	now := s.now()
	err = s.store.ViewOutbox(ctx, func(r Reader) error {
		job, err = r.NextJob(ctx, now)
		return err
	})
	if errors.Is(err, directory.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	id := job.ID
	err = s.store.UpdateOutbox(ctx, func(w Writer) error {
		if job, err = w.Job(ctx, id); err != nil {
			return err
		}
		if now.Before(job.Lease.Until) {
			return directory.ErrNotFound
		}
		interrupted = !job.Started.IsZero()
		if !interrupted {
			job.Started = now
			if job.StartedSeq, err = w.LastSeq(ctx); err != nil {
				return err
			}
		}
		job.Lease = Lease{s.owner, now.Add(jobLease)}
		return w.UpdateJob(ctx, job)
	})
	if errors.Is(err, directory.ErrNotFound) { // another one was faster
		s.Wake() // there may be another request
		return nil, false, nil
	}
	return job, interrupted, err
}

// complete performs a request and keeps its outcomes.
func (s *Service) complete(ctx context.Context, p Performer, job *Job, interrupted bool) error {
	late, cancel := lingering(ctx, jobGrace)
	defer cancel()
	working, cancelTimeout := context.WithTimeout(late, jobTime)
	defer cancelTimeout()
	outcomes, err := s.perform(working, p, job, interrupted)
	if errors.Is(working.Err(), context.Canceled) || err != nil {
		// The process ends; the next one finds out what was done.
		return errors.Join(err, s.giveBack(context.WithoutCancel(ctx), job))
	}
	now := s.now()
	err = s.store.UpdateOutbox(context.WithoutCancel(ctx), func(w Writer) error {
		current, err := w.Job(ctx, job.ID)
		if errors.Is(err, directory.ErrNotFound) || err == nil && current.Lease.Owner != s.owner {
			return nil // another process took over and has the outcome
		}
		if err != nil {
			return err
		}
		for _, o := range outcomes {
			if err := w.InsertOutcome(ctx, &Outcome{Source: job.Source, Time: now, AsyncOutcome: o}); err != nil {
				return err
			}
		}
		return w.DeleteJob(ctx, job.ID)
	})
	s.Wake()
	return err
}

// perform performs a request, unless it turns out to have been performed.
func (s *Service) perform(ctx context.Context, p Performer, job *Job, interrupted bool) ([]server.AsyncOutcome, error) {
	if interrupted && job.Request.Bulk {
		return job.Request.Failed(scim.Errorf(http.StatusInternalServerError,
			"The server was restarted while it executed the bulk request; the operation may have been applied. Read the resource and repeat what is missing.")), nil
	}
	if interrupted {
		o, err := s.recall(ctx, job)
		if o != nil || err != nil {
			return o, err
		}
	}
	var source *directory.Source
	err := s.store.ViewOutbox(ctx, func(r Reader) (err error) {
		source, err = r.Source(ctx, job.Source)
		return err
	})
	if errors.Is(err, directory.ErrNotFound) {
		return job.Request.Failed(scim.Errorf(http.StatusNotFound, "The source was deleted before the request was performed; nothing was changed.")), nil
	}
	if err != nil {
		return nil, err
	}
	return p.Perform(ctx, source, job.Cause, job.Request), nil
}

// recall returns the outcome of a request whose change is in the feed: it was committed, and only the
// outcome was lost. nil means that nothing was committed.
func (s *Service) recall(ctx context.Context, job *Job) ([]server.AsyncOutcome, error) {
	var e *directory.Event
	err := s.store.ViewOutbox(ctx, func(r Reader) (err error) {
		e, err = r.EventOfRequest(ctx, job.Source, job.StartedSeq, job.Request.Transaction)
		return err
	})
	if errors.Is(err, directory.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	endpoint, err := s.endpoint(ctx, e)
	if err != nil {
		return nil, err
	}
	o := server.AsyncOutcome{Transaction: job.Request.Transaction, Subject: endpoint + "/" + e.SubjectID}
	o.Method = job.Request.Method
	o.Location = job.Request.Base() + o.Subject
	o.Status = map[string]string{http.MethodPost: "201", http.MethodDelete: "204"}[o.Method]
	if o.Status == "" {
		o.Status = "200"
	}
	if o.Method != http.MethodDelete {
		o.Version = (&directory.Record{Version: e.SubjectVersion}).ETag()
	}
	return []server.AsyncOutcome{o}, nil
}

// giveBack lets another process go on at once.
func (s *Service) giveBack(ctx context.Context, job *Job) error {
	job.Lease = Lease{}
	return s.store.UpdateOutbox(ctx, func(w Writer) error { return w.UpdateJob(ctx, job) })
}
