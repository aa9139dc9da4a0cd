package server

import (
	"context"
	"maps"
	"net/http"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
)

// patchResource applies the body of a PATCH (RFC 7644 §3.5.2).
func (s *Server) patchResource(ctx context.Context, t *schema.ResourceType, id string, body scim.Object, pre Precondition, sel *Selection) (*Resource, error) {
	ops, notes, err := patch.Parse(body, patch.Limits{Operations: s.cfg.Limits.PatchOperations, Path: s.cfg.Limits.Filter})
	AddNotes(ctx, notes...)
	if err != nil {
		return nil, err
	}
	sel.Projection = echoOperations(sel.Projection, t, ops)
	if p, ok := s.cfg.Backend.(Patcher); ok {
		return p.Patch(ctx, t, id, ops, pre, *sel)
	}
	steps, notes, err := patch.Compile(t, ops, s.cfg.SchemaOptions(ctx))
	AddNotes(ctx, notes...)
	if err != nil {
		return nil, err
	}
	return s.readApplyReplace(ctx, t, id, steps, pre, *sel)
}

// echoOperations adds to p what is returned because the operations set it.
func echoOperations(p schema.Projection, t *schema.ResourceType, ops []patch.Operation) schema.Projection {
	for i := range ops {
		value, path := ops[i].Value, ops[i].Path
		if ops[i].Op == patch.Remove {
			continue
		}
		if path != nil {
			p = p.EchoPath(t, path.AttrPath.String(), value)
		} else if obj, ok := value.(scim.Object); ok {
			p = p.Echo(t, obj)
		}
	}
	return p
}

// patchAttempts bounds how often a PATCH is repeated because another writer was faster. Each failed
// attempt is another request's success, so a client that meets the bound faces extreme contention.
const patchAttempts = 50

func (s *Server) readApplyReplace(ctx context.Context, t *schema.ResourceType, id string, steps []patch.Step, pre Precondition, sel Selection) (*Resource, error) {
	for attempt := 1; ; attempt++ {
		res, err := s.cfg.Backend.Get(ctx, t, id, Selection{Whole: true})
		if err != nil {
			return nil, err
		}
		if !pre.Holds(res.Version) {
			return nil, failedPrecondition(res.Version)
		}
		obj := res.Object
		if obj == nil {
			if obj, err = decodeRaw(res); err != nil {
				return nil, err
			}
		}
		// A client may send back the read-only values that it has read.
		obj = maps.Clone(obj)
		obj["id"], obj["meta"] = res.ID, meta("", res)
		after, changed, notes, err := patch.Apply(t, obj, steps)
		if err != nil {
			return nil, err
		}
		if !changed {
			AddNotes(ctx, notes...)
			return s.cfg.Backend.Get(ctx, t, id, sel)
		}
		// Read-only attributes, which a Backend does not take back, are dropped here, and the limits
		// of the whole resource checked.
		if after, _, err = t.Canonicalize(after, schema.ForReplace, s.cfg.SchemaOptions(ctx)); err != nil {
			return nil, err
		}
		var still Precondition
		if res.Version != "" {
			still.IfMatch = []scim.Version{res.Version}
		}
		replaced, err := s.cfg.Backend.Replace(ctx, t, id, after, still, sel)
		if err != nil && scim.AsError(err).Status == http.StatusPreconditionFailed && attempt < patchAttempts {
			continue
		}
		AddNotes(ctx, notes...)
		return replaced, err
	}
}
