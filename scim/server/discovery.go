package server

import (
	"net/http"
	"net/url"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// serviceProviderConfig answers with what this server supports (RFC 7643 §5, RFC 9865 §4). Query
// parameters are ignored (RFC 7644 §4).
func (x *exchange) serviceProviderConfig() error {
	x.seen.Action = ActionDiscovery
	lim := x.cfg.Limits
	doc := scim.Object{
		"schemas": []any{scim.ServiceProviderConfigSchema},
		"patch":   scim.Object{"supported": true},
		"bulk": scim.Object{
			"supported": !x.cfg.DisableBulk, "maxOperations": lim.BulkOperations, "maxPayloadSize": lim.BulkBytes,
		},
		"filter":         scim.Object{"supported": true, "maxResults": lim.MaxCount},
		"changePassword": scim.Object{"supported": false},
		"sort":           scim.Object{"supported": true},
		"etag":           scim.Object{"supported": !x.cfg.DisableETag},
		"pagination": scim.Object{
			"cursor": true, "index": true, "defaultPaginationMethod": "index",
			"defaultPageSize": lim.DefaultCount, "maxPageSize": lim.MaxCount,
			"cursorTimeout": int64(x.cfg.CursorLifetime / time.Second),
		},
		"authenticationSchemes": x.authenticationSchemes(),
		"meta": scim.Object{
			"resourceType": "ServiceProviderConfig", "location": x.base + "/ServiceProviderConfig",
		},
	}
	if x.cfg.DocumentationURI != "" {
		doc["documentationUri"] = x.cfg.DocumentationURI
	}
	if err := x.securityEvents(doc); err != nil {
		return err
	}
	return x.send(http.StatusOK, scim.AppendJSON(nil, doc))
}

func (x *exchange) authenticationSchemes() []any {
	list := make([]any, len(x.cfg.AuthenticationSchemes))
	for i, a := range x.cfg.AuthenticationSchemes {
		scheme := scim.Object{"type": a.Type, "name": a.Name, "description": a.Description}
		if a.SpecURI != "" {
			scheme["specUri"] = a.SpecURI
		}
		if a.DocumentationURI != "" {
			scheme["documentationUri"] = a.DocumentationURI
		}
		if a.Primary {
			scheme["primary"] = true
		}
		list[i] = scheme
	}
	return list
}

// schemas answers GET /Schemas with every schema at once (RFC 7644 §4).
func (x *exchange) schemas() error {
	docs := make([]any, 0, len(x.registry.Schemas()))
	for _, s := range x.registry.Schemas() {
		docs = append(docs, x.schemaDocument(s))
	}
	return x.discoveryList(docs)
}

func (x *exchange) schema() error {
	x.seen.Action = ActionDiscovery
	s := x.registry.Schema(x.target.id)
	if s == nil {
		return scim.Errorf(http.StatusNotFound, "There is no schema %q. The schemas are listed at /Schemas.", scim.Abbreviate(x.target.id))
	}
	return x.send(http.StatusOK, scim.AppendJSON(nil, x.schemaDocument(s)))
}

func (x *exchange) schemaDocument(s *schema.Schema) scim.Object {
	return located(s.Document(), x.base+"/Schemas/"+url.PathEscape(s.ID))
}

// resourceTypes answers GET /ResourceTypes with every type at once (RFC 7644 §4).
func (x *exchange) resourceTypes() error {
	docs := make([]any, 0, len(x.registry.Types()))
	for _, t := range x.registry.Types() {
		docs = append(docs, x.resourceTypeDocument(t))
	}
	return x.discoveryList(docs)
}

func (x *exchange) resourceType() error {
	x.seen.Action = ActionDiscovery
	t := x.registry.TypeByName(x.target.id)
	if t == nil {
		return scim.Errorf(http.StatusNotFound, "There is no resource type %q. The resource types are listed at /ResourceTypes.", scim.Abbreviate(x.target.id))
	}
	return x.send(http.StatusOK, scim.AppendJSON(nil, x.resourceTypeDocument(t)))
}

func (x *exchange) resourceTypeDocument(t *schema.ResourceType) scim.Object {
	return located(t.Document(), x.base+"/ResourceTypes/"+url.PathEscape(t.Name))
}

func located(doc scim.Object, url string) scim.Object {
	m, _ := doc["meta"].(scim.Object)
	if m == nil {
		m = scim.Object{}
		doc["meta"] = m
	}
	m["location"] = url
	return doc
}

// discoveryList answers a whole list. A filter is refused, because its answer could be taken for all
// there is (RFC 7644 §4); paging and sorting are ignored.
func (x *exchange) discoveryList(docs []any) error {
	x.seen.Action = ActionDiscovery
	x.seen.Total = len(docs)
	if x.params.filter.sent {
		return scim.Errorf(http.StatusForbidden, "This endpoint cannot be filtered. Read the whole list.")
	}
	return x.send(http.StatusOK, scim.AppendJSON(nil, scim.Object{
		"schemas":      []any{scim.ListResponseMessage},
		"totalResults": len(docs),
		"startIndex":   1,
		"itemsPerPage": len(docs),
		"Resources":    docs,
	}))
}
