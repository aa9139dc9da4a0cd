package provision

import (
	"context"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
	"github.com/rosterhq/roster/scim/server"
)

// backend is the directory as scim/server sees it: that of the session in the context.
type backend struct {
	resources *directory.Resources
	options   func(ctx context.Context) schema.Options
	capacity  Capacity
}

var (
	_ server.Backend = (*backend)(nil)
	_ server.Patcher = (*backend)(nil)
)

// scopeOf returns the scope of the session for a write, whose notes go to the operation that ctx belongs to: each
// one of a bulk request has its own.
func scopeOf(ctx context.Context) *directory.Scope {
	scope := sessionOf(ctx).scope
	scope.Note = func(n schema.Note) { server.AddNotes(ctx, n) }
	return &scope
}

// Get implements server.Backend.
func (b *backend) Get(ctx context.Context, t *schema.ResourceType, id string, sel server.Selection) (*server.Resource, error) {
	s := sessionOf(ctx)
	e, err := b.resources.Get(ctx, &s.scope, t, directory.ResourceID(id), needed(t, sel))
	if err != nil {
		return nil, clientError(err)
	}
	s.record.Subject = e.Label
	return b.present(ctx, t, e, sel)
}

// Create implements server.Backend.
func (b *backend) Create(ctx context.Context, t *schema.ResourceType, obj scim.Object, sel server.Selection) (*server.Resource, error) {
	res, err := b.resources.Create(ctx, scopeOf(ctx), t, obj)
	return b.written(ctx, t, res, err, sel)
}

// Replace implements server.Backend.
func (b *backend) Replace(ctx context.Context, t *schema.ResourceType, id string, obj scim.Object, pre server.Precondition, sel server.Selection) (*server.Resource, error) {
	res, err := b.resources.Replace(ctx, scopeOf(ctx), t, directory.ResourceID(id), obj, condition(pre))
	return b.written(ctx, t, res, err, sel)
}

// Patch implements server.Patcher.
func (b *backend) Patch(ctx context.Context, t *schema.ResourceType, id string, ops []patch.Operation, pre server.Precondition, sel server.Selection) (*server.Resource, error) {
	res, err := b.resources.Patch(ctx, scopeOf(ctx), t, directory.ResourceID(id), ops, condition(pre), b.options(ctx))
	return b.written(ctx, t, res, err, sel)
}

// Delete implements server.Backend.
func (b *backend) Delete(ctx context.Context, t *schema.ResourceType, id string, pre server.Precondition) error {
	s := sessionOf(ctx)
	res, err := b.resources.Delete(ctx, scopeOf(ctx), t, directory.ResourceID(id), condition(pre))
	if err != nil {
		return clientError(err)
	}
	s.wrote(res)
	return nil
}

// fewMembers is how many members a group has at most whose PATCH is answered with the group. The members
// of a large one help nobody, and its changes cost what those of a small one do.
const fewMembers = 20

// written presents what a write left.
func (b *backend) written(ctx context.Context, t *schema.ResourceType, res *directory.Result, err error, sel server.Selection) (*server.Resource, error) {
	if err != nil {
		return nil, clientError(err)
	}
	sessionOf(ctx).wrote(res)
	if sel.Optional && t.Name == directory.GroupType {
		sel.Nothing = res.Members > fewMembers
	}
	with := needed(t, sel)
	with.Groups = with.Groups && !res.Ungrouped
	e, err := b.resources.Complete(ctx, res.Record, with)
	if err != nil {
		return nil, clientError(err)
	}
	return b.present(ctx, t, e, sel)
}
