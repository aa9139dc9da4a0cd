package acceptance

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// Field is one request header, sent as written.
type Field struct{ Name, Value string }

// Request is one HTTP request. Target is what stands on the request line: a path with its query,
// already percent-encoded, which is sent byte for byte because the odd spelling is often the point.
type Request struct {
	Method string
	Target string
	Fields []Field
	Body   []byte
}

// Answer is what came back.
type Answer struct {
	Status  int
	Header  http.Header
	Body    []byte
	Elapsed time.Duration
}

// Exchange is a request with its answer.
type Exchange struct {
	Request Request
	Answer  Answer
}

// Client sends requests to one server, keeps connections open and follows no redirects.
type Client struct {
	origin *url.URL
	http   *http.Client
}

// NewClient returns a client of the server at origin, such as "http://127.0.0.1:8080", that holds at
// most connections idle connections.
func NewClient(origin string, connections int) (*Client, error) {
	u, err := url.Parse(origin)
	if err != nil {
		return nil, fmt.Errorf("read the server's origin: %w", err)
	}
	return &Client{
		origin: u,
		http: &http.Client{
			Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: connections},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Timeout:       60 * time.Second,
		},
	}, nil
}

// Origin is the scheme, host and port of the server.
func (c *Client) Origin() string { return c.origin.String() }

// Host is the host and port of the server.
func (c *Client) Host() string { return c.origin.Host }

// Close drops the client's idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Do sends a request. An error means that no whole answer came back.
func (c *Client) Do(ctx context.Context, r Request) (Exchange, error) {
	ex := Exchange{Request: r}
	req, err := http.NewRequestWithContext(ctx, r.Method, c.origin.String(), nil)
	if err != nil {
		return ex, fmt.Errorf("make the request: %w", err)
	}
	// An opaque URL is the one form that net/http writes to the request line without encoding it anew.
	req.URL = &url.URL{Scheme: c.origin.Scheme, Host: c.origin.Host, Opaque: r.Target}
	if r.Body != nil {
		req.Body = io.NopCloser(bytes.NewReader(r.Body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.Body)), nil }
		req.ContentLength = int64(len(r.Body))
	}
	for _, f := range r.Fields {
		if strings.EqualFold(f.Name, "Host") {
			req.Host = f.Value
			continue
		}
		req.Header.Add(f.Name, f.Value)
	}
	start := time.Now()
	res, err := c.http.Do(req)
	if err != nil {
		return ex, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return ex, fmt.Errorf("read the answer: %w", err)
	}
	ex.Answer = Answer{Status: res.StatusCode, Header: res.Header, Body: body, Elapsed: time.Since(start)}
	return ex, nil
}

// Document decodes the answer's body strictly: no duplicate names, no broken UTF-8. Objects are
// map[string]any, numbers float64.
func (a Answer) Document() (any, error) {
	var doc any
	if err := json.Unmarshal(a.Body, &doc); err != nil {
		return nil, err
	}
	return doc, nil
}

// String is the exchange as a failure message shows it: long bodies cut, tokens shortened.
func (e Exchange) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "> %s %s\n", e.Request.Method, abbreviate(e.Request.Target, 600))
	for _, f := range e.Request.Fields {
		value := f.Value
		if strings.EqualFold(f.Name, "Authorization") {
			value = abbreviate(value, 20)
		}
		fmt.Fprintf(&b, "> %s: %s\n", f.Name, abbreviate(value, 200))
	}
	if len(e.Request.Body) > 0 {
		fmt.Fprintf(&b, "> %s\n", abbreviate(string(e.Request.Body), 1200))
	}
	if e.Answer.Status == 0 {
		b.WriteString("< no answer\n")
		return b.String()
	}
	fmt.Fprintf(&b, "< %d in %s", e.Answer.Status, e.Answer.Elapsed.Round(time.Millisecond))
	for _, name := range []string{"Content-Type", "ETag", "Location", "WWW-Authenticate", "Retry-After"} {
		if v := e.Answer.Header.Get(name); v != "" {
			fmt.Fprintf(&b, " %s: %s", name, v)
		}
	}
	fmt.Fprintf(&b, "\n< %s\n", abbreviate(string(e.Answer.Body), 1600))
	return b.String()
}

func abbreviate(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return fmt.Sprintf("%s… (%d bytes)", s[:limit], len(s))
}

// RequestTarget joins a base path and a step's path, and percent-encodes only what a request line
// cannot carry; "+", "%22", a trailing "&" or "?" stay as they are.
func RequestTarget(base, path string) string {
	const unsendable = " \"<>[]{}\\^`|"
	var b strings.Builder
	for _, c := range []byte(base + path) {
		if c < 0x21 || c >= 0x7f || strings.IndexByte(unsendable, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
