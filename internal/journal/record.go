package journal

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/directory"
)

// Record is one request to a SCIM endpoint.
type Record struct {
	// Seq is the record's place in the journal; the store assigns it.
	Seq int64
	// ID is "req_" and a UUIDv7; the client gets it as X-Request-Id.
	ID   string
	Time time.Time
	// Source is 0 when the URL names no source. A request that failed to authenticate carries the
	// source that its URL names.
	Source directory.SourceID
	// Slug is the slug in the URL.
	Slug string
	// TokenID and TokenLabel name the token that was accepted.
	TokenID    directory.TokenID
	TokenLabel string
	// Client is the User-Agent, RemoteIP the address of the client as far as proxies are trusted.
	Client   string
	RemoteIP string
	Method   string
	// Path is the path below the base URL, such as "/Users"; Query is the decoded query string.
	Path  string
	Query string

	Status   int
	SCIMType string
	// Detail is the error text: the one that was sent, or for a 401, which says nothing, the real
	// reason.
	Detail string
	// Rule names the entry of the catalogue that explains the failure.
	Rule string
	// Action is what was asked: get, search, create, replace, patch, delete, bulk, discovery.
	Action       string
	ResourceType string
	ResourceID   string
	// Subject is the name of the resource, as userName or displayName.
	Subject  string
	Outcome  Outcome
	Duration time.Duration
	Notes    []Note
	// RequestBody and ResponseBody are kept by the policy of the source, without secrets, up to
	// MaxBody bytes each. Lists leave them out.
	RequestBody, ResponseBody []byte
}

// MaxBody is the most bytes of a body that are kept.
const MaxBody = 64 << 10

// Outcome is what became of a request.
type Outcome string

// The outcomes. Rejected is the client's fault, Failed ours.
const (
	Created  Outcome = "created"
	Updated  Outcome = "updated"
	NoOp     Outcome = "no-op"
	Read     Outcome = "read"
	Deleted  Outcome = "deleted"
	Rejected Outcome = "rejected"
	Failed   Outcome = "failed"
)

// OutcomeOf returns the outcome that a status stands for when nothing was written.
func OutcomeOf(status int) Outcome {
	switch {
	case status >= 500:
		return Failed
	case status >= 400:
		return Rejected
	}
	return Read
}

// Note is something that was tolerated, ignored or left undone.
type Note struct {
	Code    string `json:"code"`
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
}

// NewID makes the id of a record.
func NewID() string {
	id := uuid.Must(uuid.NewV7())
	return "req_" + hex.EncodeToString(id[:])
}

// refused reports whether the request was turned away for want of a valid token.
func (r *Record) refused() bool { return r.TokenID == "" && strings.HasPrefix(r.Rule, "auth.") }

// IsWrite reports whether the request asked for a change.
func (r *Record) IsWrite() bool {
	switch r.Action {
	case "create", "replace", "patch", "delete", "bulk":
		return true
	}
	return false
}
