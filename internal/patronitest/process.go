//go:build linux

package patronitest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// process is one that the kernel ends with the tests.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{}
}

// launch starts a program that prints into a file of the folder.
func (c *Cluster) launch(name, program string, args ...string) (*process, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("%s is not installed: run scripts/setup-failover, or install the packages patroni and etcd-server", program)
	}
	log, err := os.OpenFile(filepath.Join(c.folder, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = c.folder
	cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=" + os.Getenv("PATH"), "PYTHONUNBUFFERED=1", "HOME=" + c.folder}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.owner, Pdeathsig: syscall.SIGKILL}
	if err := errors.Join(cmd.Start(), log.Close()); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	p := &process{cmd: cmd, exited: make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

func (p *process) alive() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

func (p *process) kill() error {
	err := p.cmd.Process.Kill()
	<-p.exited
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// guard ends what the kernel does not: servers are no children of the tests, but of Patroni, and
// outlive both. It is a shell that waits for the end of its input, which comes with the end of the tests
// however they end, kills the servers of the folder and removes it.
type guard struct {
	cmd   *exec.Cmd
	input io.Closer
}

const guardScript = `cat >/dev/null
for p in /proc/[0-9]*; do
	if tr '\0' ' ' 2>/dev/null <"$p/cmdline" | grep -qF -e "-D $0/"; then kill -9 "${p#/proc/}"; fi
done
rm -rf "$0"`

func newGuard(folder string) (*guard, error) {
	cmd := exec.Command("sh", "-c", guardScript, folder)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is for the tests
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the guard: %w", err)
	}
	return &guard{cmd: cmd, input: input}, nil
}

func (g *guard) close() error { return errors.Join(g.input.Close(), g.cmd.Wait()) }
