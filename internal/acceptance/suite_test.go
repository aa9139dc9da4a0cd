package acceptance

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSuite_EveryAttribute knows nothing but what /ResourceTypes and /Schemas say. For every attribute of
// every type it makes values, and checks that POST, PUT, PATCH, GET, projections and searches treat them
// as their characteristics say, sub-attribute by sub-attribute.
//
// Pins R-DISC-13, R-DISC-19, R-DISC-21, R-SCHEMA-19, R-SCHEMA-20, R-PUT-03, R-PUT-05, R-PROJ-01, R-PROJ-02,
// R-PROJ-03, R-PROJ-06, R-SEARCH-02.
func TestSuite_EveryAttribute(t *testing.T) {
	t.Parallel()
	source := withTestResources(t)
	for _, k := range (talk{t, source}).kinds() {
		t.Run(k.Name, func(t *testing.T) {
			for _, a := range k.Attributes {
				t.Run(a.path(), func(t *testing.T) {
					s := suite{talk{t, source}, k, a}
					if !a.writable() {
						s.readOnly()
						return
					}
					s.create()
					s.replace()
					s.patch()
					if a.Type == "complex" {
						s.parts()
					}
				})
			}
		})
	}
}

// suite checks one attribute.
type suite struct {
	talk
	kind resourceKind
	attr attribute
}

func (s suite) post(doc map[string]any) said {
	s.t.Helper()
	return s.send("POST", s.kind.Endpoint, quote(doc)).want(201)
}

// with is a minimal document with a value of the attribute, and the value.
func (s suite) with() (map[string]any, any) {
	doc, v := s.minimal(s.kind), s.value(s.attr)
	s.attr.put(doc, v)
	return doc, v
}

// holds wants a value of the attribute; parts that only the provider sets are its own affair.
func (s suite) holds(a said, prefix string, want any) said {
	s.t.Helper()
	got := a.at(prefix + s.attr.place())
	elements, ok := got.([]any)
	if !ok {
		elements = []any{got}
	}
	for _, element := range elements {
		obj, _ := element.(map[string]any)
		for _, sub := range s.attr.SubAttributes {
			if !sub.writable() {
				delete(obj, sub.Name)
			}
		}
	}
	return a.is(prefix+s.attr.place(), want)
}

// read checks what GET answers of a value, under each projection and to a search.
func (s suite) read(path string, v any) {
	s.t.Helper()
	a := s.attr
	id := path[strings.LastIndexByte(path, '/')+1:]
	s.holds(s.get(path).want(200), "", a.visible(v, false))
	s.onlyNamed(s.holds(s.get(path+"?attributes="+a.path()).want(200), "", a.visible(v, true)))
	without := a.visible(v, false)
	if a.Returned != "always" {
		without = nil
	}
	s.get(path+"?excludedAttributes="+a.path()).want(200).is(a.place(), without)
	filter := a.filter(v)
	if filter == "" {
		return
	}
	body := map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}, "filter": filter + ` and id eq "` + id + `"`, "attributes": []string{a.path()}}
	found := s.send("POST", s.kind.Endpoint+"/.search", quote(body)).want(200).is("totalResults", 1).is("Resources/0/id", id)
	s.holds(found, "Resources/0/", a.visible(v, true))
}

// onlyNamed wants nothing but the attribute and what is always returned.
func (s suite) onlyNamed(a said) {
	s.t.Helper()
	doc, _ := a.doc.(map[string]any)
	rest := maps.Clone(doc)
	delete(rest, "schemas")
	delete(rest, "id")
	delete(rest, s.attr.Name)
	for _, other := range s.kind.Attributes {
		if other.Returned == "always" {
			delete(rest, other.Name)
		}
	}
	if s.attr.urn != "" {
		delete(rest, s.attr.urn)
	}
	if len(rest) > 0 {
		s.t.Errorf("attributes=%s brought %v\n%s", s.attr.path(), rest, a.ex)
	}
}

func (s suite) create() {
	s.t.Helper()
	doc, v := s.with()
	made := s.post(doc).is(s.attr.place(), s.attr.visible(v, true))
	s.read(made.path(s.kind.Endpoint), v)
	bad := s.minimal(s.kind)
	s.attr.put(bad, []any{[]any{map[string]any{"x": 1}}})
	s.send("POST", s.kind.Endpoint, quote(bad)).wantError(400, "invalidValue")
	if s.attr.Uniqueness == "server" || s.attr.Uniqueness == "global" {
		again, _ := s.with()
		s.attr.put(again, v)
		s.send("POST", s.kind.Endpoint, quote(again)).wantError(409, "uniqueness")
	}
}

func (s suite) replace() {
	s.t.Helper()
	doc, v := s.with()
	made := s.post(doc)
	path := made.path(s.kind.Endpoint)
	s.send("PUT", path, quote(doc)).want(200).is(s.attr.place(), s.attr.visible(v, true)).is("meta", made.at("meta"))
	next := s.value(s.attr)
	s.attr.put(doc, next)
	if s.attr.Mutability == "immutable" {
		s.send("PUT", path, quote(doc)).wantError(400, "mutability")
		s.read(path, v)
		return
	}
	s.send("PUT", path, quote(doc)).want(200).is(s.attr.place(), s.attr.visible(next, true))
	s.read(path, next)
	if s.attr.Required {
		return
	}
	s.attr.put(doc, nil)
	s.send("PUT", path, quote(doc)).want(200)
	if s.attr.path() == "active" { // kept, so that nobody is locked out or let in by accident
		s.read(path, next)
		return
	}
	s.gone(path)
}

// gone wants no value of the attribute.
func (s suite) gone(path string) {
	s.t.Helper()
	var want any
	s.get(path).want(200).is(s.attr.place(), want)
	s.get(path+"?attributes="+s.attr.path()).want(200).is(s.attr.place(), want)
}

func (s suite) patch() {
	s.t.Helper()
	doc := s.minimal(s.kind)
	path := s.post(doc).path(s.kind.Endpoint)
	change := func(op string, v any) said {
		return s.talk.patch(path, patchOperation(op, s.attr.path(), v))
	}
	if !s.attr.Required {
		v := s.value(s.attr)
		change("add", v).want(200, 204)
		s.read(path, v)
	}
	next := s.value(s.attr)
	if s.attr.Mutability == "immutable" {
		change("replace", next).wantError(400, "mutability")
		change("remove", nil).wantError(400, "mutability")
		return
	}
	change("replace", next).want(200, 204)
	s.read(path, next)
	if s.attr.Required {
		change("remove", nil).wantError(400, "mutability")
		s.read(path, next)
		return
	}
	change("remove", nil).want(200, 204)
	s.gone(path)
}

// parts checks each sub-attribute of a complex attribute.
func (s suite) parts() {
	s.t.Helper()
	for _, sub := range s.attr.SubAttributes {
		doc, v := s.with()
		path := s.post(doc).path(s.kind.Endpoint)
		place, name := s.attr.place()+"/"+sub.Name, s.attr.path()+"."+sub.Name
		obj, _ := v.(map[string]any)
		if list, ok := v.([]any); ok {
			place = s.attr.place() + "/0/" + sub.Name
			obj, _ = list[0].(map[string]any)
		}
		if sent, ok := obj[sub.Name]; ok {
			only := s.get(path+"?attributes="+name).want(200).is(place, sub.visible(sent, true))
			if parent, ok := only.at(place[:len(place)-len(sub.Name)-1]).(map[string]any); ok && len(parent) != 1 {
				s.t.Errorf("attributes=%s brought its siblings\n%s", name, only.ex)
			}
			var without any
			s.get(path+"?excludedAttributes="+name).want(200).is(place, without)
		}
		next := s.value(sub)
		if len(sub.CanonicalValues) > 1 && cmp.Equal(next, obj[sub.Name]) {
			next = sub.CanonicalValues[1]
		}
		before := s.get(path).want(200)
		answer := s.talk.patch(path, patchOperation("replace", name, next))
		switch {
		case sub.Mutability == "readOnly" || sub.Mutability == "immutable" && obj[sub.Name] != nil:
			answer.wantError(400, "mutability")
			s.get(path).want(200).is("meta", before.at("meta"))
		case sub.Name == "value" || sub.Name == "$ref": // what refers to a resource goes together
			answer.want(200, 204)
		default:
			answer.want(200, 204)
			s.get(path+"?attributes="+name).want(200).is(place, sub.visible(next, true))
			s.talk.patch(path, patchOperation("remove", name, nil)).want(200, 204)
			s.get(path+"?attributes="+name).want(200).is(place, nil)
		}
	}
}

func (s suite) readOnly() {
	s.t.Helper()
	doc := s.minimal(s.kind)
	s.attr.put(doc, s.value(s.attr))
	made := s.post(doc).is(s.attr.place(), nil)
	path := made.path(s.kind.Endpoint)
	s.talk.patch(path, patchOperation("replace", s.attr.path(), s.value(s.attr))).wantError(400, "mutability")
	s.get(path).want(200).is("meta", made.at("meta")).is(s.attr.place(), nil)
}
