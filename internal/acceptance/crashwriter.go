package acceptance

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
)

// maxUsers and maxGroups bound what one writer keeps, so that long runs do not grow.
const (
	maxUsers  = 30
	maxGroups = 8
)

// Writer changes its own users and groups as fast as it can, one operation at a time, and keeps what
// the server acknowledged. Names are never used twice, so that nothing can be mistaken.
type Writer struct {
	Name     string // "w03"; the beginning of all its names
	Source   Source
	SharedID string
	Acked    int
	// Patient writers take 503 with Retry-After for an answer: whether the operation took effect is open
	// then, as it is without an answer.
	Patient bool
	Refused int
	// Broken counts requests that were not answered.
	Broken int

	random *rand.Rand
	next   int
	world  World
	ids    map[string]string
	// doubt is the world if the operation that was never answered took effect; nil without one.
	doubt *World
}

// NewWriter returns a writer whose operations follow from the seed.
func NewWriter(number int, seed uint64, source Source, sharedID string) *Writer {
	return &Writer{
		Name: fmt.Sprintf("w%02d", number), Source: source, SharedID: sharedID,
		random: rand.New(rand.NewPCG(seed, uint64(number))), world: NewWorld(), ids: map[string]string{},
	}
}

// operation is one request with the world that it makes.
type operation struct {
	method, path string
	body         any
	after        World
	name         string // what a creation makes
}

// Write works until the context ends, or the server is gone or asks to wait. An error is an answer that no writer may
// get: everything it asks for can be done.
func (w *Writer) Write(ctx context.Context, client *Client) error {
	for ctx.Err() == nil {
		op := w.choose()
		request := scimWrite(op.method, w.Source.Base(), w.Source.Token, op.path, bodyOf(op.body))
		ex, err := client.Do(context.WithoutCancel(ctx), request) // who stops waits for the answer
		if err != nil {
			w.doubt = &op.after // sent or not, done or not: both are right
			w.Broken++
			return nil
		}
		if w.Patient && ex.Answer.Status == http.StatusServiceUnavailable && ex.Answer.Header.Get("Retry-After") != "" {
			w.doubt = &op.after
			w.Refused++
			return nil
		}
		if ex.Answer.Status/100 != 2 {
			return fmt.Errorf("writer %s\n%s", w.Name, ex)
		}
		w.Acked++
		w.world = op.after
		if op.name != "" {
			w.ids[op.name] = stringAt(ex.Answer, "id")
		}
	}
	return nil
}

func bodyOf(v any) []byte {
	if v == nil {
		return nil
	}
	return marshal(v)
}

// Settle compares the directory with the worlds that are right, and goes on from what it holds.
func (w *Writer) Settle(actual World, ids map[string]string) []string {
	problems := w.world.Differences(actual)
	if len(problems) > 0 && w.doubt != nil {
		if len(w.doubt.Differences(actual)) == 0 {
			problems = nil
		} else {
			problems = append(problems, "and neither is it what the unanswered operation would have made:")
			problems = append(problems, w.doubt.Differences(actual)...)
		}
	}
	w.world, w.doubt, w.ids = actual, nil, ids
	return problems
}

func (w *Writer) choose() operation {
	users, groups := slices.Sorted(maps.Keys(w.world.Users)), slices.Sorted(maps.Keys(w.world.Groups))
	dice := w.random.IntN(100)
	switch {
	case len(users) < 4 || dice < 18 && len(users) < maxUsers:
		return w.createUser()
	case len(groups) == 0 || dice < 30 && len(groups) < maxGroups:
		return w.createGroup(users)
	case dice < 45:
		return w.patchUser(pick(w.random, users))
	case dice < 52:
		return w.putUser(pick(w.random, users))
	case dice < 72:
		return w.patchMembers(pick(w.random, groups), users)
	case dice < 84:
		return w.patchShared(pick(w.random, users))
	case dice < 94:
		return w.deleteUser(pick(w.random, users))
	default:
		return w.deleteGroup(pick(w.random, groups))
	}
}

func pick(r *rand.Rand, names []string) string { return names[r.IntN(len(names))] }

func (w *Writer) name(kind string) string {
	w.next++
	return fmt.Sprintf("%s-%s%06d", w.Name, kind, w.next)
}

func (w *Writer) createUser() operation {
	op := operation{method: http.MethodPost, path: "/Users", name: w.name("u"), after: w.world.Clone()}
	person := Person{DisplayName: "made by " + op.name, Active: true}
	op.after.Users[op.name] = person
	op.body = userBody(op.name, person)
	return op
}

func userBody(name string, p Person) map[string]any {
	return map[string]any{"schemas": []string{userSchema}, "userName": name, "displayName": p.DisplayName, "active": p.Active}
}

func (w *Writer) createGroup(users []string) operation {
	op := operation{method: http.MethodPost, path: "/Groups", name: w.name("g"), after: w.world.Clone()}
	members := map[string]bool{}
	for range w.random.IntN(8) {
		members[pick(w.random, users)] = true
	}
	op.after.Groups[op.name] = members
	op.body = map[string]any{"schemas": []string{groupSchema}, "displayName": op.name, "members": w.values(members)}
	return op
}

func (w *Writer) values(members map[string]bool) []any {
	values := []any{}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		values = append(values, map[string]any{"value": w.ids[name]})
	}
	return values
}

func patchBody(operations ...map[string]any) map[string]any {
	return map[string]any{"schemas": []string{patchSchema}, "Operations": operations}
}

func (w *Writer) patchUser(name string) operation {
	op := operation{method: http.MethodPatch, path: "/Users/" + w.ids[name], after: w.world.Clone()}
	w.next++
	person := Person{fmt.Sprintf("patched %d", w.next), !w.world.Users[name].Active}
	op.after.Users[name] = person
	op.body = patchBody(
		map[string]any{"op": "replace", "path": "displayName", "value": person.DisplayName},
		map[string]any{"op": "replace", "path": "active", "value": person.Active},
	)
	return op
}

func (w *Writer) putUser(name string) operation {
	op := operation{method: http.MethodPut, path: "/Users/" + w.ids[name], after: w.world.Clone()}
	w.next++
	person := Person{fmt.Sprintf("put %d", w.next), w.random.IntN(2) == 0}
	op.after.Users[name] = person
	op.body = userBody(name, person)
	return op
}

// patchMembers adds some members and removes others in one request, which must come as one.
func (w *Writer) patchMembers(group string, users []string) operation {
	op := operation{method: http.MethodPatch, path: "/Groups/" + w.ids[group], after: w.world.Clone()}
	members, added, removed := op.after.Groups[group], map[string]bool{}, map[string]bool{}
	for range 1 + w.random.IntN(3) {
		name := pick(w.random, users)
		if members[name] {
			removed[name] = true
		} else if !removed[name] {
			added[name] = true
		}
	}
	for name := range removed {
		delete(members, name)
	}
	maps.Copy(members, added)
	var operations []map[string]any
	if len(added) > 0 {
		operations = append(operations, map[string]any{"op": "add", "path": "members", "value": w.values(added)})
	}
	if len(removed) > 0 {
		operations = append(operations, map[string]any{"op": "Remove", "path": "members", "value": w.values(removed)})
	}
	op.body = patchBody(operations...)
	return op
}

// patchShared joins or leaves the group that all writers change at the same time.
func (w *Writer) patchShared(user string) operation {
	op := operation{method: http.MethodPatch, path: "/Groups/" + w.SharedID, after: w.world.Clone()}
	if w.world.Shared[user] {
		delete(op.after.Shared, user)
		op.body = patchBody(map[string]any{"op": "remove", "path": fmt.Sprintf("members[value eq %q]", w.ids[user])})
	} else {
		op.after.Shared[user] = true
		op.body = patchBody(map[string]any{"op": "add", "path": "members", "value": w.values(map[string]bool{user: true})})
	}
	return op
}

func (w *Writer) deleteUser(name string) operation {
	op := operation{method: http.MethodDelete, path: "/Users/" + w.ids[name], after: w.world.Clone()}
	op.after.RemoveUser(name)
	return op
}

func (w *Writer) deleteGroup(name string) operation {
	op := operation{method: http.MethodDelete, path: "/Groups/" + w.ids[name], after: w.world.Clone()}
	delete(op.after.Groups, name)
	return op
}

// owns tells whether a name is one of the writer's.
func (w *Writer) owns(name string) bool { return strings.HasPrefix(name, w.Name+"-") }
