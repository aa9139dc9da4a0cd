package adminapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/rosterhq/roster/internal/account"
)

type meInput struct {
	Body struct {
		DisplayName     *string `json:"display_name,omitempty" maxLength:"128"`
		Password        *string `json:"password,omitempty" maxLength:"4096" doc:"Needs current_password; all other sessions end."`
		CurrentPassword *string `json:"current_password,omitempty" maxLength:"4096"`
	}
}

func (a *api) meOperations() {
	const tag = "Session"
	register(a, operation{id: "get-me", method: "GET", path: "/me", access: authenticated(), tag: tag,
		summary: "Tell who is logged in"}, a.getMe)
	register(a, operation{id: "change-me", method: "PATCH", path: "/me", access: authenticated(), tag: tag,
		summary: "Change the own name or password"}, a.changeMe)
}

func (a *api) getMe(_ context.Context, c *call, _ *struct{}) (*body[me], error) {
	return answer(newMe(c.who)), nil
}

func (a *api) changeMe(ctx context.Context, c *call, in *meInput) (*body[me], error) {
	if c.who.Kind != "admin" {
		return nil, problemf(http.StatusForbidden, "An API key has no profile. Log in to change yours.")
	}
	u := account.AdminUpdate{DisplayName: in.Body.DisplayName, Password: in.Body.Password}
	if u.Password != nil {
		if in.Body.CurrentPassword == nil {
			return nil, mistake("body.current_password", "A new password needs the current one beside it.")
		}
		err := a.Accounts.VerifyPassword(ctx, c.who.ID, *in.Body.CurrentPassword)
		if errors.Is(err, account.ErrCredentials) {
			return nil, mistake("body.current_password", "The current password is wrong.")
		}
		if err != nil {
			return nil, err
		}
		u.KeepSession = account.SessionHash(a.Origin.Session(c.r))
	}
	admin, err := a.Accounts.UpdateAdmin(ctx, c.who.ID, u, c.cause())
	if err != nil {
		return nil, err
	}
	changed := *c.who
	changed.DisplayName = admin.DisplayName
	return answer(newMe(&changed)), nil
}
