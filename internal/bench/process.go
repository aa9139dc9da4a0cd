package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server under test, alone on its core.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	log *os.File
	// beside is the process of a database that works for this one, 0 for none.
	beside int
}

// pinned returns a command that runs on one core, or anywhere when the machine has no other one.
func pinned(ctx context.Context, core int, name string, args ...string) *exec.Cmd {
	if runtime.NumCPU() < 2 && os.Getenv(pinnedMark) == "" {
		return exec.CommandContext(ctx, name, args...)
	}
	return exec.CommandContext(ctx, "taskset", append([]string{"-c", strconv.Itoa(core), name}, args...)...)
}

func start(cmd *exec.Cmd, log string) (*process, error) {
	p := &process{cmd: cmd}
	var err error
	if p.log, err = os.Create(log); err != nil {
		return nil, err
	}
	cmd.Stderr = p.log
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	return p, cmd.Start()
}

// line reads the next line of the process's output.
func (p *process) line() (string, error) {
	s, err := p.out.ReadString('\n')
	if err != nil {
		content, _ := os.ReadFile(p.log.Name())
		return "", fmt.Errorf("%s ended: %w\n%s", p.cmd, err, content)
	}
	return strings.TrimSpace(s), nil
}

// ask sends a command to a floor and decodes its answer.
func (p *process) ask(answer any, format string, args ...any) error {
	if _, err := fmt.Fprintf(p.in, format+"\n", args...); err != nil {
		return err
	}
	text, err := p.line()
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), answer)
}

// stop ends the process and waits for it.
func (p *process) stop() error {
	err := errors.Join(p.in.Close(), p.cmd.Process.Signal(syscall.SIGTERM))
	p.cmd.Wait() //nolint:errcheck // it was told to end
	return errors.Join(err, p.log.Close())
}

// cpu is the processor time that the threads of the process have used, and the database beside it.
func (p *process) cpu() (total time.Duration, err error) {
	pids := []string{strconv.Itoa(p.cmd.Process.Pid)}
	if p.beside != 0 {
		pids = append(pids, childrenOf(p.beside)...)
	}
	for _, pid := range pids {
		used, err := cpuOf(pid)
		if err != nil {
			return 0, err
		}
		total += used
	}
	return total, nil
}

// childrenOf returns the processes that a process has started and that have not ended.
func childrenOf(parent int) (pids []string) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		// The name in brackets may contain anything; state and parent follow.
		_, rest, _ := strings.Cut(string(text[strings.LastIndexByte(string(text), ')')+1:]), " ")
		if fields := strings.Fields(rest); len(fields) > 1 && fields[1] == strconv.Itoa(parent) {
			pids = append(pids, filepath.Base(filepath.Dir(name)))
		}
	}
	return pids
}

func cpuOf(pid string) (total time.Duration, err error) {
	// The times in /proc/…/stat have a resolution of 10 ms.
	threads, err := filepath.Glob("/proc/" + pid + "/task/*/schedstat")
	if err != nil {
		return 0, err
	}
	for _, name := range threads {
		var ran int64
		text, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) {
			continue // the thread has ended
		}
		if _, err := fmt.Sscan(string(text), &ran); err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		total += time.Duration(ran)
	}
	return total, nil
}

// resident is the memory of the process in MiB: now, and at most since the last call of clearPeak.
func (p *process) resident() (now, peak float64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		kib, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		switch name {
		case "VmRSS":
			now = kib / 1024
		case "VmHWM":
			peak = kib / 1024
		}
	}
	return now, peak, nil
}

func (p *process) clearPeak() error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.cmd.Process.Pid), []byte("5"), 0)
}

// measured runs one load and adds the processor time that the process took for each operation.
func (p *process) measured(load func() (figure, error)) (figure, error) {
	before, err := p.cpu()
	if err != nil {
		return figure{}, err
	}
	start := time.Now()
	f, err := load()
	if err != nil {
		return f, err
	}
	elapsed := time.Since(start)
	after, err := p.cpu()
	if done := f.Rate * elapsed.Seconds(); done > 0 {
		f.CPU = float64((after - before).Nanoseconds()) / 1e3 / done
	}
	return f, err
}
