package acceptance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// attribute is what /Schemas tells of an attribute, and all that the schema-driven suite knows of it.
type attribute struct {
	Name            string      `json:"name"`
	Type            string      `json:"type"`
	MultiValued     bool        `json:"multiValued"`
	Required        bool        `json:"required"`
	CaseExact       bool        `json:"caseExact"`
	Mutability      string      `json:"mutability"`
	Returned        string      `json:"returned"`
	Uniqueness      string      `json:"uniqueness"`
	CanonicalValues []string    `json:"canonicalValues"`
	ReferenceTypes  []string    `json:"referenceTypes"`
	SubAttributes   []attribute `json:"subAttributes"`

	urn string // of an extension
}

// resourceKind is a resource type with all attributes of its schemas.
type resourceKind struct {
	Name, Endpoint string
	Schemas        []string
	Attributes     []attribute
}

// kinds reads the resource types and their schemas from the server.
func (c talk) kinds() []resourceKind {
	c.t.Helper()
	var types struct {
		Resources []struct {
			Name, Endpoint, Schema string
			SchemaExtensions       []struct {
				Schema   string
				Required bool
			}
		}
	}
	c.decode(c.get("/ResourceTypes").want(200), &types)
	attributes := func(urn string) []attribute {
		var s struct{ Attributes []attribute }
		c.decode(c.get("/Schemas/"+urn).want(200), &s)
		return s.Attributes
	}
	var all []resourceKind
	for _, t := range types.Resources {
		k := resourceKind{Name: t.Name, Endpoint: t.Endpoint, Schemas: []string{t.Schema}, Attributes: attributes(t.Schema)}
		for _, x := range t.SchemaExtensions {
			k.Schemas = append(k.Schemas, x.Schema)
			for _, a := range attributes(x.Schema) {
				a.urn = x.Schema
				a.Required = a.Required && x.Required
				k.Attributes = append(k.Attributes, a)
			}
		}
		all = append(all, k)
	}
	return all
}

func (c talk) decode(a said, v any) {
	c.t.Helper()
	if err := json.Unmarshal(a.ex.Answer.Body, v, json.MatchCaseInsensitiveNames(true)); err != nil {
		c.t.Fatalf("%v\n%s", err, a.ex)
	}
}

// path is the attribute in standard notation.
func (a attribute) path() string {
	if a.urn != "" {
		return a.urn + ":" + a.Name
	}
	return a.Name
}

// place is where the attribute stands in a document.
func (a attribute) place() string {
	if a.urn != "" {
		return a.urn + "/" + a.Name
	}
	return a.Name
}

func (a attribute) writable() bool { return a.Mutability != "readOnly" }

// put sets the attribute in a document.
func (a attribute) put(doc map[string]any, v any) {
	if a.urn == "" {
		doc[a.Name] = v
		return
	}
	extension, ok := doc[a.urn].(map[string]any)
	if !ok {
		extension = map[string]any{}
		doc[a.urn] = extension
	}
	extension[a.Name] = v
}

// value makes a new value of the attribute that is valid by its schema alone.
func (c talk) value(a attribute) any {
	v := c.single(a)
	if a.MultiValued {
		return []any{v}
	}
	return v
}

func (c talk) single(a attribute) any {
	if len(a.CanonicalValues) > 0 && a.Type == "string" {
		return a.CanonicalValues[0]
	}
	switch a.Type {
	case "boolean":
		return true
	case "integer":
		return float64(len(Random(3))) + float64(Random(1)[0])
	case "decimal":
		return 0.5 + float64(Random(1)[0])
	case "dateTime":
		return fmt.Sprintf("20%02d-01-31T08:30:00Z", Random(1)[0]%100)
	case "binary":
		return "cm9z" + Random(2)
	case "reference":
		return "https://reference.example/" + Random(4)
	case "complex":
		return c.object(a)
	}
	return "Value " + Random(5)
}

// object makes a complex value. A reference to a resource refers to one, and a value or type beside it
// is about the same one.
func (c talk) object(a attribute) map[string]any {
	obj := map[string]any{}
	for _, sub := range a.SubAttributes {
		if sub.writable() {
			obj[sub.Name] = c.value(sub)
		}
	}
	i := slices.IndexFunc(a.SubAttributes, func(s attribute) bool { return s.Name == "$ref" })
	if i < 0 || !slices.Contains(a.SubAttributes[i].ReferenceTypes, "User") {
		return obj
	}
	user := c.create("/Users", "")
	obj["value"], obj["$ref"] = user.at("id"), user.at("meta/location")
	if _, ok := obj["type"]; ok {
		obj["type"] = "User"
	}
	return obj
}

// visible is what of a value is answered; echoed tells that the client just wrote it. nil is nothing.
func (a attribute) visible(v any, echoed bool) any {
	if a.Returned == "never" || a.Returned == "request" && !echoed {
		return nil
	}
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = a.visible(v[i], echoed)
		}
		return list
	case map[string]any:
		obj := map[string]any{}
		for _, sub := range a.SubAttributes {
			if part, ok := v[sub.Name]; ok {
				if part = sub.visible(part, echoed); part != nil {
					obj[sub.Name] = part
				}
			}
		}
		return obj
	}
	return v
}

// filter compares the attribute with one of its values; empty when it has none that can be compared.
func (a attribute) filter(v any) string {
	path := a.path()
	if list, ok := v.([]any); ok {
		v = list[0]
	}
	if obj, ok := v.(map[string]any); ok {
		for _, sub := range a.SubAttributes {
			if text, ok := obj[sub.Name].(string); ok && sub.Returned != "never" {
				return path + "." + sub.Name + " eq " + quote(text)
			}
		}
		return ""
	}
	if a.Returned == "never" {
		return ""
	}
	return path + " eq " + quote(v)
}

func quote(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// minimal is a document with what the type requires.
func (c talk) minimal(k resourceKind) map[string]any {
	doc := map[string]any{"schemas": k.Schemas[:1]}
	for _, a := range k.Attributes {
		if a.Required && a.writable() {
			a.put(doc, c.value(a))
			if a.urn != "" {
				doc["schemas"] = append(slices.Clone(k.Schemas[:1]), a.urn)
			}
		}
	}
	return doc
}

// patchOperation writes one operation of PATCH.
func patchOperation(op, path string, v any) string {
	if op == "remove" {
		return `{"op":"remove","path":` + quote(path) + `}`
	}
	return strings.Join([]string{`{"op":"` + op + `"`, `"path":` + quote(path), `"value":` + quote(v) + `}`}, ",")
}
