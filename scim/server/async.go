package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/secevent"
)

// Async keeps requests that are performed later, because the client sent Prefer: respond-async
// (RFC 9967 §2.5.1). Its methods see the context of the request, so that one implementation can serve
// many tenants.
type Async interface {
	// EventURIs returns the events that the tenant's receivers get; none when there is no receiver.
	// Requests become asynchronous only while secevent.AsyncResp is among them.
	EventURIs(ctx context.Context) ([]string, error)
	// Enqueue keeps a request. When it returns nil, the request will be performed by Perform once, or
	// its failure be reported, whatever happens to the process.
	Enqueue(ctx context.Context, r *AsyncRequest) error
	// Completion returns the signed token that tells the outcome of a request, or pending. An unknown
	// transaction is a *scim.Error 404.
	Completion(ctx context.Context, txn string) (token string, pending bool, err error)
}

// AsyncRequest is a request to be performed later.
type AsyncRequest struct {
	// Transaction is the value of Set-Txn and of the txn claim.
	Transaction string `json:"transaction"`
	Method      string `json:"method"`
	// Target is path and query as the handler saw them.
	Target string `json:"target"`
	Host   string `json:"host"`
	// Location is where the resource or resource endpoint is; Subject is the same relative to the base.
	Location string `json:"location"`
	Subject  string `json:"subject"`
	// Bulk tells that there is an outcome for each operation.
	Bulk   bool        `json:"bulk,omitempty"`
	Header http.Header `json:"header"`
	Body   []byte      `json:"body,omitempty"`
}

// AsyncOutcome is what became of a request, or of one operation of a bulk request.
type AsyncOutcome struct {
	// Transaction is that of the request, for an operation of a bulk request with a colon and its
	// zero-based index (RFC 9967 §2.5.1.2).
	Transaction string
	// Subject is the resource relative to the base URL, such as /Users/2819c223; the endpoint when
	// no resource came about.
	Subject string
	secevent.Outcome
}

// completionEndpoint is where the completion of a transaction is read (RFC 9967 §2.5.1.1).
const completionEndpoint = "SecurityEvents"

// asyncHeaders are the request headers that matter to a write.
func asyncHeaders() []string {
	return []string{"Content-Type", "Content-Encoding", "If-Match", "If-None-Match", "User-Agent"}
}

// securityEvents adds what RFC 9967 §4 says to ServiceProviderConfig; nothing while nobody receives events.
func (x *exchange) securityEvents(doc scim.Object) error {
	if x.cfg.Async == nil {
		return nil
	}
	uris, err := x.cfg.Async.EventURIs(x.ctx)
	if err != nil || len(uris) == 0 {
		return err
	}
	mode := "none"
	if slices.Contains(uris, secevent.AsyncResp) {
		mode = "request"
	}
	doc["securityEvents"] = scim.Object{"asyncRequest": mode, "eventUris": uris}
	return nil
}

// defers reports whether the request is to be performed later.
func (x *exchange) defers() (bool, error) {
	if x.cfg.Async == nil || !prefersAsync(x.r.Header) || !x.writes() {
		return false, nil
	}
	uris, err := x.cfg.Async.EventURIs(x.ctx)
	return slices.Contains(uris, secevent.AsyncResp), err
}

func (x *exchange) writes() bool {
	switch x.target.kind {
	case kindBulk:
		return !x.cfg.DisableBulk
	case kindCollection:
		return x.r.Method == http.MethodPost
	case kindResource:
		return x.r.Method != http.MethodGet && x.r.Method != http.MethodHead
	}
	return false
}

// prefersAsync reads Prefer (RFC 7240 §2). The preference wait needs no attention: the answer is
// immediate.
func prefersAsync(h http.Header) bool {
	for _, line := range h.Values("Prefer") {
		for preference := range strings.SplitSeq(line, ",") {
			name, _, _ := strings.Cut(preference, ";")
			if strings.EqualFold(strings.TrimSpace(name), "respond-async") {
				return true
			}
		}
	}
	return false
}

// postpone keeps the request and answers 202. What is wrong with the form of the request is answered
// at once: nobody should wait for an event to learn that a bracket is missing.
func (x *exchange) postpone() error {
	x.seen.Action = bulkAction(x.r.Method)
	a := &AsyncRequest{Transaction: newTransaction(), Method: x.r.Method, Target: x.r.URL.RequestURI(), Host: x.r.Host, Header: http.Header{}}
	for _, name := range asyncHeaders() {
		if v := x.r.Header.Values(name); len(v) > 0 {
			a.Header[name] = v
		}
	}
	limit, depth := x.cfg.Limits.BodyBytes, 0
	switch {
	case x.target.kind == kindBulk:
		x.seen.Action = ActionBulk
		a.Bulk, a.Subject = true, "/Bulk"
		limit, depth = x.cfg.Limits.BulkBytes, bulkDepth
	case x.target.kind == kindCollection:
		a.Subject = x.target.typ.Endpoint
	default:
		a.Subject = x.target.typ.Endpoint + "/" + url.PathEscape(x.target.id)
	}
	a.Location = x.base + a.Subject
	if x.r.Method != http.MethodDelete {
		if err := x.checkedBody(a, limit, depth); err != nil {
			return err
		}
	}
	if err := x.cfg.Async.Enqueue(x.ctx, a); err != nil {
		return err
	}
	h := x.w.Header()
	h.Set("Set-Txn", a.Transaction)
	h.Set("Preference-Applied", "respond-async")
	h.Set("Cache-Control", "private, no-store")
	switch {
	case a.Bulk: // the outcome of the first operation; the others differ in the index
		h.Set("Location", x.base+"/"+completionEndpoint+"/"+a.Transaction+":0")
	case x.target.kind == kindCollection:
		h.Set("Location", x.base+"/"+completionEndpoint+"/"+a.Transaction)
	default:
		h.Set("Location", a.Location)
	}
	h.Set("Content-Length", "0")
	x.w.WriteHeader(http.StatusAccepted)
	return nil
}

// checkedBody reads the body and refuses one that no later attempt could use.
func (x *exchange) checkedBody(a *AsyncRequest, limit int64, depth int) error {
	if err := checkMediaType(x.r.Header); err != nil {
		return err
	}
	data, err := readBody(&x.w, x.r, limit)
	if err != nil {
		return err
	}
	a.Body = data
	x.r = x.r.Clone(x.ctx)
	x.r.Body, x.r.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	body, err := x.body(limit, depth)
	if err == nil && a.Bulk {
		_, err = x.parseBulk(body)
	}
	return err
}

func newTransaction() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}

// completion answers GET of the outcome of a postponed request.
func (x *exchange) completion() error {
	x.seen.Action = ActionGet
	if x.cfg.Async == nil {
		return noEndpoint("There is no endpoint /%s. The endpoints are listed at /ResourceTypes.", completionEndpoint)
	}
	token, pending, err := x.cfg.Async.Completion(x.ctx, x.target.id)
	if err != nil {
		return err
	}
	if pending {
		x.w.Header().Set("Retry-After", "1")
		return x.send(http.StatusAccepted, nil)
	}
	h := x.w.Header()
	h.Set("Content-Type", secevent.MediaType)
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(token)))
	x.w.WriteHeader(http.StatusOK)
	if x.r.Method == http.MethodHead {
		return nil
	}
	_, err = x.w.Write([]byte(token))
	return err
}
