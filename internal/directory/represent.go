package directory

import (
	"github.com/rosterhq/roster/scim"
)

// Complement adds the loaded members or groups to a canonical object of the entry's body. base is the
// external base of locations.
func (e *Entry) Complement(obj scim.Object, base string) {
	if len(e.Members) > 0 {
		list := make([]any, len(e.Members))
		for i, m := range e.Members {
			list[i] = m.Object(base)
		}
		obj["members"] = list
	}
	if len(e.Groups) > 0 {
		list := make([]any, len(e.Groups))
		for i, m := range e.Groups {
			list[i] = m.Object(base)
		}
		obj["groups"] = list
	}
}

// Object is the value of members for a member (RFC 7643 §4.2).
func (m Member) Object(base string) scim.Object {
	obj := scim.Object{"value": string(m.ID), "$ref": m.location(base), "type": m.Type}
	if m.Display != "" {
		obj["display"] = m.Display
	}
	return obj
}

func (m Member) location(base string) string {
	if m.Type == GroupType {
		return base + "/Groups/" + string(m.ID)
	}
	return base + "/Users/" + string(m.ID)
}

// AppendJSON appends the JSON of Object, in the order value, $ref, type, display.
func (m Member) AppendJSON(dst []byte, base string) []byte {
	dst = scim.AppendString(append(dst, `{"value":`...), string(m.ID))
	dst = scim.AppendString(append(dst, `,"$ref":`...), m.location(base))
	dst = scim.AppendString(append(dst, `,"type":`...), m.Type)
	if m.Display != "" {
		dst = scim.AppendString(append(dst, `,"display":`...), m.Display)
	}
	return append(dst, '}')
}

func (m Membership) kind() string {
	if m.Direct {
		return "direct"
	}
	return "indirect"
}

// Object is the value of a user's groups for a membership (RFC 7643 §4.1.2).
func (m Membership) Object(base string) scim.Object {
	obj := scim.Object{"value": string(m.Group), "$ref": base + "/Groups/" + string(m.Group), "type": m.kind()}
	if m.Display != "" {
		obj["display"] = m.Display
	}
	return obj
}

// AppendJSON appends the JSON of Object, in the order value, $ref, display, type.
func (m Membership) AppendJSON(dst []byte, base string) []byte {
	dst = scim.AppendString(append(dst, `{"value":`...), string(m.Group))
	dst = scim.AppendString(append(dst, `,"$ref":`...), base+"/Groups/"+string(m.Group))
	if m.Display != "" {
		dst = scim.AppendString(append(dst, `,"display":`...), m.Display)
	}
	dst = scim.AppendString(append(dst, `,"type":`...), m.kind())
	return append(dst, '}')
}
