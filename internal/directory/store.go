package directory

import (
	"context"
	"errors"
	"time"

	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// Errors that a Store returns, to be tested with errors.Is. Anything else is a failure of the store.
var (
	// ErrNotFound: no such row.
	ErrNotFound = errors.New("not found")
	// ErrDuplicate: a slug, name or unique value is taken; see DuplicateError.
	ErrDuplicate = errors.New("duplicate")
	// ErrVersion: the row has another version than the caller said.
	ErrVersion = errors.New("version mismatch")

	// ErrBusy: too many writes wait, or another process holds the lock; retry in a moment.
	ErrBusy = errors.New("the store is busy")
	// ErrFull: the disk is full; nothing was written, reads go on.
	ErrFull = errors.New("the disk is full")
	// ErrUnavailable: the store met an I/O error and takes no more writes until a restart. Where it is not known what
	// of the newest commit lasts, it shows nothing either.
	ErrUnavailable = errors.New("the store is unavailable")
	// ErrUncertain accompanies another of these errors when the commit was under way: the change may have
	// been made.
	ErrUncertain = errors.New("it is not known whether the change was made")
)

// DuplicateError tells which value is taken by whom. It matches ErrDuplicate.
type DuplicateError struct {
	// Path is "slug", "userName", "displayName" or the path of an indexed value.
	Path string
	// Holder is the resource that has the value; empty when unknown.
	Holder ResourceID
}

func (e *DuplicateError) Error() string        { return e.Path + " is taken by " + string(e.Holder) }
func (e *DuplicateError) Is(target error) bool { return target == ErrDuplicate }

// Store keeps the directory. Every method that takes a SourceID sees that source only.
type Store interface {
	// In returns the store as work for one source has it: where the database can tell, no other source's
	// rows are there, whatever a statement asks for.
	In(source SourceID) Store
	// View runs fn over one consistent snapshot.
	View(ctx context.Context, fn func(Reader) error) error
	// Peek is View for whom no snapshot matters: each read sees what is committed when it begins. It may
	// cost less.
	Peek(ctx context.Context, fn func(Reader) error) error
	// Update runs fn in a transaction and returns when it is durable, or has left no trace. fn may
	// run more than once, and must have no effects beside its Writer.
	Update(ctx context.Context, fn func(Writer) error) error
}

// Reader reads. Its results stay valid after View returns.
type Reader interface {
	SourceReader
	ResourceReader
	MemberReader

	// Events calls emit for up to limit events after seq in order; source 0 means all sources.
	Events(ctx context.Context, source SourceID, after Seq, limit int, emit func(*Event) error) error
	// LastSeq returns the seq of the newest event, 0 when there is none.
	LastSeq(ctx context.Context) (Seq, error)
	// Audit returns up to limit rows older than before (0: from the newest), newest first.
	Audit(ctx context.Context, q AuditQuery) ([]*AuditEntry, error)
	// Definitions returns the registered schemas and resource types that apply to source, those of
	// all sources included, in the order of registration.
	Definitions(ctx context.Context, source SourceID) ([]*Definition, error)
}

// SourceReader reads sources and tokens.
type SourceReader interface {
	Source(ctx context.Context, id SourceID) (*Source, error)
	SourceBySlug(ctx context.Context, slug string) (*Source, error)
	// Sources returns the sources ordered by name; the built-in one included.
	Sources(ctx context.Context) ([]*Source, error)
	Token(ctx context.Context, id TokenID) (*Token, error)
	// Tokens returns the tokens of a source (0: of all), newest first, revoked ones included.
	Tokens(ctx context.Context, source SourceID) ([]*Token, error)
	// TokensOf is Tokens for many sources at once; those without tokens are left out.
	TokensOf(ctx context.Context, sources []SourceID) (map[SourceID][]*Token, error)
	// TokenPage returns up to limit of the tokens of all sources behind the offset newest ones, and the number
	// of all.
	TokenPage(ctx context.Context, offset, limit int) (page []*Token, total int, err error)
}

// ResourceReader reads resources. A tombstone is found only where it is asked for.
type ResourceReader interface {
	Resource(ctx context.Context, source SourceID, typ string, id ResourceID) (*Record, error)
	// Tombstone returns a deleted resource.
	Tombstone(ctx context.Context, source SourceID, typ string, id ResourceID) (*Record, error)
	// ResourceAnywhere finds a live or deleted resource by id alone, for the administrators' API.
	ResourceAnywhere(ctx context.Context, id ResourceID) (*Record, error)
	// Existing tells which of the ids are live resources of the source, and of which type.
	Existing(ctx context.Context, source SourceID, ids []ResourceID) (map[ResourceID]string, error)
	// ByName and ByExternalID return live resources by key (see IndexKey); ErrNotFound when there is none. Of
	// several with one externalId, the oldest comes first.
	ByName(ctx context.Context, source SourceID, typ, nameKey string) (*Record, error)
	ByExternalID(ctx context.Context, source SourceID, typ, externalID string) ([]*Record, error)
	// Query calls emit for each resource of the page in order and returns the number of all matches.
	// The Record passed to emit may be kept.
	Query(ctx context.Context, q *ResourceQuery, emit func(*Record) error) (total int, err error)
	// CountResources returns the number of live resources of the source and type from a kept counter.
	CountResources(ctx context.Context, source SourceID, typ string) (int, error)
	// CountBySource returns how many resources of each source q selects; sources without any are left out. A
	// search looks through the whole directory; the rest costs as much as there are sources, inactive resources
	// or tombstones.
	CountBySource(ctx context.Context, q CountQuery) (map[SourceID]int, error)
}

// MemberReader reads memberships.
type MemberReader interface {
	// Members calls emit for up to limit (0: all) members of the group after the given id, ordered
	// by member id.
	Members(ctx context.Context, source SourceID, group, after ResourceID, limit int, emit func(Member) error) error
	// MemberIDs is Members with nothing but the ids of all of them.
	MemberIDs(ctx context.Context, source SourceID, group ResourceID, emit func(ResourceID) error) error
	CountMembers(ctx context.Context, source SourceID, group ResourceID) (int, error)
	IsMember(ctx context.Context, source SourceID, group, member ResourceID) (bool, error)
	// Memberships returns the groups of a resource: the direct ones, then the indirect ones, each by
	// id. A cycle ends the climb.
	Memberships(ctx context.Context, source SourceID, member ResourceID) ([]Membership, error)
	// MembershipsOf is Memberships for many resources at once; those in no group are left out.
	MembershipsOf(ctx context.Context, source SourceID, members []ResourceID) (map[ResourceID][]Membership, error)
	// Reaches reports whether target is a direct or indirect member of group.
	Reaches(ctx context.Context, source SourceID, group, target ResourceID) (bool, error)
}

// Writer writes within one transaction, and reads its own writes.
type Writer interface {
	Reader

	// InsertSource assigns the ID; a taken slug is ErrDuplicate.
	InsertSource(ctx context.Context, s *Source) error
	UpdateSource(ctx context.Context, s *Source) error
	// DeleteSource removes a source without resources, its tokens and definitions.
	DeleteSource(ctx context.Context, id SourceID) error
	InsertToken(ctx context.Context, t *Token) error
	UpdateToken(ctx context.Context, t *Token) error

	// InsertResource assigns Ord, at the latest before Update returns. A taken unique key is a
	// *DuplicateError, at the latest when fn runs again.
	InsertResource(ctx context.Context, r *Record) error
	// UpdateResource replaces the row whose version is r.Version-1 (ErrVersion otherwise) and its
	// index entries.
	UpdateResource(ctx context.Context, r *Record) error
	// TouchResource sets version and modification time alone; for a group whose members changed.
	TouchResource(ctx context.Context, source SourceID, typ string, id ResourceID, version int64, modified time.Time) error
	// BuryResource turns a live resource into a tombstone: its name and unique values are free at
	// once, its memberships both ways are set aside for RestoreResource.
	BuryResource(ctx context.Context, source SourceID, typ string, id ResourceID, version int64, at time.Time) error
	// RestoreResource makes a tombstone live again with its memberships of still existing groups and
	// members. A name taken meanwhile is a *DuplicateError.
	RestoreResource(ctx context.Context, source SourceID, typ string, id ResourceID, version int64, at time.Time) error
	// EraseResource removes a live or deleted resource for good.
	EraseResource(ctx context.Context, source SourceID, typ string, id ResourceID) error
	// MoveResources hands up to limit resources and memberships of a source to another one (source deletion
	// with "keep") and returns how many; fewer than limit when nothing is left. Names that are taken there
	// keep the resource but lose NameUnique. Memberships come last: until they are moved, they rest.
	MoveResources(ctx context.Context, from, to SourceID, limit int) (moved int, err error)

	// AddMembers adds those ids that are live resources and not yet members; added is in the order
	// of ids without repeats.
	AddMembers(ctx context.Context, source SourceID, group ResourceID, ids []ResourceID, now time.Time) (added []ResourceID, err error)
	// RemoveMembers removes those ids that are members.
	RemoveMembers(ctx context.Context, source SourceID, group ResourceID, ids []ResourceID) (removed []ResourceID, err error)

	// AppendEvent adds an event. It has its Seq, in the order of commits, by the time Update returns.
	AppendEvent(ctx context.Context, e *Event) error
	// AppendAudit adds an audit row. It has its Seq and Hash by the time Update returns.
	AppendAudit(ctx context.Context, e *AuditEntry) error

	InsertDefinition(ctx context.Context, d *Definition) error
	// DeleteDefinition removes it, and DefinitionIndexed sets its Indexed; ErrNotFound when it is not there.
	DeleteDefinition(ctx context.Context, d *Definition) error
	DefinitionIndexed(ctx context.Context, d *Definition) error
	// IndexResource replaces Keys.Values of a live or deleted resource and nothing else. A taken unique
	// value is a *DuplicateError.
	IndexResource(ctx context.Context, r *Record) error
}

// ResourceQuery is a list of the live resources of one source and type.
type ResourceQuery struct {
	Source SourceID
	Type   *schema.ResourceType
	// Filter restricts the result; nil matches all. A store turns what it can into SQL. For the rest
	// it calls Match on the candidates.
	Filter *filter.Filter
	// Match evaluates Filter on a record whose rows SQL could not decide, attributes kept in rows
	// included. It is set whenever Filter is.
	Match func(ctx context.Context, r Reader, rec *Record) (bool, error)
	// Search keeps resources whose name, display name or e-mail address contains it (a CaseKey);
	// empty keeps all. For the console's lists.
	Search string
	// Active keeps resources with that state when not nil.
	Active *bool
	// Deleted lists tombstones instead of live resources.
	Deleted bool
	// Sort is the order; the zero value is creation order.
	Sort Sort
	// Offset skips matches; After continues behind a record (creation order only). At most one is set.
	Offset int
	After  int64
	// Limit is the page size; 0 counts only.
	Limit int
	// NoTotal allows the store to return -1 instead of counting.
	NoTotal bool
}

// CountQuery selects resources of all sources, as the ResourceQuery with the same fields does in one.
type CountQuery struct {
	// Type is the name of a resource type.
	Type    string
	Search  string
	Active  *bool
	Deleted bool
}

// Sort is an order of a ResourceQuery (RFC 7644 §3.4.2.3); ties are broken by creation order.
type Sort struct {
	// By is nil for creation order.
	By         *schema.Ref
	Descending bool
}

// AuditQuery selects audit rows.
type AuditQuery struct {
	// Before keeps rows with a smaller seq; 0 means from the newest.
	Before int64
	Limit  int
	// Source, ObjectType, ObjectID and Action restrict when not empty.
	Source     SourceID
	ObjectType string
	ObjectID   string
	Action     string
}

// Definition is a registered schema or resource type (RFC 7643 §6, §7).
type Definition struct {
	// Source is 0 for a definition that applies to every source.
	Source SourceID
	// Kind is "schema" or "resource-type".
	Kind string
	// Name is the schema's URN or the resource type's name; unique per Source and Kind.
	Name string
	// ExtendsType is, for a schema, the resource type it extends; empty for the schema of a new type.
	ExtendsType string
	// Document is the JSON document as registered.
	Document []byte
	// Indexed tells that every resource is in the indexes of a schema. Until then, filters do not use them.
	Indexed bool
	Created time.Time
}
