package provision

import (
	"context"
	"net/http"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/server"
)

// Later keeps requests that clients want performed later (RFC 9967 §2.5.1), for each source.
type Later interface {
	// EventURIs returns the events that receivers of the source get.
	EventURIs(ctx context.Context, source directory.SourceID) ([]string, error)
	// Enqueue keeps a request; when it returns nil, the request is safe, and Handler.Perform will get it.
	Enqueue(ctx context.Context, source directory.SourceID, cause directory.Cause, r *server.AsyncRequest) error
	// Completion returns the signed outcome of a transaction; pending while there is none.
	Completion(ctx context.Context, source directory.SourceID, txn string) (token string, pending bool, err error)
}

// postponer is Later as the SCIM server sees it: the source is that of the request.
type postponer struct{ later Later }

// async returns nil, which switches the feature off, when l is nil.
func async(l Later) server.Async {
	if l == nil {
		return nil
	}
	return postponer{l}
}

func (p postponer) EventURIs(ctx context.Context) ([]string, error) {
	uris, err := p.later.EventURIs(ctx, sessionOf(ctx).source.ID)
	return uris, clientError(err)
}

func (p postponer) Enqueue(ctx context.Context, r *server.AsyncRequest) error {
	s := sessionOf(ctx)
	if err := p.later.Enqueue(ctx, s.source.ID, s.scope.Cause, r); err != nil {
		return clientError(err)
	}
	s.record.Outcome = journal.NoOp
	s.record.Notes = append(s.record.Notes, journal.Note{Code: "async", Message: "The request was kept to be performed later; its own record has the id " + r.Transaction + "."})
	return nil
}

func (p postponer) Completion(ctx context.Context, txn string) (string, bool, error) {
	token, pending, err := p.later.Completion(ctx, sessionOf(ctx).source.ID, txn)
	return token, pending, clientError(err)
}

// Perform performs a request that was kept for later, as any other request of the source: same policies,
// same record in the journal. Its id is the transaction, which the events that it causes name.
func (h *Handler) Perform(ctx context.Context, source *directory.Source, cause directory.Cause, r *server.AsyncRequest) []server.AsyncOutcome {
	if !source.Enabled || source.Paused {
		return r.Failed(scim.AsError(held(source)))
	}
	start := h.cfg.Now()
	taken, err := h.limiter.enter(ctx, source.ID, r.Method, start)
	if err != nil {
		return r.Failed(scim.AsError(err))
	}
	defer taken.leave()
	registry, err := h.cfg.Definitions.Registry(ctx, source.ID)
	if err != nil {
		return r.Failed(scim.AsError(clientError(err)))
	}
	cause.RequestID = r.Transaction
	record := &journal.Record{ID: r.Transaction, Time: start.UTC(), Source: source.ID, Slug: source.Slug,
		Client: clip(http.Header(r.Header).Get("User-Agent"), 256), RemoteIP: cause.ClientIP, Method: r.Method, Path: clip(r.Target, 1024)}
	record.Notes = []journal.Note{{Code: "async", Message: "The client asked to have the request performed later (Prefer: respond-async)."}}
	s := &session{source: source, registry: registry, record: record, scope: directory.Scope{
		Source: source.ID, Policies: source.Policies, Cause: cause, BaseURL: r.Base(),
	}}
	outcomes := h.scim.Perform(withSession(ctx, s), r)
	record.Duration = h.cfg.Now().Sub(start)
	record.Status = http.StatusOK
	if len(outcomes) == 1 {
		record.Status = outcomes[0].StatusCode()
	}
	if record.Outcome == "" || record.Status >= http.StatusBadRequest {
		record.Outcome = journal.OutcomeOf(record.Status)
	}
	h.cfg.Observe(Sample{Source: source.Slug, Action: record.Action, ResourceType: record.ResourceType, Status: record.Status, Duration: record.Duration})
	if h.cfg.Journal != nil {
		if len(r.Body) <= journal.MaxBody {
			record.RequestBody = r.Body
		}
		h.cfg.Journal.Add(record, source.Policies.RequestBodies)
	}
	return outcomes
}
