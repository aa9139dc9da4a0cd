package directory

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// AddMembers makes resources members of a group.
func (s *Resources) AddMembers(ctx context.Context, sc *Scope, t *schema.ResourceType, group ResourceID, ids []ResourceID) (*Result, error) {
	return s.changeMembers(ctx, sc, t, group, ids, (*memberDelta).add)
}

// RemoveMembers ends memberships of a group; those who are no members do not matter.
func (s *Resources) RemoveMembers(ctx context.Context, sc *Scope, t *schema.ResourceType, group ResourceID, ids []ResourceID) (*Result, error) {
	return s.changeMembers(ctx, sc, t, group, ids, (*memberDelta).remove)
}

func (s *Resources) changeMembers(ctx context.Context, sc *Scope, t *schema.ResourceType, group ResourceID, ids []ResourceID,
	change func(*memberDelta, context.Context, []any) error) (*Result, error) {
	var res *Result
	err := s.update(ctx, sc, t, func(tx *transaction) error {
		rec, err := tx.current(ctx, group, nil)
		if err != nil {
			return err
		}
		delta := &memberDelta{tx: tx, group: rec}
		if err := change(delta, ctx, memberValues(ids)); err != nil {
			return err
		}
		res, err = tx.save(ctx, rec, nil, nil, delta)
		return err
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

func memberValues(ids []ResourceID) []any {
	values := make([]any, len(ids))
	for i, id := range ids {
		values[i] = string(id)
	}
	return values
}

// memberDelta gathers what one write does to the members of a group. Each of its methods changes rows
// at once; the events follow when the write is complete, so that a member that came and went within
// it is not mentioned.
type memberDelta struct {
	tx    *transaction
	group *Record
	// net holds the members that were added (true) or removed (false) as compared to the beginning,
	// order the ids in the order in which they first changed.
	net   map[ResourceID]bool
	types map[ResourceID]string
	order []ResourceID
}

func (d *memberDelta) changed() bool { return len(d.net) > 0 }

// record notes one row that came or went.
func (d *memberDelta) record(id ResourceID, typ string, added bool) {
	if d.net == nil {
		d.net, d.types = map[ResourceID]bool{}, map[ResourceID]string{}
	}
	if was, touched := d.net[id]; touched && was != added {
		delete(d.net, id)
		return
	}
	if _, known := d.types[id]; !known {
		d.order = append(d.order, id)
	}
	d.net[id], d.types[id] = added, typ
}

func (d *memberDelta) emit(ctx context.Context) error { return d.emitFor(ctx, d.group) }

// emitFor appends the events for the group as it is after the write.
func (d *memberDelta) emitFor(ctx context.Context, group *Record) error {
	var added, removed []Member
	for _, id := range d.order {
		came, touched := d.net[id]
		switch {
		case touched && came:
			added = append(added, Member{ID: id, Type: d.types[id]})
		case touched:
			removed = append(removed, Member{ID: id, Type: d.types[id]})
		}
	}
	if err := d.tx.emitMembers(ctx, group, GroupMemberRemoved, removed); err != nil {
		return err
	}
	return d.tx.emitMembers(ctx, group, GroupMemberAdded, added)
}

// memberIDs returns the ids that canonical values of members name, without repeats.
func memberIDs(values []any) ([]ResourceID, error) {
	ids := make([]ResourceID, 0, len(values))
	seen := make(map[ResourceID]bool, len(values))
	for _, v := range values {
		id := memberID(v)
		if id == "" {
			return nil, scim.BadRequest(scim.InvalidValue, `A member has no value. Send {"value":"<id of the user or group>"} for each member.`).
				WithRule("member.value")
		}
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// memberID reads value, or what $ref ends in, since some clients send a reference alone.
func memberID(v any) ResourceID {
	switch v := v.(type) {
	case string:
		return ResourceID(v)
	case scim.Object:
		if id, _ := v["value"].(string); id != "" {
			return ResourceID(id)
		}
		ref, _ := v["$ref"].(string)
		return ResourceID(ref[strings.LastIndexByte(ref, '/')+1:])
	}
	return ""
}

// add makes the resources that values name members.
func (d *memberDelta) add(ctx context.Context, values []any) error {
	ids, err := memberIDs(values)
	if err != nil {
		return err
	}
	return d.addIDs(ctx, ids, len(ids))
}

// addIDs adds members; named is how many the client named.
func (d *memberDelta) addIDs(ctx context.Context, ids []ResourceID, named int) error {
	if len(ids) == 0 {
		return nil
	}
	known, err := d.known(ctx, ids, named)
	if err != nil {
		return err
	}
	if err := d.checkCycles(ctx, known); err != nil {
		return err
	}
	added, err := d.tx.AddMembers(ctx, d.tx.scope.Source, d.group.ID, ids, d.tx.now)
	if err != nil {
		return err
	}
	d.group.Members += len(added)
	for _, id := range added {
		d.record(id, known[id], true)
	}
	return nil
}

// known returns the types of the ids that exist, and deals with the others by policy. Ids of another
// source are unknown ids: whether they exist elsewhere is not revealed.
func (d *memberDelta) known(ctx context.Context, ids []ResourceID, named int) (map[ResourceID]string, error) {
	known, err := d.tx.Existing(ctx, d.tx.scope.Source, ids)
	if err != nil || len(known) == len(ids) {
		return known, err
	}
	missing, example := 0, ResourceID("")
	for _, id := range ids {
		if known[id] == "" {
			if missing == 0 {
				example = id
			}
			missing++
		}
	}
	if d.tx.scope.Policies.StrictReferences {
		return nil, scim.BadRequest(scim.InvalidValue, "%d of %d members are unknown in this source, such as %q. Provision members first; nothing was changed.",
			missing, named, scim.Abbreviate(string(example))).WithRule("member.unknown")
	}
	d.tx.note("member.unknown", "members", "%d of %d members are unknown in this source, such as %q; they were left out. Assign them at the identity provider too.",
		missing, named, scim.Abbreviate(string(example)))
	return known, nil
}

// remove ends the memberships that values name; those who are no members do not matter.
func (d *memberDelta) remove(ctx context.Context, values []any) error {
	ids, err := memberIDs(values)
	if err != nil {
		return err
	}
	return d.removeIDs(ctx, ids)
}

func (d *memberDelta) removeIDs(ctx context.Context, ids []ResourceID) error {
	if len(ids) == 0 {
		return nil
	}
	removed, err := d.tx.RemoveMembers(ctx, d.tx.scope.Source, d.group.ID, ids)
	if err != nil || len(removed) == 0 {
		return err
	}
	d.group.Members -= len(removed)
	types, err := d.tx.Existing(ctx, d.tx.scope.Source, removed)
	if err != nil {
		return err
	}
	for _, id := range removed {
		d.record(id, types[id], false)
	}
	return nil
}

// removeWhere ends the memberships for which gone is true. It reads the whole list.
func (d *memberDelta) removeWhere(ctx context.Context, gone func(Member) bool) error {
	var ids []ResourceID
	err := d.tx.Members(ctx, d.tx.scope.Source, d.group.ID, "", 0, func(m Member) error {
		if gone(m) {
			ids = append(ids, m.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.removeIDs(ctx, ids)
}

// replace makes the list exactly what values name. It reads the list, but writes the difference only.
func (d *memberDelta) replace(ctx context.Context, values []any) error {
	ids, err := memberIDs(values)
	if err != nil {
		return err
	}
	missing := make(map[ResourceID]bool, len(ids))
	for _, id := range ids {
		missing[id] = true
	}
	var gone []ResourceID
	err = d.tx.MemberIDs(ctx, d.tx.scope.Source, d.group.ID, func(id ResourceID) error {
		if missing[id] {
			delete(missing, id)
		} else {
			gone = append(gone, id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := d.removeIDs(ctx, gone); err != nil {
		return err
	}
	came := slices.DeleteFunc(slices.Clone(ids), func(id ResourceID) bool { return !missing[id] })
	return d.addIDs(ctx, came, len(ids))
}

// checkCycles refuses to make a group a member of itself, directly or by way of others. known are the
// types of the new members; only those above this group can close a cycle.
func (d *memberDelta) checkCycles(ctx context.Context, known map[ResourceID]string) error {
	if known[d.group.ID] != "" {
		return scim.BadRequest(scim.InvalidValue, "Group %q cannot be a member of itself. Remove it from the list of members.",
			scim.Abbreviate(d.group.Label)).WithRule("member.cycle")
	}
	if !slices.Contains(slices.Collect(maps.Values(known)), GroupType) {
		return nil
	}
	above, err := d.tx.Memberships(ctx, d.tx.scope.Source, d.group.ID)
	if err != nil {
		return err
	}
	for _, m := range above {
		if known[m.Group] != "" {
			return d.cycle(ctx, m.Group)
		}
	}
	return nil
}

// cycle describes the way from the group up to the one that was to become its member.
func (d *memberDelta) cycle(ctx context.Context, top ResourceID) error {
	way, err := d.climb(ctx, top)
	if err != nil {
		return err
	}
	for i, name := range way {
		way[i] = `"` + scim.Abbreviate(name) + `"`
	}
	return scim.BadRequest(scim.InvalidValue, "This membership would close a cycle: %s. Remove one of these memberships first.",
		strings.Join(append(way, way[0]), " is in ")).WithRule("member.cycle")
}

// climb finds a shortest chain of groups from the group to top, each a member of the next, by their
// names. It goes up, because a group is in few groups, while it may have many members.
func (d *memberDelta) climb(ctx context.Context, top ResourceID) ([]string, error) {
	type step struct {
		id   ResourceID
		name string
		from int
	}
	queue := []step{{d.group.ID, d.group.Label, -1}}
	seen := map[ResourceID]bool{d.group.ID: true}
	for i := 0; i < len(queue); i++ {
		if queue[i].id == top {
			var way []string
			for at := i; at >= 0; at = queue[at].from {
				way = append([]string{queue[at].name}, way...)
			}
			return way, nil
		}
		parents, err := d.tx.Memberships(ctx, d.tx.scope.Source, queue[i].id)
		if err != nil {
			return nil, err
		}
		for _, p := range parents {
			if p.Direct && !seen[p.Group] {
				seen[p.Group] = true
				queue = append(queue, step{p.Group, p.Display, i})
			}
		}
	}
	return []string{d.group.Label}, nil
}
