package main

import "fmt"

// database is an engine to measure Roster on, with the floors that belong to it.
type database interface {
	name() string
	// flags are those of every command of the binary.
	flags() []string
	// measure compares a seeded server with the engine's floors and adds rows to the report.
	measure(s *suite, srv *server, p *people) error
}

// sqlite is the embedded database.
type sqlite struct{}

func (sqlite) name() string    { return "SQLite" }
func (sqlite) flags() []string { return nil }

func (sqlite) measure(s *suite, srv *server, p *people) error {
	if err := reads(s, srv, p); err != nil {
		return err
	}
	floor, err := s.self("sqlite", nil, s.dir)
	if err != nil {
		return err
	}
	defer floor.stop() //nolint:errcheck // the run is over
	for _, c := range []struct {
		connections int
		post        float64
	}{{16, 0.5}, {64, 0.4}} {
		bare := inserting(floor, c.connections)
		post := against(srv.process, "POST a user", srv.host, c.connections, p.post)
		patch := against(srv.process, "PATCH active", srv.host, c.connections, p.patch(c.connections))
		if err := s.compete(bare, post, patch); err != nil {
			return err
		}
		s.report.Rows = append(s.report.Rows, share(fmt.Sprintf("POST a user, C=%d ÷ bare durable inserts", c.connections), post.median(), bare.median(), c.post))
		if c.connections == 16 {
			s.report.Rows = append(s.report.Rows, share("PATCH active, C=16 ÷ bare durable inserts", patch.median(), bare.median(), 0.45))
		}
	}
	cycle := against(srv.process, "Entra cycle", srv.host, 16, p.cycle)
	if err := s.compete(cycle); err != nil {
		return err
	}
	f := cycle.median()
	s.report.Rows = append(s.report.Rows, row{Name: "Entra cycle, C=16, cycles a second", Measured: f, Ratio: f.Rate, Bar: 1000, Met: f.Rate >= 1000})
	return nil
}

// reads compares reading one user with a handler that returns the same bytes.
func reads(s *suite, srv *server, p *people) error {
	body, err := sample(srv, p)
	if err != nil {
		return err
	}
	hello, addr, err := s.startHello(body)
	if err != nil {
		return err
	}
	defer hello.stop() //nolint:errcheck // the run is over
	head := headOf("GET", addr, "/", helloToken)
	bare := against(hello, "bare handler", addr, 16, func(w *wire, _, _ int) error { return p.want(w, 200, head, nil) })
	get := against(srv.process, "GET a user", srv.host, 16, p.get)
	filter := against(srv.process, "filter=userName eq", srv.host, 16, p.filter)
	if err := s.compete(bare, get, filter); err != nil {
		return err
	}
	s.report.Rows = append(s.report.Rows,
		share("GET a user, C=16 ÷ bare handler", get.median(), bare.median(), 0.38),
		share("filter=userName eq, C=16 ÷ bare handler", filter.median(), bare.median(), 0.33))
	return nil
}
