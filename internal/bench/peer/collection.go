package main

import (
	"crypto/rand"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/filter"
	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
	parser "github.com/scim2/filter-parser/v2"
)

// collection keeps the resources of one type. It is a handler for the library.
type collection struct {
	schemas []schema.Schema // the core schema and its extensions
	// unique is the attribute whose values one resource may have, in any case; empty for none.
	unique string
	// scan evaluates filters for every resource even where a map has the answer.
	scan bool

	mu sync.RWMutex
	// order has the resources in the order of their creation, nil where one was deleted. The library
	// encodes a resource after the handler has returned it, so that what is pointed to never changes.
	order []*scim.Resource
	// places are those of ids in order.
	places map[string]int
	// owners are the ids of the resources with a value of the unique attribute.
	owners map[string]string
}

func newCollection(schemas []schema.Schema, unique string, scan bool) *collection {
	return &collection{schemas: schemas, unique: unique, scan: scan, places: map[string]int{}, owners: map[string]string{}}
}

// key is the value of the unique attribute by which a resource is found.
func (c *collection) key(attributes scim.ResourceAttributes) string {
	text, _ := attributes[c.unique].(string)
	return strings.ToLower(text)
}

// Create implements scim.ResourceHandler.
func (c *collection) Create(_ *http.Request, attributes scim.ResourceAttributes) (scim.Resource, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	made := &scim.Resource{ID: rand.Text(), Meta: scim.Meta{Created: &now}}
	c.order, c.places[made.ID] = append(c.order, nil), len(c.order)
	err := c.put(made, attributes)
	if err != nil {
		c.order = c.order[:len(c.order)-1]
		delete(c.places, made.ID)
	}
	return *made, err
}

// put stores new attributes of a resource that has a place.
func (c *collection) put(r *scim.Resource, attributes scim.ResourceAttributes) error {
	place := c.places[r.ID]
	if c.unique != "" {
		key := c.key(attributes)
		if owner, taken := c.owners[key]; taken && owner != r.ID {
			return errors.ScimErrorUniqueness
		}
		if before := c.order[place]; before != nil {
			delete(c.owners, c.key(before.Attributes))
		}
		c.owners[key] = r.ID
	}
	now := time.Now()
	r.Attributes, r.Meta.LastModified, r.ExternalID = attributes, &now, optional.String{}
	if text, ok := attributes[schema.CommonAttributeExternalID].(string); ok {
		r.ExternalID = optional.NewString(text)
	}
	attributes[schema.CommonAttributeID] = r.ID // filters look for it there
	c.order[place] = r
	return nil
}

// find returns a resource, which must not be changed.
func (c *collection) find(id string) (*scim.Resource, error) {
	place, ok := c.places[id]
	if !ok {
		return nil, errors.ScimErrorResourceNotFound(id)
	}
	return c.order[place], nil
}

// Get implements scim.ResourceHandler.
func (c *collection) Get(_ *http.Request, id string) (scim.Resource, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	r, err := c.find(id)
	if err != nil {
		return scim.Resource{}, err
	}
	return *r, nil
}

// GetAll implements scim.ResourceHandler.
func (c *collection) GetAll(_ *http.Request, params scim.ListRequestParams) (scim.Page, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	page := scim.Page{Resources: []scim.Resource{}}
	for _, r := range c.candidates(params.FilterValidator) {
		if r == nil || params.FilterValidator != nil && params.FilterValidator.PassesFilter(r.Attributes) != nil {
			continue
		}
		page.TotalResults++
		if page.TotalResults >= params.StartIndex && len(page.Resources) < params.Count {
			page.Resources = append(page.Resources, *r)
		}
	}
	return page, nil
}

// candidates are the resources that a filter may be true of: one at most where it asks for a value of the
// unique attribute and the map is used.
func (c *collection) candidates(v *filter.Validator) []*scim.Resource {
	if v == nil || c.scan || c.unique == "" {
		return c.order
	}
	e, ok := v.GetFilter().(*parser.AttributeExpression)
	if !ok || e.Operator != parser.EQ || e.AttributePath.SubAttribute != nil || !strings.EqualFold(e.AttributePath.AttributeName, c.unique) {
		return c.order
	}
	value, _ := e.CompareValue.(string)
	owner, ok := c.owners[strings.ToLower(value)]
	if !ok {
		return nil
	}
	place := c.places[owner]
	return c.order[place : place+1]
}

// Replace implements scim.ResourceHandler.
func (c *collection) Replace(_ *http.Request, id string, attributes scim.ResourceAttributes) (scim.Resource, error) {
	return c.change(id, func(scim.ResourceAttributes) (scim.ResourceAttributes, error) { return attributes, nil })
}

// Patch implements scim.ResourceHandler.
func (c *collection) Patch(_ *http.Request, id string, operations []scim.PatchOperation) (scim.Resource, error) {
	return c.change(id, func(attributes scim.ResourceAttributes) (scim.ResourceAttributes, error) {
		for _, op := range operations {
			if err := apply(c.schemas, attributes, op); err != nil {
				return nil, err
			}
		}
		return attributes, nil
	})
}

// change stores what edit makes of a copy of the attributes of a resource. Values inside are shared with
// the original: edit must replace them, not change them.
func (c *collection) change(id string, edit func(scim.ResourceAttributes) (scim.ResourceAttributes, error)) (scim.Resource, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, err := c.find(id)
	if err != nil {
		return scim.Resource{}, err
	}
	attributes, err := edit(maps.Clone(before.Attributes))
	if err != nil {
		return scim.Resource{}, err
	}
	after := *before
	err = c.put(&after, attributes)
	return after, err
}

// Delete implements scim.ResourceHandler.
func (c *collection) Delete(_ *http.Request, id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, err := c.find(id)
	if err != nil {
		return err
	}
	if c.unique != "" {
		delete(c.owners, c.key(r.Attributes))
	}
	c.order[c.places[id]] = nil
	delete(c.places, id)
	return nil
}
