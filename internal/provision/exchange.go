package provision

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/httpx"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/server"
)

// keptReadBody is the most bytes of a successful answer to a read that the journal keeps; the data
// itself is in the directory.
const keptReadBody = 4 << 10

// exchange is one request, with what the record about it needs. It is the ResponseWriter of the request:
// it remembers the status and the beginning of the answer.
type exchange struct {
	http.ResponseWriter
	h       *Handler
	r       *http.Request
	address address
	start   time.Time
	source  *directory.Source // nil until it is known
	record  *journal.Record
	session *session // nil until the SCIM server has the request
	// failure is an error that was not answered as it is, for the log.
	failure error

	status   int
	asked    capture
	answered capture
}

// capture keeps a body that is not too long; more is set when it was.
type capture struct {
	kept []byte
	more bool
}

func (c *capture) add(p []byte) {
	if c.more || len(p) == 0 {
		return
	}
	if len(c.kept)+len(p) > journal.MaxBody {
		c.kept, c.more = nil, true
		return
	}
	c.kept = append(c.kept, p...)
}

// body is the request's body, copied as it is read.
type body struct {
	io.ReadCloser
	asked *capture
}

func (b body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.asked.add(p[:n])
	return n, err
}

func (h *Handler) open(w http.ResponseWriter, r *http.Request) *exchange {
	id := httpx.RequestID(r.Context())
	if id == "" {
		id = httpx.NewRequestID()
	}
	w.Header()["X-Request-Id"] = []string{id}
	x := &exchange{ResponseWriter: w, h: h, r: r, address: addressOf(r.URL), start: h.cfg.Now()}
	x.record = &journal.Record{ID: id, Time: x.start.UTC(), Slug: x.address.slug, Client: clip(r.UserAgent(), 256),
		RemoteIP: h.cfg.Origin.ClientIP(r), Method: clip(r.Method, 16), Path: clip(x.address.rest, 1024), Query: clip(readable(r.URL.RawQuery), 4096)}
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = body{r.Body, &x.asked}
	} else if h.cfg.Journal != nil && r.Method == http.MethodGet && h.cfg.Journal.Crowded() {
		x.answered.more = true
	}
	return x
}

// readable decodes a query string for people; what cannot be decoded stays as it is.
func readable(query string) string {
	if text, err := url.QueryUnescape(query); err == nil {
		return text
	}
	return query
}

func clip(s string, limit int) string {
	if len(s) > limit {
		return s[:limit]
	}
	return s
}

// WriteHeader implements http.ResponseWriter.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.status = status
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (x *exchange) Write(p []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	x.answered.add(p)
	return x.ResponseWriter.Write(p)
}

// Unwrap serves http.ResponseController.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// refuse answers 401 and notes the reason, which the client is not told.
func (x *exchange) refuse(why *refusal) {
	x.record.Rule, x.record.Detail = why.rule, why.detail
	unauthorized(x, x.r)
}

// fail answers an error that arose before the SCIM server had the request.
func (x *exchange) fail(err error) {
	x.note(err)
	if e := scim.AsError(err); x.source == nil && e.Status == http.StatusBadRequest {
		x.record.Rule = "auth.scheme"
		invalidRequest(x, x.r, e)
		return
	}
	server.WriteError(x, x.r, err)
}

// note puts an error into the record.
func (x *exchange) note(err error) {
	noteError(x.record, err)
	x.failure = err
}

func noteError(rec *journal.Record, err error) {
	e := scim.AsError(err)
	rec.SCIMType, rec.Detail, rec.Rule = string(e.Type), e.Detail, e.Rule
	if e.Status >= 500 && rec.Rule == "" {
		rec.Rule = "internal"
	}
}

// observe takes over what the SCIM server knows of the request.
func observe(ctx context.Context, o server.Observation) {
	rec := sessionOf(ctx).record
	if o.Operation > 0 {
		if o.Err != nil {
			rec.Notes = append(rec.Notes, journal.Note{Code: "bulk", Path: "Operations", Message: scim.AsError(o.Err).Detail})
		}
	} else {
		rec.Action = string(o.Action)
		if o.Type != nil {
			rec.ResourceType, rec.ResourceID = o.Type.Name, o.ID
		}
		if o.Err != nil {
			noteError(rec, o.Err)
			sessionOf(ctx).failure = o.Err
		}
	}
	for _, n := range o.Notes {
		rec.Notes = append(rec.Notes, journal.Note{Code: n.Code, Path: n.Path, Message: n.Message})
	}
}

// close records the request. It runs when the answer has been given, also when a panic cuts it off.
func (x *exchange) close() {
	rec := x.record
	if x.session != nil && x.session.failure != nil {
		x.failure = x.session.failure
	}
	now := x.h.cfg.Now()
	rec.Duration = now.Sub(x.start)
	rec.Status = x.status
	if rec.Status == 0 {
		rec.Status = http.StatusInternalServerError
	}
	if rec.Outcome == "" || rec.Status >= 400 {
		rec.Outcome = journal.OutcomeOf(rec.Status)
	}
	x.log(now)
	slug := ""
	if x.source != nil {
		slug = x.source.Slug
	}
	x.h.cfg.Observe(Sample{Source: slug, Action: rec.Action, ResourceType: rec.ResourceType, Status: rec.Status, Duration: rec.Duration})
	if x.h.cfg.Journal == nil {
		return
	}
	policy := directory.BodiesOff
	switch {
	case x.source != nil:
		policy = x.source.Policies.RequestBodies
	default:
		x.attribute()
	}
	if rec.Outcome == journal.Read && len(x.answered.kept) > keptReadBody {
		x.answered = capture{}
	}
	rec.RequestBody, rec.ResponseBody = x.asked.kept, x.answered.kept
	x.h.cfg.Journal.Add(rec, policy)
}

// attribute finds the source that the URL of a refused request names. The answer has been given, so the
// time it takes tells nobody anything.
func (x *exchange) attribute() {
	if x.address.slug == "" || directory.CheckSlug(x.address.slug) != nil {
		return
	}
	if src, err := x.h.cfg.Sources.Lookup(context.WithoutCancel(x.r.Context()), x.address.slug); err == nil {
		x.record.Source = src.ID
	} else {
		x.record.Rule = "path.unknown-slug"
	}
}

// log writes the one line about the request. It names no person: paths have ids, and query strings are
// left out.
func (x *exchange) log(now time.Time) {
	rec := x.record
	level := slog.LevelInfo
	if rec.Status >= 500 && rec.Rule != "source.paused" {
		level = slog.LevelError
	}
	handler := x.h.cfg.Logger.Handler()
	if !handler.Enabled(x.r.Context(), level) {
		return
	}
	// Logger.LogAttrs would look up where it is called from, which nobody reads.
	line := slog.NewRecord(now, level, "scim request", 0)
	line.AddAttrs(slog.String("request_id", rec.ID), slog.String("source", x.address.slug), slog.String("action", rec.Action),
		slog.String("method", rec.Method), slog.String("path", rec.Path), slog.Int("status", rec.Status), slog.Duration("duration", rec.Duration),
		slog.String("outcome", string(rec.Outcome)), slog.String("client_ip", rec.RemoteIP))
	if rec.SCIMType != "" {
		line.AddAttrs(slog.String("scim_type", rec.SCIMType))
	}
	if rec.Rule != "" {
		line.AddAttrs(slog.String("rule", rec.Rule))
	}
	if len(rec.Notes) > 0 {
		line.AddAttrs(slog.Int("notes", len(rec.Notes)))
	}
	if level == slog.LevelError && x.failure != nil {
		line.AddAttrs(slog.String("error", x.failure.Error()))
	}
	handler.Handle(x.r.Context(), line) //nolint:errcheck // there is no other place to report it
}
