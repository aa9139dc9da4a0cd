package main

import (
	"fmt"
	"path/filepath"
)

// database is an engine to measure Roster on.
type database interface {
	name() string
	// prepare makes an empty database and returns the flags by which every command of the binary finds
	// it; data is the folder of the server that will use it.
	prepare(s *suite, data string) (flags []string, err error)
	// floor starts the bare store on the database of a server.
	floor(s *suite, srv *server) (*process, error)
	// beside is the process that works for the server and for the floor, 0 when they do so themselves.
	beside() int
	// bars of the ratios; 0 for a load that the engine is not measured with.
	bars() bars
	close() error
}

// bars are what the ratios of one engine must reach.
type bars struct {
	// get and filter are in comparison with the bare handler, lookup with the bare store.
	get, filter, lookup float64
	// post is for each number of connections.
	post  map[int]float64
	patch float64
	page  float64
	// cycle is in comparison with an in-memory library.
	cycle float64
}

// sqlite is the embedded database.
type sqlite struct{}

func (sqlite) name() string                             { return "SQLite" }
func (sqlite) prepare(*suite, string) ([]string, error) { return nil, nil }
func (sqlite) beside() int                              { return 0 }
func (sqlite) close() error                             { return nil }
func (sqlite) floor(s *suite, srv *server) (*process, error) {
	return s.self("sqlite", nil, filepath.Join(srv.data, "roster.db"))
}

func (sqlite) bars() bars {
	return bars{get: 0.38, filter: 0.33, post: map[int]float64{16: 0.5, 64: 0.4}, patch: 0.45, page: 0.35, cycle: 1}
}

// contest measures one engine with a directory of ordinary size.
type contest struct {
	*suite
	db   database
	bars bars
	srv  *server
	p    *people
}

func (c *contest) add(r row) {
	r.Name = c.db.name() + ": " + r.Name
	c.report.add(r)
}

// run compares a seeded server with the floors.
func (c *contest) run() error {
	if err := c.reads(); err != nil {
		return err
	}
	if err := c.stored(); err != nil {
		return err
	}
	// The other side of cycles has as many users: what writes creates comes later.
	if err := c.cycles(); err != nil {
		return err
	}
	return c.writes()
}

// reads compares reading one user with a handler that returns the same bytes.
func (c *contest) reads() error {
	body, err := sample(c.srv, c.p)
	if err != nil {
		return err
	}
	hello, addr, err := c.startHello(body)
	if err != nil {
		return err
	}
	defer hello.stop() //nolint:errcheck // the run is over
	head := headOf("GET", addr, "/", scimType, helloToken)
	bare := against(hello, "bare handler", addr, 16, func(w *wire, _, _ int) error { return c.p.want(w, 200, head, nil) })
	get := against(c.srv.process, "GET a user", c.srv.host, 16, c.p.get)
	filter := against(c.srv.process, "filter=userName eq", c.srv.host, 16, c.p.filter)
	if err := c.compete(bare, get, filter); err != nil {
		return err
	}
	c.add(share("GET a user, C=16 ÷ bare handler", get.median(), bare.median(), c.bars.get))
	c.add(share("filter=userName eq, C=16 ÷ bare handler", filter.median(), bare.median(), c.bars.filter))
	return nil
}

// stored compares reads with those of a bare store over the same rows.
func (c *contest) stored() error {
	floor, err := c.db.floor(c.suite, c.srv)
	if err != nil {
		return err
	}
	defer floor.stop() //nolint:errcheck // the run is over
	floor.beside = c.db.beside()
	if c.bars.page > 0 {
		bare, page := bare(floor, "page", 16), against(c.srv.process, "page of 100", c.srv.host, 16, c.p.page(1))
		if err := c.compete(bare, page); err != nil {
			return err
		}
		c.add(share("page of 100 users, C=16 ÷ bare keyset read", page.median(), bare.median(), c.bars.page))
	}
	if c.bars.lookup > 0 {
		bare, get := bare(floor, "get", 16), against(c.srv.process, "GET a user", c.srv.host, 16, c.p.get)
		if err := c.compete(bare, get); err != nil {
			return err
		}
		c.add(share("GET a user, C=16 ÷ bare look-up", get.median(), bare.median(), c.bars.lookup))
	}
	return nil
}

// writes compares durable writes with bare insertions of the same rows into a database of the same form.
func (c *contest) writes() error {
	other, err := c.server(c.db, "floor")
	if err != nil {
		return err
	}
	floor, err := c.db.floor(c.suite, other)
	if err != nil {
		return err
	}
	defer floor.stop() //nolint:errcheck // the run is over
	floor.beside = c.db.beside()
	for _, n := range []int{16, 64} {
		bar, measured := c.bars.post[n]
		if !measured {
			continue
		}
		rows, plain := bare(floor, "rows", n), bare(floor, "plain", n)
		post := against(c.srv.process, "POST a user", c.srv.host, n, c.p.post)
		patch := against(c.srv.process, "PATCH active", c.srv.host, n, c.p.patch(n))
		if c.db.name() != (sqlite{}).name() {
			plain = rows
			err = c.compete(rows, post, patch)
		} else {
			err = c.compete(rows, plain, post, patch)
		}
		if err != nil {
			return err
		}
		c.add(share(fmt.Sprintf("POST a user, C=%d ÷ bare durable inserts of the same rows", n), post.median(), rows.median(), bar))
		if plain != rows {
			c.add(share(fmt.Sprintf("POST a user, C=%d ÷ bare durable inserts of one row a user", n), post.median(), plain.median(), 0))
		}
		if n == 16 {
			c.add(share("PATCH active, C=16 ÷ bare durable inserts of the rows of a user", patch.median(), rows.median(), c.bars.patch))
		}
	}
	return nil
}
