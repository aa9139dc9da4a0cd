package server

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// membersOf returns the members attribute of a type of groups (RFC 7643 §4.2), or nil.
func membersOf(t *schema.ResourceType) *schema.Attribute {
	a := t.Schema.Attribute("members")
	if a == nil || !a.MultiValued || a.Sub("value") == nil {
		return nil
	}
	return a
}

// groupsOf returns the attribute that a backend computes from memberships (RFC 7643 §4.1.2), or nil.
func groupsOf(t *schema.ResourceType) *schema.Attribute {
	a := t.Schema.Attribute("groups")
	if a == nil || !a.MultiValued || a.Mutability != schema.ReadOnly || a.Sub("value") == nil {
		return nil
	}
	return a
}

// resolveMembers gives the members of a group their type. Ids that name nothing are left out with a
// note, so that one stale id does not fail a whole group.
func (b *tableBackend) resolveMembers(ctx context.Context, t *schema.ResourceType, rec *Record) error {
	a := membersOf(t)
	if a == nil {
		return nil
	}
	list, _ := rec.Object[a.Name].([]any)
	if len(list) == 0 {
		return nil
	}
	resolved := make([]any, 0, len(list))
	for _, v := range list {
		m, ok := v.(scim.Object)
		if !ok {
			continue
		}
		id, _ := m["value"].(string)
		typ, err := b.typeOf(ctx, a, id)
		if err != nil {
			return err
		}
		if typ == "" {
			AddNotes(ctx, schema.Note{Code: "unknown-member", Path: a.Name, Message: "A member does not exist here and was left out."})
			continue
		}
		if a.Sub("type") != nil && m["type"] != typ {
			m = scim.Clone(m)
			m["type"] = typ
		}
		resolved = append(resolved, m)
	}
	obj := maps.Clone(rec.Object)
	obj[a.Name] = resolved
	if len(resolved) == 0 {
		delete(obj, a.Name)
	}
	rec.Object = obj
	return nil
}

// typeOf returns the name of the resource type that has a resource of that id, among those that a may
// refer to.
func (b *tableBackend) typeOf(ctx context.Context, a *schema.Attribute, id string) (string, error) {
	for _, t := range b.registry.Types() {
		if ref := a.Sub("$ref"); ref != nil && len(ref.ReferenceTypes) > 0 && !slices.Contains(ref.ReferenceTypes, t.Name) {
			continue
		}
		switch _, err := b.table.Load(ctx, t.Name, id); {
		case err == nil:
			return t.Name, nil
		case !errors.Is(err, ErrNoRecord):
			return "", err
		}
	}
	return "", nil
}

// leaveGroups removes a resource from the members of all groups.
func (b *tableBackend) leaveGroups(ctx context.Context, id string) error {
	var changed []*Record
	for _, t := range b.registry.Types() {
		a := membersOf(t)
		if a == nil {
			continue
		}
		for rec, err := range b.table.All(ctx, t.Name) {
			if err != nil {
				return err
			}
			list, _ := rec.Object[a.Name].([]any)
			kept := slices.DeleteFunc(slices.Clone(list), func(v any) bool {
				m, _ := v.(scim.Object)
				return m["value"] == id
			})
			if len(kept) == len(list) {
				continue
			}
			next := *rec
			next.Object = maps.Clone(rec.Object)
			next.Object[a.Name] = kept
			if len(kept) == 0 {
				delete(next.Object, a.Name)
			}
			next.Version++
			next.LastModified = b.now().UTC()
			changed = append(changed, &next)
		}
	}
	for _, rec := range changed {
		if err := b.table.Save(ctx, rec); err != nil {
			return err
		}
	}
	return nil
}

// membership maps the id of a member to the groups that it is directly in.
type membership map[string][]membershipGroup

type membershipGroup struct {
	id, display, endpoint string
}

func (b *tableBackend) memberships(ctx context.Context) (membership, error) {
	m := make(membership)
	for _, t := range b.registry.Types() {
		a := membersOf(t)
		if a == nil {
			continue
		}
		for rec, err := range b.table.All(ctx, t.Name) {
			if err != nil {
				return nil, err
			}
			display, _ := rec.Object["displayName"].(string)
			list, _ := rec.Object[a.Name].([]any)
			for _, v := range list {
				member, _ := v.(scim.Object)
				if id, ok := member["value"].(string); ok {
					m[id] = append(m[id], membershipGroup{id: rec.ID, display: display, endpoint: t.Endpoint})
				}
			}
		}
	}
	for _, list := range m {
		slices.SortFunc(list, func(x, y membershipGroup) int { return compareText(x.id, y.id) })
	}
	return m, nil
}

// of returns the value of groups for a member: the direct ones, then those around these. A cycle ends
// the climb.
func (m membership) of(id string) []any {
	var values []any
	seen := map[string]bool{id: true}
	kind := "direct"
	for level := []string{id}; len(level) > 0; kind = "indirect" {
		var next []string
		for _, member := range level {
			for _, g := range m[member] {
				if seen[g.id] {
					continue
				}
				seen[g.id] = true
				next = append(next, g.id)
				value := scim.Object{"value": g.id, "$ref": g.endpoint[1:] + "/" + g.id, "type": kind}
				if g.display != "" {
					value["display"] = g.display
				}
				values = append(values, value)
			}
		}
		level = next
	}
	return values
}
