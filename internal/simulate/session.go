package simulate

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options are what a session needs.
type Options struct {
	// BaseURL is the SCIM Base URL without a trailing slash.
	BaseURL string
	Token   string
	Company *Company
	// Client is http.DefaultClient when nil.
	Client *http.Client
	// Log receives a line for each step of interest; nil discards them.
	Log func(format string, args ...any)
}

// Summary counts what a session did.
type Summary struct {
	Requests    int           `json:"requests"`
	Users       int           `json:"users"`
	Groups      int           `json:"groups"`
	Memberships int           `json:"memberships"`
	Failures    int           `json:"failures"`
	Took        time.Duration `json:"took_ns"`
}

// Provider is an identity provider that can be played.
type Provider string

// The providers.
const (
	Entra    Provider = "entra"
	Okta     Provider = "okta"
	OneLogin Provider = "onelogin"
)

// Run plays one session of the provider: the connection test, every person, every group and its
// members, a change, and a leaver. It stops at the first answer that the provider would not accept.
func Run(ctx context.Context, p Provider, o Options) (Summary, error) {
	if o.Client == nil {
		o.Client = http.DefaultClient
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	s := &session{Options: o}
	start := time.Now()
	var err error
	switch p {
	case Entra:
		err = s.entra(ctx)
	case Okta:
		err = s.okta(ctx)
	case OneLogin:
		err = s.oneLogin(ctx)
	default:
		err = fmt.Errorf("provider %q cannot be simulated: use entra, okta or onelogin", p)
	}
	s.done.Took = time.Since(start)
	return s.done, err
}

type session struct {
	Options
	// header is what the provider sends with every request.
	header http.Header
	done   Summary
}

// object is a JSON document of a request or answer.
type object = map[string]any

// call sends one request and returns the decoded answer. want lists the statuses that the provider
// accepts here.
func (s *session) call(ctx context.Context, method, path string, body any, want ...int) (object, error) {
	var reader io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		reader = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.BaseURL+path, reader)
	if err != nil {
		return nil, err
	}
	for name, values := range s.header {
		req.Header[name] = values
	}
	req.Header.Set("Authorization", "Bearer "+s.Token)
	if body == nil {
		req.Header.Del("Content-Type")
	}
	s.done.Requests++
	resp, err := s.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return nil, err
	}
	for _, status := range want {
		if resp.StatusCode == status {
			return decode(answer)
		}
	}
	s.done.Failures++
	return nil, &AnswerError{Method: method, Path: path, Status: resp.StatusCode, Detail: detail(answer)}
}

// AnswerError is an answer that the provider would report as a failure.
type AnswerError struct {
	Method, Path string
	Status       int
	Detail       string
}

func (e *AnswerError) Error() string {
	return fmt.Sprintf("%s %s was answered with %d: %s", e.Method, e.Path, e.Status, e.Detail)
}

func decode(answer []byte) (object, error) {
	if len(answer) == 0 {
		return nil, nil
	}
	var doc object
	if err := json.Unmarshal(answer, &doc); err != nil {
		return nil, fmt.Errorf("decode the answer: %w", err)
	}
	return doc, nil
}

func detail(answer []byte) string {
	if doc, err := decode(answer); err == nil {
		if text, ok := doc["detail"].(string); ok {
			return text
		}
	}
	return strings.TrimSpace(string(answer[:min(len(answer), 300)]))
}

// find looks resources up by a filter and returns the id of the first, or "".
func (s *session) find(ctx context.Context, endpoint, query string) (string, error) {
	doc, err := s.call(ctx, http.MethodGet, endpoint+"?"+query, nil, http.StatusOK)
	if err != nil {
		return "", err
	}
	list, _ := doc["Resources"].([]any)
	if len(list) == 0 {
		return "", nil
	}
	first, _ := list[0].(object)
	id, _ := first["id"].(string)
	return id, nil
}

// plus encodes a filter as form data does: spaces as "+".
func plus(filter string) string { return "filter=" + url.QueryEscape(filter) }

// percent encodes a filter with %20 for spaces.
func percent(filter string) string { return strings.ReplaceAll(plus(filter), "+", "%20") }
