package acceptance

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// FilterVectors is the file of filter vectors.
type FilterVectors struct {
	About      map[string]any `json:"$about"`
	Attributes map[string]any `json:"attributeTypes"`
	Fixtures   map[string]any `json:"fixtures"`
	Vectors    []FilterVector `json:"vectors"`
}

// FilterVector is one filter with its outcome for one fixture and for all.
type FilterVector struct {
	ID       string   `json:"id"`
	Endpoint string   `json:"endpoint"` // "/Users", "/Groups" or "/"
	Filter   string   `json:"filter"`
	Resource string   `json:"resource"`
	Match    bool     `json:"match"`
	Set      []string `json:"matchesInSet"`
	Error    *struct {
		Status     int      `json:"status"`
		SCIMType   string   `json:"scimType"`
		Acceptable []string `json:"acceptable"`
	} `json:"error"`
}

// HRSchema is the made-up extension whose attributes have the types that the core lacks.
const HRSchema = "urn:example:params:scim:schemas:extension:hr:2.0:User"

// LoadFilterVectors reads the vectors.
func LoadFilterVectors(name string) (*FilterVectors, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var v FilterVectors
	if err := json.Unmarshal(content, &v); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(v.Vectors) == 0 || len(v.Fixtures) == 0 {
		return nil, fmt.Errorf("no vectors in %s", name)
	}
	return &v, nil
}

// SchemaDocument writes the hr extension as a Schema resource (RFC 7643 §7).
func (v *FilterVectors) SchemaDocument() []byte {
	attributes, _ := v.Attributes[HRSchema].(map[string]any)
	return marshal(map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Schema"}, "id": HRSchema, "name": "HR",
		"description": "What the human resources department keeps.", "attributes": definitions(attributes),
	})
}

func definitions(attributes map[string]any) []any {
	var list []any
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		definition := maps.Clone(attributes[name].(map[string]any))
		definition["name"], definition["description"] = name, "The "+name+"."
		for key, value := range map[string]any{"required": false, "returned": "default", "uniqueness": "none"} {
			if _, given := definition[key]; !given {
				definition[key] = value
			}
		}
		if subs, ok := definition["subAttributes"].(map[string]any); ok {
			definition["subAttributes"] = definitions(subs)
		}
		if definition["type"] == "reference" {
			definition["referenceTypes"] = []string{"external"}
		}
		list = append(list, definition)
	}
	return list
}

// IDs maps the fixtures' ids to those that the server gave.
type IDs map[string]string

// Text replaces ids in a text.
func (ids IDs) Text(text string) string {
	for from, to := range ids {
		text = strings.ReplaceAll(strings.ReplaceAll(text, from, to), strings.ToUpper(from), strings.ToUpper(to))
	}
	return text
}

// Value replaces ids in every string of a JSON value that is an id.
func (ids IDs) Value(v any) any {
	switch v := v.(type) {
	case string:
		if to, ok := ids[v]; ok {
			return to
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = ids.Value(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[key] = ids.Value(value)
		}
		return out
	}
	return v
}

// Writable is a fixture as a client may send it: without what the server sets.
func Writable(fixture any) map[string]any {
	object := maps.Clone(fixture.(map[string]any))
	for _, name := range []string{"id", "meta", "groups"} {
		delete(object, name)
	}
	return object
}

// filterQuery is the target of a query; the filter is escaped, so that it arrives as it stands.
func filterQuery(endpoint, filter string) string {
	return endpoint + "?count=1000&filter=" + url.QueryEscape(filter)
}
