package adminapi

import (
	"context"
	"net/http"

	"github.com/rosterhq/roster/internal/account"
)

// me is whoever uses the API.
type me struct {
	ID          string       `json:"id"`
	Username    string       `json:"username"`
	DisplayName string       `json:"display_name"`
	Role        account.Role `json:"role" enum:"owner,administrator,operator,auditor,developer"`
	Kind        string       `json:"kind" enum:"admin,api_key"`
}

func newMe(p *account.Principal) me {
	return me{ID: p.ID, Username: p.Username, DisplayName: p.DisplayName, Role: p.Role, Kind: p.Kind}
}

type setupState struct {
	Needed bool `json:"needed" doc:"True while there is no administrator."`
}

type setupInput struct {
	Body struct {
		Key         string `json:"key" maxLength:"256" doc:"The key of the one-time set-up link."`
		Username    string `json:"username" minLength:"1" maxLength:"128"`
		DisplayName string `json:"display_name,omitempty" maxLength:"128"`
		Password    string `json:"password" maxLength:"4096"`
	}
}

type loginInput struct {
	Body struct {
		Username string `json:"username" maxLength:"4096"`
		Password string `json:"password" maxLength:"4096"`
	}
}

func (a *api) sessionOperations() {
	const tag = "Session"
	register(a, operation{id: "get-setup", method: "GET", path: "/setup", access: public(), tag: tag,
		summary: "Tell whether set-up is needed"}, a.setupNeeded)
	register(a, operation{id: "set-up", method: "POST", path: "/setup", access: public(), status: http.StatusCreated, tag: tag,
		summary: "Make the first administrator and log in"}, a.setUp)
	register(a, operation{id: "log-in", method: "POST", path: "/session", access: public(), tag: tag,
		summary: "Log in", detail: "Sets the session's cookie. The answer to a wrong username and to a wrong password is the same."}, a.logIn)
	register(a, operation{id: "log-out", method: "DELETE", path: "/session", access: public(), tag: tag,
		summary: "Log out"}, a.logOut)
}

func (a *api) setupNeeded(ctx context.Context, _ *call, _ *struct{}) (*body[setupState], error) {
	needed, err := a.Accounts.SetupNeeded(ctx)
	return answer(setupState{needed}), err
}

func (a *api) setUp(ctx context.Context, c *call, in *setupInput) (*body[me], error) {
	secret, p, err := a.Accounts.SetUp(ctx, in.Body.Key, account.NewAdmin{
		Username: in.Body.Username, DisplayName: in.Body.DisplayName, Password: in.Body.Password,
	}, c.login(in.Body.Username, ""), c.cause())
	if err != nil {
		return nil, err
	}
	a.Origin.SetSession(c.w, c.r, secret, account.SessionMax)
	return answer(newMe(p)), nil
}

func (a *api) logIn(ctx context.Context, c *call, in *loginInput) (*body[me], error) {
	secret, p, err := a.Accounts.LogIn(ctx, c.login(in.Body.Username, in.Body.Password), c.cause())
	if err != nil {
		return nil, err
	}
	a.Origin.SetSession(c.w, c.r, secret, account.SessionMax)
	return answer(newMe(p)), nil
}

func (c *call) login(username, password string) account.Login {
	return account.Login{Username: username, Password: password, ClientIP: c.origin.ClientIP(c.r), UserAgent: c.r.UserAgent()}
}

func (a *api) logOut(ctx context.Context, c *call, _ *struct{}) (*nothing, error) {
	if err := a.Accounts.LogOut(ctx, a.Origin.Session(c.r), c.cause()); err != nil {
		return nil, err
	}
	a.Origin.ClearSession(c.w, c.r)
	return &nothing{}, nil
}
