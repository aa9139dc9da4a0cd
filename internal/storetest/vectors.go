package storetest

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// vectorFile holds the filter vectors, as seen from the folder of a store's tests.
const vectorFile = "../acceptance/testdata/vectors/filter.json"

// hrSchema is the extension of the vectors.
const hrSchema = "urn:example:params:scim:schemas:extension:hr:2.0:User"

type vectors struct {
	AttributeTypes map[string]json.RawMessage `json:"attributeTypes"`
	Fixtures       map[string]json.RawMessage `json:"fixtures"`
	Vectors        []struct {
		ID, Endpoint, Filter string
		MatchesInSet         []string
		Error                any
	} `json:"vectors"`
}

// testVectors runs the filter vectors. Unlike a server, a store takes times and missing attributes as they
// are, so here every vector counts.
func testVectors(f *fixture) {
	file := f.vectors()
	types := f.vectorTypes(file)
	objects, names := map[directory.ResourceID]scim.Object{}, map[directory.ResourceID]string{}
	src := f.alone("vectors")
	for _, name := range slices.Sorted(maps.Keys(file.Fixtures)) {
		obj := f.decode(file.Fixtures[name])
		id := directory.ResourceID(obj["id"].(string))
		meta := obj["meta"].(scim.Object)
		body := maps.Clone(obj)
		for _, kept := range []string{"meta", "groups", "members"} { // in columns and rows
			delete(body, kept)
		}
		r := record(src, types.TypeByName(meta["resourceType"].(string)), id, body, start)
		r.Created, r.Modified = f.instant(meta["created"]), f.instant(meta["lastModified"])
		f.update(func(w directory.Writer) error { return w.InsertResource(f.Context(), r) })
		objects[id], names[id] = obj, name
	}
	for id, obj := range objects {
		var members []directory.ResourceID
		list, _ := obj["members"].([]any)
		for _, m := range list {
			members = append(members, directory.ResourceID(m.(scim.Object)["value"].(string)))
		}
		if members != nil {
			f.update(func(w directory.Writer) error {
				_, err := w.AddMembers(f.Context(), src, id, members, start)
				return err
			})
		}
	}
	for _, v := range file.Vectors {
		if v.Error != nil {
			continue
		}
		e, err := filter.Parse(v.Filter, filter.Limits{})
		if err != nil {
			f.Errorf("%s: %v", v.ID, err)
			continue
		}
		got := []string{}
		for _, typ := range types.Types() {
			bind := filter.Bind
			if v.Endpoint == "/" {
				bind = filter.BindAny
			} else if v.Endpoint != typ.Endpoint {
				continue
			}
			q := &directory.ResourceQuery{Source: src, Type: typ, Limit: 100}
			if q.Filter, err = bind(e, typ); err != nil {
				f.Errorf("%s: %v", v.ID, err)
				continue
			}
			q.Match = func(_ context.Context, _ directory.Reader, rec *directory.Record) (bool, error) {
				return q.Filter.Match(objects[rec.ID]), nil
			}
			for _, id := range f.list(q) {
				got = append(got, names[id])
			}
		}
		slices.Sort(got)
		slices.Sort(v.MatchesInSet)
		if !slices.Equal(got, v.MatchesInSet) {
			f.Errorf("%s %s: got %v, want %v", v.ID, v.Filter, got, v.MatchesInSet)
		}
	}
}

func (f *fixture) vectors() (file vectors) {
	f.Helper()
	data, err := os.ReadFile(vectorFile)
	if err == nil {
		err = json.Unmarshal(data, &file)
	}
	if err != nil || len(file.Vectors) < 100 {
		f.Fatalf("%d vectors in %s: %v", len(file.Vectors), vectorFile, err)
	}
	return file
}

// vectorTypes are the core types with the extension of the vectors, of which everything is indexed that
// can be.
func (f *fixture) vectorTypes(file vectors) *schema.Registry {
	f.Helper()
	hr := &schema.Schema{ID: hrSchema, Name: "HR", Attributes: f.attributes(file.AttributeTypes[hrSchema])}
	types := schema.Core().Types()
	for _, t := range types {
		if t.Name == directory.UserType {
			t.Extensions = append(t.Extensions, schema.Extension{Schema: hr})
		}
	}
	r, err := schema.NewRegistry(types)
	if err != nil {
		f.Fatal(err)
	}
	return r
}

func (f *fixture) attributes(raw json.RawMessage) (attrs []*schema.Attribute) {
	f.Helper()
	var types map[string]struct {
		Type                   schema.Type
		MultiValued, CaseExact bool
		SubAttributes          json.RawMessage
	}
	if err := json.Unmarshal(raw, &types); err != nil {
		f.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		a := types[name]
		attr := &schema.Attribute{Name: name, Type: a.Type, MultiValued: a.MultiValued, CaseExact: a.CaseExact, Indexed: a.Type != schema.Complex}
		if a.SubAttributes != nil {
			attr.SubAttributes = f.attributes(a.SubAttributes)
		}
		attrs = append(attrs, attr)
	}
	return attrs
}

func (f *fixture) decode(raw []byte) scim.Object {
	f.Helper()
	obj, err := scim.DecodeObject(raw, scim.Limits{})
	if err != nil {
		f.Fatal(err)
	}
	return obj
}

func (f *fixture) instant(v any) time.Time {
	f.Helper()
	at, err := schema.ParseDateTime(v.(string))
	if err != nil {
		f.Fatal(err)
	}
	return at
}
