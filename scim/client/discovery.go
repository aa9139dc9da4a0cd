package client

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// ServiceProviderConfig is what a provider says that it supports (RFC 7643 §5, RFC 9865 §4).
type ServiceProviderConfig struct {
	Patch, Bulk, Filter, ChangePassword, Sort, ETag, Cursor bool
	// MaxOperations and MaxPayloadSize (in bytes) bound bulk requests, MaxResults a page; 0 when the
	// provider does not tell.
	MaxOperations, MaxPayloadSize, MaxResults int
	// AuthenticationSchemes are the types, such as "oauthbearertoken".
	AuthenticationSchemes []string
	// Object is the whole document.
	Object scim.Object
}

// ServiceProviderConfig reads what the provider supports.
func (c *Client) ServiceProviderConfig(ctx context.Context) (*ServiceProviderConfig, error) {
	a, err := c.send(ctx, http.MethodGet, "/ServiceProviderConfig", nil, nil, "")
	if err != nil {
		return nil, err
	}
	d := a.doc
	p := &ServiceProviderConfig{
		Patch: supported(d, "patch", "supported"), Bulk: supported(d, "bulk", "supported"), Filter: supported(d, "filter", "supported"),
		ChangePassword: supported(d, "changePassword", "supported"), Sort: supported(d, "sort", "supported"),
		ETag: supported(d, "etag", "supported"), Cursor: supported(d, "pagination", "cursor"),
		MaxOperations: integer(d, "bulk", "maxOperations"), MaxPayloadSize: integer(d, "bulk", "maxPayloadSize"),
		MaxResults: integer(d, "filter", "maxResults"), Object: d,
	}
	schemes, _ := d["authenticationSchemes"].([]any)
	for _, v := range schemes {
		scheme, _ := v.(scim.Object)
		if t, ok := scheme["type"].(string); ok {
			p.AuthenticationSchemes = append(p.AuthenticationSchemes, t)
		}
	}
	return p, nil
}

func supported(doc scim.Object, feature, name string) bool {
	f, _ := doc[feature].(scim.Object)
	return f[name] == true
}

func integer(doc scim.Object, feature, name string) int {
	f, _ := doc[feature].(scim.Object)
	s, _ := f[name].(scim.Number)
	n, err := strconv.Atoi(string(s))
	if err != nil {
		return 0
	}
	return n
}

// Schemas reads the schemas (RFC 7644 §4).
func (c *Client) Schemas(ctx context.Context) ([]*schema.Schema, error) {
	page, err := c.Page(ctx, "/Schemas", Query{}, 1, "")
	if err != nil {
		return nil, err
	}
	list := make([]*schema.Schema, len(page.Resources))
	for i, res := range page.Resources {
		if list[i], err = schema.ParseSchema(res.Object); err != nil {
			return nil, fmt.Errorf("schema %q: %w", scim.Abbreviate(res.ID), err)
		}
	}
	return list, nil
}

// ResourceTypes reads the resource types with their schemas.
func (c *Client) ResourceTypes(ctx context.Context) ([]*schema.ResourceType, error) {
	schemas, err := c.Schemas(ctx)
	if err != nil {
		return nil, err
	}
	lookup := func(urn string) *schema.Schema {
		for _, s := range schemas {
			if schema.EqualName(s.ID, urn) {
				return s
			}
		}
		return nil
	}
	page, err := c.Page(ctx, "/ResourceTypes", Query{}, 1, "")
	if err != nil {
		return nil, err
	}
	list := make([]*schema.ResourceType, len(page.Resources))
	for i, res := range page.Resources {
		if list[i], err = schema.ParseResourceType(res.Object, lookup); err != nil {
			return nil, fmt.Errorf("resource type %q: %w", scim.Abbreviate(res.ID), err)
		}
	}
	return list, nil
}
