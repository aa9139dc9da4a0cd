package present

import (
	"encoding/json"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// Event is one committed change of the feed.
type Event struct {
	Seq        int64           `json:"seq" doc:"Place in the feed: gap-free, in commit order."`
	ID         string          `json:"id"`
	Type       string          `json:"type"`
	OccurredAt time.Time       `json:"occurred_at"`
	Source     string          `json:"source"`
	Subject    Subject         `json:"subject"`
	Data       json.RawMessage `json:"data" doc:"The subject after the change; before it when it was deleted. A group's members are events of their own."`
	Changes    json.RawMessage `json:"changes" doc:"List of {path, before, after}."`
	Cause      directory.Cause `json:"cause"`
}

// Subject names what an event is about.
type Subject struct {
	Type    string `json:"type"`
	ID      string `json:"id"`
	Version int64  `json:"version" doc:"Apply an event only when its version is newer than what you have."`
}

// NewEvent presents an event.
func NewEvent(e *directory.Event, slug string) *Event {
	return &Event{
		Seq: int64(e.Seq), ID: e.ID, Type: string(e.Type), OccurredAt: e.OccurredAt, Source: slug,
		Subject: Subject{Type: e.SubjectType, ID: e.SubjectID, Version: e.SubjectVersion},
		Data:    raw(e.Data, "null"), Changes: raw(e.Changes, "[]"), Cause: e.Cause,
	}
}

// AuditEntry is one row of the audit trail.
type AuditEntry struct {
	Seq       int64           `json:"seq"`
	Time      time.Time       `json:"time"`
	Action    string          `json:"action"`
	Actor     Actor           `json:"actor"`
	Object    AuditObject     `json:"object"`
	Source    string          `json:"source,omitempty"`
	Detail    json.RawMessage `json:"detail"`
	ClientIP  string          `json:"client_ip,omitempty"`
	RequestID string          `json:"request_id,omitempty"`
}

// Actor is who acted.
type Actor struct {
	Kind string `json:"kind"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// AuditObject is what was acted on.
type AuditObject struct {
	Type string `json:"type"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// NewAuditEntry presents an audit row.
func NewAuditEntry(e *directory.AuditEntry, slug string) *AuditEntry {
	return &AuditEntry{
		Seq: e.Seq, Time: e.Time, Action: e.Action, Source: slug, Detail: raw(e.Detail, "null"),
		Actor:    Actor{Kind: e.Cause.Kind, ID: e.Cause.ActorID, Name: e.Cause.ActorName},
		Object:   AuditObject{Type: e.ObjectType, ID: e.ObjectID, Name: e.ObjectName},
		ClientIP: e.Cause.ClientIP, RequestID: e.Cause.RequestID,
	}
}

// raw makes JSON of a stored document, and empty where there is none.
func raw(b []byte, empty string) json.RawMessage {
	if len(b) == 0 {
		return json.RawMessage(empty)
	}
	return json.RawMessage(b)
}
