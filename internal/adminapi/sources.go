package adminapi

import (
	"context"
	"net/http"
	"time"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/internal/present"
)

// Source is a SCIM source with its state of health.
type Source struct {
	present.Source
	LastRequestAt *time.Time `json:"last_request_at,omitempty"`
	LastWriteAt   *time.Time `json:"last_write_at,omitempty" doc:"The last change that succeeded."`
	Health        health     `json:"health"`
}

type health struct {
	State  journal.State `json:"state" enum:"waiting,verified,healthy,failing,paused"`
	Reason string        `json:"reason" doc:"A sentence."`
}

type createdSource struct {
	Source
	Token string `json:"token,omitempty" doc:"The token of the service account; left out for roles that may not see tokens."`
}

type sourceInput struct {
	Body struct {
		Name     string              `json:"name" minLength:"1" maxLength:"128"`
		Slug     *string             `json:"slug,omitempty" maxLength:"63" doc:"Part of the base URL; derived from the name when left out."`
		Preset   *string             `json:"preset,omitempty" maxLength:"32" doc:"Identity provider, see /presets."`
		Policies *directory.Policies `json:"policies,omitempty" doc:"Those of the preset when left out."`
	}
}

// Slugged is the input of an operation on one source.
type Slugged struct {
	Slug string `path:"slug" maxLength:"63"`
}

type sourceChange struct {
	Slugged
	Body struct {
		Name     *string             `json:"name,omitempty" minLength:"1" maxLength:"128"`
		Slug     *string             `json:"slug,omitempty" maxLength:"63" doc:"The old base URL stops working at once."`
		Enabled  *bool               `json:"enabled,omitempty"`
		Paused   *bool               `json:"paused,omitempty"`
		Policies *directory.Policies `json:"policies,omitempty" doc:"Replaces all policies: what is left out gets its default."`
	}
}

type sourceRemoval struct {
	Slugged
	Users directory.UserFate `query:"users" enum:"keep,deactivate,delete" default:"keep" doc:"What becomes of the source's users and groups."`
}

type checklist struct {
	Steps []step `json:"steps" nullable:"false"`
}

type step struct {
	ID   string     `json:"id" enum:"reached,token,discovery,first_user,first_group"`
	Done bool       `json:"done"`
	At   *time.Time `json:"at,omitempty"`
}

type sourceQuery struct {
	Paging
	Q string `query:"q" maxLength:"256" doc:"Part of the name or slug."`
}

func (a *api) sourceOperations() {
	const tag = "Sources"
	register(a, operation{id: "list-sources", method: "GET", path: "/sources", access: needs(account.ReadSources), tag: tag,
		summary: "List sources", detail: "By name, the built-in one last."}, a.listSources)
	register(a, operation{id: "create-source", method: "POST", path: "/sources", access: needs(account.WriteSources), status: http.StatusCreated, tag: tag,
		summary: "Make a source with a service account and a token"}, a.createSource)
	register(a, operation{id: "get-source", method: "GET", path: "/sources/{slug}", access: needs(account.ReadSources), tag: tag,
		summary: "Show a source"}, a.getSource)
	register(a, operation{id: "change-source", method: "PATCH", path: "/sources/{slug}", access: needs(account.WriteSources), tag: tag,
		summary: "Change, pause or disable a source"}, a.changeSource)
	register(a, operation{id: "delete-source", method: "DELETE", path: "/sources/{slug}", access: needs(account.DeleteSources), tag: tag,
		summary: "Delete a source, its service account and its tokens"}, a.deleteSource)
	register(a, operation{id: "get-source-checklist", method: "GET", path: "/sources/{slug}/checklist", access: needs(account.ReadSources), tag: tag,
		summary: "Tell how far the set-up of a source is"}, a.getChecklist)
}

func (a *api) listSources(ctx context.Context, c *call, in *sourceQuery) (*body[list[Source]], error) {
	offset, err := in.offsetOf("sources")
	if err != nil {
		return nil, err
	}
	infos, total, err := a.Sources.Page(ctx, in.Q, offset, in.Limit)
	if err != nil {
		return nil, err
	}
	items, err := a.newSources(ctx, c, infos)
	return answer(pageAt("sources", items, offset, total)), err
}

// newSources presents sources, with the health of all of them looked up at once.
func (a *api) newSources(ctx context.Context, c *call, infos []*directory.SourceInfo) ([]Source, error) {
	all := make([]*directory.Source, len(infos))
	for i, info := range infos {
		all[i] = info.Source
	}
	statuses, err := a.Journal.Statuses(ctx, all)
	if err != nil {
		return nil, err
	}
	items := make([]Source, len(infos))
	for i, info := range infos {
		s := Source{Source: *present.NewSource(info, c.public(), a.Now())}
		if info.Source.ID == directory.BuiltinSource {
			s.Health = health{journal.Healthy, "Holds what administrators make by hand; nothing connects to it."}
		} else {
			s.Health = health{statuses[i].State, statuses[i].Reason}
			s.LastRequestAt, s.LastWriteAt = optional(statuses[i].LastRequest), optional(statuses[i].LastWrite)
		}
		items[i] = s
	}
	return items, nil
}

func (a *api) createSource(ctx context.Context, c *call, in *sourceInput) (*body[createdSource], error) {
	n := directory.NewSource{Name: in.Body.Name, Policies: in.Body.Policies}
	if in.Body.Slug != nil {
		if n.Slug = *in.Body.Slug; n.Slug == "" {
			return nil, mistake("body.slug", "The slug must not be empty. Leave it out to derive it from the name.")
		}
	}
	if in.Body.Preset != nil {
		n.Preset = *in.Body.Preset
	}
	src, token, err := a.Sources.Create(ctx, n, c.cause())
	if err != nil {
		return nil, err
	}
	shown, err := a.showSource(ctx, c, src.Slug)
	if err != nil {
		return nil, err
	}
	if !c.who.Role.May(account.UseSecrets) {
		token = ""
	}
	return answer(createdSource{shown.Body, token}), nil
}

func (a *api) showSource(ctx context.Context, c *call, slug string) (*body[Source], error) {
	info, err := a.Sources.Show(ctx, slug)
	if err != nil {
		return nil, noSource(err, slug)
	}
	all, err := a.newSources(ctx, c, []*directory.SourceInfo{info})
	if err != nil {
		return nil, err
	}
	return answer(all[0]), nil
}

func (a *api) getSource(ctx context.Context, c *call, in *Slugged) (*body[Source], error) {
	return a.showSource(ctx, c, in.Slug)
}

func (a *api) changeSource(ctx context.Context, c *call, in *sourceChange) (*body[Source], error) {
	change := directory.SourceChange{Name: in.Body.Name, Slug: in.Body.Slug, Enabled: in.Body.Enabled, Paused: in.Body.Paused, Policies: in.Body.Policies}
	src, err := a.Sources.Update(ctx, in.Slug, change, c.cause())
	if err != nil {
		return nil, noSource(err, in.Slug)
	}
	return a.showSource(ctx, c, src.Slug)
}

func (a *api) deleteSource(ctx context.Context, c *call, in *sourceRemoval) (*nothing, error) {
	c.unhurried(time.Hour)
	return &nothing{}, noSource(a.Sources.Delete(ctx, in.Slug, in.Users, c.cause()), in.Slug)
}

func (a *api) getChecklist(ctx context.Context, _ *call, in *Slugged) (*body[checklist], error) {
	info, err := a.Sources.Show(ctx, in.Slug)
	if err != nil {
		return nil, noSource(err, in.Slug)
	}
	status, err := a.Journal.Status(ctx, info.Source)
	if err != nil {
		return nil, err
	}
	list := checklist{Steps: make([]step, len(status.Steps))}
	for i, s := range status.Steps {
		list.Steps[i] = step{s.ID, s.Done, optional(s.At)}
	}
	return answer(list), nil
}
