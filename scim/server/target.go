package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// kind is what a path addresses.
type kind int

const (
	kindRoot kind = iota
	kindRootSearch
	kindBulk
	kindMe
	kindServiceProviderConfig
	kindSchemas
	kindSchema
	kindResourceTypes
	kindResourceType
	kindCollection
	kindSearch
	kindResource
	kindCompletion
	kinds
)

// String names the kind in error details.
func (k kind) String() string {
	return [kinds]string{"the root", "/.search", "/Bulk", "/Me", "/ServiceProviderConfig", "/Schemas", "a schema",
		"/ResourceTypes", "a resource type", "a resource endpoint", "a search endpoint", "a resource", "the outcome of a request"}[k]
}

// target is a path resolved. typ is set for collections, their searches and resources; id for
// resources, schemas and resource types.
type target struct {
	kind kind
	typ  *schema.ResourceType
	id   string
}

// handlers is the routing table (RFC 7644 §3.2). OPTIONS is answered for every kind.
func handlers() [kinds]map[string]handler {
	get := func(h handler) map[string]handler {
		return map[string]handler{http.MethodGet: h, http.MethodHead: h}
	}
	collection := get((*exchange).list)
	collection[http.MethodPost] = (*exchange).create
	resource := get((*exchange).get)
	resource[http.MethodPut] = (*exchange).replace
	resource[http.MethodPatch] = (*exchange).patch
	resource[http.MethodDelete] = (*exchange).delete
	search := map[string]handler{http.MethodPost: (*exchange).search}
	return [kinds]map[string]handler{
		kindRoot:                  get((*exchange).list),
		kindRootSearch:            search,
		kindBulk:                  {http.MethodPost: (*exchange).bulk},
		kindServiceProviderConfig: get((*exchange).serviceProviderConfig),
		kindSchemas:               get((*exchange).schemas),
		kindSchema:                get((*exchange).schema),
		kindResourceTypes:         get((*exchange).resourceTypes),
		kindResourceType:          get((*exchange).resourceType),
		kindCollection:            collection,
		kindSearch:                search,
		kindResource:              resource,
		kindCompletion:            get((*exchange).completion),
	}
}

func allow(methods map[string]handler) string {
	names := []string{http.MethodOptions}
	for m := range methods {
		names = append(names, m)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// path returns the segments of a URL's path below the prefix, each decoded once. Empty segments are
// dropped: doubled and trailing slashes are what people make of a base URL, and a redirect would cost
// some clients their Authorization header.
func (c *Config) path(u *url.URL) ([]string, error) {
	escaped := u.EscapedPath()
	if c.Prefix != "" {
		rest, ok := strings.CutPrefix(escaped, c.Prefix)
		if !ok || rest != "" && rest[0] != '/' {
			return nil, noEndpoint("The path does not start with %s, the base of this service. Correct the base URL.", c.Prefix)
		}
		escaped = rest
	}
	return splitPath(escaped)
}

func splitPath(escaped string) ([]string, error) {
	segments := make([]string, 0, 2)
	for s := range strings.SplitSeq(escaped, "/") {
		if s == "" {
			continue
		}
		decoded, err := url.PathUnescape(s)
		if err != nil || !utf8.ValidString(decoded) {
			return nil, noEndpoint("The path segment %q is not percent-encoded UTF-8. Encode it as in RFC 3986.", scim.Abbreviate(s))
		}
		segments = append(segments, decoded)
	}
	return segments, nil
}

func noEndpoint(format string, args ...any) *scim.Error {
	return scim.Errorf(http.StatusNotFound, format, args...).WithRule("path.unknown")
}

// locate resolves path segments. Names are matched exactly (RFC 7644 §3.2); the error for others says
// what was probably meant.
func locate(reg *schema.Registry, path []string) (target, error) {
	if len(path) == 0 {
		return target{kind: kindRoot}, nil
	}
	if t := reg.TypeByEndpoint("/" + path[0]); t != nil {
		return locateResource(t, path)
	}
	switch path[0] {
	case "Me":
		return target{kind: kindMe}, nil
	case ".search", "Bulk", "ServiceProviderConfig", "ServiceProviderConfigs":
		if len(path) == 1 {
			k := map[string]kind{".search": kindRootSearch, "Bulk": kindBulk}[path[0]]
			if k == kindRoot {
				k = kindServiceProviderConfig
			}
			return target{kind: k}, nil
		}
	case "Schemas":
		return locateDefinition(path, kindSchemas, kindSchema)
	case "ResourceTypes":
		return locateDefinition(path, kindResourceTypes, kindResourceType)
	case completionEndpoint:
		if len(path) == 2 && validID(path[1]) {
			return target{kind: kindCompletion, id: path[1]}, nil
		}
	}
	return target{}, explainPath(reg, path)
}

func locateDefinition(path []string, list, one kind) (target, error) {
	switch len(path) {
	case 1:
		return target{kind: list}, nil
	case 2:
		return target{kind: one, id: path[1]}, nil
	}
	return target{}, noEndpoint("Nothing is addressed below %q. Shorten the path.", "/"+path[0]+"/"+scim.Abbreviate(path[1]))
}

func locateResource(t *schema.ResourceType, path []string) (target, error) {
	switch {
	case len(path) == 1:
		return target{kind: kindCollection, typ: t}, nil
	case len(path) > 2:
		return target{}, noEndpoint("Nothing is addressed below %q. Shorten the path to the resource.", t.Endpoint+"/"+scim.Abbreviate(path[1]))
	case path[1] == ".search":
		return target{kind: kindSearch, typ: t}, nil
	case path[1] == t.Endpoint[1:]:
		return target{}, noEndpoint("The path repeats %s. Remove it from the base URL configured at the client.", t.Endpoint).WithRule("path.doubled")
	case !validID(path[1]):
		return target{}, scim.NotFound(t.Name, path[1])
	}
	return target{kind: kindResource, typ: t, id: path[1]}, nil
}

// validID refuses what no backend has given out as an id, before it meets a database that cannot
// hold it.
func validID(id string) bool {
	return len(id) <= 256 && !strings.ContainsFunc(id, func(c rune) bool { return c < ' ' || c == 0x7f })
}

func explainPath(reg *schema.Registry, path []string) error {
	first := path[0]
	if first == "v2" || first == "v1" || first == "scim" {
		return noEndpoint("The path has an extra /%s. The base URL already ends where the endpoints begin; remove the repetition from the base URL configured at the client.", first).WithRule("path.doubled")
	}
	known := []string{"ServiceProviderConfig", "Schemas", "ResourceTypes", "Bulk"}
	for _, t := range reg.Types() {
		known = append(known, t.Endpoint[1:])
	}
	for _, name := range known {
		if strings.EqualFold(name, first) || strings.EqualFold(name, first+"s") {
			return noEndpoint("There is no endpoint %q. Did you mean /%s? Endpoint names are case-sensitive.", "/"+scim.Abbreviate(first), name)
		}
	}
	return noEndpoint("There is no endpoint %q. The endpoints are listed at /ResourceTypes.", "/"+scim.Abbreviate(first))
}
