package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// Server answers SCIM requests. It is safe for concurrent use and changes nothing of its Config.
type Server struct {
	cfg     Config
	cursors cursorSigner
	// methods holds the handlers of each kind of target by HTTP method.
	methods [kinds]map[string]handler
	// spills recycles the memory that answers are composed in.
	spills sync.Pool
}

// New makes a Server. It fails when cfg lacks something or contradicts itself.
func New(cfg Config) (*Server, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, methods: handlers()}
	s.cursors = cursorSigner{key: cfg.CursorKey, lifetime: cfg.CursorLifetime, now: cfg.Now}
	s.spills.New = func() any { return &spill{buf: make([]byte, 0, 4<<10)} }
	return s, nil
}

// exchange is one request on its way to its answer.
type exchange struct {
	*Server
	w        response
	r        *http.Request
	ctx      context.Context
	notes    collector
	registry *schema.Registry
	// base is the external base URL of this request.
	base   string
	target target
	params parameters
	seen   Observation
}

// handler answers a request whose target is known. An error that it returns is answered as such.
type handler func(x *exchange) error

// response remembers whether the status was sent, and which.
type response struct {
	http.ResponseWriter
	status int
}

func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap serves http.ResponseController.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{Server: s, w: response{ResponseWriter: w}, r: r}
	x.ctx = withCollector(r.Context(), &x.notes)
	if w.Header().Get(requestIDHeader) == "" {
		w.Header().Set(requestIDHeader, rand.Text())
	}
	aborted := true
	defer func() {
		v := recover()
		if v == nil && !aborted {
			x.observe(nil)
			return
		}
		if v == http.ErrAbortHandler {
			panic(v)
		}
		err := fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		started := x.w.status != 0
		if !started {
			WriteError(&x.w, r, err)
		}
		x.observe(err)
		if started {
			panic(http.ErrAbortHandler)
		}
	}()
	err := x.serve()
	if err != nil {
		x.seen.Err = err
		if x.w.status != 0 {
			// The client has the beginning of an answer; only a cut connection tells it that the
			// rest is missing.
			x.observe(err)
			panic(http.ErrAbortHandler)
		}
		WriteError(&x.w, r, err)
	}
	aborted = false
}

// observe reports the request. err overrides what the handler returned.
func (x *exchange) observe(err error) {
	o := x.seen
	if err != nil {
		o.Err = err
	}
	o.Status = x.w.status
	if o.Err != nil {
		o.Status = scim.AsError(o.Err).Status
	}
	o.Notes = x.notes.notes
	x.cfg.Observe(x.ctx, o)
}

func (x *exchange) serve() error {
	if n, limit := len(x.r.RequestURI), x.cfg.Limits.URLBytes; n > limit || len(x.r.URL.RawQuery) > limit {
		return scim.Errorf(http.StatusRequestURITooLong,
			"The URL has %d bytes, but %d is the limit. Send long queries as POST to /.search.", max(n, len(x.r.URL.RawQuery)), limit)
	}
	x.registry = x.cfg.RegistryFor(x.ctx)
	x.base = x.cfg.BaseURL(x.r)
	path, err := x.cfg.path(x.r.URL)
	if err != nil {
		return err
	}
	if x.target, err = locate(x.registry, path); err != nil {
		return err
	}
	x.seen.Type, x.seen.ID = x.target.typ, x.target.id
	if x.target.kind == kindMe {
		return scim.Errorf(http.StatusNotImplemented,
			"/Me is not supported: the access token belongs to a service, not to a person. Use the resource's own location.")
	}
	methods := x.methods[x.target.kind]
	h, ok := methods[x.r.Method]
	if !ok {
		x.w.Header().Set("Allow", allow(methods))
		if x.r.Method == http.MethodOptions {
			x.w.WriteHeader(http.StatusNoContent)
			return nil
		}
		return scim.Errorf(http.StatusMethodNotAllowed, "%s is not allowed on %s. Allowed: %s.",
			scim.Abbreviate(x.r.Method), x.target.kind, allow(methods)).WithRule("method.unsupported")
	}
	if x.params, err = parseParameters(x.r.URL.RawQuery); err != nil {
		return err
	}
	later, err := x.defers()
	if err != nil {
		return err
	}
	if later {
		return x.postpone()
	}
	return h(x)
}
