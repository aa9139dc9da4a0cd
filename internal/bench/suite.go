package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// suite is one run of the command.
type suite struct {
	options
	ctx    context.Context
	dir    string
	binary string
	only   *regexp.Regexp
	log    io.Writer
	report report
}

// contender is one of several loads that are compared: they run in turn, so that what else the machine
// does meets all of them.
type contender struct {
	name string
	run  func(d time.Duration) (figure, error)
	runs []figure
}

// compete runs the contenders in turn, as many rounds as asked for, and leaves the figures with them.
func (s *suite) compete(all ...*contender) error {
	all = slices.DeleteFunc(all, func(c *contender) bool { return !s.wants(c) })
	for round := range s.Rounds + 1 {
		for _, c := range all {
			d := s.For
			if round == 0 {
				d = s.For / 4 // warm up
			}
			f, err := c.run(d)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			if round > 0 {
				c.runs = append(c.runs, f)
			}
		}
	}
	for _, c := range all {
		f := c.median()
		fmt.Fprintf(s.log, "  %-40s %9.0f/s  p50 %8.3f ms  p99 %8.2f ms  CPU %6.1f µs\n", c.name, f.Rate, f.P50/1e3, f.P99/1e3, f.CPU)
	}
	return nil
}

// wants says whether a load is to run.
func (s *suite) wants(c *contender) bool { return s.only.MatchString(c.name) }

func (c *contender) median() figure { return median(c.runs, rate) }

// medianTail is the run whose 99th percentile is in the middle.
func (c *contender) medianTail() figure {
	return median(c.runs, func(f figure) float64 { return f.P99 })
}

// against is a load of a process over connections.
func against(p *process, name, host string, connections int, op operation) *contender {
	return &contender{name: fmt.Sprintf("%s, %d connections", name, connections), run: func(d time.Duration) (figure, error) {
		return p.measured(func() (figure, error) { return drive(host, connections, d, op) })
	}}
}

// bare is a load of a floor.
func bare(p *process, load string, workers int) *contender {
	return &contender{name: fmt.Sprintf("bare %s, %d workers", load, workers), run: func(d time.Duration) (figure, error) {
		return p.measured(func() (f figure, err error) {
			err = p.ask(&f, "%s %d %s", load, workers, d)
			return f, err
		})
	}}
}

// folder makes a folder of the run.
func (s *suite) folder(name string) (string, error) {
	dir := filepath.Join(s.dir, name)
	return dir, os.MkdirAll(dir, 0o700)
}

// self starts a floor, which is this program itself, on the server's core.
func (s *suite) self(name string, input []byte, args ...string) (*process, error) {
	me, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p, err := start(pinned(s.ctx, s.Core, me, append([]string{"floor", name}, args...)...), filepath.Join(s.dir, name+".log"))
	if err != nil || input == nil {
		return p, err
	}
	if _, err := io.Copy(p.in, bytes.NewReader(input)); err != nil {
		return nil, err
	}
	return p, p.in.Close()
}

// all runs every part that is not skipped.
func (s *suite) all(skip func(part string) bool) error {
	if !skip("SQLite") {
		if err := s.base(sqlite{}); err != nil {
			return fmt.Errorf("SQLite: %w", err)
		}
	}
	if !skip("growth") {
		if err := s.growth(sqlite{}); err != nil {
			return fmt.Errorf("growth: %w", err)
		}
	}
	if !skip("overload") {
		if err := s.overload(sqlite{}); err != nil {
			return fmt.Errorf("overload: %w", err)
		}
	}
	if !skip("PostgreSQL") {
		if err := s.base(&postgres{}); err != nil {
			return fmt.Errorf("PostgreSQL: %w", err)
		}
	}
	return nil
}

// base measures a directory of ordinary size against the floors.
func (s *suite) base(db database) error {
	defer db.close() //nolint:errcheck // the run is over
	srv, err := s.server(db, "base")
	if err != nil {
		return err
	}
	if err := srv.open(s.ctx, s.Core); err != nil {
		return err
	}
	defer srv.stop() //nolint:errcheck // the run is over
	srv.beside = db.beside()
	people, err := s.seed(srv, s.Users)
	if err != nil {
		return err
	}
	c := &contest{suite: s, db: db, bars: db.bars(), srv: srv, p: people}
	return c.run()
}

// server makes a directory with one source.
func (s *suite) server(db database, name string) (*server, error) {
	data, err := s.folder(db.name() + "-" + name)
	if err != nil {
		return nil, err
	}
	flags, err := db.prepare(s, data)
	if err != nil {
		return nil, err
	}
	return newServer(s.ctx, s.binary, data, flags...)
}

// seed fills a server and tells how fast that went.
func (s *suite) seed(srv *server, users int) (*people, error) {
	start := time.Now()
	p, err := seed(srv, users)
	if err == nil {
		fmt.Fprintf(s.log, "%s: %d users in %.1f s\n", filepath.Base(srv.data), users, time.Since(start).Seconds())
	}
	return p, err
}

// sample reads one user as it is answered.
func sample(srv *server, p *people) ([]byte, error) {
	w, err := dial(srv.host)
	if err != nil {
		return nil, err
	}
	defer w.close()
	err = p.get(w, 0, 0)
	return bytes.Clone(w.body), err
}

// startHello starts the floor of reads with those bytes and returns its address.
func (s *suite) startHello(body []byte) (*process, string, error) {
	p, err := s.self("hello", body)
	if err != nil {
		return nil, "", err
	}
	addr, err := p.line()
	return p, strings.TrimSpace(addr), err
}
