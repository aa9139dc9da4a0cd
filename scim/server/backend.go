package server

import (
	"context"
	"io"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
)

// Backend keeps the resources that a Server offers. Its methods return *scim.Error for anything a
// client can cause (scim.NotFound, scim.Conflict, 412 for a failed precondition); every other error
// is answered as a 500 that hides it. Implementations are safe for concurrent use, and a method that
// returned nil has made its change durable (the reply follows).
//
// Objects handed in are canonical (see scim/schema): read-only attributes are gone, values are
// typed, required attributes present.
type Backend interface {
	// Get returns one resource. sel tells what will be answered, so that a costly attribute such as
	// a group's members need not be loaded.
	Get(ctx context.Context, t *schema.ResourceType, id string, sel Selection) (*Resource, error)

	// Query calls emit for each resource of the page that q describes, in order, and returns the
	// totals. An error of emit ends the query and is returned.
	Query(ctx context.Context, q *Query, emit func(*Resource) error) (QueryResult, error)

	// Create stores a new resource under an id of the backend's choice.
	Create(ctx context.Context, t *schema.ResourceType, obj scim.Object, sel Selection) (*Resource, error)

	// Replace is PUT (RFC 7644 §3.5.1).
	Replace(ctx context.Context, t *schema.ResourceType, id string, obj scim.Object, pre Precondition, sel Selection) (*Resource, error)

	// Delete removes a resource (RFC 7644 §3.6).
	Delete(ctx context.Context, t *schema.ResourceType, id string, pre Precondition) error
}

// Patcher is implemented by a Backend that applies PATCH itself, for example because the members of
// a group are rows. Without it the Server reads, applies scim/patch and calls Replace with the
// version it read, again when another writer was faster.
type Patcher interface {
	Patch(ctx context.Context, t *schema.ResourceType, id string, ops []patch.Operation, pre Precondition, sel Selection) (*Resource, error)
}

// Resource is one resource as a Backend returns it.
type Resource struct {
	Type *schema.ResourceType
	ID   string
	// Object holds the canonical attributes without meta. It may be nil when Raw is set and the
	// selection is the default one.
	Object scim.Object
	// Raw optionally holds the encoded default representation without meta: a JSON object whose
	// first member exists. The Server splices meta into it and saves the encoding.
	Raw []byte
	// Extra optionally writes further members of the representation, each preceded by a comma
	// (`,"members":[…]`), after Raw and before meta: the way to stream an attribute of many values.
	// Together with Object, it writes what the selection asks for of attributes that Object lacks.
	Extra func(w io.Writer) error
	// Selected tells that Raw (with Extra) is already what the selection asks for, although that is
	// not the default one. The Server adds the whole of meta, so it must be part of the selection.
	Selected bool
	// Omitted tells that the representation was left out, as Selection.Optional allowed.
	Omitted bool
	// Version is the entity tag; empty means that the backend keeps no versions.
	Version scim.Version
	// Created and LastModified go into meta; the zero time leaves them out.
	Created, LastModified time.Time
}

// Selection is what the client asked to be returned.
type Selection struct {
	schema.Projection
	// Whole asks for Object with every attribute, whatever the schema says of "returned": the Server
	// will change and Replace it.
	Whole bool
	// Nothing tells that no representation is answered: ID, Version and the times are enough.
	Nothing bool
	// Optional tells that the representation may be left out because it is long, see Resource.Omitted.
	Optional bool
}

// Precondition is the If-Match of a write, to be checked in the same transaction as the write
// (RFC 7644 §3.14). The zero value always holds.
type Precondition struct {
	// IfMatch lists acceptable versions, compared without regard to weakness; nil means any.
	IfMatch []scim.Version
	// MustExist is If-Match: *.
	MustExist bool
}

// Holds reports whether a resource of that version meets the precondition.
func (p Precondition) Holds(v scim.Version) bool {
	if p.IfMatch == nil {
		return true
	}
	for _, m := range p.IfMatch {
		if m.EqualWeak(v) {
			return true
		}
	}
	return false
}

// Query is a list or search request (RFC 7644 §3.4.2, RFC 9865).
type Query struct {
	// Types are the resource types to search: one, or all of them for a query at the root.
	Types []*schema.ResourceType
	// Filters holds the bound filter of each type, in the order of Types; nil entries match all.
	Filters []*filter.Filter
	// SortBy is the attribute to sort by in each type (a zero Ref where a type lacks it); nil means
	// the backend's immutable default order.
	SortBy     []schema.Ref
	Descending bool
	// StartIndex is 1-based and at least 1. It is 1 when Cursor paging is used.
	StartIndex int
	// Count is the page size: 0 asks for the total only, and it never exceeds the maximum that the
	// Server advertises.
	Count int
	// UseCursor asks for cursor paging; Cursor is empty on the first page.
	UseCursor bool
	Cursor    string
	Select    Selection
}

// QueryResult are the totals of a query.
type QueryResult struct {
	// Total is the number of matches of the whole query; negative means unknown (RFC 9865 §2).
	Total int
	// NextCursor and PreviousCursor are set only when Query.UseCursor was; empty at the ends.
	NextCursor, PreviousCursor string
}
