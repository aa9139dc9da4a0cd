package adminapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/internal/present"
)

type createdReceiver struct {
	present.Receiver
	Token string `json:"token,omitempty" doc:"The bearer token that a poll receiver polls with; it is never shown again."`
}

type receiverInput struct {
	Body struct {
		Name      string         `json:"name" minLength:"1" maxLength:"128"`
		Source    string         `json:"source,omitempty" maxLength:"63" doc:"Slug of a source; all sources when left out."`
		Kind      outbox.Kind    `json:"kind" enum:"push,poll"`
		URL       string         `json:"url,omitempty" maxLength:"2048" doc:"Where a push receiver is called."`
		Secret    string         `json:"secret,omitempty" maxLength:"8192" doc:"Bearer token that a push receiver is called with; it is never shown."`
		Audience  string         `json:"audience,omitempty" maxLength:"1024" doc:"The URL when left out."`
		Payload   outbox.Payload `json:"payload,omitempty" enum:"notice,full" default:"notice"`
		Events    []string       `json:"events,omitempty" nullable:"false" maxItems:"20" doc:"URIs of the wanted events (RFC 9967); all when left out."`
		FromStart bool           `json:"from_start,omitempty" doc:"Deliver what the feed still has, instead of what happens from now on."`
	}
}

type receiverChange struct {
	ByID
	Body struct {
		Name     *string         `json:"name,omitempty" minLength:"1" maxLength:"128"`
		URL      *string         `json:"url,omitempty" maxLength:"2048"`
		Secret   *string         `json:"secret,omitempty" maxLength:"8192" doc:"Empty for none."`
		Audience *string         `json:"audience,omitempty" maxLength:"1024"`
		Payload  *outbox.Payload `json:"payload,omitempty" enum:"notice,full"`
		Events   *[]string       `json:"events,omitempty" maxItems:"20" doc:"Empty for all."`
		Enabled  *bool           `json:"enabled,omitempty"`
	}
}

func (a *api) receiverOperations() {
	const tag = "Event receivers"
	register(a, operation{id: "list-receivers", method: "GET", path: "/receivers", access: needs(account.ReadEvents), tag: tag,
		summary: "List receivers of security events", detail: "By name."}, a.listReceivers)
	register(a, operation{id: "create-receiver", method: "POST", path: "/receivers", access: needs(account.ManageReceivers), status: http.StatusCreated, tag: tag,
		summary: "Make a receiver of security events", detail: "Tokens are pushed to it (RFC 8935) or polled by it (RFC 8936)."}, a.createReceiver)
	register(a, operation{id: "get-receiver", method: "GET", path: "/receivers/{id}", access: needs(account.ReadEvents), tag: tag,
		summary: "Show a receiver of security events"}, a.getReceiver)
	register(a, operation{id: "change-receiver", method: "PATCH", path: "/receivers/{id}", access: needs(account.ManageReceivers), tag: tag,
		summary: "Change a receiver of security events", detail: "What was due later is tried at once."}, a.changeReceiver)
	register(a, operation{id: "delete-receiver", method: "DELETE", path: "/receivers/{id}", access: needs(account.ManageReceivers), tag: tag,
		summary: "Delete a receiver of security events"}, a.deleteReceiver)
	register(a, operation{id: "rotate-receiver-token", method: "POST", path: "/receivers/{id}/token/rotate", access: needs(account.ManageReceivers), tag: tag,
		summary: "Give a poll receiver a new token", detail: "The old one ends at once."}, a.rotateReceiverToken)
}

func (a *api) listReceivers(ctx context.Context, _ *call, in *Paging) (*body[list[present.Receiver]], error) {
	infos, err := a.Receivers.List(ctx)
	if err != nil {
		return nil, err
	}
	slugs, err := a.slugs(ctx, idsOf(infos, func(i *outbox.ReceiverInfo) directory.SourceID { return i.Source })...)
	if err != nil {
		return nil, err
	}
	all := make([]present.Receiver, 0, len(infos))
	for _, info := range infos {
		all = append(all, *present.NewReceiver(info, slugs[info.Source]))
	}
	return slice("receivers", all, *in)
}

func (a *api) createReceiver(ctx context.Context, c *call, in *receiverInput) (*body[createdReceiver], error) {
	n := outbox.NewReceiver{Name: in.Body.Name, Kind: in.Body.Kind, URL: in.Body.URL, Secret: in.Body.Secret, Audience: in.Body.Audience,
		Payload: in.Body.Payload, Events: in.Body.Events, FromStart: in.Body.FromStart}
	if in.Body.Source != "" {
		err := a.Store.View(ctx, func(r directory.Reader) error {
			src, err := r.SourceBySlug(ctx, in.Body.Source)
			if err == nil {
				n.Source = src.ID
			}
			return err
		})
		if errors.Is(err, directory.ErrNotFound) {
			return nil, mistake("body.source", "There is no source with the slug %q.", in.Body.Source)
		}
		if err != nil {
			return nil, err
		}
	}
	r, token, err := a.Receivers.Create(ctx, n, c.cause())
	if err != nil {
		return nil, err
	}
	shown, err := a.showReceiver(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return answer(createdReceiver{*shown, token}), nil
}

func (a *api) getReceiver(ctx context.Context, _ *call, in *ByID) (*body[present.Receiver], error) {
	shown, err := a.showReceiver(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return answer(*shown), nil
}

func (a *api) showReceiver(ctx context.Context, id string) (*present.Receiver, error) {
	info, err := a.Receivers.Show(ctx, id)
	if err != nil {
		return nil, err
	}
	slugs, err := a.slugs(ctx, info.Source)
	if err != nil {
		return nil, err
	}
	return present.NewReceiver(info, slugs[info.Source]), nil
}

func (a *api) changeReceiver(ctx context.Context, c *call, in *receiverChange) (*body[present.Receiver], error) {
	b := &in.Body
	_, err := a.Receivers.Update(ctx, in.ID, outbox.ReceiverChange{Name: b.Name, URL: b.URL, Secret: b.Secret, Audience: b.Audience,
		Payload: b.Payload, Events: b.Events, Enabled: b.Enabled}, c.cause())
	if err != nil {
		return nil, err
	}
	return a.getReceiver(ctx, c, &in.ByID)
}

func (a *api) deleteReceiver(ctx context.Context, c *call, in *ByID) (*nothing, error) {
	return &nothing{}, a.Receivers.Delete(ctx, in.ID, c.cause())
}

func (a *api) rotateReceiverToken(ctx context.Context, c *call, in *ByID) (*body[tokenText], error) {
	token, err := a.Receivers.RotateToken(ctx, in.ID, c.cause())
	if err != nil {
		return nil, err
	}
	return answer(tokenText{token}), nil
}
