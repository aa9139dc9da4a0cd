package directory

import (
	"fmt"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// schemaSet are the schemas that resource types may name.
type schemaSet []*schema.Schema

func (set schemaSet) find(urn string) *schema.Schema {
	for _, s := range set {
		if schema.EqualName(s.ID, urn) {
			return s
		}
	}
	return nil
}

// parseSchemas returns the schemas of core and the registered ones.
func parseSchemas(core *schema.Registry, defs []*Definition) (schemaSet, error) {
	set := append(schemaSet(nil), core.Schemas()...)
	for _, def := range defs {
		if def.Kind != KindSchema {
			continue
		}
		doc, err := scim.DecodeObject(def.Document, scim.Limits{})
		if err != nil {
			return nil, fmt.Errorf("read schema %s: %w", def.Name, err)
		}
		s, err := schema.ParseSchema(doc)
		if err != nil {
			return nil, fmt.Errorf("read schema %s: %w", def.Name, err)
		}
		if set.find(s.ID) != nil {
			return nil, fmt.Errorf("schema %q exists already", s.ID)
		}
		set = append(set, s)
	}
	return set, nil
}

// buildRegistry makes the registry of User, Group and what is registered.
func buildRegistry(defs []*Definition) (*schema.Registry, error) {
	core := schema.Core()
	schemas, err := parseSchemas(core, defs)
	if err != nil {
		return nil, err
	}
	types := append([]*schema.ResourceType(nil), core.Types()...)
	used := map[*schema.Schema]bool{}
	for _, def := range defs {
		if def.Kind != KindResourceType {
			continue
		}
		doc, err := scim.DecodeObject(def.Document, scim.Limits{})
		if err != nil {
			return nil, fmt.Errorf("read resource type %s: %w", def.Name, err)
		}
		t, err := schema.ParseResourceType(doc, schemas.find)
		if err != nil {
			return nil, fmt.Errorf("read resource type %s: %w", def.Name, err)
		}
		used[t.Schema] = true
		for _, x := range t.Extensions {
			used[x.Schema] = true
		}
		types = append(types, t)
	}
	for _, def := range defs {
		if def.Kind != KindSchema {
			continue
		}
		s := schemas.find(def.Name)
		extends := def.ExtendsType
		if extends == "" && !used[s] {
			extends = UserType
		}
		if extends == "" {
			continue
		}
		if err := extend(types, extends, s); err != nil {
			return nil, err
		}
	}
	return schema.NewRegistry(types)
}

func extend(types []*schema.ResourceType, name string, s *schema.Schema) error {
	for _, t := range types {
		if schema.EqualName(t.Name, name) {
			t.Extensions = append(t.Extensions, schema.Extension{Schema: s})
			return nil
		}
	}
	return fmt.Errorf("the resource type %q does not exist", name)
}
