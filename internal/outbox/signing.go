package outbox

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/secevent"
)

// keySetting is where the sealed signing key is kept; it is also the purpose it is sealed for.
const keySetting = "event-signing-key"

// signingKey is the key of the installation, once it is known.
type signingKey struct {
	mu  sync.Mutex
	key *secevent.SigningKey // guarded by mu
}

// signer returns the key that signs tokens. The first use of an installation makes it.
func (s *Service) signer(ctx context.Context) (*secevent.SigningKey, error) {
	s.key.mu.Lock()
	defer s.key.mu.Unlock()
	if s.key.key != nil {
		return s.key.key, nil
	}
	sealed, err := s.keptKey(ctx)
	if err != nil {
		return nil, err
	}
	der, err := s.keys.Open(keySetting, sealed)
	if err != nil {
		return nil, fmt.Errorf("open the key that signs events: %w", err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("read the key that signs events: %w", err)
	}
	private, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("the key that signs events is a %T", parsed)
	}
	key, err := secevent.NewSigningKey("", private)
	if err == nil {
		s.key.key = key
	}
	return key, err
}

// keptKey returns the sealed key of the store, and puts a new one there if there is none.
func (s *Service) keptKey(ctx context.Context) (sealed []byte, err error) {
	err = s.store.ViewOutbox(ctx, func(r Reader) error {
		sealed, err = r.Setting(ctx, keySetting)
		return err
	})
	if !errors.Is(err, directory.ErrNotFound) {
		return sealed, err
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	fresh := s.keys.Seal(keySetting, der)
	err = s.store.UpdateOutbox(ctx, func(w Writer) error {
		// Another process may have been faster.
		sealed, err = w.Setting(ctx, keySetting)
		if !errors.Is(err, directory.ErrNotFound) {
			return err
		}
		sealed = fresh
		return w.PutSetting(ctx, keySetting, fresh)
	})
	return sealed, err
}

// KeysPath is where the public keys are published.
const KeysPath = "/.well-known/jwks.json"

// KeysHandler publishes the keys that verify tokens (RFC 7517 §5), for KeysPath.
func (s *Service) KeysHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		key, err := s.signer(r.Context())
		if err != nil {
			s.log.ErrorContext(r.Context(), "the keys could not be published", "error", err)
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		body := secevent.KeySet{key.Public()}.JSON()
		h := w.Header()
		h.Set("Content-Type", "application/jwk-set+json")
		h.Set("Cache-Control", "public, max-age=300")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(body) // the reader is gone when this fails
		}
	})
}
