package acceptance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// World is what one writer believes the directory holds of it, by name: its users, its groups with the
// names of their members, and those of its users that are in the group that all writers share.
type World struct {
	Users  map[string]Person
	Groups map[string]map[string]bool
	Shared map[string]bool
}

// Person is what can change of a user.
type Person struct {
	DisplayName string
	Active      bool
}

// NewWorld returns a world without anything.
func NewWorld() World {
	return World{Users: map[string]Person{}, Groups: map[string]map[string]bool{}, Shared: map[string]bool{}}
}

// Clone returns a world that can be changed alone.
func (w World) Clone() World {
	c := World{Users: maps.Clone(w.Users), Groups: make(map[string]map[string]bool, len(w.Groups)), Shared: maps.Clone(w.Shared)}
	for name, members := range w.Groups {
		c.Groups[name] = maps.Clone(members)
	}
	return c
}

// RemoveUser takes a user away, and out of every group.
func (w World) RemoveUser(name string) {
	delete(w.Users, name)
	delete(w.Shared, name)
	for _, members := range w.Groups {
		delete(members, name)
	}
}

// Differences tells what the directory holds otherwise than the world.
func (w World) Differences(actual World) []string {
	var found []string
	differ := func(what, name string, want, got any, same bool) {
		if !same {
			found = append(found, fmt.Sprintf("%s %s: want %v, the directory has %v", what, name, want, got))
		}
	}
	for _, name := range bothKeys(w.Users, actual.Users) {
		want, wanted := w.Users[name]
		got, present := actual.Users[name]
		differ("user", name, describe(want, wanted), describe(got, present), wanted == present && want == got)
	}
	for _, name := range bothKeys(w.Groups, actual.Groups) {
		want, wanted := w.Groups[name]
		got, present := actual.Groups[name]
		differ("group", name, describe(setOf(want), wanted), describe(setOf(got), present), wanted == present && maps.Equal(want, got))
	}
	differ("the shared group's members of", "this writer", setOf(w.Shared), setOf(actual.Shared), maps.Equal(w.Shared, actual.Shared))
	return found
}

func bothKeys[V any](a, b map[string]V) []string {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}

func describe(v any, present bool) string {
	if !present {
		return "none"
	}
	return fmt.Sprint(v)
}

func setOf(members map[string]bool) string {
	return "{" + strings.Join(slices.Sorted(maps.Keys(members)), " ") + "}"
}
