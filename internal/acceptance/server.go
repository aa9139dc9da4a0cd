package acceptance

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"sync"
	"syscall"
	"time"
)

// startLimit is how long a start may take on a busy machine, recovery after a crash included.
const startLimit = 20 * time.Second

// Server is one running roster process on a data folder that outlives it.
type Server struct {
	binary  Binary
	dataDir string
	options []string

	cmd    *exec.Cmd
	exited chan struct{} // closed when the process is gone
	output *output
	client *Client
}

// output keeps what a process prints; the process writes while tests read.
type output struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

var consoleURL = regexp.MustCompile(`http://[0-9A-Za-z.\-\[\]:]+:[0-9]+`)

// Start starts `roster serve` on a port of the kernel's choice and returns when it is ready.
func (b Binary) Start(ctx context.Context, dataDir string, options ...string) (*Server, error) {
	s := &Server{binary: b, dataDir: dataDir, options: options, output: &output{}}
	if err := s.Restart(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Restart starts the process again after it has ended; its port changes.
func (s *Server) Restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	args := slices.Concat([]string{"serve", "--listen", "127.0.0.1:0"}, s.binary.flags(s.dataDir), s.options)
	cmd := exec.Command(s.binary.path, args...)
	cmd.Dir = s.dataDir
	cmd.Stderr = s.output
	dieWithParent(cmd)
	stdout, printed := io.Pipe()
	cmd.Stdout = io.MultiWriter(s.output, printed)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start roster serve: %w", err)
	}
	s.cmd, s.exited = cmd, make(chan struct{})
	go func() {
		_ = cmd.Wait()
		_ = printed.Close()
		close(s.exited)
	}()
	origin := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if found := consoleURL.FindString(lines.Text()); found != "" {
				select {
				case origin <- found:
				default:
				}
			}
		}
		_, _ = io.Copy(io.Discard, stdout) // a line too long for the scanner must not stop the process
	}()
	select {
	case found := <-origin:
		client, err := NewClient(found, 64)
		if err != nil {
			return err
		}
		s.client = client
	case <-s.exited:
		return fmt.Errorf("roster serve ended at once:\n%s", s.Output())
	case <-ctx.Done():
		_ = s.Kill()
		return fmt.Errorf("roster serve printed no URL in %s:\n%s", startLimit, s.Output())
	}
	return s.waitReady(ctx)
}

func (s *Server) waitReady(ctx context.Context) error {
	err := Poll(ctx, func() (bool, error) {
		select {
		case <-s.exited:
			return false, errors.New("roster serve ended")
		default:
		}
		ex, err := s.client.Do(ctx, Request{Method: http.MethodGet, Target: "/readyz"})
		return err == nil && ex.Answer.Status == http.StatusOK, nil
	})
	if err != nil {
		_ = s.Kill()
		return fmt.Errorf("wait for /readyz: %w\n%s", err, s.Output())
	}
	return nil
}

// Poll calls check until it holds, fails, or the context ends.
func Poll(ctx context.Context, check func() (bool, error)) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok, err := check(); err != nil || ok {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Kill ends the process as a power cut would: no signal handler runs.
func (s *Server) Kill() error {
	err := s.cmd.Process.Signal(syscall.SIGKILL)
	<-s.exited
	s.closeClient()
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// Stop asks the process to drain and end, and reports a status other than 0 or more than limit.
func (s *Server) Stop(limit time.Duration) error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	s.closeClient()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-s.exited:
	case <-timer.C:
		_ = s.Kill()
		return fmt.Errorf("roster serve did not end within %s of SIGTERM", limit)
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("roster serve ended with status %d after SIGTERM:\n%s", code, s.Output())
	}
	return nil
}

func (s *Server) closeClient() {
	if s.client != nil {
		s.client.Close()
	}
}

// Client talks to the running process.
func (s *Server) Client() *Client { return s.client }

// Output is what the process has printed so far, its last 8 KiB.
func (s *Server) Output() string {
	text := s.output.String()
	return text[max(0, len(text)-8192):]
}

// Log is everything the process has printed since its first start.
func (s *Server) Log() string { return s.output.String() }

// Run runs a command beside the server, on the same data folder.
func (s *Server) Run(ctx context.Context, out any, args ...string) error {
	return s.binary.Run(ctx, s.dataDir, "", out, args...)
}
