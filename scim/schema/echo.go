package schema

import (
	"slices"

	"github.com/rosterhq/roster/scim"
)

// Echo returns p with the attributes of body that are returned on request only: the answer to a write
// shows them when the client sent them (RFC 7643 §7, "returned"). body is what a write stores or the
// value of a PATCH operation without a path, whose keys may be paths. A projection by name, which says
// what is wanted, stays as it is.
func (p Projection) Echo(t *ResourceType, body scim.Object) Projection {
	if p.mode == projectNamed || !t.hidesSent {
		return p
	}
	for key, v := range body {
		p = p.EchoPath(t, key, v)
	}
	return p
}

// EchoPath is Echo for a value that was sent for one path without filter, see ResolvePath, or for an
// extension.
func (p Projection) EchoPath(t *ResourceType, path string, v any) Projection {
	if p.mode == projectNamed || !t.hidesSent {
		return p
	}
	if ref, ok := t.ResolvePath(path); ok {
		return p.echo(ref, v)
	}
	if x := t.Extension(path); x != nil {
		ext, _ := v.(scim.Object)
		for name, v := range ext {
			if ref, ok := t.Resolve(x.Schema.ID, name, ""); ok {
				p = p.echo(ref, v)
			}
		}
	}
	return p
}

func (p Projection) echo(ref Ref, v any) Projection {
	switch {
	case ref.Leaf().Mutability == ReadOnly: // sent in vain
	case ref.Attr.Returned == ReturnedRequest:
		p.sent = append(slices.Clip(p.sent), pick{urn: ref.URN, attr: ref.Attr})
	case ref.Leaf().Returned == ReturnedRequest:
		p.sent = append(slices.Clip(p.sent), pick{urn: ref.URN, attr: ref.Attr, sub: ref.Sub})
	}
	if ref.Sub != nil || ref.Attr.Type != Complex {
		return p
	}
	elements, ok := v.([]any)
	if !ok {
		elements = []any{v}
	}
	for _, element := range elements {
		obj, _ := element.(scim.Object)
		for name := range obj {
			if sub := ref.Attr.Sub(name); sub != nil && sub.Returned == ReturnedRequest && sub.Mutability != ReadOnly {
				p.sent = append(slices.Clip(p.sent), pick{urn: ref.URN, attr: ref.Attr, sub: sub})
			}
		}
	}
	return p
}

// echoes reports whether the client sent a value at ref.
func (p Projection) echoes(ref Ref) bool {
	return slices.ContainsFunc(p.sent, func(k pick) bool {
		// What contains the value has to be there too.
		return k.covers(ref) && (ref.Sub == nil || k.sub != nil && k.takes(ref.Sub))
	})
}

// HidesSent reports whether t has attributes that clients set and that answers leave out by default: those
// returned never, or on request only (RFC 7643 §7).
func (t *ResourceType) HidesSent() bool { return t.hidesSent }

func hideSent(t *ResourceType) bool {
	return anySentHidden(t.Schema.Attributes) ||
		slices.ContainsFunc(t.Extensions, func(x Extension) bool { return anySentHidden(x.Schema.Attributes) })
}

func anySentHidden(attrs []*Attribute) bool {
	return slices.ContainsFunc(attrs, func(a *Attribute) bool {
		return a.Mutability != ReadOnly && !a.Discarded &&
			(a.Returned == ReturnedRequest || a.Returned == ReturnedNever || anySentHidden(a.SubAttributes))
	})
}
