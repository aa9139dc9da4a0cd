package directory

import "time"

// Seq is the place of an event in the feed: gap-free and in commit order, starting at 1.
type Seq int64

// Event is one committed change, as applications read it.
type Event struct {
	Seq        Seq
	ID         string
	Source     SourceID
	Type       EventType
	OccurredAt time.Time
	// SubjectType, SubjectID and SubjectVersion name the changed resource as it is after the change.
	SubjectType    string
	SubjectID      string
	SubjectVersion int64
	// Data is the JSON snapshot after the change (on delete: before it); a group's members are left
	// out, since they may be many: their changes are events of their own.
	Data []byte
	// Changes is a JSON array of {"path","before","after"}.
	Changes []byte
	Cause   Cause
}

// EventType names a kind of change, such as "user.created".
type EventType string

// The event types.
const (
	UserCreated        EventType = "user.created"
	UserUpdated        EventType = "user.updated"
	UserDeactivated    EventType = "user.deactivated"
	UserReactivated    EventType = "user.reactivated"
	UserDeleted        EventType = "user.deleted"
	GroupCreated       EventType = "group.created"
	GroupUpdated       EventType = "group.updated"
	GroupDeleted       EventType = "group.deleted"
	GroupMemberAdded   EventType = "group.member_added"
	GroupMemberRemoved EventType = "group.member_removed"
	ResourceCreated    EventType = "resource.created"
	ResourceUpdated    EventType = "resource.updated"
	ResourceDeleted    EventType = "resource.deleted"
)

// Cause tells why something changed.
type Cause struct {
	// Kind is "scim", "admin", "cli" or "system".
	Kind      string `json:"kind"`
	RequestID string `json:"request_id,omitempty"`
	// ActorID and ActorName are the service account, administrator or API key that acted.
	ActorID   string `json:"actor_id,omitempty"`
	ActorName string `json:"actor,omitempty"`
	ClientIP  string `json:"-"`
}

// AuditEntry is one row of the audit trail. Rows are chained by hash in the order of Seq.
type AuditEntry struct {
	Seq   int64
	Time  time.Time
	Cause Cause
	// Action is a dotted verb such as "source.created" or "token.revealed".
	Action string
	// Source is the source concerned; 0 for none.
	Source SourceID
	// ObjectType, ObjectID and ObjectName tell what was acted on.
	ObjectType string
	ObjectID   string
	ObjectName string
	// Detail is a JSON object or array with what changed, secrets left out; may be empty.
	Detail []byte
	// Hash is SHA-256 over the previous row's Hash and this row's content.
	Hash []byte
}
