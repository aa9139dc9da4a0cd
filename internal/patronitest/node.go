//go:build linux

package patronitest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// killLimit is how long the kernel may take to end the processes of a node.
const killLimit = 20 * time.Second

// commitLimit is how long an attempt to commit may take.
const commitLimit = 5 * time.Second

// node is one PostgreSQL server with the Patroni that keeps it.
type node struct {
	name    string
	host    string
	cluster *Cluster
	patroni *process
	frozen  bool
}

func (n *node) folder() string { return filepath.Join(n.cluster.folder, n.name) }

func (n *node) start() error {
	file, err := n.configure()
	if err != nil {
		return err
	}
	n.patroni, err = n.cluster.launch(n.name, "patroni", file)
	return err
}

func (n *node) runs() bool { return n.patroni != nil && n.patroni.alive() && !n.frozen }

// stop has all processes stand still, also those that others made meanwhile.
func (n *node) stop() error {
	n.frozen = true
	done := map[int]bool{}
	for {
		fresh := 0
		for _, pid := range n.processes() {
			if done[pid] {
				continue
			}
			done[pid] = true
			fresh++
			if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("stop process %d of %s: %w", pid, n.name, err)
			}
		}
		if fresh == 0 {
			return nil
		}
	}
}

// commits tells whether the server commits something just now. A connection that gives up leaves a
// commit that waits for its standby behind, which does no harm.
func (n *node) commits(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, commitLimit)
	defer cancel()
	conn, err := pgx.Connect(ctx, "postgres://postgres@"+net.JoinHostPort(n.host, postgresPort)+"/postgres?sslmode=disable")
	if err != nil {
		return false
	}
	_, err = conn.Exec(ctx, "SELECT pg_logical_emit_message(true, 'patronitest', '')")
	return errors.Join(err, conn.Close(ctx)) == nil
}

// kill stops the processes that make others, and then ends all.
func (n *node) kill() error {
	if n.patroni == nil {
		return nil
	}
	if err := n.stop(); err != nil {
		return err
	}
	n.frozen = false
	limit := time.NewTimer(killLimit)
	defer limit.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		rest := n.processes()
		for _, pid := range rest {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("kill process %d of %s: %w", pid, n.name, err)
			}
		}
		if len(rest) == 0 && !n.patroni.alive() {
			return nil
		}
		select {
		case <-tick.C:
		case <-limit.C:
			return fmt.Errorf("%s still has the processes %v, %s after they were killed", n.name, rest, killLimit)
		}
	}
}

// processes are those that name the node's folder on their command line, which are Patroni, the server
// and their tools, and all that descend from these.
func (n *node) processes() []int {
	children := map[int][]int{}
	var found []int
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		parent, ok := parentOf(pid)
		if !ok {
			continue
		}
		children[parent] = append(children[parent], pid)
		line, _ := os.ReadFile(filepath.Join("/proc", entry.Name(), "cmdline"))
		if bytes.Contains(line, []byte(n.folder()+"/")) {
			found = append(found, pid)
		}
	}
	seen := map[int]bool{}
	for i := 0; i < len(found); i++ {
		if pid := found[i]; !seen[pid] {
			seen[pid] = true
			found = append(found, children[pid]...)
		}
	}
	var all []int
	for pid := range seen {
		all = append(all, pid)
	}
	return all
}

// parentOf returns the parent of a process, unless it has ended and only waits to be noticed.
func parentOf(pid int) (parent int, ok bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	// The name of the program stands in parentheses and may hold anything.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 2 || fields[0] == "Z" || fields[0] == "X" {
		return 0, false
	}
	parent, err = strconv.Atoi(fields[1])
	return parent, err == nil
}
