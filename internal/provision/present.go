package provision

import (
	"context"
	"io"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/schema"
	"github.com/rosterhq/roster/scim/server"
)

// includes reports whether an answer may contain the attribute.
func includes(t *schema.ResourceType, sel server.Selection, name string) bool {
	if sel.Whole {
		return true
	}
	ref, ok := t.Resolve(t.Schema.ID, name, "")
	return ok && sel.Includes(ref)
}

// needed tells what must be loaded beside the record. Members are streamed instead, unless the server
// selects among them.
func needed(t *schema.ResourceType, sel server.Selection) directory.With {
	var with directory.With
	switch {
	case sel.Nothing:
	case t.Name == directory.GroupType:
		with.Members = sel.Whole
	case t.Name == directory.UserType:
		with.Groups = includes(t, sel, "groups")
	}
	return with
}

// spliced reports whether the encoded body is what is answered, apart from members and groups, so that
// nothing need be decoded: for the default selection, and for one that leaves out only those.
func spliced(t *schema.ResourceType, sel server.Selection) bool {
	if sel.Whole || sel.Nothing || t.HidesSent() {
		return false
	}
	return sel.IsDefault() || excludesOnlyRows(t, sel)
}

// excludesOnlyRows reports whether everything is selected, sub-attributes and unknown attributes
// included, apart from members or groups: Entra ID asks for groups with excludedAttributes=members.
func excludesOnlyRows(t *schema.ResourceType, sel server.Selection) bool {
	rows := "members"
	if t.Name == directory.UserType {
		rows = "groups"
	}
	return sel.ExcludesOnly(rows)
}

// present turns an entry into what the SCIM server answers.
func (b *backend) present(ctx context.Context, t *schema.ResourceType, e *directory.Entry, sel server.Selection) (*server.Resource, error) {
	s := sessionOf(ctx)
	res := &server.Resource{Type: t, ID: string(e.ID), Version: e.ETag(), Created: e.Created, LastModified: e.Modified}
	switch {
	case sel.Nothing:
		res.Omitted = sel.Optional
		return res, nil
	case spliced(t, sel):
		res.Raw, res.Selected = e.Body, true
		if t.Name == directory.GroupType && includes(t, sel, "members") {
			res.Extra = b.streamMembers(ctx, t, e.ID, sel)
		} else if len(e.Groups) > 0 {
			res.Extra = writeGroups(e.Groups, s.scope.BaseURL)
		}
		return res, nil
	}
	obj, err := e.Object()
	if err != nil {
		return nil, err
	}
	e.Complement(obj, s.scope.BaseURL)
	res.Object = obj
	if t.Name == directory.GroupType && !sel.Whole && includes(t, sel, "members") {
		res.Extra = b.streamMembers(ctx, t, e.ID, sel)
	}
	return res, nil
}

func writeGroups(groups []directory.Membership, base string) func(io.Writer) error {
	return func(w io.Writer) error {
		buf := []byte(`,"groups":[`)
		for i, m := range groups {
			if i > 0 {
				buf = append(buf, ',')
			}
			buf = m.AppendJSON(buf, base)
		}
		_, err := w.Write(append(buf, ']'))
		return err
	}
}
