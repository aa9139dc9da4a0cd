package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/scim"
)

// Client is a connection to one base URL. It is safe for concurrent use.
type Client struct {
	base  string
	token string
	agent string
	http  *http.Client
}

// Option changes a Client that is being made.
type Option func(*Client)

// WithToken sends a bearer token (RFC 6750 §2.1).
func WithToken(token string) Option { return func(c *Client) { c.token = token } }

// WithHTTPClient uses h, for its transport and timeouts. Its redirect policy is not used: a redirect
// is an error, since following it could hand the token to another host.
func WithHTTPClient(h *http.Client) Option { return func(c *Client) { c.http = h } }

// WithUserAgent sets the User-Agent header.
func WithUserAgent(agent string) Option { return func(c *Client) { c.agent = agent } }

// New makes a Client for a base URL such as "https://directory.example/scim/v2".
func New(baseURL string, options ...Option) (*Client, error) {
	u, err := url.Parse(baseURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("base URL %q is not an http or https URL", baseURL)
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("base URL %q has a query or fragment", baseURL)
	}
	c := &Client{base: strings.TrimRight(u.String(), "/"), agent: "scim-client", http: &http.Client{Timeout: time.Minute}}
	for _, option := range options {
		option(c)
	}
	h := *c.http
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &h
	return c, nil
}

// maxAnswer bounds the answer that is read, which is held in memory.
const maxAnswer = 256 << 20

// answer is a successful response; doc is nil when it has no body.
type answer struct {
	status int
	header http.Header
	doc    scim.Object
}

// send performs one request. version, unless empty, becomes If-Match.
func (c *Client) send(ctx context.Context, method, path string, query url.Values, body scim.Object, version scim.Version) (*answer, error) {
	target := c.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(scim.AppendJSON(nil, body))
	}
	r, err := http.NewRequestWithContext(ctx, method, target, reader)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", scim.MediaType)
	r.Header.Set("User-Agent", c.agent)
	if body != nil {
		r.Header.Set("Content-Type", scim.MediaType)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if version != "" {
		r.Header.Set("If-Match", string(version))
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("%s %s: read answer: %w", method, path, err)
	}
	if len(data) > maxAnswer {
		return nil, fmt.Errorf("%s %s: the answer is larger than %d bytes", method, path, maxAnswer)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, failure(resp, data)
	}
	a := &answer{status: resp.StatusCode, header: resp.Header}
	if len(data) == 0 {
		return a, nil
	}
	if a.doc, err = decode(data); err != nil {
		return nil, fmt.Errorf("%s %s: status %d: %w", method, path, resp.StatusCode, err)
	}
	return a, nil
}

// decode reads an answer. Providers' answers are larger than what clients may send.
func decode(data []byte) (scim.Object, error) {
	const many = 1 << 24
	obj, err := scim.DecodeObject(data, scim.Limits{Depth: 100, Keys: many, StringBytes: many, Bytes: maxAnswer})
	if err != nil {
		return nil, errors.New("the answer is no JSON object")
	}
	return obj, nil
}

// failure makes the error of a status that is not 2xx (RFC 7644 §3.12).
func failure(resp *http.Response, data []byte) error {
	e := &scim.Error{Status: resp.StatusCode, Detail: http.StatusText(resp.StatusCode)}
	if obj, err := decode(data); err == nil {
		if s, ok := obj["detail"].(string); ok && s != "" {
			e.Detail = s
		}
		if s, ok := obj["scimType"].(string); ok {
			e.Type = scim.ErrorType(s)
		}
	}
	e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"))
	return e
}

// retryAfter reads both forms of the header (RFC 9110 §10.2.3).
func retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(0, time.Until(t))
	}
	return 0
}
