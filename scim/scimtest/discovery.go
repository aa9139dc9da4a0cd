package scimtest

import (
	"strings"

	"github.com/rosterhq/roster/scim"
)

func discoveryChecks() []check {
	return []check{
		{"R-DISC-01", "ServiceProviderConfig is a single resource", "RFC 7644 §4", func(p *probe) {
			p.get("/ServiceProviderConfig").want(200).contains("schemas", scim.ServiceProviderConfigSchema).has("meta/location")
		}},
		{"R-DISC-02", "ServiceProviderConfig has every required member", "RFC 7643 §5", func(p *probe) {
			r := p.get("/ServiceProviderConfig").want(200)
			r.has("patch/supported", "bulk/supported", "filter/supported", "changePassword/supported", "sort/supported", "etag/supported",
				"authenticationSchemes/0/type", "authenticationSchemes/0/name", "authenticationSchemes/0/description")
			r.number("bulk/maxOperations")
			r.number("bulk/maxPayloadSize")
			r.number("filter/maxResults")
		}},
		{"R-DISC-03", "authentication schemes are of a known type", "RFC 7643 §5", func(p *probe) {
			r := p.get("/ServiceProviderConfig").want(200)
			for _, v := range r.list("authenticationSchemes") {
				if kind, _ := valueAt(v, "type").(string); !strings.Contains(" oauth oauth2 oauthbearertoken httpbasic httpdigest ", " "+kind+" ") {
					r.wrong("type %q", kind)
				}
			}
		}},
		{"R-DISC-09", "/Schemas lists the core schemas", "RFC 7644 §4", func(p *probe) {
			r := p.get("/Schemas").want(200).contains("schemas", scim.ListResponseMessage)
			for _, urn := range []string{scim.UserSchema, scim.GroupSchema} {
				if r.find("id", urn) == nil {
					r.wrong("%s is missing", urn)
				}
			}
		}},
		{"R-DISC-10", "a schema is found by its URN, and an unknown one is 404", "RFC 7644 §4", func(p *probe) {
			p.get("/Schemas/"+scim.UserSchema).want(200).is("id", scim.UserSchema)
			p.get("/Schemas/urn:scimtest:"+p.run).wantError("", 404)
		}},
		{"R-DISC-11", "a resource type is found by its name, and an unknown one is 404", "RFC 7644 §4", func(p *probe) {
			p.get("/ResourceTypes/User").want(200).is("name", "User").is("endpoint", "/Users").is("schema", scim.UserSchema)
			p.get("/ResourceTypes/Scimtest"+p.run).wantError("", 404)
		}},
		{"R-DISC-13", "the schemas of every resource type can be read", "RFC 7643 §6", func(p *probe) {
			for _, v := range p.get("/ResourceTypes").want(200).list("Resources") {
				urns := []any{valueAt(v, "schema")}
				extensions, _ := valueAt(v, "schemaExtensions").([]any)
				for _, e := range extensions {
					urns = append(urns, valueAt(e, "schema"))
				}
				for _, urn := range urns {
					s, _ := urn.(string)
					p.get("/Schemas/"+s).want(200).is("id", s)
				}
			}
		}},
		{"R-DISC-15", "a filter on discovery lists is refused or has no effect", "RFC 7644 §4", func(p *probe) {
			for _, path := range []string{"/Schemas", "/ResourceTypes"} {
				all := p.get(path).want(200)
				if r := p.get(path+"?filter=id+eq+%22x%22").want(200, 403); r.status == 200 {
					r.is("totalResults", all.at("totalResults"))
				}
			}
		}},
		{"R-DISC-16", "messages are not among the schemas", "RFC 7644 §3.1", func(p *probe) {
			r := p.get("/Schemas").want(200)
			for _, v := range r.list("Resources") {
				if id, _ := valueAt(v, "id").(string); strings.Contains(id, ":api:messages:") {
					r.wrong("%s is a message", id)
				}
			}
		}},
		{"R-DISC-19", "attribute definitions are complete", "RFC 7643 §7", func(p *probe) {
			r := p.get("/Schemas").want(200)
			for _, v := range r.list("Resources") {
				attributes, _ := valueAt(v, "attributes").([]any)
				for _, a := range attributes {
					for _, member := range []string{"name", "type", "multiValued", "required", "mutability", "returned"} {
						if valueAt(a, member) == nil {
							r.wrong("%v of attribute %v of %v is missing", member, valueAt(a, "name"), valueAt(v, "id"))
						}
					}
				}
			}
		}},
		{"R-DISC-22", "locations of discovery resources lead to them", "RFC 7643 §3.1", func(p *probe) {
			for _, path := range []string{"/Schemas", "/ResourceTypes"} {
				r := p.get(path).want(200)
				for _, v := range r.list("Resources") {
					location, _ := valueAt(v, "meta/location").(string)
					if !strings.Contains(location, "://") || !strings.Contains(location, path+"/") {
						r.wrong("location %q", location)
						continue
					}
					p.get(path+location[strings.LastIndexByte(location, '/'):]).want(200).is("meta/location", location)
				}
			}
		}},
		{"R-DISC-23", "discovery lists have the members of a ListResponse", "RFC 7644 §3.4.2", func(p *probe) {
			for _, path := range []string{"/Schemas", "/ResourceTypes"} {
				r := p.get(path).want(200)
				if n := len(r.list("Resources")); r.number("totalResults") != n || r.number("itemsPerPage") != n {
					r.wrong("%d resources", n)
				}
			}
		}},
	}
}

// find returns the resource of a list whose member has a value, nil when there is none.
func (r *reply) find(member, value string) any {
	for _, v := range r.list("Resources") {
		if valueAt(v, member) == value {
			return v
		}
	}
	return nil
}
