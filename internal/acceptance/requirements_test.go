package acceptance

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

const (
	testSchema    = "urn:ietf:params:scim:schemas:test:2.0:TestResource"
	testExtension = "urn:ietf:params:scim:schemas:extension:test:2.0:TestResource"
	enterprise    = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
)

// talk is a conversation with one source, in which every answer has to be good SCIM.
type talk struct {
	t      *testing.T
	source Source
}

// requirement is one that is checked against the running program; its id stands first in its name.
type requirement struct {
	name string
	run  func(c talk)
}

// converse runs the requirements on a source of their own.
func converse(t *testing.T, source Source, all []requirement) {
	t.Helper()
	for _, r := range all {
		t.Run(r.name, func(t *testing.T) { r.run(talk{t, source}) })
	}
}

// said is an answer with its document.
type said struct {
	c   talk
	ex  Exchange
	doc any
}

// send sends a request; fields are names and values of headers in turn.
func (c talk) send(method, path, body string, fields ...string) said {
	c.t.Helper()
	var content []byte
	if body != "" {
		content = []byte(body)
	}
	r := scimWrite(method, c.source.Base(), c.source.Token, path, content)
	for i := 0; i < len(fields); i += 2 {
		r.Fields = slices.DeleteFunc(r.Fields, func(f Field) bool { return f.Name == fields[i] })
		r.Fields = append(r.Fields, Field{fields[i], fields[i+1]})
	}
	a := said{c: c, ex: do(c.t, r)}
	for _, p := range SCIMProblems(a.ex.Answer) {
		c.t.Errorf("%s\n%s", p, a.ex)
	}
	if len(a.ex.Answer.Body) > 0 {
		doc, err := a.ex.Answer.Document()
		if err != nil {
			c.t.Fatalf("%v\n%s", err, a.ex)
		}
		a.doc = doc
	}
	return a
}

func (c talk) get(path string) said { c.t.Helper(); return c.send("GET", path, "") }

// find lists what a filter selects.
func (c talk) find(endpoint, filter string) said {
	c.t.Helper()
	return c.send("GET", filterQuery(endpoint, filter), "")
}

// create makes a resource of a name of its own: body is the rest of a JSON object.
func (c talk) create(endpoint, rest string) said {
	c.t.Helper()
	return c.send("POST", endpoint, newThing(endpoint, "n-"+Random(6), rest)).want(http.StatusCreated)
}

// newThing writes a resource of an endpoint with its required attributes.
func newThing(endpoint, name, rest string) string {
	if rest != "" {
		rest = "," + rest
	}
	switch endpoint {
	case "/Users":
		return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":%q%s}`, name, rest)
	case "/Groups":
		return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":%q%s}`, name, rest)
	}
	return fmt.Sprintf(`{"schemas":[%q,%q],"identifier":%q,%q:{"extRequired":"x"}%s}`, testSchema, testExtension, name, testExtension, rest)
}

func (c talk) patch(path string, operations ...string) said {
	c.t.Helper()
	return c.send("PATCH", path, patchText(strings.Join(operations, ",")))
}

func (a said) want(status ...int) said {
	a.c.t.Helper()
	if !slices.Contains(status, a.ex.Answer.Status) {
		a.c.t.Fatalf("want status %v\n%s", status, a.ex)
	}
	return a
}

func (a said) wantError(status int, scimType string) said {
	a.c.t.Helper()
	return a.want(status).is("scimType", scimType)
}

// at is the value at a path of names and indexes with slashes between them, nil when there is none.
func (a said) at(path string) any {
	v := a.doc
	for part := range strings.SplitSeq(path, "/") {
		switch c := v.(type) {
		case map[string]any:
			v = c[part]
		case []any:
			i := -1
			if _, err := fmt.Sscan(part, &i); err != nil || i < 0 || i >= len(c) {
				return nil
			}
			v = c[i]
		default:
			return nil
		}
	}
	return v
}

// is wants a value at a path; want is a Go value, or JSON text of a list or object.
func (a said) is(path string, want any) said {
	a.c.t.Helper()
	switch w := want.(type) {
	case int:
		want = float64(w)
	case string:
		if strings.HasPrefix(w, "[") || strings.HasPrefix(w, "{") {
			var v any
			if err := json.Unmarshal([]byte(w), &v); err == nil {
				want = v
			}
		}
		if w == "" {
			want = nil
		}
	}
	if diff := cmp.Diff(want, a.at(path)); diff != "" {
		a.c.t.Errorf("%s (-want +got):\n%s%s", path, diff, a.ex)
	}
	return a
}

func (a said) text(path string) string {
	s, _ := a.at(path).(string)
	return s
}

// path is that of the resource below the base.
func (a said) path(endpoint string) string { return endpoint + "/" + a.text("id") }

// withTestResources makes a source with the resource type /TestResources.
func withTestResources(t *testing.T, options ...string) Source {
	t.Helper()
	source := newSource(t, options...)
	server := theServer(t)
	for _, add := range [][2]string{{"schema", "schema"}, {"schema", "extension"}, {"resource-type", "resource-type"}} {
		file, err := filepath.Abs("testdata/suite/" + add[1] + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Run(t.Context(), nil, add[0], "add", file, "--source", source.Slug); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*visibleWithin)
	defer cancel()
	err := Poll(ctx, func() (bool, error) {
		ex, err := server.Client().Do(ctx, scimGet(source.Base(), source.Token, "/TestResources"))
		return ex.Answer.Status == http.StatusOK, err
	})
	if err != nil {
		t.Fatalf("wait for the new resource type: %v", err)
	}
	return source
}
