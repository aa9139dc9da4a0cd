package server

import (
	"maps"
	"net/url"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// location returns the URL of a resource.
func location(base string, t *schema.ResourceType, id string) string {
	return base + t.Endpoint + "/" + url.PathEscape(id)
}

// meta returns the meta attribute of a resource (RFC 7643 §3.1).
func meta(base string, res *Resource) scim.Object {
	m := scim.Object{"resourceType": res.Type.Name, "location": location(base, res.Type, res.ID)}
	if !res.Created.IsZero() {
		m["created"] = schema.FormatDateTime(res.Created)
	}
	if !res.LastModified.IsZero() {
		m["lastModified"] = schema.FormatDateTime(res.LastModified)
	}
	if res.Version != "" {
		m["version"] = string(res.Version)
	}
	return m
}

// appendMeta appends the JSON text of meta without making the object.
func appendMeta(dst []byte, base string, res *Resource) []byte {
	dst = append(dst, `{"resourceType":`...)
	dst = scim.AppendString(dst, res.Type.Name)
	dst = appendTime(dst, `,"created":`, res.Created)
	dst = appendTime(dst, `,"lastModified":`, res.LastModified)
	dst = append(dst, `,"location":`...)
	dst = scim.AppendString(dst, location(base, res.Type, res.ID))
	if res.Version != "" {
		dst = append(dst, `,"version":`...)
		dst = scim.AppendString(dst, string(res.Version))
	}
	return append(dst, '}')
}

func appendTime(dst []byte, name string, t time.Time) []byte {
	if t.IsZero() {
		return dst
	}
	dst = append(append(dst, name...), '"')
	return append(schema.AppendDateTime(dst, t), '"')
}

// represent writes the representation of res under p.
func (x *exchange) represent(out *spill, res *Resource, p schema.Projection) error {
	if len(res.Raw) > 1 && (p.IsDefault() || res.Selected) {
		return x.splice(out, res)
	}
	obj := res.Object
	if obj == nil {
		decoded, err := decodeRaw(res)
		if err != nil {
			return err
		}
		obj = decoded
	}
	full := maps.Clone(obj)
	full["id"] = res.ID
	full["meta"] = meta(x.base, res)
	resolveReferences(full, res.Type, x.registry, x.base)
	selected := res.Type.Project(full, p)
	if res.Extra == nil || res.Object == nil {
		return out.grow(func(dst []byte) []byte { return res.Type.AppendJSON(dst, selected) })
	}
	err := out.grow(func(dst []byte) []byte {
		dst = res.Type.AppendJSON(dst, selected)
		return dst[:len(dst)-1]
	})
	if err != nil {
		return err
	}
	if err := res.Extra(out); err != nil {
		return err
	}
	return out.grow(func(dst []byte) []byte { return append(dst, '}') })
}

// splice puts what varies into the encoded representation that the backend keeps. Decoding and
// encoding it anew would cost many times as much.
func (x *exchange) splice(out *spill, res *Resource) error {
	if err := out.grow(func(dst []byte) []byte { return append(dst, res.Raw[:len(res.Raw)-1]...) }); err != nil {
		return err
	}
	if res.Extra != nil {
		if err := res.Extra(out); err != nil {
			return err
		}
	}
	return out.grow(func(dst []byte) []byte {
		dst = append(dst, `,"meta":`...)
		return append(appendMeta(dst, x.base, res), '}')
	})
}

// decodeRaw serves a projection when the backend gave only the encoded form.
func decodeRaw(res *Resource) (scim.Object, error) {
	raw := res.Raw
	if res.Extra != nil {
		whole := spill{buf: append([]byte(nil), raw[:len(raw)-1]...), limit: int(^uint(0) >> 1)}
		if err := res.Extra(&whole); err != nil {
			return nil, err
		}
		raw = append(whole.buf, '}')
	}
	const unlimited = 1 << 30
	return scim.DecodeObject(raw, scim.Limits{Depth: 1000, Keys: unlimited, StringBytes: unlimited, Bytes: unlimited})
}

// answer sends one resource. The version and the location also go into headers (RFC 7644 §3.14).
func (x *exchange) answer(status int, res *Resource, p schema.Projection) error {
	x.seen.ID = res.ID
	setResourceHeaders(x, res)
	out := x.newSpill(status, "")
	defer x.release(out)
	if err := x.represent(out, res, p); err != nil {
		return err
	}
	if out.started {
		return out.drain(0)
	}
	return x.send(status, out.buf)
}

func setResourceHeaders(x *exchange, res *Resource) {
	h, values := x.w.Header(), []string{location(x.base, res.Type, res.ID), string(res.Version)}
	h["Location"] = values[:1:1]
	if res.Version != "" {
		h["Etag"] = values[1:]
	}
}
