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
	all = slices.DeleteFunc(all, func(c *contender) bool { return !s.only.MatchString(c.name) })
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
		f := median(c.runs)
		fmt.Fprintf(s.log, "  %-40s %9.0f/s  p50 %8.3f ms  p99 %8.2f ms  CPU %6.1f µs\n", c.name, f.Rate, f.P50/1e3, f.P99/1e3, f.CPU)
	}
	return nil
}

func (c *contender) median() figure { return median(c.runs) }

// against is a load of a process over connections.
func against(p *process, name, host string, connections int, op operation) *contender {
	return &contender{name: fmt.Sprintf("%s, %d connections", name, connections), run: func(d time.Duration) (figure, error) {
		return p.measured(func() (figure, error) { return drive(host, connections, d, op) })
	}}
}

// inserting is the floor of writes with a number of writers.
func inserting(p *process, writers int) *contender {
	return &contender{name: fmt.Sprintf("bare durable inserts, %d writers", writers), run: func(d time.Duration) (figure, error) {
		return p.measured(func() (f figure, err error) {
			err = p.ask(&f, "insert %d %s", writers, d)
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

// base measures a directory of ordinary size against the floors.
func (s *suite) base(db database) error {
	data, err := s.folder(db.name())
	if err != nil {
		return err
	}
	srv, err := newServer(s.ctx, s.binary, data, db.flags()...)
	if err != nil {
		return err
	}
	if err := srv.open(s.ctx, s.Core); err != nil {
		return err
	}
	defer srv.stop() //nolint:errcheck // the run is over
	fmt.Fprintf(s.log, "%s: %d users\n", db.name(), s.Users)
	people, err := seed(srv, s.Users)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.log, "seeded")
	return db.measure(s, srv, people)
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
