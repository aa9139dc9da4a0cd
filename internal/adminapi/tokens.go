package adminapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/present"
)

type tokenText struct {
	Token string `json:"token"`
}

type rotateInput struct {
	Slugged
	Body struct {
		Overlap string `json:"overlap,omitempty" maxLength:"32" default:"24h" example:"24h" doc:"How long the old tokens still work, such as 24h or 30m; 0 ends them at once."`
	}
}

type rotation struct {
	Token             string     `json:"token"`
	PreviousExpiresAt *time.Time `json:"previous_expires_at,omitempty" doc:"Left out when there was no token to end."`
}

type tokenInput struct {
	Slugged
	Body struct {
		Label string `json:"label,omitempty" maxLength:"128"`
	}
}

func (a *api) tokenOperations() {
	const tag = "Tokens"
	register(a, operation{id: "list-tokens", method: "GET", path: "/tokens", access: needs(account.ReadSources), tag: tag,
		summary: "List the tokens of all sources", detail: "Newest first, ended ones included, without their secrets."}, a.listTokens)
	register(a, operation{id: "revoke-token", method: "DELETE", path: "/tokens/{id}", access: needs(account.UseSecrets), tag: tag,
		summary: "End a token at once"}, a.revokeToken)
	register(a, operation{id: "reveal-token", method: "POST", path: "/tokens/{id}/reveal", access: needs(account.UseSecrets), tag: tag,
		summary: "Reveal a token", detail: "Leaves a row in the audit trail."}, a.revealToken)
	register(a, operation{id: "create-source-token", method: "POST", path: "/sources/{slug}/tokens", access: needs(account.UseSecrets), status: http.StatusCreated, tag: tag,
		summary: "Make a further token beside those that a source has"}, a.createToken)
	register(a, operation{id: "reveal-source-token", method: "POST", path: "/sources/{slug}/token/reveal", access: needs(account.UseSecrets), tag: tag,
		summary: "Reveal the newest token of a source", detail: "Leaves a row in the audit trail."}, a.revealSourceToken)
	register(a, operation{id: "rotate-source-token", method: "POST", path: "/sources/{slug}/token/rotate", access: needs(account.UseSecrets), tag: tag,
		summary: "Make a new token and let the old ones end"}, a.rotateToken)
}

func (a *api) listTokens(ctx context.Context, _ *call, in *Paging) (*body[list[present.Token]], error) {
	offset, err := in.offsetOf("tokens")
	if err != nil {
		return nil, err
	}
	var out list[present.Token]
	err = a.Store.View(ctx, func(r directory.Reader) error {
		tokens, total, err := r.TokenPage(ctx, offset, in.Limit)
		if err != nil {
			return err
		}
		sources := sourceCache{}
		items := make([]present.Token, len(tokens))
		for i, t := range tokens {
			src, err := sources.get(ctx, r, t.Source)
			if err != nil {
				return err
			}
			items[i] = *present.NewToken(t, src, a.Now())
		}
		out = pageAt("tokens", items, offset, total)
		return nil
	})
	return answer(out), err
}

func (a *api) revokeToken(ctx context.Context, c *call, in *ByID) (*nothing, error) {
	return &nothing{}, a.Sources.RevokeToken(ctx, directory.TokenID(in.ID), c.cause())
}

func (a *api) revealToken(ctx context.Context, c *call, in *ByID) (*body[tokenText], error) {
	text, err := a.Sources.RevealTokenByID(ctx, directory.TokenID(in.ID), c.cause())
	if errors.Is(err, directory.ErrNotFound) {
		return nil, problemf(http.StatusNotFound, "There is no such token, or it has ended.")
	}
	return answer(tokenText{text}), err
}

func (a *api) createToken(ctx context.Context, c *call, in *tokenInput) (*body[tokenText], error) {
	text, err := a.Sources.AddToken(ctx, in.Slug, in.Body.Label, c.cause())
	return answer(tokenText{text}), noSource(err, in.Slug)
}

func (a *api) revealSourceToken(ctx context.Context, c *call, in *Slugged) (*body[tokenText], error) {
	text, err := a.Sources.RevealToken(ctx, in.Slug, c.cause())
	if errors.Is(err, directory.ErrNotFound) {
		return nil, problemf(http.StatusNotFound, "There is no source %q, or none of its tokens works any more. Rotate the token to get a new one.", in.Slug)
	}
	return answer(tokenText{text}), err
}

func (a *api) rotateToken(ctx context.Context, c *call, in *rotateInput) (*body[rotation], error) {
	overlap, err := time.ParseDuration(strings.TrimSpace(in.Body.Overlap))
	if err != nil {
		return nil, mistake("body.overlap", "The overlap must be a duration such as 24h, 30m or 0.")
	}
	text, ends, err := a.Sources.RotateToken(ctx, in.Slug, overlap, c.cause())
	if err != nil {
		return nil, noSource(err, in.Slug)
	}
	return answer(rotation{text, optional(ends)}), nil
}
