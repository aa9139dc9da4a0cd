package adminapi

import (
	"context"
	"net/http"
	"time"

	"github.com/rosterhq/roster/internal/account"
)

// admin is a person who may log in to the console.
type admin struct {
	ID          string       `json:"id"`
	Username    string       `json:"username"`
	DisplayName string       `json:"display_name"`
	Role        account.Role `json:"role" enum:"owner,administrator,operator,auditor,developer"`
	CreatedAt   time.Time    `json:"created_at"`
	LastLoginAt *time.Time   `json:"last_login_at,omitempty"`
}

func newAdmin(a *account.Admin) admin {
	return admin{ID: a.ID, Username: a.Username, DisplayName: a.DisplayName, Role: a.Role, CreatedAt: a.CreatedAt, LastLoginAt: optional(a.LastLogin)}
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type newAdminInput struct {
	Body struct {
		Username    string       `json:"username" minLength:"1" maxLength:"128"`
		DisplayName string       `json:"display_name,omitempty" maxLength:"128"`
		Password    string       `json:"password" maxLength:"4096"`
		Role        account.Role `json:"role" enum:"owner,administrator,operator,auditor,developer"`
	}
}

type adminInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		DisplayName *string       `json:"display_name,omitempty" maxLength:"128"`
		Password    *string       `json:"password,omitempty" maxLength:"4096" doc:"Ends the administrator's sessions."`
		Role        *account.Role `json:"role,omitempty" enum:"owner,administrator,operator,auditor,developer"`
	}
}

// ByID is the input of an operation on one thing.
type ByID struct {
	ID string `path:"id" maxLength:"64"`
}

func (a *api) adminOperations() {
	const tag = "Administrators"
	register(a, operation{id: "list-admins", method: "GET", path: "/admins", access: needs(account.ReadAudit), tag: tag,
		summary: "List administrators"}, a.listAdmins)
	register(a, operation{id: "create-admin", method: "POST", path: "/admins", access: needs(account.ManageAdmins), status: http.StatusCreated, tag: tag,
		summary: "Make an administrator"}, a.createAdmin)
	register(a, operation{id: "change-admin", method: "PATCH", path: "/admins/{id}", access: needs(account.ManageAdmins), tag: tag,
		summary: "Change an administrator", detail: "The last owner cannot be demoted."}, a.changeAdmin)
	register(a, operation{id: "delete-admin", method: "DELETE", path: "/admins/{id}", access: needs(account.ManageAdmins), tag: tag,
		summary: "Remove an administrator", detail: "Ends all sessions. The last owner cannot be removed."}, a.deleteAdmin)
}

func (a *api) listAdmins(ctx context.Context, _ *call, in *Paging) (*body[list[admin]], error) {
	admins, err := a.Accounts.Admins(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]admin, len(admins))
	for i, one := range admins {
		all[i] = newAdmin(one)
	}
	return slice("admins", all, *in)
}

func (a *api) createAdmin(ctx context.Context, c *call, in *newAdminInput) (*body[admin], error) {
	made, err := a.Accounts.CreateAdmin(ctx, account.NewAdmin{
		Username: in.Body.Username, DisplayName: in.Body.DisplayName, Password: in.Body.Password, Role: in.Body.Role,
	}, c.cause())
	if err != nil {
		return nil, err
	}
	return answer(newAdmin(made)), nil
}

func (a *api) changeAdmin(ctx context.Context, c *call, in *adminInput) (*body[admin], error) {
	u := account.AdminUpdate{DisplayName: in.Body.DisplayName, Role: in.Body.Role, Password: in.Body.Password}
	if in.ID == c.who.ID {
		u.KeepSession = account.SessionHash(a.Origin.Session(c.r))
	}
	changed, err := a.Accounts.UpdateAdmin(ctx, in.ID, u, c.cause())
	if err != nil {
		return nil, err
	}
	return answer(newAdmin(changed)), nil
}

func (a *api) deleteAdmin(ctx context.Context, c *call, in *ByID) (*nothing, error) {
	return &nothing{}, a.Accounts.DeleteAdmin(ctx, in.ID, c.cause())
}
