package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

// library is what rows and loads call the server in the folder peer.
const library = "an in-memory library"

// buildPeer builds that server, which is a module of its own in the folder module.
func buildPeer(ctx context.Context, module, dir string) (string, error) {
	binary := filepath.Join(dir, "peer")
	cmd := exec.CommandContext(ctx, "go", "build", "-C", module, "-trimpath", "-o", binary, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return binary, nil
}

// openPeer starts that server, by a command that has all arguments but the token.
func openPeer(cmd *exec.Cmd, log string) (*server, error) {
	cmd.Args = append(cmd.Args, helloToken)
	p, err := start(cmd, log)
	if err != nil {
		return nil, err
	}
	s := &server{process: p, data: log, token: helloToken}
	s.host, err = p.line()
	return s, err
}

// peer starts the server on the core of the servers and fills it as Roster was filled.
func (s *suite) peer(binary, name string, flags ...string) (*people, error) {
	srv, err := openPeer(pinned(s.ctx, s.Core, binary, flags...), filepath.Join(s.dir, name))
	if err != nil {
		return nil, err
	}
	p, err := s.seed(srv, s.Users)
	if err != nil {
		srv.stop() //nolint:errcheck // the first error counts
	}
	return p, err
}

// cycles measures cycles of Entra ID and, where there is a bar, compares them with those of a server that
// keeps everything in memory.
func (c *contest) cycles() error {
	cycle := against(c.srv.process, "Entra cycle", c.srv.host, 16, c.p.cycle)
	if c.bars.cycle == 0 {
		if err := c.compete(cycle); err != nil {
			return err
		}
		c.add(alone("Entra cycle, C=16, cycles a second", cycle.median()))
		return nil
	}
	get := against(c.srv.process, "GET a user", c.srv.host, 16, c.p.get)
	if !c.wants(cycle) && !c.wants(get) {
		return nil
	}
	binary, err := buildPeer(c.ctx, "internal/bench/peer", c.dir)
	if err != nil {
		return err
	}
	// The bar is for the faster form: who writes a handler for the library finds a userName in a map. To
	// evaluate the library's filter for every user is what that one leaves them with for anything else.
	found, err := c.peer(binary, "library")
	if err != nil {
		return err
	}
	defer found.s.stop() //nolint:errcheck // the run is over
	scanned, err := c.peer(binary, "library-that-scans", "-scan")
	if err != nil {
		return err
	}
	defer scanned.s.stop() //nolint:errcheck // the run is over
	foundCycle := against(found.s.process, "Entra cycle, "+library, found.s.host, 16, found.cycle)
	scannedCycle := against(scanned.s.process, "Entra cycle, "+library+" that scans", scanned.s.host, 16, scanned.cycle)
	if err := c.compete(cycle, foundCycle, scannedCycle); err != nil {
		return err
	}
	c.add(share("Entra cycle, C=16 ÷ the same over "+library, cycle.median(), foundCycle.median(), c.bars.cycle))
	c.add(share("Entra cycle, C=16 ÷ the same over one that scans its users", cycle.median(), scannedCycle.median(), 0))
	foundGet := against(found.s.process, "GET a user, "+library, found.s.host, 16, found.get)
	if err := c.compete(get, foundGet); err != nil {
		return err
	}
	c.add(share("GET a user, C=16 ÷ the same over "+library, get.median(), foundGet.median(), 0))
	return nil
}
