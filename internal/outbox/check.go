package outbox

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/directory"
)

// check says what is wrong with a receiver.
func (s *Service) check(r *Receiver) error {
	if n := utf8.RuneCountInString(r.Name); n == 0 || n > 128 {
		return &directory.InputError{Field: "name", Reason: "must have 1 to 128 characters"}
	}
	if n := len(r.Audience); n == 0 || n > 1024 || strings.ContainsFunc(r.Audience, func(c rune) bool { return c <= ' ' || c == 0x7f }) {
		return &directory.InputError{Field: "audience", Value: r.Audience, Reason: "must be an identifier of the receiver such as its URL, without spaces"}
	}
	if r.Payload != Notice && r.Payload != Full {
		return &directory.InputError{Field: "payload", Value: string(r.Payload), Reason: "must be notice or full"}
	}
	for _, uri := range r.Events {
		if !slices.Contains(r.Payload.Offered(), uri) {
			return &directory.InputError{Field: "events", Value: uri, Reason: fmt.Sprintf("is not among the events of the payload %s: %s", r.Payload, strings.Join(r.Payload.Offered(), ", "))}
		}
	}
	switch r.Kind {
	case Poll:
		return nil
	case Push:
		return s.checkURL(r.URL)
	}
	return &directory.InputError{Field: "kind", Value: string(r.Kind), Reason: "must be push or poll"}
}

func (s *Service) checkURL(raw string) error {
	if len(raw) > 2048 {
		return &directory.InputError{Field: "url", Value: raw, Reason: "must have at most 2048 characters"}
	}
	if err := s.opt.Policy.CheckURL(raw); err != nil {
		return &directory.InputError{Field: "url", Value: raw, Reason: err.Error()}
	}
	own, err1 := url.Parse(s.opt.PublicURL)
	its, err2 := url.Parse(raw)
	if err1 == nil && err2 == nil && strings.EqualFold(own.Host, its.Host) {
		return &directory.InputError{Field: "url", Value: raw, Reason: "must not be this directory itself"}
	}
	return nil
}

func checkSource(ctx context.Context, r Reader, id directory.SourceID) error {
	if id == 0 {
		return nil
	}
	_, err := r.Source(ctx, id)
	if errors.Is(err, directory.ErrNotFound) {
		return &directory.InputError{Field: "source", Reason: "does not exist"}
	}
	return err
}

// setSecret seals the bearer token of a push receiver.
func (s *Service) setSecret(r *Receiver, secret string) error {
	if len(secret) > 8192 || strings.ContainsFunc(secret, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return &directory.InputError{Field: "secret", Reason: "must be a bearer token: at most 8192 ASCII characters without spaces"}
	}
	r.Secret = nil
	if secret != "" {
		r.Secret = s.keys.Seal("receiver "+r.ID, []byte(secret))
	}
	return nil
}

// tokenPrefix marks the bearer token of a poll receiver, so that it is recognised where it does not belong.
const tokenPrefix = "rsr_"

func newToken(r *Receiver) string {
	b := make([]byte, 32)
	rand.Read(b) //nolint:errcheck // crypto/rand.Read never fails
	token := tokenPrefix + base64.RawURLEncoding.EncodeToString(b)
	r.TokenHash = tokenHash(token)
	return token
}

// tokenHash needs no slow function: the token has 256 random bits.
func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
