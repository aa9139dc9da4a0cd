package main

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
)

// people are the users of a source as the load knows them.
type people struct {
	s *server
	// ids are those of the seeded users, by number.
	ids []string
	// next numbers users to come.
	next atomic.Int64
	// group is the id of the group that cycles put people into.
	group string
}

// seed creates users over HTTP, as an identity provider would, and a group.
func seed(s *server, users int) (*people, error) {
	p := &people{s: s, ids: make([]string, users)}
	p.next.Store(int64(users))
	const connections = 32
	var wg sync.WaitGroup
	errs := make(chan error, connections)
	for c := range connections {
		wg.Go(func() {
			w, err := dial(s.host)
			if err != nil {
				errs <- err
				return
			}
			defer w.close()
			for n := c; n < users; n += connections {
				if p.ids[n], err = p.create(w, n); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return nil, fmt.Errorf("seed: %w", err)
	default:
	}
	w, err := dial(s.host)
	if err != nil {
		return nil, err
	}
	defer w.close()
	p.group, err = p.createGroup(w, "Everybody", nil)
	return p, err
}

// create makes the user with a number and returns its id.
func (p *people) create(w *wire, n int) (string, error) {
	if err := p.want(w, 201, p.s.head("POST", "/Users"), appendUser(make([]byte, 0, 2<<10), n)); err != nil {
		return "", err
	}
	return idOf(w.body)
}

// createGroup makes a group with those members and returns its id.
func (p *people) createGroup(w *wire, name string, members []string) (string, error) {
	body := []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"` + name + `","members":[`)
	for i, id := range members {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, `{"value":"`+id+`"}`...)
	}
	if err := p.want(w, 201, p.s.head("POST", "/Groups?excludedAttributes=members"), append(body, "]}"...)); err != nil {
		return "", err
	}
	return idOf(w.body)
}

// want does a request that must be answered with that status; 0 stands for 200 or 204.
func (p *people) want(w *wire, status int, head string, body []byte) error {
	got, err := w.do(head, body)
	if err != nil {
		return err
	}
	if status == 0 && (got == 200 || got == 204) {
		return nil
	}
	if got != status {
		line, _, _ := bytes.Cut([]byte(head), []byte("\r"))
		return fmt.Errorf("%s: status %d instead of %d: %s", line, got, status, w.body)
	}
	return nil
}

// idOf finds the id in an answer.
func idOf(body []byte) (string, error) {
	_, rest, ok := bytes.Cut(body, []byte(`"id":"`))
	id, _, end := bytes.Cut(rest, []byte(`"`))
	if !ok || !end {
		return "", fmt.Errorf("no id in %s", body)
	}
	return string(id), nil
}

// scattered spreads the n-th step of a connection over all users.
func (p *people) scattered(conn, n int) int {
	return int((uint64(conn)*1_000_003 + uint64(n)*7_919 + 13) % uint64(len(p.ids)))
}

// get reads one user.
func (p *people) get(w *wire, conn, n int) error {
	return p.want(w, 200, p.s.head("GET", "/Users/"+p.ids[p.scattered(conn, n)]), nil)
}

// filter finds one user by its userName.
func (p *people) filter(w *wire, conn, n int) error {
	name := appendUserName(nil, p.scattered(conn, n))
	if err := p.want(w, 200, p.s.head("GET", "/Users?filter=userName%20eq%20%22"+string(name)+"%22"), nil); err != nil {
		return err
	}
	if _, rest, _ := bytes.Cut(w.body, []byte(`"totalResults":1`)); len(rest) == 0 || rest[0] >= '0' && rest[0] <= '9' {
		return fmt.Errorf("the filter found %.200s", w.body)
	}
	return nil
}

// post creates one user.
func (p *people) post(w *wire, _, _ int) error {
	_, err := p.create(w, int(p.next.Add(1)))
	return err
}

// patch switches a user off and on again by turns, each connection users of its own.
func (p *people) patch(connections int) operation {
	share := len(p.ids) / connections
	states := make([]int, connections)
	return func(w *wire, conn, _ int) error {
		at := states[conn]
		states[conn]++
		return p.want(w, 200, p.s.head("PATCH", "/Users/"+p.ids[conn*share+at%share]), activation(at/share%2 == 1))
	}
}

// cycle is what Entra ID does for a new member of staff: look, create, complete, put into a group.
func (p *people) cycle(w *wire, _, _ int) error {
	n := int(p.next.Add(1))
	name := appendUserName(nil, n)
	if err := p.want(w, 200, p.s.head("GET", "/Users?filter=userName%20eq%20%22"+string(name)+"%22"), nil); err != nil {
		return err
	}
	id, err := p.create(w, n)
	if err != nil {
		return err
	}
	update := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"title","value":"Consultant ` + strconv.Itoa(n) + `"}]}`
	if err := p.want(w, 200, p.s.head("PATCH", "/Users/"+id), []byte(update)); err != nil {
		return err
	}
	return p.member(w, "Add", p.group, id)
}

// member adds somebody to a group, or removes them.
func (p *people) member(w *wire, op, group, id string) error {
	body := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"` + op + `","path":"members","value":[{"value":"` + id + `"}]}]}`
	if op == "Remove" {
		body = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Remove","path":"members[value eq \"` + id + `\"]"}]}`
	}
	// A group with few members comes back, one with many does not.
	return p.want(w, 0, p.s.head("PATCH", "/Groups/"+group), []byte(body))
}

// page reads a hundred users from a place in the list.
func (p *people) page(startIndex int) operation {
	head := p.s.head("GET", "/Users?count=100&startIndex="+strconv.Itoa(startIndex))
	return func(w *wire, _, _ int) error { return p.want(w, 200, head, nil) }
}

// change adds somebody to a group and removes them again by turns, each connection somebody else who is
// not on the last page.
func (p *people) change(group string) operation {
	return func(w *wire, conn, n int) error {
		op := "Add"
		if n%2 == 1 {
			op = "Remove"
		}
		return p.member(w, op, group, p.ids[len(p.ids)-101-conn])
	}
}
