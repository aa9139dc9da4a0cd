package server

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"testing"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

func TestTable_OwnResourceType(t *testing.T) {
	t.Parallel()
	req(t, "R-DISC-12", "R-DISC-21", "R-EXT-01")
	device := &schema.ResourceType{Name: "Device", Endpoint: "/Devices", Schema: &schema.Schema{ID: "urn:example:Device", Name: "Device", Attributes: []*schema.Attribute{
		{Name: "serial", Type: schema.String, Required: true, CaseExact: true, Uniqueness: schema.UniqueServer, Mutability: schema.Immutable},
		{Name: "ports", Type: schema.Integer}, {Name: "secret", Type: schema.String, Returned: schema.ReturnedNever},
		{Name: "lastSeen", Type: schema.DateTime},
	}}}
	reg, err := schema.NewRegistry([]*schema.ResourceType{device})
	if err != nil {
		t.Fatal(err)
	}
	h := newHarness(t, func(c *Config) { c.Registry, c.Backend = reg, NewMemory(reg) })
	body := func(serial, more string) string {
		return `{"schemas":["urn:example:Device"],"serial":"` + serial + `"` + more + `}`
	}
	path := "/Devices/" + h.do("POST", "/Devices", body("A1", `,"ports":10,"secret":"s"`)).want(201).wantAt("secret", nil).wantAt("active", nil).id()
	h.do("POST", "/Devices", body("A1", "")).wantError(409, scim.Uniqueness)
	h.do("POST", "/Devices", body("a1", `,"ports":9,"lastSeen":"2026-01-31T08:30:00+01:00"`)).want(201)
	h.do("POST", "/Devices", body("b", `,"ports":9.5`)).wantError(400, scim.InvalidValue)
	h.do("GET", "/Devices?sortBy=ports", "").want(200).wantAt("Resources.0.ports", 9).wantAt("Resources.1.ports", 10)
	h.do("GET", "/Devices?filter=ports+gt+9", "").want(200).wantAt("totalResults", 1)
	h.do("GET", "/Devices?filter=secret+pr", "").wantError(400, scim.InvalidFilter)
	h.do("GET", "/Devices?sortBy=secret", "").wantError(400, scim.InvalidPath)
	h.do("PUT", path, body("B2", "")).wantError(400, scim.Mutability)
	h.do("GET", "/ResourceTypes/Device", "").want(200).wantAt("endpoint", "/Devices").wantAt("schema", "urn:example:Device")
	h.do("GET", "/Users", "").want(404)
}

func TestPatch_ConcurrentOnesAllCount(t *testing.T) {
	t.Parallel()
	req(t, "R-ETAG-06")
	for name, backend := range map[string]func(*Config){"patcher": func(*Config) {}, "replace": func(c *Config) { c.Backend = struct{ Backend }{c.Backend} }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, backend)
			const n = 20
			path := "/Groups/" + h.group("staff").id()
			ids := make([]string, n)
			for i := range ids {
				ids[i] = h.user(fmt.Sprintf("u%d", i)).id()
			}
			var wait sync.WaitGroup
			for _, id := range ids {
				wait.Go(func() {
					h.do("PATCH", path, patchBody(`{"op":"add","path":"members","value":[{"value":"`+id+`"}]}`))
				})
			}
			wait.Wait()
			a := h.do("GET", path, "").want(200).wantAt("meta.version", fmt.Sprintf(`W/"%d"`, n+1))
			if got := len(a.list("members")); got != n {
				t.Errorf("%d members of %d", got, n)
			}
		})
	}
}

// brokenTable fails as told.
type brokenTable struct{ memory }

var errBroken = errors.New("disk full")

func (brokenTable) Save(context.Context, *Record) error { return errBroken }

func (b brokenTable) All(context.Context, string) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) { yield(nil, errBroken) }
}

func TestTable_FailuresAre500(t *testing.T) {
	t.Parallel()
	reg := schema.Core()
	h := newHarness(t, func(c *Config) { c.Registry, c.Backend = reg, FromTable(brokenTable{memory{}}, reg) })
	h.do("GET", "/Users", "").want(500)
	h.do("POST", "/Users", `{"userName":"ada"}`).want(500)
	h.do("POST", "/Groups", `{"displayName":"staff"}`).want(500)
	if o := h.last(); !errors.Is(o.Err, errBroken) {
		t.Errorf("observed %v", o.Err)
	}
	h.do("GET", "/Users/none", "").wantError(404, "")
}
