package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// server is Roster under test, with one source for the load.
type server struct {
	*process
	binary string
	data   string
	// extra are flags for every command, such as the database.
	extra []string
	// host is host and port; base the path of the source's endpoint; token opens it.
	host, base, token string
}

// build builds the binary as it is released.
func build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "roster")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "./cmd/roster")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return binary, nil
}

// newServer prepares a directory with one source; open starts it.
func newServer(ctx context.Context, binary, data string, extra ...string) (*server, error) {
	s := &server{binary: binary, data: data, extra: extra}
	var made struct {
		Token string `json:"token"`
		Slug  string `json:"slug"`
	}
	if err := s.command(ctx, &made, "source", "create", "Bench"); err != nil {
		return nil, err
	}
	s.token, s.base = made.Token, "/source/scim/"+made.Slug+"/v2"
	return s, nil
}

func (s *server) args(args ...string) []string {
	return append(append([]string{"--data-dir", s.data}, s.extra...), args...)
}

// command runs one command beside the server and decodes what it prints.
func (s *server) command(ctx context.Context, answer any, args ...string) error {
	cmd := exec.CommandContext(ctx, s.binary, s.args(append([]string{"-o", "json"}, args...)...)...)
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", cmd, err)
	}
	return json.Unmarshal(out, answer)
}

// open starts the server on its core. Its log goes to a file, as in a container.
func (s *server) open(ctx context.Context, core int) (err error) {
	cmd := pinned(ctx, core, s.binary, s.args("serve", "--listen", "127.0.0.1:0")...)
	if s.process, err = start(cmd, filepath.Join(s.data, "server.log")); err != nil {
		return err
	}
	line, err := s.line()
	if err != nil {
		return err
	}
	_, rest, ok := strings.Cut(line, "http://")
	if !ok {
		return fmt.Errorf("the server printed %q", line)
	}
	s.host, _, _ = strings.Cut(rest, "/")
	return nil
}

// head is the head of a request to a path below the source's endpoint.
func (s *server) head(method, path string) string {
	return headOf(method, s.host, s.base+path, scimType, s.token)
}
