package acceptance

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// What RFC 7643 asks of resources, checked with the resource type whose schema has everything.
func TestRequirements_Resources(t *testing.T) {
	t.Parallel()
	const things = "/TestResources"
	converse(t, withTestResources(t), []requirement{
		{"R-SCHEMA-01 schemas names what is in use, each once", func(c talk) {
			u := c.create("/Users", `"`+enterprise+`":{"department":"D"}`).is("schemas", `["urn:ietf:params:scim:schemas:core:2.0:User","`+enterprise+`"]`)
			c.patch(u.path("/Users"), `{"op":"remove","path":"`+enterprise+`:department"}`).want(200).is("schemas", `["urn:ietf:params:scim:schemas:core:2.0:User"]`)
			c.patch(u.path("/Users"), `{"op":"add","path":"schemas","value":["urn:ietf:params:scim:schemas:core:2.0:User"]}`).want(200).is("schemas", `["urn:ietf:params:scim:schemas:core:2.0:User"]`)
		}},
		{"R-SCHEMA-02 schemas comes under every projection", func(c talk) {
			r := c.create(things, "")
			for _, query := range []string{"?attributes=identifier", "?attributes=none", "?excludedAttributes=schemas"} {
				c.get(r.path(things)+query).want(200).is("schemas", r.at("schemas"))
			}
		}},
		{"R-SCHEMA-05 booleans come back as booleans", func(c talk) {
			c.create(things, `"booleanAttr":"True","complexAttr":{"sub3":false}`).is("booleanAttr", true).is("complexAttr/sub3", false)
			c.send("POST", things, newThing(things, "bool", `"booleanAttr":"yes"`)).wantError(400, "invalidValue")
			c.send("POST", things, newThing(things, "bool", `"booleanAttr":1`)).wantError(400, "invalidValue")
		}},
		{"R-SCHEMA-06 integers have neither fraction nor exponent", func(c talk) {
			r := c.create(things, `"integerAttr":-90071992547409931,"multiIntegers":[1e2,3.0]`)
			for _, want := range []string{`"integerAttr":-90071992547409931`, `"multiIntegers":[100,3]`} {
				if !strings.Contains(string(r.ex.Answer.Body), want) {
					c.t.Errorf("want %s\n%s", want, r.ex)
				}
			}
			c.send("POST", things, newThing(things, "int", `"integerAttr":1.5`)).wantError(400, "invalidValue")
			c.send("POST", things, newThing(things, "int", `"integerAttr":"x"`)).wantError(400, "invalidValue")
		}},
		{"R-SCHEMA-07 date-times are instants", func(c talk) {
			r := c.create(things, `"dateTimeAttr":"2008-01-23T04:56:22+02:00"`).is("dateTimeAttr", "2008-01-23T04:56:22+02:00")
			c.find(things, `dateTimeAttr eq "2008-01-23T02:56:22.000Z"`).want(200).is("totalResults", 1).is("Resources/0/id", r.text("id"))
			if created := r.text("meta/created"); !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`).MatchString(created) {
				c.t.Errorf("created %q", created)
			}
			for _, bad := range []string{"2008-01-23", "04:56:22Z", "2008-13-23T04:56:22Z", "x"} {
				c.send("POST", things, newThing(things, "time", fmt.Sprintf(`"dateTimeAttr":%q`, bad))).wantError(400, "invalidValue")
			}
		}},
		{"R-SCHEMA-08 binary values are base64", func(c talk) {
			c.create(things, `"binaryAttr":"aGVsbG8="`).is("binaryAttr", "aGVsbG8=")
			c.create(things, `"binaryAttr":"aGVsbG8"`)
			c.send("POST", things, newThing(things, "binary", `"binaryAttr":"a*b"`)).wantError(400, "invalidValue")
		}},
		{"R-SCHEMA-09 references may be relative, and compare exactly", func(c talk) {
			r := c.create(things, `"referenceAttr":"../Users/X-`+c.source.Slug+`"`).is("referenceAttr", "../Users/X-"+c.source.Slug)
			c.find(things, `referenceAttr eq "../Users/X-`+c.source.Slug+`"`).want(200).is("totalResults", 1).is("Resources/0/id", r.text("id"))
			c.find(things, `referenceAttr eq "../users/x-`+c.source.Slug+`"`).want(200).is("totalResults", 0)
		}},
		{"R-SCHEMA-10 a reference leads to the resource", func(c talk) {
			u := c.create("/Users", "")
			g := c.create("/Groups", `"members":[{"value":"`+u.text("id")+`"}]`)
			ref := g.text("members/0/$ref")
			c.get(ref[strings.Index(ref, c.source.Base())+len(c.source.Base()):]).want(200).is("id", u.text("id"))
			back := c.get(u.path("/Users")).text("groups/0/$ref")
			c.get(back[strings.Index(back, c.source.Base())+len(c.source.Base()):]).want(200).is("id", g.text("id"))
		}},
		{"R-SCHEMA-12 one value at most is primary", func(c talk) {
			r := c.create(things, `"multiComplex":[{"value":"a","primary":true},{"value":"b","primary":false},{"value":"c"}]`).is("multiComplex/0/primary", true)
			r = c.patch(r.path(things), `{"op":"replace","path":"multiComplex[value eq \"c\"].primary","value":true}`).want(200)
			if n := strings.Count(string(r.ex.Answer.Body), `"primary":true`); n != 1 {
				c.t.Errorf("%d values are primary\n%s", n, r.ex)
			}
			c.send("POST", things, newThing(things, "two", `"multiComplex":[{"value":"a","primary":true},{"value":"b","primary":true}]`)).wantError(400, "invalidValue")
		}},
		{"R-SCHEMA-13 no value comes twice", func(c talk) {
			r := c.create(things, `"multiComplex":[{"value":"a","type":"work"},{"value":"a","type":"work"},{"value":"a","type":"home"}],"multiStrings":["x","x"]`)
			list, _ := r.at("multiComplex").([]any)
			if len(list) != 2 {
				c.t.Errorf("want two values\n%s", r.ex)
			}
			r.is("multiStrings", `["x"]`)
		}},
		{"R-SCHEMA-14 null, empty and absent are one", func(c talk) {
			c.create(things, `"integerAttr":null,"multiStrings":[],"complexAttr":null,"multiComplex":null`).
				is("integerAttr", nil).is("multiStrings", nil).is("complexAttr", nil).is("multiComplex", nil)
		}},
		{"R-SCHEMA-16 core attributes may stand under their URN", func(c talk) {
			name := "n-" + Random(6)
			c.send("POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"urn:ietf:params:scim:schemas:core:2.0:User":{"userName":"`+name+`"}}`).want(201).is("userName", name)
		}},
		{"R-SCHEMA-17 a required extension is required", func(c talk) {
			c.send("POST", things, `{"schemas":["`+testSchema+`"],"identifier":"x"}`).wantError(400, "invalidValue")
			c.send("POST", things, `{"schemas":["`+testSchema+`"],"identifier":"x","`+testExtension+`":{"extString":"y"}}`).wantError(400, "invalidValue")
			r := c.create(things, "")
			c.patch(r.path(things), `{"op":"remove","path":"`+testExtension+`:extRequired"}`).wantError(400, "mutability")
			c.patch(r.path(things), `{"op":"remove","path":"`+testExtension+`"}`).wantError(400, "mutability")
			c.get(r.path(things)).want(200).is(testExtension+"/extRequired", "x")
		}},
		{"R-SCHEMA-18 R-FILTER-09 caseExact decides", func(c talk) {
			mark := Random(6)
			c.create(things, `"caseExactString":"Ab`+mark+`","caseInsensitiveString":"Ab`+mark+`"`).is("caseInsensitiveString", "Ab"+mark)
			for filter, n := range map[string]int{
				`caseExactString eq "Ab` + mark + `"`: 1, `caseExactString eq "ab` + mark + `"`: 0, `caseExactString sw "aB"`: 0,
				`caseInsensitiveString eq "aB` + mark + `"`: 1, `caseInsensitiveString ew "` + strings.ToUpper(mark) + `"`: 1,
			} {
				c.find(things, filter+` and identifier pr`).want(200).is("totalResults", n)
			}
		}},
		{"R-SCHEMA-19 R-CREATE-09 R-PUT-06 immutable values are set once", func(c talk) {
			r := c.create(things, `"immutableAttr":"first","readOnlyAttr":"x","writeOnlyAttr":"y"`).is("immutableAttr", "first").is("readOnlyAttr", nil).is("writeOnlyAttr", nil)
			path, name := r.path(things), r.text("identifier")
			c.send("PUT", path, newThing(things, name, `"immutableAttr":"second"`)).wantError(400, "mutability")
			c.send("PUT", path, newThing(things, name, `"immutableAttr":"first"`)).want(200).is("immutableAttr", "first")
			c.send("PUT", path, newThing(things, name, "")).want(200).is("immutableAttr", "first")
			c.patch(path, `{"op":"replace","path":"immutableAttr","value":"second"}`).wantError(400, "mutability")
			c.patch(path, `{"op":"replace","path":"readOnlyAttr","value":"second"}`).wantError(400, "mutability")
			c.patch(path, `{"op":"replace","path":"writeOnlyAttr","value":"z"}`).want(200).is("writeOnlyAttr", nil)
			later := c.create(things, "")
			c.patch(later.path(things), `{"op":"add","path":"immutableAttr","value":"late"}`).want(200).is("immutableAttr", "late")
			c.patch(later.path(things), `{"op":"remove","path":"immutableAttr"}`).wantError(400, "mutability")
			later = c.create(things, "")
			c.send("PUT", later.path(things), newThing(things, later.text("identifier"), `"immutableAttr":"late"`)).want(200).is("immutableAttr", "late")
		}},
		{"R-SCHEMA-20 R-PROJ-07 returned decides what is answered", func(c talk) {
			r := c.create(things, `"requestOnlyAttr":"r","alwaysReturnedAttr":"a","writeOnlyAttr":"w","complexAttr":{"sub1":"s","secret":"q","onRequest":"o"}`).
				is("requestOnlyAttr", "r").is("alwaysReturnedAttr", "a").is("complexAttr", `{"sub1":"s","onRequest":"o"}`)
			path := r.path(things)
			c.get(path).want(200).is("requestOnlyAttr", nil).is("alwaysReturnedAttr", "a").is("complexAttr", `{"sub1":"s"}`)
			c.get(path+"?attributes=identifier").want(200).is("requestOnlyAttr", nil).is("alwaysReturnedAttr", "a").is("complexAttr", nil)
			c.get(path+"?attributes=requestOnlyAttr,writeOnlyAttr,complexAttr.onRequest,complexAttr.secret").want(200).
				is("requestOnlyAttr", "r").is("writeOnlyAttr", nil).is("complexAttr", `{"onRequest":"o"}`)
			c.get(path+"?excludedAttributes=alwaysReturnedAttr").want(200).is("alwaysReturnedAttr", "a").is("requestOnlyAttr", nil)
			c.patch(path, `{"op":"replace","path":"caseExactString","value":"x"}`).want(200).is("requestOnlyAttr", nil)
			c.patch(path, `{"op":"replace","path":"requestOnlyAttr","value":"s"}`).want(200).is("requestOnlyAttr", "s")
		}},
		{"R-SCHEMA-21 uniqueness is enforced", func(c talk) {
			mark := Random(6)
			r := c.create(things, `"uniqueString":"u`+mark+`","globalString":"g`+mark+`"`)
			taken := c.send("POST", things, newThing(things, Random(6), `"uniqueString":"U`+strings.ToUpper(mark)+`"`)).wantError(409, "uniqueness")
			if detail := taken.text("detail"); !strings.Contains(detail, r.text("id")) || strings.Contains(detail, `""`) {
				c.t.Errorf("detail %s", detail)
			}
			c.send("POST", things, newThing(things, Random(6), `"globalString":"g`+mark+`"`)).wantError(409, "uniqueness")
			c.create(things, `"globalString":"G`+mark+`"`)
			other := c.create(things, "")
			c.patch(other.path(things), `{"op":"add","path":"uniqueString","value":"u`+mark+`"}`).wantError(409, "uniqueness")
			c.send("PUT", other.path(things), newThing(things, r.text("identifier"), "")).wantError(409, "uniqueness")
			c.send("DELETE", r.path(things), "").want(204)
			c.create(things, `"uniqueString":"u`+mark+`"`)
		}},
		{"R-SCHEMA-22 canonical values are a suggestion", func(c talk) {
			c.create(things, `"suggestedString":"blue","multiComplex":[{"value":"a","type":"elsewhere"}]`).is("suggestedString", "blue").is("multiComplex/0/type", "elsewhere")
		}},
		{"R-SCHEMA-23 what no schema defines is kept below an extension", func(c talk) {
			c.create("/Users", `"shoeSize":42,"urn:example:unknown":{"a":[1,{"b":"c"}]},"`+enterprise+`":{"floor":3}`).
				is("shoeSize", nil).is("urn:example:unknown", `{"a":[1,{"b":"c"}]}`).is(enterprise+"/floor", 3)
		}},
		{"R-SCHEMA-24 schemas are inferred", func(c talk) {
			c.send("POST", "/Users", `{"userName":"n-`+Random(6)+`"}`).want(201).is("schemas", `["urn:ietf:params:scim:schemas:core:2.0:User"]`)
			c.send("POST", "/Users", `{"schemas":["urn:scim:schemas:core:1.0"],"userName":"n-`+Random(6)+`"}`).want(201).is("schemas", `["urn:ietf:params:scim:schemas:core:2.0:User"]`)
		}},
		{"R-META-02 no id contains bulkId", func(c talk) {
			r := c.send("POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
				{"method":"POST","path":"/Users","bulkId":"q","data":{"userName":"n-`+Random(6)+`"}}]}`).want(200).is("Operations/0/status", "201")
			location := r.text("Operations/0/location")
			if !regexp.MustCompile(`/Users/[0-9a-f-]{36}$`).MatchString(location) || strings.Contains(strings.ToLower(location), "bulkid") {
				c.t.Errorf("location %q", location)
			}
		}},
		{"R-META-04 externalId is the client's, exact, and not unique", func(c talk) {
			mark := "E" + Random(6)
			c.create("/Users", `"externalId":"`+mark+`"`).is("externalId", mark)
			c.create("/Users", `"externalId":"`+mark+`"`)
			c.find("/Users", `externalId eq "`+mark+`"`).want(200).is("totalResults", 2)
			c.find("/Users", `externalId eq "`+strings.ToLower(mark)+`"`).want(200).is("totalResults", 0)
		}},
		{"R-META-09 meta is part of the default representation", func(c talk) {
			r := c.create(things, `"meta":{"created":"2001-01-01T00:00:00Z"}`)
			c.get(r.path(things)+"?attributes=meta.created").want(200).is("meta", map[string]any{"created": r.at("meta/created")})
			c.get(r.path(things)+"?attributes=identifier").want(200).is("meta", nil)
		}},
		{"R-META-10 R-PUT-10 what changes nothing moves nothing", func(c talk) {
			r := c.create(things, `"multiStrings":["x"],"requestOnlyAttr":"r","complexAttr":{"sub1":"s"}`)
			path := r.path(things)
			for _, operation := range []string{`{"op":"add","path":"multiStrings","value":["x"]}`, `{"op":"replace","path":"complexAttr.sub1","value":"s"}`, `{"op":"remove","path":"integerAttr"}`} {
				c.patch(path, operation).want(200).is("meta", r.at("meta"))
			}
			c.send("PUT", path, newThing(things, r.text("identifier"), `"multiStrings":["x"],"requestOnlyAttr":"r","complexAttr":{"sub1":"s"}`)).want(200).is("meta", r.at("meta"))
		}},
		{"R-SEC-01 R-CORE-05 passwords are taken and forgotten", func(c talk) {
			u := c.create("/Users", `"password":"S3cret-`+c.source.Slug+`"`).is("password", nil)
			c.get(u.path("/Users")+"?attributes=password").want(200).is("password", nil)
			c.get("/ServiceProviderConfig").want(200).is("changePassword/supported", false)
			if strings.Contains(string(c.get("/Schemas").ex.Answer.Body), `"password"`) {
				c.t.Error("password is among the published attributes")
			}
			keepSecret("S3cret-" + c.source.Slug)
		}},
	})
}
