package provision

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
	"github.com/rosterhq/roster/scim/server"
)

// session is one authenticated request. It belongs to that request's goroutine.
type session struct {
	source   *directory.Source
	registry *schema.Registry
	scope    directory.Scope
	record   *journal.Record
	// failure is the error that the SCIM server answered, with its private cause.
	failure error
}

type sessionKey struct{}

func withSession(ctx context.Context, s *session) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

// sessionOf returns the session that ServeHTTP put into the context of every request that reaches the
// SCIM server.
func sessionOf(ctx context.Context) *session { return ctx.Value(sessionKey{}).(*session) }

// wrote notes what a write did, for the record.
func (s *session) wrote(res *directory.Result) {
	s.record.Subject = res.Label
	switch res.Outcome {
	case directory.OutcomeNoOp:
		s.record.Outcome = journal.NoOp
	case directory.OutcomeCreated:
		s.record.Outcome = journal.Created
	case directory.OutcomeDeleted:
		s.record.Outcome = journal.Deleted
	default:
		s.record.Outcome = journal.Updated
	}
}

// clientError turns the store's temporary failures into answers that tell the client to come back.
func clientError(err error) error {
	var wait time.Duration
	switch {
	case err == nil:
		return nil
	case errors.Is(err, directory.ErrBusy), errors.Is(err, directory.ErrVersion):
		wait = 2 * time.Second
	case errors.Is(err, directory.ErrFull), errors.Is(err, directory.ErrUnavailable):
		wait = 60 * time.Second
	default:
		return err
	}
	detail := "The directory cannot take this request at the moment; nothing was changed. Repeat it after the time in Retry-After."
	if errors.Is(err, directory.ErrUncertain) {
		detail = "The directory lost its database while it saved this request, so the change may have been made. Look, or repeat the request, after the time in Retry-After."
	}
	e := scim.Errorf(http.StatusServiceUnavailable, "%s", detail).WithRule("store.busy").WithCause(err)
	e.RetryAfter = wait
	return e
}

// condition turns a precondition into the directory's form.
func condition(p server.Precondition) directory.Condition {
	if p.IfMatch == nil {
		return nil
	}
	return p.Holds
}
