package main

import (
	"net/http"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/schema"
)

// groups is a collection whose members are added without a look at those that are there.
type groups struct {
	*collection
	// members are the ids of those in each group whose members were ever added; they are found again from
	// the group's attributes after any other change.
	members map[string]map[string]bool
}

func newGroups(group schema.Schema) *groups {
	return &groups{newCollection([]schema.Schema{group}, "", false), map[string]map[string]bool{}}
}

// Patch implements scim.ResourceHandler. It returns nothing, which the library answers with status 204: a
// body would have all members in it.
func (g *groups) Patch(_ *http.Request, id string, operations []scim.PatchOperation) (scim.Resource, error) {
	_, err := g.change(id, func(attributes scim.ResourceAttributes) (_ scim.ResourceAttributes, err error) {
		defer func() {
			if err != nil { // nothing was added
				delete(g.members, id)
			}
		}()
		for _, op := range operations {
			if op.Op == scim.PatchOperationAdd && op.Path != nil && op.Path.String() == "members" {
				g.add(id, attributes, op.Value)
				continue
			}
			delete(g.members, id)
			if err := apply(g.schemas, attributes, op); err != nil {
				return nil, err
			}
		}
		return attributes, nil
	})
	return scim.Resource{}, err
}

// Replace implements scim.ResourceHandler.
func (g *groups) Replace(_ *http.Request, id string, attributes scim.ResourceAttributes) (scim.Resource, error) {
	return g.change(id, func(scim.ResourceAttributes) (scim.ResourceAttributes, error) {
		delete(g.members, id)
		return attributes, nil
	})
}

// Delete implements scim.ResourceHandler.
func (g *groups) Delete(r *http.Request, id string) error {
	g.mu.Lock()
	delete(g.members, id)
	g.mu.Unlock()
	return g.collection.Delete(r, id)
}

// add appends the members that are not in the group. Whoever reads an earlier list does not see them.
func (g *groups) add(id string, attributes scim.ResourceAttributes, value any) {
	list, _ := attributes["members"].([]any)
	known := g.members[id]
	if known == nil {
		known = make(map[string]bool, len(list))
		for _, m := range list {
			known[memberID(m)] = true
		}
		g.members[id] = known
	}
	added, _ := value.([]any)
	for _, m := range added {
		if member := memberID(m); !known[member] {
			known[member] = true
			list = append(list, m)
		}
	}
	attributes["members"] = list
}

// memberID is the id in a value of the attribute members.
func memberID(member any) string {
	values, _ := member.(map[string]any)
	id, _ := values["value"].(string)
	return id
}
