package adminapi

import (
	"context"
	"net/http"
	"time"

	"github.com/rosterhq/roster/internal/account"
)

// APIKey is a key without its secret.
type APIKey struct {
	ID         string       `json:"id"`
	Name       string       `json:"name"`
	Role       account.Role `json:"role" enum:"owner,administrator,operator,auditor,developer"`
	CreatedAt  time.Time    `json:"created_at"`
	CreatedBy  string       `json:"created_by"`
	LastUsedAt *time.Time   `json:"last_used_at,omitempty" doc:"Kept to the minute."`
	ExpiresAt  *time.Time   `json:"expires_at,omitempty"`
}

type createdAPIKey struct {
	APIKey
	Key string `json:"key" doc:"The key itself; it is never shown again."`
}

func newAPIKey(k *account.APIKey) APIKey {
	return APIKey{ID: k.ID, Name: k.Name, Role: k.Role, CreatedAt: k.CreatedAt, CreatedBy: k.CreatedBy,
		LastUsedAt: optional(k.LastUsed), ExpiresAt: optional(k.ExpiresAt)}
}

type newAPIKeyInput struct {
	Body struct {
		Name      string       `json:"name" minLength:"1" maxLength:"128"`
		Role      account.Role `json:"role" enum:"owner,administrator,operator,auditor,developer"`
		ExpiresAt *time.Time   `json:"expires_at,omitempty"`
	}
}

func (a *api) keyOperations() {
	const tag = "API keys"
	register(a, operation{id: "list-api-keys", method: "GET", path: "/api-keys", access: needs(account.ManageAPIKeys), tag: tag,
		summary: "List API keys", detail: "Only keys whose role is not more powerful than the own one."}, a.listAPIKeys)
	register(a, operation{id: "create-api-key", method: "POST", path: "/api-keys", access: needs(account.ManageAPIKeys), status: http.StatusCreated, tag: tag,
		summary: "Make an API key", detail: "The role may not be more powerful than the own one."}, a.createAPIKey)
	register(a, operation{id: "delete-api-key", method: "DELETE", path: "/api-keys/{id}", access: needs(account.ManageAPIKeys), tag: tag,
		summary: "End an API key"}, a.deleteAPIKey)
}

func (a *api) listAPIKeys(ctx context.Context, c *call, in *Paging) (*body[list[APIKey]], error) {
	keys, err := a.Accounts.APIKeys(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]APIKey, 0, len(keys))
	for _, k := range keys {
		if c.who.Role.Grants(k.Role) {
			all = append(all, newAPIKey(k))
		}
	}
	return slice("api-keys", all, *in)
}

func (a *api) createAPIKey(ctx context.Context, c *call, in *newAPIKeyInput) (*body[createdAPIKey], error) {
	if !c.who.Role.Grants(in.Body.Role) {
		return nil, at(problemf(http.StatusForbidden, "The role %s may not hand out the role %s.", c.who.Role, in.Body.Role), "body.role")
	}
	var expires time.Time
	if in.Body.ExpiresAt != nil {
		expires = in.Body.ExpiresAt.UTC().Truncate(time.Microsecond)
	}
	k, text, err := a.Accounts.CreateAPIKey(ctx, in.Body.Name, in.Body.Role, expires, c.cause())
	if err != nil {
		return nil, err
	}
	return answer(createdAPIKey{newAPIKey(k), text}), nil
}

func (a *api) deleteAPIKey(ctx context.Context, c *call, in *ByID) (*nothing, error) {
	keys, err := a.Accounts.APIKeys(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if k.ID == in.ID && !c.who.Role.Grants(k.Role) {
			return nil, problemf(http.StatusForbidden, "The role %s may not end a key with the role %s.", c.who.Role, k.Role)
		}
	}
	return &nothing{}, a.Accounts.DeleteAPIKey(ctx, in.ID, c.cause())
}
