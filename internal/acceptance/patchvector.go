package acceptance

import (
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// PatchVectors is the file of PATCH vectors.
type PatchVectors struct {
	Fixtures map[string]any `json:"fixtures"`
	Vectors  []PatchVector  `json:"vectors"`
}

// PatchVector is one PATCH of one fixture with its outcome.
type PatchVector struct {
	ID             string         `json:"id"`
	Title          string         `json:"title"`
	ResourceType   string         `json:"resourceType"`
	Before         string         `json:"before"`
	Request        jsontext.Value `json:"request"`
	OtherResources []string       `json:"otherResources"`
	Expect         PatchExpect    `json:"expect"`
}

// PatchExpect is the outcome: a status and the resource afterwards, or an error and no change.
type PatchExpect struct {
	Status         []int       `json:"status"`
	After          any         `json:"after"` // an object, or "unchanged"
	Error          *PatchError `json:"error"`
	VersionChanges *bool       `json:"versionChanges"`
}

// PatchError is an error with what may be answered instead.
type PatchError struct {
	Status           int      `json:"status"`
	SCIMType         string   `json:"scimType"`
	AcceptableTypes  []string `json:"acceptableScimTypes"`
	AcceptableStatus []int    `json:"acceptableStatus"`
}

// LoadPatchVectors reads the vectors.
func LoadPatchVectors(name string) (*PatchVectors, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var v PatchVectors
	if err := json.Unmarshal(content, &v); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(v.Vectors) == 0 || len(v.Fixtures) == 0 {
		return nil, fmt.Errorf("no vectors in %s", name)
	}
	return &v, nil
}

// Comparable brings a resource into the form in which a vector's outcome and a server's answer can be
// compared: without what only a server sets, primary false left out, lists of values in a fixed order.
// An active that the vector does not mention is the server's default and is left out too.
func Comparable(resource any, mentionsActive bool) map[string]any {
	object := Writable(resource)
	if !mentionsActive {
		delete(object, "active")
	}
	if members := list(object["members"]); members != nil {
		values := []any{}
		for _, m := range members {
			member, _ := m.(map[string]any)
			values = append(values, map[string]any{"value": member["value"]})
		}
		object["members"] = values
	}
	if hr, ok := object[HRSchema].(map[string]any); ok {
		hr = maps.Clone(hr)
		delete(hr, "origin") // readOnly: no client can set it
		object[HRSchema] = hr
	}
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	if extension, ok := object[enterprise].(map[string]any); ok {
		if manager, ok := extension["manager"].(map[string]any); ok {
			extension = maps.Clone(extension)
			extension["manager"] = map[string]any{"value": manager["value"]}
			object[enterprise] = extension
		}
	}
	return inOrder(object).(map[string]any)
}

func inOrder(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			if key == "primary" && value == false || isEmpty(value) && value != "" {
				continue
			}
			out[key] = inOrder(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = inOrder(v[i])
		}
		slices.SortFunc(out, func(a, b any) int {
			return slices.Compare(marshal(a), marshal(b))
		})
		return out
	}
	return v
}
