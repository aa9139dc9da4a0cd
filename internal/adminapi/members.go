package adminapi

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/present"
	"github.com/rosterhq/roster/scim/schema"
)

// memberChunk is how many members are read at once when a search goes through them.
const memberChunk = 1000

type memberQuery struct {
	ByID
	Q string `query:"q" maxLength:"256" doc:"Part of the member's name."`
	Paging
}

type membership struct {
	ByID
	Member string `path:"member" maxLength:"64" doc:"Id of the user or group."`
}

func (a *api) memberOperations() {
	const tag = "Groups"
	register(a, operation{id: "list-members", method: "GET", path: "/groups/{id}/members", access: needs(account.ReadDirectory), tag: tag,
		summary: "List the members of a group", detail: "By id; the total is left out of a search."}, a.listMembers)
	register(a, operation{id: "add-member", method: "PUT", path: "/groups/{id}/members/{member}", access: needs(account.WriteDirectory), tag: tag,
		summary: "Make a user or group a member of a group of the built-in source"}, a.addMember)
	register(a, operation{id: "remove-member", method: "DELETE", path: "/groups/{id}/members/{member}", access: needs(account.WriteDirectory), tag: tag,
		summary: "End a membership in a group of the built-in source"}, a.removeMember)
}

func (a *api) listMembers(ctx context.Context, _ *call, in *memberQuery) (*body[list[present.Member]], error) {
	after, err := in.afterMember()
	if err != nil {
		return nil, err
	}
	s, err := a.subject(ctx, directory.GroupType, in.ID)
	if err != nil {
		return nil, err
	}
	var out list[present.Member]
	err = a.Store.View(ctx, func(r directory.Reader) error {
		items, err := membersLike(ctx, r, s.Record, after, schema.CaseKey(in.Q), in.Limit+1)
		if err != nil {
			return err
		}
		out = list[present.Member]{Items: items}
		if len(items) > in.Limit {
			out.Items = items[:in.Limit]
			out.NextCursor = memberCursor(items[in.Limit-1].ID)
		}
		if in.Q == "" {
			n, err := r.CountMembers(ctx, s.source.ID, s.ID)
			out.Total = &n
			return err
		}
		return nil
	})
	return answer(out), err
}

// membersLike returns up to limit members behind a place whose name contains the needle, a case key.
func membersLike(ctx context.Context, r directory.Reader, group *directory.Record, after directory.ResourceID, needle string, limit int) ([]present.Member, error) {
	items := []present.Member{}
	chunk := limit
	if needle != "" {
		chunk = memberChunk
	}
	for {
		n := 0
		err := r.Members(ctx, group.Source, group.ID, after, chunk, func(m directory.Member) error {
			n++
			after = m.ID
			if len(items) < limit && strings.Contains(schema.CaseKey(m.Display), needle) {
				items = append(items, present.NewMember(m))
			}
			return nil
		})
		if err != nil || n < chunk || len(items) == limit {
			return items, err
		}
	}
}

// memberCursor and afterMember make and read the cursor of a list of members, which is in the order of
// their ids.
func memberCursor(id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte("members." + id))
}

func (q *memberQuery) afterMember() (directory.ResourceID, error) {
	if q.Cursor == "" {
		return "", nil
	}
	content, err := base64.RawURLEncoding.Strict().DecodeString(q.Cursor)
	id, ok := strings.CutPrefix(string(content), "members.")
	if err != nil || !ok || strings.ContainsFunc(id, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", mistake("query.cursor", "The cursor does not belong to this list. Begin again without one.")
	}
	return directory.ResourceID(id), nil
}

func (a *api) addMember(ctx context.Context, c *call, in *membership) (*nothing, error) {
	group, err := a.byHand(ctx, directory.GroupType, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.checkMember(ctx, in.Member); err != nil {
		return nil, err
	}
	_, err = a.Resources.AddMembers(ctx, group.scope(c), group.typ, group.ID, []directory.ResourceID{directory.ResourceID(in.Member)})
	return &nothing{}, err
}

// checkMember explains who cannot be a member of a group made by hand.
func (a *api) checkMember(ctx context.Context, id string) error {
	var rec *directory.Record
	err := a.Store.View(ctx, func(r directory.Reader) (err error) {
		rec, err = r.ResourceAnywhere(ctx, directory.ResourceID(id))
		return err
	})
	switch {
	case errors.Is(err, directory.ErrNotFound):
		return problemf(http.StatusNotFound, "There is no user or group with the id %q.", id)
	case err != nil:
		return err
	case rec.Source != directory.BuiltinSource:
		return problemf(http.StatusConflict, "%q belongs to a source. Groups made by hand have members made by hand only; change the group at the identity provider instead.", rec.Label)
	case !rec.Deleted.IsZero():
		return problemf(http.StatusConflict, "%q is deleted. Restore it first.", rec.Label)
	}
	return nil
}

func (a *api) removeMember(ctx context.Context, c *call, in *membership) (*nothing, error) {
	group, err := a.byHand(ctx, directory.GroupType, in.ID)
	if err != nil {
		return nil, err
	}
	_, err = a.Resources.RemoveMembers(ctx, group.scope(c), group.typ, group.ID, []directory.ResourceID{directory.ResourceID(in.Member)})
	return &nothing{}, err
}
