package app

import (
	"context"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync/atomic"

	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/console"
	"github.com/rosterhq/roster/internal/egress"
	"github.com/rosterhq/roster/internal/httpx"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/internal/obs"
	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/internal/provision"
	"github.com/rosterhq/roster/internal/sqlstore"
	"github.com/rosterhq/roster/web"
)

// surface is everything that a running server offers, and what works behind it.
type surface struct {
	app      *App
	handler  http.Handler
	metrics  http.Handler
	scim     *provision.Handler
	journal  *journal.Journal
	outbox   *outbox.Service
	draining atomic.Bool
	// stop is closed when the server begins to drain: requests that wait for events end then.
	stop chan struct{}
}

// surface builds the handlers of a server with those settings.
func (a *App) surface(s *config.Server, url string) (*surface, error) {
	proxies, err := s.Proxies()
	if err != nil {
		return nil, err
	}
	origin := &httpx.Origin{PublicURL: s.PublicURL, Fallback: url, Proxies: proxies}
	metrics := obs.New(a.Version)
	out := &surface{app: a, metrics: metrics.Handler(), stop: make(chan struct{})}
	out.journal = journal.New(a.Store, journal.Options{Logger: a.Log, Now: a.now})
	metrics.Gauge("roster_request_log_dropped", "Request records that found no room since the start.", func() float64 {
		return float64(out.journal.Dropped())
	})
	if out.outbox, err = a.deliveries(s, url, out.stop); err != nil {
		return nil, err
	}
	out.scim, err = provision.New(provision.Config{
		Sources: a.Sources, Resources: a.Resources, Definitions: a.Definitions, Keyring: a.Keyring,
		Limits: requestLimits(s.Limits), Capacity: capacity(s.Limits), Values: valueLimits(s.Limits),
		Journal: out.journal, Origin: origin, Logger: a.Log, Now: a.now, Later: out.outbox,
		Observe: func(p provision.Sample) {
			metrics.Request(p.Source, p.ResourceType, p.Action, p.Status, p.Duration)
		},
	})
	if err != nil {
		return nil, err
	}
	bundle, err := consoleBundle(s)
	if err != nil {
		return nil, err
	}
	pages, err := console.New(console.Config{Accounts: a.Accounts, Origin: origin, Bundle: bundle, Logger: a.Log})
	if err != nil {
		return nil, err
	}
	api, err := a.api(origin, out)
	if err != nil {
		return nil, err
	}
	out.handler = out.route(s, api, pages)
	return out, nil
}

// consoleBundle returns the console's files, nil when they were not built.
func consoleBundle(s *config.Server) (fs.FS, error) {
	if s.ConsoleDir != "" {
		return os.DirFS(s.ConsoleDir), nil
	}
	if !web.Built() {
		return nil, nil
	}
	return web.Dist(), nil
}

// route sends a request to its surface by the first part of its path. No mux stands before the SCIM
// endpoints: its cleaning redirects would answer before a token was seen, and clients drop the
// Authorization header on redirects.
func (s *surface) route(c *config.Server, api, pages http.Handler) http.Handler {
	api, pages = httpx.WithRequestID(api), httpx.WithRequestID(pages)
	keys, mux := s.outbox.KeysHandler(), http.NewServeMux()
	mux.Handle(outbox.PollPath, s.outbox.PollHandler())
	poll := httpx.WithRequestID(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		switch {
		case strings.HasPrefix(path, provision.Prefix):
			s.scim.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/api/"):
			api.ServeHTTP(w, r)
		case path == outbox.KeysPath:
			keys.ServeHTTP(w, r)
		case strings.HasPrefix(path, pollPrefix):
			poll.ServeHTTP(w, r)
		case path == "/livez", path == "/healthz":
			answer(w, http.StatusOK, "ok")
		case path == "/readyz":
			s.readyz(w)
		case path == "/metrics" && c.MetricsListen == "":
			s.metrics.ServeHTTP(w, r)
		default:
			pages.ServeHTTP(w, r)
		}
	})
}

// readyz answers 200 when the server takes requests and its store takes writes.
func (s *surface) readyz(w http.ResponseWriter) {
	switch {
	case s.draining.Load():
		answer(w, http.StatusServiceUnavailable, "draining")
	case s.app.Store.Err() != nil:
		answer(w, http.StatusServiceUnavailable, "the store takes no writes; see the log")
	default:
		answer(w, http.StatusOK, "ready")
	}
}

func answer(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write([]byte(text + "\n")) //nolint:errcheck // the client went away
}

// pollPrefix is the part of outbox.PollPath in front of the receiver's id.
const pollPrefix = "/events/poll/"

// deliveries makes the service that tells receivers what happened.
func (a *App) deliveries(s *config.Server, url string, stop <-chan struct{}) (*outbox.Service, error) {
	allow, err := s.Egress()
	if err != nil {
		return nil, err
	}
	return outbox.NewService(a.Store, a.Keyring, a.Definitions, outbox.Options{
		PublicURL: url, Policy: egress.Policy{AllowHTTP: s.EgressHTTP, Allow: allow}, Log: a.Log, Now: a.now, Stop: stop,
	}), nil
}

// drain makes /readyz tell balancers to send no more.
func (s *surface) drain() {
	if s.draining.CompareAndSwap(false, true) {
		close(s.stop)
	}
}

// notice wakes all who wait for what another process may have committed.
func (s *surface) notice(h sqlstore.Hint) {
	if h.Settings {
		s.app.Sources.Notice()
		s.app.Definitions.Notice()
	}
	s.outbox.Wake()
}

// start runs the background work until ctx ends; the channel is closed when everything is written.
func (s *surface) start(ctx context.Context) <-chan struct{} {
	stopped := make(chan struct{})
	go s.app.Store.Watch(ctx, s.notice)
	go func() {
		defer close(stopped)
		delivered := s.outbox.Start(ctx, s.scim)
		s.app.retain(ctx)
		<-delivered
		s.scim.Close()
		if err := s.journal.Close(context.WithoutCancel(ctx)); err != nil {
			s.app.Log.Error("write the last request records", "error", err)
		}
	}()
	return stopped
}
