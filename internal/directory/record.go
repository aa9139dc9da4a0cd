package directory

import (
	"time"

	"github.com/rosterhq/roster/scim"
)

// ResourceID identifies a user, group or other resource: a UUIDv7 in text form, never reused
// (RFC 7643 §3.1).
type ResourceID string

// Names of the resource types that the directory knows more about than their schema.
const (
	UserType  = "User"
	GroupType = "Group"
)

// Record is one stored resource.
type Record struct {
	Source SourceID
	// Type is the name of the resource type.
	Type string
	ID   ResourceID
	// Ord is the resource's place in creation order within its source and type: immutable, unique,
	// assigned by the store on insert. Lists without sortBy are in this order.
	Ord int64
	// Version starts at 1 and grows by one with each change; the entity tag is made of it.
	Version  int64
	Created  time.Time
	Modified time.Time
	// Active is the SCIM attribute of a user; true for other types.
	Active bool
	// Deleted is the time of the tombstone; zero for a live resource.
	Deleted time.Time
	// Label is what lists of members and groups show: displayName as sent, else userName, or the first
	// 512 bytes of it.
	Label string
	// Body is the encoded canonical resource: a JSON object that starts with schemas and id, in
	// schema order, without meta and without what is kept in rows (a group's members) or computed
	// (a user's groups). It is what a read answers, so it is never re-encoded on the way out.
	Body []byte
	Keys Keys
	// Members is how many members a group had, Ungrouped that the resource was in no group, when Resource
	// read it or a write left it. A store tells neither of other records, and need not tell Ungrouped.
	Members   int
	Ungrouped bool
}

// Keys are what a store indexes of a resource, computed in Go so that every engine agrees: comparison keys
// in the form of IndexKey.
type Keys struct {
	// Name is the comparison key of userName (users) or displayName (groups and others).
	Name string
	// NameUnique asks the store to enforce that no other live resource of the same source and type
	// with NameUnique set has the same Name.
	NameUnique bool
	ExternalID string
	// Display is the comparison key of displayName; empty when there is none.
	Display string
	// Values are the further indexed values, such as those of emails.value.
	Values []IndexedValue
	// SameValues tells UpdateResource that Values are what they were, so that it need not compare them.
	SameValues bool
}

// IndexedValue is one entry of the value index.
type IndexedValue struct {
	// Path is the attribute's canonical path: "emails.value", or "urn:…:User:badge" for an extension; or
	// LongValues or NoActive.
	Path string
	Key  string
	// Unique asks the store to enforce that no other live resource of the same source and type has
	// the same Key at Path.
	Unique bool
}

// Object decodes Body.
func (r *Record) Object() (scim.Object, error) { return scim.DecodeObject(r.Body, scim.Limits{}) }

// Member is one membership of a group, with what an answer shows of it.
type Member struct {
	ID ResourceID
	// Type is the member's resource type, User or Group.
	Type string
	// Display is the member's displayName, or its userName.
	Display string
}

// Membership is one group a resource belongs to.
type Membership struct {
	Group   ResourceID
	Display string
	// Direct is false when the resource is a member by way of another group only.
	Direct bool
}
