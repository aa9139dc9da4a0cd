package client

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// Resource is a resource as the provider returned it.
type Resource struct {
	ID string
	// Version is meta.version, or the ETag header where there is no body.
	Version scim.Version
	// Location is meta.location.
	Location string
	// Object is the representation; nil when the provider answered without one.
	Object scim.Object
}

// Selection is what of a resource is to be returned (RFC 7644 §3.9). The zero value is the default.
type Selection struct {
	Attributes, ExcludedAttributes []string
}

func (s Selection) values() url.Values {
	q := url.Values{}
	if len(s.Attributes) > 0 {
		q.Set("attributes", strings.Join(s.Attributes, ","))
	}
	if len(s.ExcludedAttributes) > 0 {
		q.Set("excludedAttributes", strings.Join(s.ExcludedAttributes, ","))
	}
	return q
}

// Operation is one operation of a PATCH (RFC 7644 §3.5.2).
type Operation struct {
	// Op is add, remove or replace.
	Op string
	// Path may be empty for add and replace.
	Path string
	// Value is left out when it is nil.
	Value any
}

func path(endpoint, id string) string { return endpoint + "/" + url.PathEscape(id) }

// Get reads a resource of an endpoint such as "/Users".
func (c *Client) Get(ctx context.Context, endpoint, id string, sel Selection) (*Resource, error) {
	return c.resource(ctx, http.MethodGet, path(endpoint, id), sel, nil, "")
}

// Create makes a resource.
func (c *Client) Create(ctx context.Context, endpoint string, obj scim.Object, sel Selection) (*Resource, error) {
	return c.resource(ctx, http.MethodPost, endpoint, sel, obj, "")
}

// Replace puts obj in place of a resource. Unless version is empty, it must be the current one.
func (c *Client) Replace(ctx context.Context, endpoint, id string, obj scim.Object, version scim.Version, sel Selection) (*Resource, error) {
	return c.resource(ctx, http.MethodPut, path(endpoint, id), sel, obj, version)
}

// Patch changes a resource. Unless version is empty, it must be the current one. A provider may
// answer without a body; then the result has ID and Version only.
func (c *Client) Patch(ctx context.Context, endpoint, id string, ops []Operation, version scim.Version, sel Selection) (*Resource, error) {
	res, err := c.resource(ctx, http.MethodPatch, path(endpoint, id), sel, patchMessage(ops), version)
	if err == nil && res.ID == "" {
		res.ID = id
	}
	return res, err
}

func patchMessage(ops []Operation) scim.Object {
	list := make([]any, len(ops))
	for i, op := range ops {
		o := scim.Object{"op": op.Op}
		if op.Path != "" {
			o["path"] = op.Path
		}
		if op.Value != nil {
			o["value"] = op.Value
		}
		list[i] = o
	}
	return scim.Object{"schemas": []any{scim.PatchOpMessage}, "Operations": list}
}

// Delete removes a resource. Unless version is empty, it must be the current one.
func (c *Client) Delete(ctx context.Context, endpoint, id string, version scim.Version) error {
	_, err := c.send(ctx, http.MethodDelete, path(endpoint, id), nil, nil, version)
	return err
}

func (c *Client) resource(ctx context.Context, method, path string, sel Selection, body scim.Object, version scim.Version) (*Resource, error) {
	a, err := c.send(ctx, method, path, sel.values(), body, version)
	if err != nil {
		return nil, err
	}
	res := newResource(a.doc)
	if res.Version == "" {
		res.Version = scim.Version(a.header.Get("ETag"))
	}
	if res.Location == "" {
		res.Location = a.header.Get("Location")
	}
	return res, nil
}

func newResource(doc scim.Object) *Resource {
	res := &Resource{Object: doc}
	res.ID, _ = doc["id"].(string)
	meta, _ := doc["meta"].(scim.Object)
	version, _ := meta["version"].(string)
	res.Version = scim.Version(version)
	res.Location, _ = meta["location"].(string)
	return res
}
