package server

import (
	"testing"

	"github.com/rosterhq/roster/scim/schema"
)

// withRequested extends users by attributes that are returned on request only.
func withRequested(c *Config) {
	types := schema.Core().Types()
	types[0].Extensions = append(types[0].Extensions, schema.Extension{Schema: &schema.Schema{ID: "urn:x:hr", Name: "HR", Attributes: []*schema.Attribute{
		{Name: "salary", Type: schema.Integer, Returned: schema.ReturnedRequest},
		{Name: "desk", Type: schema.Complex, SubAttributes: []*schema.Attribute{
			{Name: "room", Type: schema.String}, {Name: "code", Type: schema.String, Returned: schema.ReturnedRequest}}},
	}}})
	r, err := schema.NewRegistry(types)
	if err != nil {
		panic(err)
	}
	c.Registry, c.Backend = r, NewMemory(r)
}

// withoutPatch hides that the backend applies PATCH itself.
func withoutPatch(c *Config) {
	c.Backend = struct{ Backend }{c.Backend}
}

func TestReturnedOnRequest_ShownToTheWriter(t *testing.T) {
	t.Parallel()
	req(t, "R-SCHEMA-20", "R-PROJ-07")
	for name, change := range map[string]func(*Config){"patched by the backend": func(*Config) {}, "patched by the server": withoutPatch} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, withRequested, change)
			salary, code := "urn:x:hr.salary", "urn:x:hr.desk.code"
			a := h.user("ada", `"urn:x:hr":{"salary":1,"desk":{"room":"7","code":"c"}}`).wantAt(salary, 1).wantAt(code, "c")
			path := "/Users/" + a.id()
			h.do("GET", path, "").want(200).wantAt(salary, nil).wantAt(code, nil).wantAt("urn:x:hr.desk.room", "7")
			h.do("GET", path+"?attributes=urn:x:hr:salary", "").want(200).wantAt(salary, 1).wantAt(code, nil)
			h.do("PUT", path, `{"userName":"ada","urn:x:hr":{"salary":2,"desk":{"room":"7"}}}`).want(200).wantAt(salary, 2).wantAt(code, nil)
			h.do("PUT", path+"?attributes=userName", `{"userName":"ada","urn:x:hr":{"salary":2}}`).want(200).wantAt(salary, nil)
			for _, operation := range []string{
				`{"op":"add","path":"urn:x:hr:salary","value":3}`,
				`{"op":"replace","value":{"urn:x:hr":{"salary":4}}}`,
				`{"op":"replace","value":{"urn:x:hr:salary":5}}`,
			} {
				if a := h.do("PATCH", path, patchBody(operation)).want(200).wantAt(code, nil); a.at(salary) == nil {
					t.Errorf("%s: %s", operation, a.body)
				}
			}
			h.do("PATCH", path, patchBody(`{"op":"add","path":"urn:x:hr:desk.code","value":"d"}`)).want(200).wantAt(salary, nil).wantAt(code, "d")
			h.do("PATCH", path, patchBody(`{"op":"add","path":"title","value":"x"},{"op":"remove","path":"urn:x:hr:desk.code"}`)).want(200).wantAt(salary, nil).wantAt(code, nil)
		})
	}
}
