package adminapi

import (
	"context"
	"net/http"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/present"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/patch"
)

// shownMembers is how many members the detail of a group has.
const shownMembers = 100

type groupQuery struct {
	Search
	State string `query:"state" enum:"active,deleted" doc:"Deleted groups are listed when asked for only."`
	Paging
}

type groupInput struct {
	Body struct {
		DisplayName string `json:"display_name" minLength:"1" maxLength:"1024"`
	}
}

type groupChange struct {
	ByID
	Body struct {
		DisplayName *string `json:"display_name,omitempty" minLength:"1" maxLength:"1024"`
	}
}

func (a *api) groupOperations() {
	const tag = "Groups"
	register(a, operation{id: "list-groups", method: "GET", path: "/groups", access: needs(account.ReadDirectory), tag: tag,
		summary: "List groups", detail: "By source, within a source in the order of creation."}, a.listGroups)
	register(a, operation{id: "create-group", method: "POST", path: "/groups", access: needs(account.WriteDirectory), status: http.StatusCreated, tag: tag,
		summary: "Make a group by hand", detail: "The group belongs to the built-in source."}, a.createGroup)
	register(a, operation{id: "get-group", method: "GET", path: "/groups/{id}", access: needs(account.ReadDirectory), tag: tag,
		summary: "Show a group with its first members and raw SCIM form",
		detail:  "Members, also those of the SCIM form, are the first hundred; /groups/{id}/members has all."}, a.getGroup)
	register(a, operation{id: "change-group", method: "PATCH", path: "/groups/{id}", access: needs(account.WriteDirectory), tag: tag,
		summary: "Rename a group of the built-in source"}, a.changeGroup)
	register(a, operation{id: "delete-group", method: "DELETE", path: "/groups/{id}", access: needs(account.DeletePeople), tag: tag,
		summary: "Delete a group of the built-in source", detail: "The group can be restored for 30 days."}, a.deleteGroup)
	register(a, operation{id: "restore-group", method: "POST", path: "/groups/{id}/restore", access: needs(account.WriteDirectory), tag: tag,
		summary: "Restore a deleted group of any source", detail: "With the same id, and with the members that still exist."}, a.restoreGroup)
}

func (a *api) listGroups(ctx context.Context, _ *call, in *groupQuery) (*body[list[present.Group]], error) {
	s, err := a.choose(ctx, a.groupType, in.Search)
	if err != nil {
		return nil, err
	}
	s.deleted = in.State == "deleted"
	return page(ctx, a, "groups", s, in.Paging, func(r directory.Reader, all []found) ([]present.Group, error) {
		groups := make([]present.Group, len(all))
		for i, f := range all {
			n, err := r.CountMembers(ctx, f.source.ID, f.ID)
			if err != nil {
				return nil, err
			}
			g, err := present.NewGroup(f.Record, f.source.Slug, n)
			if err != nil {
				return nil, err
			}
			groups[i] = *g
		}
		return groups, nil
	})
}

func (a *api) getGroup(ctx context.Context, c *call, in *ByID) (*body[present.Group], error) {
	s, err := a.subject(ctx, directory.GroupType, in.ID)
	if err != nil {
		return nil, err
	}
	return a.showGroup(ctx, c, s)
}

func (a *api) showGroup(ctx context.Context, c *call, s *subject) (*body[present.Group], error) {
	e := &directory.Entry{Record: s.Record}
	count := 0
	err := a.Store.View(ctx, func(r directory.Reader) (err error) {
		e.Members = nil
		if count, err = r.CountMembers(ctx, s.source.ID, s.ID); err != nil {
			return err
		}
		return r.Members(ctx, s.source.ID, s.ID, "", shownMembers, func(m directory.Member) error {
			e.Members = append(e.Members, m)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	g, err := present.NewGroup(s.Record, s.source.Slug, count)
	if err != nil {
		return nil, err
	}
	g.SetMembers(e.Members)
	g.SCIM, err = e.Represent(s.typ, c.scimBase(s.source.Slug))
	return answer(*g), err
}

func (a *api) createGroup(ctx context.Context, c *call, in *groupInput) (*body[present.Group], error) {
	obj := scim.Object{"schemas": []any{scim.GroupSchema}, "displayName": in.Body.DisplayName}
	s, err := a.create(ctx, c, directory.GroupType, obj)
	if err != nil {
		return nil, err
	}
	return a.showGroup(ctx, c, s)
}

func (a *api) changeGroup(ctx context.Context, c *call, in *groupChange) (*body[present.Group], error) {
	var ops []patch.Operation
	if in.Body.DisplayName != nil {
		op, err := assign("displayName", false, *in.Body.DisplayName)
		if err != nil {
			return nil, err
		}
		ops = append(ops, op)
	}
	s, err := a.change(ctx, c, directory.GroupType, in.ID, ops)
	if err != nil {
		return nil, err
	}
	return a.showGroup(ctx, c, s)
}

func (a *api) deleteGroup(ctx context.Context, c *call, in *ByID) (*nothing, error) {
	return a.remove(ctx, c, directory.GroupType, in.ID)
}

func (a *api) restoreGroup(ctx context.Context, c *call, in *ByID) (*body[present.Group], error) {
	s, err := a.restore(ctx, c, directory.GroupType, in.ID)
	if err != nil {
		return nil, err
	}
	return a.showGroup(ctx, c, s)
}
