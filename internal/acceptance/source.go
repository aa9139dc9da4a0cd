package acceptance

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Source is a SCIM source as `roster source create` prints it.
type Source struct {
	ID             any    `json:"id"`
	Name           string `json:"name"`
	Slug           string `json:"slug"`
	BaseURL        string `json:"base_url"`
	ServiceAccount struct {
		ID       any    `json:"id"`
		Username string `json:"username"`
	} `json:"service_account"`
	Token string `json:"token"`
}

// Base is the path of the source's SCIM endpoint.
func (s Source) Base() string { return "/source/scim/" + s.Slug + "/v2" }

// visibleWithin is how soon the server must act on what a command changed beside it.
const visibleWithin = time.Second

// CreateSource makes a source by command and waits until the running server lets its token in.
func (s *Server) CreateSource(ctx context.Context, name string, options ...string) (Source, error) {
	var source Source
	if err := s.Run(ctx, &source, append([]string{"source", "create", name}, options...)...); err != nil {
		return source, err
	}
	if source.Token == "" || !strings.HasSuffix(source.BaseURL, source.Base()) {
		return source, fmt.Errorf("source create %s printed no token or an odd base_url: %+v", name, source)
	}
	return source, s.waitStatus(ctx, source.Base(), source.Token, http.StatusOK)
}

// waitStatus waits until the source's endpoint answers a token with a status.
func (s *Server) waitStatus(ctx context.Context, base, token string, status int) error {
	ctx, cancel := context.WithTimeout(ctx, 3*visibleWithin)
	defer cancel()
	var last Exchange
	err := Poll(ctx, func() (bool, error) {
		ex, err := s.client.Do(ctx, scimGet(base, token, "/ServiceProviderConfig"))
		last = ex
		return ex.Answer.Status == status, err
	})
	if err != nil {
		return fmt.Errorf("wait for status %d of a source that changed: %w\n%s", status, err, last)
	}
	return nil
}

// RotateToken replaces a source's token; the old one lives on for the overlap, such as "0" or "24h".
func (s *Server) RotateToken(ctx context.Context, slug, overlap string) (string, error) {
	var answer struct {
		Token string `json:"token"`
	}
	err := s.Run(ctx, &answer, "source", "rotate-token", slug, "--overlap", overlap)
	return answer.Token, err
}

// CreateAPIKey makes a key of a role for the administrators' API.
func (s *Server) CreateAPIKey(ctx context.Context, name, role string) (string, error) {
	var answer struct {
		Key string `json:"key"`
	}
	err := s.Run(ctx, &answer, "api-key", "create", name, "--role", role)
	if err == nil && answer.Key == "" {
		err = fmt.Errorf("api-key create %s printed no key", name)
	}
	return answer.Key, err
}

// CreateAdmin makes an administrator.
func (s *Server) CreateAdmin(ctx context.Context, username, password string) error {
	return s.binary.Run(ctx, s.dataDir, password+"\n", nil, "admin", "create", "--username", username, "--password-stdin")
}

func scimGet(base, token, path string) Request {
	return Request{
		Method: http.MethodGet, Target: RequestTarget(base, path),
		Fields: []Field{{"Authorization", "Bearer " + token}, {"Accept", "application/scim+json"}},
	}
}

func scimWrite(method, base, token, path string, body []byte) Request {
	r := scimGet(base, token, path)
	r.Method, r.Body = method, body
	if body != nil {
		r.Fields = append(r.Fields, Field{"Content-Type", "application/scim+json"})
	}
	return r
}

// Random is n random bytes in hexadecimal, for names that no other test uses.
func Random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}
