package directory

import (
	"context"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// conflict tells which resource has the value that must be unique, and what to do about it. Holder and
// caller are of one source, so naming it reveals nothing.
func (s *Resources) conflict(ctx context.Context, sc *Scope, t *schema.ResourceType, dup *DuplicateError) error {
	rule := "uniqueness.value"
	path := dup.Path
	switch path {
	case "userName":
		rule = "uniqueness.user-name"
	case "displayName":
		rule = "uniqueness.display-name"
	case "", "name":
		path, rule = "userName", "uniqueness.user-name"
		if t.Name != UserType {
			path, rule = "displayName", "uniqueness.display-name"
		}
	}
	holder := s.holder(ctx, sc, t, dup.Holder)
	if holder == nil {
		return scim.Conflict("This %s is taken by another %s. Look it up with a filter on %s and update it instead of creating another one.",
			path, strings.ToLower(t.Name), path).WithRule(rule).WithCause(dup)
	}
	name, state := "", ""
	if holder.Label != "" {
		name = " " + strconv.Quote(scim.Abbreviate(holder.Label))
	}
	if t.Name == UserType && !holder.Active {
		state = ", deactivated"
	}
	return scim.Conflict("%s already belongs to %s %s%s (created %s%s). Look it up with a filter on %s and update it, or give one of them another %s.",
		withValue(path, holder), strings.ToLower(t.Name), holder.ID, name, holder.Created.Format("2006-01-02"), state, path, path).
		WithRule(rule).WithCause(dup)
}

// withValue names a path together with the value that its holder has, as far as it is a simple one.
func withValue(path string, holder *Record) string {
	if obj, err := holder.Object(); err == nil {
		if value, ok := obj[path].(string); ok {
			return path + " " + strconv.Quote(scim.Abbreviate(value))
		}
	}
	return "This " + path
}

// holder returns the resource that has the value, nil when it is unknown or gone meanwhile.
func (s *Resources) holder(ctx context.Context, sc *Scope, t *schema.ResourceType, id ResourceID) *Record {
	if id == "" {
		return nil
	}
	var rec *Record
	err := s.store.In(sc.Source).Peek(ctx, func(r Reader) (err error) {
		rec, err = r.Resource(ctx, sc.Source, t.Name, id)
		return err
	})
	if err != nil {
		return nil
	}
	return rec
}
