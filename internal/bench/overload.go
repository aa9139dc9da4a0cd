package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// crowd is how many connections a source sends over at capacity, and ten times of it is an overload.
const crowd = 16

// overload measures what the requests of one source wait when another source sends ten times what the
// server can take, compared with what they wait when it sends as much as that.
func (s *suite) overload(db database) error {
	srv, err := s.server(db, "overload")
	if err != nil {
		return err
	}
	if err := srv.open(s.ctx, s.Core); err != nil {
		return err
	}
	defer srv.stop() //nolint:errcheck // the run is over
	noisy, err := s.seed(srv, s.Users/5)
	if err != nil {
		return err
	}
	quiet, err := s.neighbour(srv)
	if err != nil {
		return err
	}
	beside := func(name string, connections int) *contender {
		return &contender{name: fmt.Sprintf("another source beside %s, %d connections", name, connections), run: func(d time.Duration) (f figure, err error) {
			end, err := noisy.crowd(connections)
			if err != nil {
				return f, err
			}
			f, err = srv.measured(func() (figure, error) { return drive(srv.host, 1, d, quiet.turns) })
			if failed := end(); err == nil {
				err = failed
			}
			return f, err
		}}
	}
	capacity, over := beside("a busy one", crowd), beside("one that overloads", 10*crowd)
	if err := s.compete(capacity, over); err != nil {
		return err
	}
	s.report.add(tail(fmt.Sprintf("p99 of another source: %d connections overload the server ÷ %d keep it busy", 10*crowd, crowd),
		over.medianTail(), capacity.medianTail(), 2))
	_, peak, err := srv.resident()
	s.report.remember("under ten times the load", peak, 384)
	return err
}

// neighbour makes a second source with a few users.
func (s *suite) neighbour(srv *server) (*people, error) {
	var made struct{ Slug, Token string }
	if err := srv.command(s.ctx, &made, "source", "create", "Quiet"); err != nil {
		return nil, err
	}
	other := *srv
	other.base, other.token = "/source/scim/"+made.Slug+"/v2", made.Token
	return seed(&other, 100)
}

// crowd sends requests of all kinds over connections until end is called. They may be refused.
func (p *people) crowd(connections int) (end func() error, err error) {
	var stopped atomic.Bool
	var wg sync.WaitGroup
	errs := make(chan error, connections)
	for c := range connections {
		w, err := dial(p.s.host)
		if err != nil {
			stopped.Store(true)
			wg.Wait()
			return nil, err
		}
		wg.Go(func() {
			defer w.close()
			for n := 0; !stopped.Load(); n++ {
				if err := p.any(w, c, n); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	return func() error {
		stopped.Store(true)
		wg.Wait()
		select {
		case err := <-errs:
			return err
		default:
			return nil
		}
	}, nil
}

// any does one request, which may be refused.
func (p *people) any(w *wire, conn, n int) error {
	id := p.ids[p.scattered(conn, n)]
	var status int
	var err error
	switch n % 4 {
	case 0, 1:
		status, err = w.do(p.s.head("GET", "/Users/"+id), nil)
	case 2:
		status, err = w.do(p.s.head("POST", "/Users"), appendUser(nil, int(p.next.Add(1))))
	case 3:
		status, err = w.do(p.s.head("PATCH", "/Users/"+id), activation(n%8 == 3))
	}
	if err == nil && status >= 400 && status != 429 && status != 503 {
		err = fmt.Errorf("status %d: %s", status, w.body)
	}
	return err
}

// turns reads a user and changes one by turns. Nothing is refused.
func (p *people) turns(w *wire, conn, n int) error {
	path := "/Users/" + p.ids[p.scattered(conn, n)]
	if n%2 == 0 {
		return p.want(w, 200, p.s.head("GET", path), nil)
	}
	return p.want(w, 200, p.s.head("PATCH", path), activation(n%4 == 1))
}

// activation is the body of a PATCH as Entra ID sends it.
func activation(active bool) []byte {
	value := "False"
	if active {
		value = "True"
	}
	return []byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"` + value + `"}]}`)
}
