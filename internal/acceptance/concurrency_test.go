package acceptance

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// burst sends requests over so many connections at once and returns the exchanges in order.
func burst(t *testing.T, requests []Request, connections int) []Exchange {
	t.Helper()
	return burstAt(t, theServer(t), requests, connections)
}

func burstAt(t *testing.T, server *Server, requests []Request, connections int) []Exchange {
	t.Helper()
	client, err := NewClient(server.Client().Origin(), connections)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	exchanges := make([]Exchange, len(requests))
	next := make(chan int)
	var wait sync.WaitGroup
	for range connections {
		wait.Go(func() {
			for i := range next {
				ex, err := client.Do(t.Context(), requests[i])
				if err != nil {
					t.Errorf("%v\n%s", err, ex)
				}
				exchanges[i] = ex
			}
		})
	}
	for i := range requests {
		next <- i
	}
	close(next)
	wait.Wait()
	return exchanges
}

// manyUsers creates users and returns their ids.
func manyUsers(t *testing.T, source Source, n int) []string {
	t.Helper()
	requests := make([]Request, n)
	for i := range requests {
		requests[i] = scimWrite("POST", source.Base(), source.Token, "/Users", newUser(fmt.Sprintf("user-%04d", i)))
	}
	ids := make([]string, n)
	for i, ex := range burst(t, requests, 32) {
		if ex.Answer.Status != http.StatusCreated {
			t.Fatalf("want 201\n%s", ex)
		}
		ids[i] = stringAt(ex.Answer, "id")
	}
	return ids
}

// membersOf reads the ids of a group's members.
func membersOf(t *testing.T, source Source, group string) []string {
	t.Helper()
	ex := do(t, scimGet(source.Base(), source.Token, "/Groups/"+group))
	doc, err := ex.Answer.Document()
	if err != nil {
		t.Fatalf("%v\n%s", err, ex)
	}
	path, err := ParsePath("members.*.value")
	if err != nil {
		t.Fatal(err)
	}
	values, _ := path.Find(doc)
	ids := []string{}
	for _, v := range list(values) {
		ids = append(ids, v.(string))
	}
	slices.Sort(ids)
	return ids
}

// 400 changes of one group at once, as Entra sends them: all succeed, and none is lost.
func TestConcurrency_MemberPatchesOfOneGroup(t *testing.T) {
	onEachEngine(t, testConcurrencyMemberPatchesOfOneGroup)
}

func testConcurrencyMemberPatchesOfOneGroup(t *testing.T) {
	source := newSource(t)
	users := manyUsers(t, source, 300)
	// The first hundred are members and leave, the other two hundred join. A hundred more requests change
	// nothing: a member joins again, or somebody leaves who was never there.
	group := makeResource(t, source, "/Groups", newGroup("Everybody", users[:100]))
	stay := makeResource(t, source, "/Users", newUser("always there"))
	never := makeResource(t, source, "/Users", newUser("never there"))
	patch := func(op map[string]any) Request {
		return scimWrite("PATCH", source.Base(), source.Token, "/Groups/"+group, marshal(patchBody(op)))
	}
	add := func(id string) Request {
		return patch(map[string]any{"op": "Add", "path": "members", "value": []any{map[string]any{"value": id}}})
	}
	remove := func(i int, id string) Request {
		if i%2 == 0 {
			return patch(map[string]any{"op": "Remove", "path": "members", "value": []any{map[string]any{"value": id}}})
		}
		return patch(map[string]any{"op": "remove", "path": fmt.Sprintf("members[value eq %q]", id)})
	}
	if ex := do(t, add(stay)); ex.Answer.Status/100 != 2 {
		t.Fatalf("%s", ex)
	}
	var requests []Request
	for i, id := range users {
		if i < 100 {
			requests = append(requests, remove(i, id))
			continue
		}
		requests = append(requests, add(id))
		switch i % 4 {
		case 0:
			requests = append(requests, add(stay))
		case 2:
			requests = append(requests, remove(i/4, never))
		}
	}
	if len(requests) != 400 {
		t.Fatalf("%d requests, want 400", len(requests))
	}
	for _, ex := range burst(t, requests, 32) {
		if ex.Answer.Status/100 != 2 {
			t.Errorf("a change of members was refused\n%s", ex)
		}
	}
	want := append(slices.Clone(users[100:]), stay)
	slices.Sort(want)
	if diff := cmp.Diff(want, membersOf(t, source, group)); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

// Pins R-CREATE-12.
func TestConcurrency_SameUserNameOnce(t *testing.T) { onEachEngine(t, testConcurrencySameUserNameOnce) }

func testConcurrencySameUserNameOnce(t *testing.T) {
	source := newSource(t)
	for round := range 5 {
		name := fmt.Sprintf("Twin-%d@example.com", round)
		requests := make([]Request, 32)
		for i := range requests {
			spelled := name
			if i%2 == 1 {
				spelled = strings.ToUpper(name)
			}
			requests[i] = scimWrite("POST", source.Base(), source.Token, "/Users", newUser(spelled))
		}
		statuses := map[int]int{}
		for _, ex := range burst(t, requests, 32) {
			statuses[ex.Answer.Status]++
			if ex.Answer.Status == http.StatusConflict && stringAt(ex.Answer, "scimType") != "uniqueness" {
				t.Errorf("want scimType uniqueness\n%s", ex)
			}
		}
		if !maps.Equal(statuses, map[int]int{201: 1, 409: 31}) {
			t.Errorf("round %d: statuses %v, want one 201 and 31 times 409", round, statuses)
		}
		ex := do(t, scimGet(source.Base(), source.Token, filterQuery("/Users", fmt.Sprintf("userName eq %q", name))))
		if got := numberAt(ex.Answer, "totalResults"); got != 1 {
			t.Errorf("round %d: %v users have the name\n%s", round, got, ex)
		}
	}
}

// One user changed by many at once, each another attribute: every change is there afterwards.
func TestConcurrency_PatchesOfOneUserAreNotLost(t *testing.T) {
	onEachEngine(t, testConcurrencyPatchesOfOneUserAreNotLost)
}

func testConcurrencyPatchesOfOneUserAreNotLost(t *testing.T) {
	source := newSource(t)
	id := makeResource(t, source, "/Users", newUser("busy"))
	attributes := []string{"displayName", "nickName", "title", "userType", "locale", "timezone", "preferredLanguage", "name.givenName", "name.familyName", "name.middleName"}
	var requests []Request
	for i := range 60 {
		path := attributes[i%len(attributes)]
		requests = append(requests, scimWrite("PATCH", source.Base(), source.Token, "/Users/"+id,
			marshal(patchBody(map[string]any{"op": "replace", "path": path, "value": "changed " + path}))))
	}
	for _, ex := range burst(t, requests, 32) {
		if ex.Answer.Status/100 != 2 {
			t.Errorf("a change of another attribute was refused\n%s", ex)
		}
	}
	ex := do(t, scimGet(source.Base(), source.Token, "/Users/"+id))
	for _, path := range attributes {
		if got := stringAt(ex.Answer, path); got != "changed "+path {
			t.Errorf("%s is %q: a change was lost\n%s", path, got, ex)
		}
	}
}

// numberAt is a number of an answer, -1 where there is none.
func numberAt(a Answer, place string) float64 {
	doc, err := a.Document()
	if err != nil {
		return -1
	}
	path, err := ParsePath(place)
	if err != nil {
		return -1
	}
	value, _ := path.Find(doc)
	if n, ok := value.(float64); ok {
		return n
	}
	return -1
}
