package provision

import (
	"context"
	"io"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
	"github.com/rosterhq/roster/scim/server"
)

// memberFields are the sub-attributes of members that an answer shows.
type memberFields struct{ value, ref, typ, display bool }

func fieldsOf(t *schema.ResourceType, sel server.Selection) memberFields {
	shown := func(sub string) bool {
		ref, ok := t.Resolve(t.Schema.ID, "members", sub)
		return ok && sel.Includes(ref)
	}
	return memberFields{value: shown("value"), ref: shown("$ref"), typ: shown("type"), display: shown("display")}
}

// append appends the JSON of a member.
func (f memberFields) append(dst []byte, m directory.Member, base string) []byte {
	if f.value && f.ref && f.typ {
		if !f.display {
			m.Display = ""
		}
		return m.AppendJSON(dst, base)
	}
	obj := m.Object(base)
	for name, shown := range map[string]bool{"value": f.value, "$ref": f.ref, "type": f.typ, "display": f.display} {
		if !shown {
			delete(obj, name)
		}
	}
	return scim.AppendJSON(dst, obj)
}

// streamMembers writes the members of a group as they are read. They are read after the version, so
// an answer is never older than its entity tag says.
func (b *backend) streamMembers(ctx context.Context, t *schema.ResourceType, group directory.ResourceID, sel server.Selection) func(io.Writer) error {
	scope := &sessionOf(ctx).scope
	fields := fieldsOf(t, sel)
	if fields == (memberFields{}) {
		return nil
	}
	return func(w io.Writer) error {
		buf := make([]byte, 0, 4<<10)
		head, any := []byte(`,"members":[`), false
		err := b.resources.EachMember(ctx, scope, group, func(m directory.Member) error {
			buf = append(buf, head...)
			head, any = []byte{','}, true
			buf = fields.append(buf, m, scope.BaseURL)
			if len(buf) < 3<<10 {
				return nil
			}
			_, err := w.Write(buf)
			buf = buf[:0]
			return err
		})
		if err != nil || !any {
			return clientError(err)
		}
		_, err = w.Write(append(buf, ']'))
		return err
	}
}
