package server

import (
	"context"
	"net/http"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// selection parses the projection that the request asks for.
func (x *exchange) selection(t *schema.ResourceType) (Selection, error) {
	p, err := t.ParseProjection(x.params.attributes, x.params.excluded)
	return Selection{Projection: p}, err
}

// get answers GET of one resource (RFC 7644 §3.4.1). A filter there is ignored.
func (x *exchange) get() error {
	x.seen.Action = ActionGet
	sel, err := x.selection(x.target.typ)
	if err != nil {
		return err
	}
	match, err := scim.ParseETags(x.r.Header.Values("If-Match")...)
	if err != nil {
		return err
	}
	noneMatch, err := scim.ParseETags(x.r.Header.Values("If-None-Match")...)
	if err != nil {
		return err
	}
	res, err := x.cfg.Backend.Get(x.ctx, x.target.typ, x.target.id, sel)
	if err != nil {
		return err
	}
	if !match.IsZero() && !match.Match(res.Version) {
		return failedPrecondition(res.Version)
	}
	if !noneMatch.IsZero() && res.Version != "" && noneMatch.Match(res.Version) {
		setResourceHeaders(x, res)
		x.w.Header().Set("Cache-Control", "private, no-store")
		x.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return x.answer(http.StatusOK, res, sel.Projection)
}

// create answers POST to a resource endpoint (RFC 7644 §3.3).
func (x *exchange) create() error {
	x.seen.Action = ActionCreate
	sel, err := x.selection(x.target.typ)
	if err != nil {
		return err
	}
	body, err := x.body(x.cfg.Limits.BodyBytes, 0)
	if err != nil {
		return err
	}
	res, err := x.createResource(x.ctx, x.target.typ, body, &sel)
	if err != nil {
		return err
	}
	return x.answer(http.StatusCreated, res, sel.Projection)
}

// replace answers PUT (RFC 7644 §3.5.1).
func (x *exchange) replace() error {
	x.seen.Action = ActionReplace
	sel, err := x.selection(x.target.typ)
	if err != nil {
		return err
	}
	pre, err := x.precondition()
	if err != nil {
		return err
	}
	body, err := x.body(x.cfg.Limits.BodyBytes, 0)
	if err != nil {
		return err
	}
	res, err := x.replaceResource(x.ctx, x.target.typ, x.target.id, body, pre, &sel)
	if err != nil {
		return err
	}
	return x.answer(http.StatusOK, res, sel.Projection)
}

// patch answers PATCH (RFC 7644 §3.5.2).
func (x *exchange) patch() error {
	x.seen.Action = ActionPatch
	sel, err := x.selection(x.target.typ)
	if err != nil {
		return err
	}
	pre, err := x.precondition()
	if err != nil {
		return err
	}
	body, err := x.body(x.cfg.Limits.BodyBytes, 0)
	if err != nil {
		return err
	}
	if !x.params.projected() {
		answer := x.cfg.PatchAnswer(x.ctx, x.target.typ)
		sel.Nothing, sel.Optional = answer == AnswerNoContent, answer == AnswerShort
	}
	res, err := x.patchResource(x.ctx, x.target.typ, x.target.id, body, pre, &sel)
	if err != nil {
		return err
	}
	if !sel.Nothing && !res.Omitted {
		return x.answer(http.StatusOK, res, sel.Projection)
	}
	setResourceHeaders(x, res)
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

// delete answers DELETE (RFC 7644 §3.6).
func (x *exchange) delete() error {
	x.seen.Action = ActionDelete
	pre, err := x.precondition()
	if err != nil {
		return err
	}
	if err := x.cfg.Backend.Delete(x.ctx, x.target.typ, x.target.id, pre); err != nil {
		return err
	}
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

// precondition reads If-Match for the write to check, and checks If-None-Match, which no write of
// SCIM can meet by anything but a race, beforehand (RFC 9110 §13.1.2).
func (x *exchange) precondition() (Precondition, error) {
	match, err := scim.ParseETags(x.r.Header.Values("If-Match")...)
	if err != nil {
		return Precondition{}, err
	}
	noneMatch, err := scim.ParseETags(x.r.Header.Values("If-None-Match")...)
	if err != nil {
		return Precondition{}, err
	}
	if !noneMatch.IsZero() {
		res, err := x.cfg.Backend.Get(x.ctx, x.target.typ, x.target.id, Selection{Nothing: true})
		if err != nil {
			return Precondition{}, err
		}
		if noneMatch.Match(res.Version) {
			return Precondition{}, failedPrecondition(res.Version)
		}
	}
	return Precondition{IfMatch: match.List, MustExist: match.Any}, nil
}

func failedPrecondition(current scim.Version) error {
	return scim.Errorf(http.StatusPreconditionFailed,
		"The resource has version %s meanwhile. Read it again and repeat the change.", current).WithRule("version.conflict")
}

// createResource, replaceResource and patchResource are the writes as HTTP and bulk requests share
// them: body in, canonical object to the backend. They add to sel what is returned because the client
// sent it.
func (s *Server) createResource(ctx context.Context, t *schema.ResourceType, body scim.Object, sel *Selection) (*Resource, error) {
	obj, notes, err := t.Canonicalize(body, schema.ForCreate, s.cfg.SchemaOptions(ctx))
	AddNotes(ctx, notes...)
	if err != nil {
		return nil, err
	}
	sel.Projection = sel.Echo(t, obj)
	return s.cfg.Backend.Create(ctx, t, obj, *sel)
}

func (s *Server) replaceResource(ctx context.Context, t *schema.ResourceType, id string, body scim.Object, pre Precondition, sel *Selection) (*Resource, error) {
	obj, notes, err := t.Canonicalize(body, schema.ForReplace, s.cfg.SchemaOptions(ctx))
	AddNotes(ctx, notes...)
	if err != nil {
		// An unknown id is 404 whatever the body says.
		if _, missing := s.cfg.Backend.Get(ctx, t, id, Selection{Nothing: true}); missing != nil && scim.AsError(missing).Status == http.StatusNotFound {
			return nil, missing
		}
		return nil, err
	}
	sel.Projection = sel.Echo(t, obj)
	return s.cfg.Backend.Replace(ctx, t, id, obj, pre, *sel)
}
