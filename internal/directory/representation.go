package directory

import (
	"fmt"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// Represent returns the JSON of the entry as SCIM clients read it in its default projection, meta
// included: for the command line and the administrators' API. base is the external base of locations.
func (e *Entry) Represent(t *schema.ResourceType, base string) ([]byte, error) {
	obj, err := e.Object()
	if err != nil {
		return nil, fmt.Errorf("decode %s %s: %w", e.Type, e.ID, err)
	}
	e.Complement(obj, base)
	obj["meta"] = scim.Object{
		"resourceType": t.Name,
		"created":      schema.FormatDateTime(e.Created),
		"lastModified": schema.FormatDateTime(e.Modified),
		"location":     base + t.Endpoint + "/" + string(e.ID),
		"version":      string(e.ETag()),
	}
	return t.AppendJSON(nil, t.Project(obj, schema.Projection{})), nil
}
