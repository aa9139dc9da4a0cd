package outbox

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/egress"
	"github.com/rosterhq/roster/scim/schema"
)

// Types knows the resource types of a source; directory.Definitions does.
type Types interface {
	Registry(ctx context.Context, source directory.SourceID) (*schema.Registry, error)
}

// Options adjust a Service. PublicURL is required.
type Options struct {
	// PublicURL is the directory's address without a trailing slash; issuers are made of it.
	PublicURL string
	// Policy tells where push receivers may be.
	Policy egress.Policy
	// Transport makes the calls; nil means that of Policy.Client(), which enforces Policy.
	Transport http.RoundTripper
	// Log gets what an operator should know; nil means slog.Default.
	Log *slog.Logger
	// Stop is closed when the server is about to end: polls that wait answer at once. nil never is.
	Stop <-chan struct{}
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Service manages receivers, delivers to them and performs postponed requests. It is safe for
// concurrent use. Bad input is a *directory.InputError, what is missing directory.ErrNotFound.
type Service struct {
	store  Store
	keys   *directory.Keyring
	types  Types
	opt    Options
	client *http.Client
	log    *slog.Logger
	now    func() time.Time
	// owner names this process in leases.
	owner string
	bell  bell
	key   signingKey
}

// NewService makes the service. It does nothing by itself until Start.
func NewService(store Store, keys *directory.Keyring, types Types, opt Options) *Service {
	s := &Service{store: store, keys: keys, types: types, opt: opt, client: opt.Policy.Client(), log: opt.Log, now: opt.Now, owner: randomHex(8)}
	if opt.Transport != nil {
		s.client.Transport = opt.Transport
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b) //nolint:errcheck // crypto/rand.Read never fails
	return hex.EncodeToString(b)
}

// issuer is the iss of a source's tokens: the base URL of its SCIM service.
func (s *Service) issuer(slug string) string { return s.opt.PublicURL + "/source/scim/" + slug + "/v2" }

// Wake tells that something may have happened. It only saves time: what happened is found without it
// within watchInterval.
func (s *Service) Wake() { s.bell.ring() }

// News returns a channel that is closed when something may have happened.
func (s *Service) News() <-chan struct{} { return s.bell.next() }

// bell wakes all who wait for something to happen.
type bell struct {
	mu sync.Mutex
	ch chan struct{} // guarded by mu; closed by the next ring
}

// next returns a channel that the next ring closes. Who waits asks for it before looking for work, so
// that no ring is missed.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}

// pause waits for the bell, at most for d. It is false when ctx has ended.
func pause(ctx context.Context, rung <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-rung:
	case <-timer.C:
	}
	return ctx.Err() == nil
}

// lingering returns a context that ends with ctx, but only a while after it.
func lingering(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return late, func() {
		stop()
		cancel()
	}
}
