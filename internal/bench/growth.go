package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// large is the size of the large directory that growth tables compare with a small one.
type large struct{ Users, Members, Groups, Sources int }

// growing are two directories that run side by side.
type growing struct {
	*suite
	small, big *people
	// few and many are groups of the big directory with ten members and with as many as asked for.
	few, many string
	// key opens the administrators' API of the big directory.
	key string
}

// growth compares a large directory with a small one of one source.
func (s *suite) growth(db database) error {
	g := &growing{suite: s}
	for name, users := range map[string]int{"small": min(s.Users, s.Large.Users), "large": s.Large.Users} {
		srv, err := s.server(db, name)
		if err != nil {
			return err
		}
		if err := srv.open(s.ctx, s.Core); err != nil {
			return err
		}
		defer srv.stop() //nolint:errcheck // the run is over
		p, err := s.seed(srv, users)
		if err != nil {
			return err
		}
		if name == "small" {
			g.small = p
		} else {
			g.big = p
		}
	}
	for _, step := range []func() error{g.fill, g.requests, g.pages, g.members, g.feed, g.memory} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// fill adds groups to both directories, in proportion to their users, and sources to the big one.
func (g *growing) fill() error {
	ratio := float64(len(g.small.ids)) / float64(len(g.big.ids))
	part := func(n int) int { return int(float64(n) * ratio) }
	if _, _, err := fillGroups(g.small, part(g.Large.Members), part(g.Large.Groups)); err != nil {
		return err
	}
	var err error
	if g.few, g.many, err = fillGroups(g.big, g.Large.Members, g.Large.Groups); err != nil {
		return err
	}
	w, err := dial(g.big.s.host)
	if err != nil {
		return err
	}
	defer w.close()
	var made struct{ Key string }
	if err := g.big.s.command(g.ctx, &made, "api-key", "create", "bench", "--role", "owner"); err != nil {
		return err
	}
	g.key = made.Key
	create := headOf("POST", g.big.s.host, "/api/v1/sources", "application/json", g.key)
	for n := range g.Large.Sources - 1 {
		if err := g.big.want(w, 201, create, fmt.Appendf(nil, `{"name":"Source %d"}`, n)); err != nil {
			return err
		}
	}
	return nil
}

// fillGroups makes groups of five users each, one of ten, and one of a number of members. The users of the first and
// the last page are in none.
func fillGroups(p *people, members, groups int) (few, many string, err error) {
	w, err := dial(p.s.host)
	if err != nil {
		return "", "", err
	}
	defer w.close()
	inner := p.ids[100 : len(p.ids)-200]
	if few, err = p.createGroup(w, "Few", inner[:10]); err != nil {
		return "", "", err
	}
	if many, err = p.createGroup(w, "Many", inner[:min(members, len(inner))]); err != nil {
		return "", "", err
	}
	for n := range groups {
		first := n * 5 % (len(inner) - 5)
		if _, err := p.createGroup(w, fmt.Sprintf("Group %d", n), inner[first:first+5]); err != nil {
			return "", "", err
		}
	}
	return few, many, nil
}

// versus runs the same load in both directories.
func (g *growing) versus(name string, bar float64, load func(*people) operation) error {
	const connections = 4
	small := against(g.small.s.process, name+", small", g.small.s.host, connections, load(g.small))
	big := against(g.big.s.process, name+", large", g.big.s.host, connections, load(g.big))
	if err := g.compete(small, big); err != nil {
		return err
	}
	g.report.add(growth(fmt.Sprintf("%s: %d users, %d sources ÷ %d users, one source", name,
		len(g.big.ids), g.Large.Sources, len(g.small.ids)), big.median(), small.median(), bar))
	return nil
}

func (g *growing) requests() error {
	for name, load := range map[string]func(*people) operation{
		"GET a user":         func(p *people) operation { return p.get },
		"filter=userName eq": func(p *people) operation { return p.filter },
		"POST a user":        func(p *people) operation { return p.post },
		"PATCH active":       func(p *people) operation { return p.patch(4) },
	} {
		if err := g.versus(name, 1.25, load); err != nil {
			return err
		}
	}
	return g.versus("first page of 100", 1.5, func(p *people) operation { return p.page(1) })
}

// within compares two loads of the big directory.
func (g *growing) within(name string, bar float64, heavy, light operation) error {
	const connections = 4
	first, second, _ := strings.Cut(name, " ÷ ")
	h := against(g.big.s.process, first, g.big.s.host, connections, heavy)
	l := against(g.big.s.process, "÷ "+second, g.big.s.host, connections, light)
	if err := g.compete(h, l); err != nil {
		return err
	}
	g.report.add(growth(name, h.median(), l.median(), bar))
	return nil
}

func (g *growing) pages() error {
	return g.within(fmt.Sprintf("last page by startIndex of %d users ÷ first page", len(g.big.ids)), 1.5,
		g.big.page(len(g.big.ids)-99), g.big.page(1))
}

func (g *growing) members() error {
	sizes := fmt.Sprintf("of %d members ÷ of 10", min(g.Large.Members, len(g.big.ids)-300))
	if err := g.within("PATCH one member in or out of a group "+sizes, 1.15, g.big.change(g.many), g.big.change(g.few)); err != nil {
		return err
	}
	read := func(id string) operation {
		head := g.big.s.head("GET", "/Groups/"+id+"?excludedAttributes=members")
		return func(w *wire, _, _ int) error { return g.big.want(w, 200, head, nil) }
	}
	return g.within("GET a group without its members "+sizes, 1.15, read(g.many), read(g.few))
}

// api is a load of the administrators' API.
func (g *growing) api(path string) operation {
	head := headOf("GET", g.big.s.host, "/api/v1"+path, "application/json", g.key)
	return func(w *wire, _, _ int) error { return g.big.want(w, 200, head, nil) }
}

func (g *growing) feed() error {
	after := len(g.big.ids) - 200 // what follows are creations of users, as on the first page
	return g.within(fmt.Sprintf("page of 100 events behind %d others ÷ the first page", after), 1.5,
		g.api(fmt.Sprintf("/events?limit=100&after=%d", after)), g.api("/events?limit=100&after=0"))
}

// memory measures the big directory after a new start, and while it streams.
func (g *growing) memory() error {
	s := g.big.s
	if err := s.stop(); err != nil {
		return err
	}
	if err := s.open(g.ctx, g.Core); err != nil {
		return err
	}
	defer s.stop() //nolint:errcheck // the run is over
	if _, err := sample(s, g.big); err != nil {
		return err
	}
	idle, _, err := s.resident()
	if err != nil {
		return err
	}
	g.report.remember(fmt.Sprintf("idle, %d users", len(g.big.ids)), idle, 256)
	if err := s.clearPeak(); err != nil {
		return err
	}
	if err := g.streams(); err != nil {
		return err
	}
	_, peak, err := s.resident()
	g.report.remember("while a large group, an export and a walk of 1,000 pages stream at once", peak, 384)
	return err
}

// streams reads a large group and an export again and again while a walk goes through the list.
func (g *growing) streams() error {
	steps := []operation{
		func(w *wire, _, _ int) error {
			return g.big.want(w, 200, g.big.s.head("GET", "/Groups/"+g.many), nil)
		},
		g.api("/users/export.csv"),
		func(w *wire, _, n int) error {
			return g.big.page(1+100*n%max(1, len(g.big.ids)-100))(w, 0, 0)
		},
	}
	errs := make([]error, len(steps))
	walked := make(chan struct{})
	var wg sync.WaitGroup
	for i, step := range steps {
		wg.Go(func() {
			if i == len(steps)-1 {
				defer close(walked)
			}
			_, errs[i] = drive(g.big.s.host, 1, time.Hour, until(step, walked, i == len(steps)-1))
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, errOver) {
			return err
		}
	}
	return nil
}

// errOver ends a load.
var errOver = errors.New("over")

// until repeats a step: the walk a thousand times, others until the walk has ended.
func until(step operation, walked <-chan struct{}, walk bool) operation {
	return func(w *wire, conn, n int) error {
		if walk && n == 1000 {
			return errOver
		}
		select {
		case <-walked:
			return errOver
		default:
		}
		return step(w, conn, n)
	}
}
