package adminapi

import (
	"context"
	"net/http"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/present"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
)

// UserSearch selects users.
type UserSearch struct {
	Search
	Active string `query:"active" enum:"true,false" doc:"Only active, or only inactive users."`
	State  string `query:"state" enum:"active,inactive,deleted" doc:"Deleted users are listed when asked for only."`
}

type userQuery struct {
	UserSearch
	Paging
}

type userInput struct {
	Body struct {
		UserName    string `json:"user_name" minLength:"1" maxLength:"320"`
		DisplayName string `json:"display_name,omitempty" maxLength:"1024"`
		Email       string `json:"email,omitempty" maxLength:"1024"`
		Active      *bool  `json:"active,omitempty" doc:"True when left out."`
	}
}

type userChange struct {
	ByID
	Body struct {
		UserName    *string `json:"user_name,omitempty" minLength:"1" maxLength:"320"`
		DisplayName *string `json:"display_name,omitempty" maxLength:"1024" doc:"Empty: removed."`
		Email       *string `json:"email,omitempty" maxLength:"1024" doc:"Replaces all addresses; empty: removes them."`
		Active      *bool   `json:"active,omitempty"`
	}
}

func (a *api) userOperations() {
	const tag = "Users"
	register(a, operation{id: "list-users", method: "GET", path: "/users", access: needs(account.ReadDirectory), tag: tag,
		summary: "List users", detail: "By source, within a source in the order of creation."}, a.listUsers)
	register(a, operation{id: "create-user", method: "POST", path: "/users", access: needs(account.WriteDirectory), status: http.StatusCreated, tag: tag,
		summary: "Make a user by hand", detail: "The user belongs to the built-in source."}, a.createUser)
	register(a, operation{id: "get-user", method: "GET", path: "/users/{id}", access: needs(account.ReadDirectory), tag: tag,
		summary: "Show a user with groups and raw SCIM form", detail: "Deleted users are shown until they are erased."}, a.getUser)
	register(a, operation{id: "change-user", method: "PATCH", path: "/users/{id}", access: needs(account.WriteDirectory), tag: tag,
		summary: "Change a user of the built-in source"}, a.changeUser)
	register(a, operation{id: "delete-user", method: "DELETE", path: "/users/{id}", access: needs(account.DeletePeople), tag: tag,
		summary: "Delete a user of the built-in source", detail: "The user can be restored for 30 days."}, a.deleteUser)
	register(a, operation{id: "restore-user", method: "POST", path: "/users/{id}/restore", access: needs(account.WriteDirectory), tag: tag,
		summary: "Restore a deleted user of any source", detail: "With the same id, and with the memberships whose groups still exist."}, a.restoreUser)
}

// chooseUsers makes the selection that parameters ask for.
func (a *api) chooseUsers(ctx context.Context, in UserSearch) (*selection, error) {
	s, err := a.choose(ctx, a.userType, in.Search)
	if err != nil {
		return nil, err
	}
	state := in.State
	if in.Active != "" {
		wanted := map[string]string{"true": "active", "false": "inactive"}[in.Active]
		if state != "" && state != wanted {
			return nil, mistake("query.active", "The parameters active and state contradict each other. Give one of them.")
		}
		state = wanted
	}
	switch state {
	case "deleted":
		s.deleted = true
	case "active", "inactive":
		active := state == "active"
		s.active = &active
	}
	return s, nil
}

func (a *api) listUsers(ctx context.Context, _ *call, in *userQuery) (*body[list[present.User]], error) {
	s, err := a.chooseUsers(ctx, in.UserSearch)
	if err != nil {
		return nil, err
	}
	return page(ctx, a, "users", s, in.Paging, func(r directory.Reader, all []found) ([]present.User, error) {
		users := make([]present.User, len(all))
		groups, err := groupsOf(ctx, r, all)
		if err != nil {
			return nil, err
		}
		for i, f := range all {
			u, err := present.NewUser(f.Record, f.source.Slug)
			if err != nil {
				return nil, err
			}
			u.SetGroups(groups[f.ID])
			users[i] = *u
		}
		return users, nil
	})
}

func (a *api) getUser(ctx context.Context, c *call, in *ByID) (*body[present.User], error) {
	s, err := a.subject(ctx, directory.UserType, in.ID)
	if err != nil {
		return nil, err
	}
	return a.showUser(ctx, c, s)
}

func (a *api) showUser(ctx context.Context, c *call, s *subject) (*body[present.User], error) {
	e := &directory.Entry{Record: s.Record}
	if s.Deleted.IsZero() {
		var err error
		if e, err = a.Resources.Complete(ctx, s.Record, directory.With{Groups: true}); err != nil {
			return nil, err
		}
	}
	u, err := present.NewUser(s.Record, s.source.Slug)
	if err != nil {
		return nil, err
	}
	u.SetGroups(e.Groups)
	u.SCIM, err = e.Represent(s.typ, c.scimBase(s.source.Slug))
	return answer(*u), err
}

func (a *api) createUser(ctx context.Context, c *call, in *userInput) (*body[present.User], error) {
	obj := scim.Object{"schemas": []any{scim.UserSchema}, "userName": in.Body.UserName, "active": in.Body.Active == nil || *in.Body.Active}
	if in.Body.DisplayName != "" {
		obj["displayName"] = in.Body.DisplayName
	}
	if in.Body.Email != "" {
		obj["emails"] = emails(in.Body.Email)
	}
	return answerUser(a.create(ctx, c, directory.UserType, obj))
}

func answerUser(s *subject, err error) (*body[present.User], error) {
	if err != nil {
		return nil, err
	}
	u, err := present.NewUser(s.Record, s.source.Slug)
	if err != nil {
		return nil, err
	}
	return answer(*u), nil
}

func emails(address string) []any {
	return []any{scim.Object{"value": address, "type": "work", "primary": true}}
}

// create makes a resource of the built-in source.
func (a *api) create(ctx context.Context, c *call, typ string, obj scim.Object) (*subject, error) {
	s, err := a.built(ctx, typ)
	if err != nil {
		return nil, err
	}
	canonical, _, err := s.typ.Canonicalize(obj, schema.ForCreate, schema.Options{})
	if err != nil {
		return nil, err
	}
	res, err := a.Resources.Create(ctx, s.scope(c), s.typ, canonical)
	if err != nil {
		return nil, err
	}
	s.Record = res.Record
	return s, nil
}

func (a *api) changeUser(ctx context.Context, c *call, in *userChange) (*body[present.User], error) {
	var ops []patch.Operation
	set := func(path string, given bool, empty bool, value any) error {
		if !given {
			return nil
		}
		op, err := assign(path, empty, value)
		ops = append(ops, op)
		return err
	}
	b := &in.Body
	name, display, email := text(b.UserName), text(b.DisplayName), text(b.Email)
	for _, err := range []error{
		set("userName", b.UserName != nil, false, name),
		set("displayName", b.DisplayName != nil, display == "", display),
		set("emails", b.Email != nil, email == "", emails(email)),
		set("active", b.Active != nil, false, b.Active != nil && *b.Active),
	} {
		if err != nil {
			return nil, err
		}
	}
	s, err := a.change(ctx, c, directory.UserType, in.ID, ops)
	if err != nil {
		return nil, err
	}
	return a.showUser(ctx, c, s)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// assign makes the operation that sets an attribute, or removes it.
func assign(path string, remove bool, value any) (patch.Operation, error) {
	p, err := filter.ParsePath(path, filter.Limits{})
	if remove {
		return patch.Operation{Op: patch.Remove, Path: &p}, err
	}
	return patch.Operation{Op: patch.Replace, Path: &p, Value: value, HasValue: true}, err
}

// change applies operations to a resource of the built-in source.
func (a *api) change(ctx context.Context, c *call, typ, id string, ops []patch.Operation) (*subject, error) {
	s, err := a.byHand(ctx, typ, id)
	if err != nil || len(ops) == 0 {
		return s, err
	}
	res, err := a.Resources.Patch(ctx, s.scope(c), s.typ, s.ID, ops, nil, schema.Options{})
	if err != nil {
		return nil, err
	}
	s.Record = res.Record
	return s, nil
}

func (a *api) deleteUser(ctx context.Context, c *call, in *ByID) (*nothing, error) {
	return a.remove(ctx, c, directory.UserType, in.ID)
}

func (a *api) remove(ctx context.Context, c *call, typ, id string) (*nothing, error) {
	s, err := a.byHand(ctx, typ, id)
	if err != nil {
		return nil, err
	}
	_, err = a.Resources.Delete(ctx, s.scope(c), s.typ, s.ID, nil)
	return &nothing{}, err
}

func (a *api) restoreUser(ctx context.Context, c *call, in *ByID) (*body[present.User], error) {
	s, err := a.restore(ctx, c, directory.UserType, in.ID)
	if err != nil {
		return nil, err
	}
	return a.showUser(ctx, c, s)
}

// restore brings a tombstone of any source back.
func (a *api) restore(ctx context.Context, c *call, typ, id string) (*subject, error) {
	s, err := a.subject(ctx, typ, id)
	if err != nil {
		return nil, err
	}
	if s.Deleted.IsZero() {
		return nil, problemf(http.StatusConflict, "This %s is not deleted.", noun(typ))
	}
	res, err := a.Resources.Restore(ctx, s.scope(c), s.typ, s.ID)
	if err != nil {
		return nil, err
	}
	s.Record = res.Record
	return s, nil
}
