package provision

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/server"
)

// credentialAge is how long a token is trusted without asking the store again; a change by this process
// is noticed at once. It bounds how long a revoked token works when another process revoked it.
const credentialAge = 500 * time.Millisecond

// maxCredentials bounds the cache; beyond it, it starts anew.
const maxCredentials = 10_000

// refusal is why a request is not authenticated. The client is never told; the journal is.
type refusal struct{ rule, detail string }

// authenticator finds the source that a request's token opens.
type authenticator struct {
	sources *directory.Sources
	keys    *directory.Keyring

	mu    sync.Mutex
	cache map[directory.TokenID]*cached // guarded by mu
}

// cached is what the store said about a token; nil credential when there is none.
type cached struct {
	mu         sync.Mutex
	credential *directory.Credential // guarded by mu
	read       time.Time             // guarded by mu; zero before the first read
	changes    int64                 // guarded by mu; directory.Sources.Changes before the read
}

// authenticate returns the credential of a request for the source slug at that time, or why there is none.
// An error is a malformed request (RFC 6750 §3.1 invalid_request), or a failure of the store.
func (a *authenticator) authenticate(r *http.Request, slug string, now time.Time) (*directory.Credential, *refusal, error) {
	text, err := server.BearerToken(r)
	if err != nil {
		return nil, nil, err
	}
	id, wellFormed := directory.ParseToken(text)
	var c *directory.Credential
	if wellFormed {
		if c, err = a.credential(r.Context(), id, now); err != nil {
			return nil, nil, err
		}
	}
	var token *directory.Token
	if c != nil {
		token = c.Token
	}
	// The check is made in any case, so that an unknown token takes as long as a wrong one.
	right := a.keys.Check(token, text)
	if refused := judge(r, text, slug, c, right, now); refused != nil {
		return nil, refused, nil
	}
	return c, nil, nil
}

// judge tells why a token does not open the source.
func judge(r *http.Request, text, slug string, c *directory.Credential, right bool, now time.Time) *refusal {
	switch {
	case text == "" && r.Header.Get("Authorization") == "":
		return &refusal{"auth.missing", "The request had no Authorization header."}
	case text == "":
		return &refusal{"auth.scheme", malformed(r.Header.Get("Authorization"))}
	case strings.HasPrefix(text, "rsk_"):
		return &refusal{"auth.wrong-kind", "The request carried an API key of the administrators' API."}
	case !right:
		return &refusal{"auth.unknown", "The token" + ending(text) + " is not one of this directory."}
	case !c.Token.Revoked.IsZero():
		return &refusal{"auth.revoked", "The token " + name(c.Token) + " was revoked on " + c.Token.Revoked.Format(time.DateOnly) + "."}
	case !c.Token.Usable(now):
		return &refusal{"auth.expired", "The token " + name(c.Token) + " expired on " + c.Token.Expires.Format(time.DateOnly) + "."}
	case c.Source.Slug != slug:
		return &refusal{"auth.wrong-source", "The token belongs to the source " + c.Source.Slug + "."}
	}
	return nil
}

func name(t *directory.Token) string { return `"` + t.Label + `" (…` + t.Last4 + `)` }

// ending tells the end of what was sent as a token, by which people recognise it.
func ending(text string) string {
	if len(text) <= 12 {
		return ""
	}
	return ", which ends in …" + text[len(text)-4:] + ","
}

// malformed describes an Authorization header without repeating what may be a secret.
func malformed(header string) string {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
	switch {
	case strings.EqualFold(scheme, "bearer") && strings.HasPrefix(strings.ToLower(strings.TrimSpace(rest)), "bearer "):
		return "The header says Bearer twice; paste the token without that word."
	case strings.EqualFold(scheme, "bearer"):
		return "What follows the word Bearer is no token."
	case strings.EqualFold(scheme, "basic"):
		return "The request used Basic authentication instead of a bearer token."
	}
	return "The Authorization header does not begin with the word Bearer and a space."
}

// credential returns what the store has of a token, not older than credentialAge at that time; nil when it
// has nothing.
func (a *authenticator) credential(ctx context.Context, id directory.TokenID, now time.Time) (*directory.Credential, error) {
	a.mu.Lock()
	entry := a.cache[id]
	if entry == nil {
		if len(a.cache) >= maxCredentials {
			clear(a.cache)
		}
		entry = &cached{}
		a.cache[id] = entry
	}
	a.mu.Unlock()

	// Requests of one token wait for each other's look-up instead of repeating it.
	entry.mu.Lock()
	defer entry.mu.Unlock()
	changes := a.sources.Changes()
	if !entry.read.IsZero() && entry.changes == changes && now.Sub(entry.read).Abs() < credentialAge {
		return entry.credential, nil
	}
	c, err := a.sources.Credential(ctx, id)
	if err != nil && !errors.Is(err, directory.ErrNotFound) {
		return nil, err
	}
	entry.credential, entry.read, entry.changes = c, now, changes
	return c, nil
}

// unauthorized answers the one 401 that there is.
func unauthorized(w http.ResponseWriter, r *http.Request) { server.Unauthorized(w, r, realm) }

const realm = "Roster"

// invalidRequest answers a request whose credentials are ambiguous (RFC 6750 §3.1).
func invalidRequest(w http.ResponseWriter, r *http.Request, err *scim.Error) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="`+realm+`", error="invalid_request"`)
	server.WriteError(w, r, err)
}
