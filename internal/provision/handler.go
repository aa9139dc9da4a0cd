package provision

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/httpx"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
	"github.com/rosterhq/roster/scim/server"
)

// Config is what a Handler needs. Sources, Resources, Definitions and Keyring are required.
type Config struct {
	Sources     *directory.Sources
	Resources   *directory.Resources
	Definitions *directory.Definitions
	Keyring     *directory.Keyring
	// Journal takes the request records; nil keeps none.
	Journal *journal.Journal
	// Origin tells how requests come in and what the public URL is; nil trusts no proxy.
	Origin *httpx.Origin
	// Later keeps requests that clients want performed later; nil performs all at once.
	Later    Later
	Limits   server.Limits
	Capacity Capacity
	// Values are the limits of attribute values; what a source's policies decide is set by them.
	Values schema.Options
	// Logger gets one line a request; nil means slog.Default.
	Logger *slog.Logger
	// Observe is told of each request, for metrics; nil means nobody.
	Observe func(Sample)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Sample is one request as metrics see it: of few different values, without names of people.
type Sample struct {
	// Source is the slug, empty for a request that was not authenticated.
	Source       string
	Action       string
	ResourceType string
	Status       int
	Duration     time.Duration
}

// Handler serves every path below Prefix. It must get them as they were sent, without the cleaning
// redirects of http.ServeMux: those would answer before a token was seen.
type Handler struct {
	cfg     Config
	auth    *authenticator
	limiter *limiter
	touches *toucher
	scim    *server.Server
}

// New makes a Handler. Close it when no more requests come.
func New(cfg Config) (*Handler, error) {
	if cfg.Sources == nil || cfg.Resources == nil || cfg.Definitions == nil || cfg.Keyring == nil {
		return nil, errors.New("provision: a required field of Config is not set")
	}
	if cfg.Origin == nil {
		cfg.Origin = &httpx.Origin{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Observe == nil {
		cfg.Observe = func(Sample) {}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	h := &Handler{cfg: cfg, limiter: newLimiter(cfg.Capacity), touches: newToucher(cfg.Sources, cfg.Logger),
		auth: &authenticator{sources: cfg.Sources, keys: cfg.Keyring, cache: map[directory.TokenID]*cached{}}}
	schemaOptions := func(ctx context.Context) schema.Options {
		o := cfg.Values
		o.StrictUnknown = sessionOf(ctx).source.Policies.StrictUnknown
		return o
	}
	var err error
	h.scim, err = server.New(server.Config{
		Backend:       &backend{resources: cfg.Resources, options: schemaOptions, capacity: cfg.Capacity.withDefaults()},
		RegistryFor:   func(ctx context.Context) *schema.Registry { return sessionOf(ctx).registry },
		BaseURL:       func(r *http.Request) string { return sessionOf(r.Context()).scope.BaseURL },
		Limits:        cfg.Limits,
		PatchAnswer:   patchAnswer,
		SchemaOptions: schemaOptions,
		Async:         async(cfg.Later),
		Observe:       observe,
		CursorKey:     cfg.Keyring.CursorKey(),
		Now:           cfg.Now,
	})
	if err != nil {
		h.touches.close()
		return nil, err
	}
	return h, nil
}

// Close writes what is still to be written about tokens.
func (h *Handler) Close() { h.touches.close() }

func patchAnswer(ctx context.Context, t *schema.ResourceType) server.PatchAnswer {
	if t.Name == directory.GroupType && !sessionOf(ctx).source.Policies.GroupPatchBody {
		return server.AnswerShort
	}
	return server.AnswerBody
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := h.open(w, r)
	defer x.close()
	if err := h.serve(x); err != nil {
		x.fail(clientError(err))
	}
}

// serve authenticates the request and hands it to the SCIM server. Nothing but the 401 is answered to
// anybody without a valid token.
func (h *Handler) serve(x *exchange) error {
	credential, refused, err := h.auth.authenticate(x.r, x.address.slug, x.start)
	if err != nil {
		return err
	}
	source := (*directory.Source)(nil)
	switch {
	case credential != nil:
		source = credential.Source
		x.record.TokenID, x.record.TokenLabel = credential.Token.ID, credential.Token.Label
		h.touches.used(credential.Token.ID, credential.Token.LastUsed, x.start)
	case refused.rule == "auth.missing" && x.address.discovery() && x.r.Method == http.MethodGet:
		if source, err = h.public(x.r.Context(), x.address.slug); err != nil {
			return err
		}
	}
	if source == nil {
		x.refuse(refused)
		return nil
	}
	x.source, x.record.Source = source, source.ID
	if !source.Enabled || source.Paused {
		return held(source)
	}
	if v := x.address.otherVersion; v != "" {
		return scim.BadRequest(scim.InvalidVers, "This source speaks version 2 of SCIM, not %s. Its base URL ends in %s.",
			scim.Abbreviate(v), BasePath(source.Slug)).WithRule("path.no-v2")
	}
	if !x.address.versioned {
		return scim.Errorf(http.StatusNotFound, "The base URL of this source ends in %s. Correct the base URL at the identity provider.",
			BasePath(source.Slug)).WithRule("path.no-v2")
	}
	taken, err := h.limiter.enter(x.r.Context(), source.ID, x.r.Method, x.start)
	if err != nil {
		return err
	}
	defer taken.leave()
	s, err := h.session(x)
	if err != nil {
		return err
	}
	x.session = s
	h.scim.ServeHTTP(x, x.address.below(withSession(x.r.Context(), s), x.r))
	return nil
}

func (h *Handler) session(x *exchange) (*session, error) {
	ctx := x.r.Context()
	registry, err := h.cfg.Definitions.Registry(ctx, x.source.ID)
	if err != nil {
		return nil, err
	}
	s := &session{source: x.source, registry: registry, record: x.record, scope: directory.Scope{
		Source:   x.source.ID,
		Policies: x.source.Policies,
		BaseURL:  h.cfg.Origin.BaseURL(x.r) + BasePath(x.source.Slug),
		Cause: directory.Cause{Kind: "scim", RequestID: x.record.ID, ActorID: x.source.ServiceAccountID,
			ActorName: x.source.ServiceAccountName, ClientIP: x.record.RemoteIP},
	}}
	return s, nil
}

// public returns the source of a discovery request without a token, if its policy allows that.
func (h *Handler) public(ctx context.Context, slug string) (*directory.Source, error) {
	info, err := h.cfg.Sources.Lookup(ctx, slug)
	if errors.Is(err, directory.ErrNotFound) {
		return nil, nil
	}
	if err != nil || !info.Policies.PublicDiscovery || info.ID == directory.BuiltinSource {
		return nil, err
	}
	return info, nil
}

// held is the answer of a source that is switched off or paused: identity providers come back, and
// nothing is lost.
func held(source *directory.Source) error {
	state := "paused"
	if !source.Enabled {
		state = "disabled"
	}
	e := scim.Errorf(http.StatusServiceUnavailable, "Provisioning of this source is %s by an administrator. Requests that are repeated later lose nothing.", state).
		WithRule("source.paused")
	e.RetryAfter = 5 * time.Minute
	return e
}

// toucher notes when tokens were last used, off the path of the requests.
type toucher struct {
	sources *directory.Sources
	log     *slog.Logger
	queue   chan touch
	done    chan struct{} // closed when the loop has ended

	mu     sync.Mutex
	last   map[directory.TokenID]time.Time // guarded by mu
	closed bool                            // guarded by mu
}

type touch struct {
	id directory.TokenID
	at time.Time
}

func newToucher(sources *directory.Sources, log *slog.Logger) *toucher {
	t := &toucher{sources: sources, log: log, queue: make(chan touch, 64), done: make(chan struct{}), last: map[directory.TokenID]time.Time{}}
	go t.loop()
	return t
}

// used notes a use, at most once a minute for each token. known is the last use that the store knows.
func (t *toucher) used(id directory.TokenID, known, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if last := t.last[id]; last.After(known) {
		known = last
	}
	if t.closed || at.Sub(known) < time.Minute {
		return
	}
	select {
	case t.queue <- touch{id, at}:
		if len(t.last) >= maxCredentials {
			clear(t.last)
		}
		t.last[id] = at
	default: // The next request tries again.
	}
}

func (t *toucher) loop() {
	defer close(t.done)
	for touch := range t.queue {
		if err := t.sources.TouchToken(context.Background(), touch.id, touch.at); err != nil {
			t.log.Warn("the last use of a token was not noted", "error", err)
		}
	}
}

func (t *toucher) close() {
	t.mu.Lock()
	if !t.closed {
		t.closed = true
		close(t.queue)
	}
	t.mu.Unlock()
	<-t.done
}
