package server

import (
	"context"

	"github.com/rosterhq/roster/scim/schema"
)

// Action is what a request asks for.
type Action string

// The actions. A query at the root or at an endpoint is a search, whether by GET or POST.
const (
	ActionNone      Action = ""
	ActionGet       Action = "get"
	ActionSearch    Action = "search"
	ActionCreate    Action = "create"
	ActionReplace   Action = "replace"
	ActionPatch     Action = "patch"
	ActionDelete    Action = "delete"
	ActionBulk      Action = "bulk"
	ActionDiscovery Action = "discovery"
)

// Observation tells what became of a request, or of one operation of a bulk request.
type Observation struct {
	// Action is empty for a request that addresses nothing, or by a method that is not allowed.
	Action Action
	// Type and ID name the resource as far as it is known; for a create, ID is the new one.
	Type *schema.ResourceType
	ID   string
	// Operation is the 1-based position in the bulk request, 0 for the request itself.
	Operation int
	// Status is the answered status code.
	Status int
	// Err is the failure with its private cause, nil on success. scim.AsError tells the scimType.
	Err error
	// Filter is the filter of a search as it was sent.
	Filter string
	// Total is the number of matches of a search, negative when unknown.
	Total int
	// Notes are tolerances and warnings: what was accepted in another form than the schema's, ignored
	// or discarded.
	Notes []schema.Note
}

// collector gathers the notes of one request or bulk operation. It belongs to that request's
// goroutine.
type collector struct{ notes []schema.Note }

type collectorKey struct{}

func withCollector(ctx context.Context, c *collector) context.Context {
	return context.WithValue(ctx, collectorKey{}, c)
}

// AddNotes adds to the Observation of the request that ctx belongs to. A Backend uses it for what it
// tolerated or ignored itself. It has no effect under another context, and must not be called from a
// goroutine of its own.
func AddNotes(ctx context.Context, notes ...schema.Note) {
	if c, ok := ctx.Value(collectorKey{}).(*collector); ok {
		c.notes = append(c.notes, notes...)
	}
}
