package server

import (
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

func TestServiceProviderConfig(t *testing.T) {
	t.Parallel()
	req(t, "R-DISC-01", "R-DISC-02", "R-DISC-03", "R-DISC-04", "R-DISC-06", "R-DISC-08", "R-DISC-14", "R-DISC-15")
	h := newHarness(t, func(c *Config) {
		c.Limits.BulkOperations, c.Limits.MaxCount = 7, 50
		c.CursorLifetime = time.Minute
		c.DocumentationURI = "https://directory.example/docs"
	})
	a := h.do("GET", "/ServiceProviderConfig?filter=x&count=abc&sortBy=nope", "").want(200).
		wantAt("schemas", []any{scim.ServiceProviderConfigSchema}).
		wantAt("patch.supported", true).wantAt("bulk.supported", true).wantAt("bulk.maxOperations", 7).wantAt("bulk.maxPayloadSize", 16<<20).
		wantAt("filter.supported", true).wantAt("filter.maxResults", 50).wantAt("changePassword.supported", false).
		wantAt("sort.supported", true).wantAt("etag.supported", true).
		wantAt("pagination.cursor", true).wantAt("pagination.defaultPaginationMethod", "index").wantAt("pagination.defaultPageSize", 50).
		wantAt("pagination.maxPageSize", 50).wantAt("pagination.cursorTimeout", 60).
		wantAt("authenticationSchemes.0.type", "oauthbearertoken").wantAt("authenticationSchemes.0.primary", true).
		wantAt("documentationUri", "https://directory.example/docs").
		wantAt("meta.location", testBase+"/ServiceProviderConfig").wantAt("meta.resourceType", "ServiceProviderConfig")
	conforms(t, a.doc, schema.ServiceProviderConfigSchema().Attributes, "")
}

// conforms checks that a document has only attributes of a schema, and the required ones: what is
// published at /Schemas holds for the discovery resources too.
func conforms(t *testing.T, doc scim.Object, attrs []*schema.Attribute, at string) {
	t.Helper()
	for key := range doc {
		known := at == "" && (key == "schemas" || key == "id" || key == "meta")
		for _, a := range attrs {
			known = known || a.Name == key
		}
		if !known {
			t.Errorf("%s%s is not in the schema", at, key)
		}
	}
	for _, a := range attrs {
		v, ok := doc[a.Name]
		if !ok {
			if a.Required {
				t.Errorf("%s%s is missing", at, a.Name)
			}
			continue
		}
		list, isList := v.([]any)
		if isList != a.MultiValued {
			t.Errorf("%s%s: list %v, multiValued %v", at, a.Name, isList, a.MultiValued)
		}
		if !isList {
			list = []any{v}
		}
		for _, e := range list {
			if obj, ok := e.(scim.Object); ok {
				conforms(t, obj, a.SubAttributes, at+a.Name+".")
			}
		}
	}
}

func TestServiceProviderConfig_TellsWhatIsOff(t *testing.T) {
	t.Parallel()
	req(t, "R-BULK-12")
	h := newHarness(t, func(c *Config) { c.DisableBulk, c.DisableETag = true, true })
	h.do("GET", "/ServiceProviderConfig", "").want(200).wantAt("bulk.supported", false).wantAt("bulk.maxOperations", 1000).wantAt("etag.supported", false)
	h.do("POST", "/Bulk", `{}`).want(501)
}

func TestSchemas(t *testing.T) {
	t.Parallel()
	req(t, "R-DISC-09", "R-DISC-10", "R-DISC-15", "R-DISC-16", "R-DISC-17", "R-DISC-18", "R-DISC-19", "R-DISC-22", "R-DISC-23")
	h := newHarness(t)
	a := h.do("GET", "/Schemas?count=1&startIndex=3&sortBy=id", "").want(200).wantAt("totalResults", 6).wantAt("itemsPerPage", 6).wantAt("startIndex", 1)
	for _, v := range a.list("Resources") {
		doc := v.(scim.Object)
		id := doc["id"].(string)
		if strings.Contains(id, "messages") {
			t.Errorf("%s is a message", id)
		}
		if id != scim.SchemaSchema { // which describes itself one level deeper than any other
			conforms(t, doc, schema.SchemaSchema().Attributes, "")
		}
		location := valueAt(doc, "meta.location").(string)
		path, ok := strings.CutPrefix(location, testBase)
		if !ok {
			t.Errorf("location %s", location)
		}
		h.do("GET", path, "").want(200).wantAt("id", id).wantAt("meta.location", location).wantAt("meta.resourceType", "Schema").wantAt("schemas.0", scim.SchemaSchema)
		h.do("GET", "/Schemas/"+strings.ToUpper(id), "").want(200).wantAt("id", id)
	}
	h.do("GET", "/Schemas?filter=id+pr", "").want(403)
	h.do("GET", "/Schemas/"+scim.ErrorMessage, "").want(404)
	if o := h.last(); o.Action != ActionDiscovery || o.Status != 404 {
		t.Errorf("observed %+v", o)
	}
}

func TestResourceTypes(t *testing.T) {
	t.Parallel()
	req(t, "R-DISC-11", "R-DISC-12", "R-DISC-13", "R-DISC-15", "R-DISC-22", "R-DISC-23")
	h := newHarness(t)
	a := h.do("GET", "/ResourceTypes", "").want(200).wantAt("totalResults", 2).wantAt("itemsPerPage", 2).wantAt("startIndex", 1)
	for _, v := range a.list("Resources") {
		doc := v.(scim.Object)
		conforms(t, doc, schema.ResourceTypeSchema().Attributes, "")
		name := doc["name"].(string)
		h.do("GET", "/ResourceTypes/"+name, "").want(200).wantAt("id", name).wantAt("meta.location", testBase+"/ResourceTypes/"+name)
		h.do("GET", "/Schemas/"+doc["schema"].(string), "").want(200)
		h.do("GET", doc["endpoint"].(string), "").want(200)
		extensions, _ := doc["schemaExtensions"].([]any)
		for _, e := range extensions {
			h.do("GET", "/Schemas/"+e.(scim.Object)["schema"].(string), "").want(200)
		}
	}
	h.do("GET", "/ResourceTypes?filter=name+pr", "").want(403)
}

func TestGroups_AreComputed(t *testing.T) {
	t.Parallel()
	req(t, "R-CORE-10", "R-CORE-11", "R-CORE-12", "R-SCHEMA-09", "R-SCHEMA-10")
	h := newHarness(t)
	ada := h.user("ada").id()
	inner := h.group("inner", ada, "unknown")
	outer := h.group("outer", inner.id()).id()
	// A circle of groups ends.
	h.do("PATCH", "/Groups/"+inner.id(), patchBody(`{"op":"add","path":"members","value":[{"value":"`+outer+`"}]}`)).want(204)
	inner.wantAt("members.0.value", ada).wantAt("members.0.type", "User").wantAt("members.0.$ref", testBase+"/Users/"+ada).wantAt("members.1", nil)
	h.do("GET", "/Groups/"+outer, "").wantAt("members.0.type", "Group").wantAt("members.0.$ref", testBase+"/Groups/"+inner.id())
	a := h.do("GET", "/Users/"+ada, "").
		wantAt("groups.0.value", inner.id()).wantAt("groups.0.display", "inner").wantAt("groups.0.type", "direct").wantAt("groups.0.$ref", testBase+"/Groups/"+inner.id()).
		wantAt("groups.1.value", outer).wantAt("groups.1.type", "indirect").wantAt("groups.2", nil)
	h.do("GET", strings.TrimPrefix(a.at("groups.0.$ref").(string), testBase), "").want(200)
	h.do("PATCH", "/Users/"+ada, patchBody(`{"op":"remove","path":"groups"}`)).wantError(400, scim.Mutability)
	h.do("GET", "/Users/"+ada+"?excludedAttributes=groups", "").wantAt("groups", nil)
}

func TestReferences_BecomeAbsolute(t *testing.T) {
	t.Parallel()
	req(t, "R-SCHEMA-09", "R-CORE-14")
	h := newHarness(t)
	boss := h.user("boss").id()
	for _, ref := range []string{`"$ref":"../Users/` + boss + `"`, `"$ref":"/Users/` + boss + `"`, `"$ref":"Users/` + boss + `"`, `"$ref":"` + testBase + `/Users/` + boss + `"`, `"displayName":"x"`} {
		a := h.user("u"+strings.Map(letters, ref), `"`+scim.EnterpriseUserSchema+`":{"manager":{"value":"`+boss+`",`+ref+`}}`)
		manager, _ := valueAt(a.doc[scim.EnterpriseUserSchema], "manager").(scim.Object)
		if manager["$ref"] != testBase+"/Users/"+boss {
			t.Errorf("%s: %v", ref, manager)
		}
	}
}
