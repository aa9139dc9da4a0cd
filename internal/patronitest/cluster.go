//go:build linux

package patronitest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/pgtest"
)

// wholeLimit is how long a cluster may take until it is whole: making it, and copying or rewinding a
// node, on a busy machine.
const wholeLimit = 2 * time.Minute

// Cluster is three nodes, of which one leads, and etcd.
type Cluster struct {
	folder string
	bin    string // of PostgreSQL's programs
	owner  *syscall.Credential
	guard  *guard
	etcd   *process
	hosts  [4]string // of the nodes, and of etcd
	nodes  []*node
}

// Start makes a cluster, waits until it is whole, and ends it with the test.
func Start(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(c.Log())
		}
		if err := c.close(); err != nil {
			t.Error(err)
		}
	})
	if err := c.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Whole(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *Cluster) start(ctx context.Context) (err error) {
	if c.bin, err = pgtest.Binaries(); err != nil {
		return err
	}
	if c.folder, err = os.MkdirTemp("", "patroni"); err != nil {
		return err
	}
	if c.owner, err = pgtest.Disown(c.folder); err != nil {
		return err
	}
	if c.guard, err = newGuard(c.folder); err != nil {
		return err
	}
	if c.hosts, err = addresses(ctx); err != nil {
		return err
	}
	if c.etcd, err = c.launchEtcd(ctx); err != nil {
		return err
	}
	for i := range 3 {
		n := &node{name: fmt.Sprintf("node%d", i+1), host: c.hosts[i], cluster: c}
		c.nodes = append(c.nodes, n)
		if err := n.start(); err != nil {
			return err
		}
	}
	return nil
}

// addresses picks loopback addresses on which nothing listens. They keep their ports while a node is
// down: connections begin at 127.0.0.1, so none takes a node's port meanwhile.
func addresses(ctx context.Context) (hosts [4]string, err error) {
	var listen net.ListenConfig
	for range 20 {
		prefix := fmt.Sprintf("127.%d.%d.", 1+rand.IntN(254), rand.IntN(256))
		for i := range hosts {
			hosts[i] = fmt.Sprint(prefix, i+1)
			for _, port := range []string{postgresPort, patroniPort, etcdPort, peerPort} {
				l, listenErr := listen.Listen(ctx, "tcp", net.JoinHostPort(hosts[i], port))
				if err = listenErr; err == nil {
					err = l.Close()
				}
				if err != nil {
					break
				}
			}
		}
		if err == nil {
			return hosts, nil
		}
	}
	return hosts, fmt.Errorf("find loopback addresses for the nodes: %w", err)
}

// URL is how to connect to the database roster, as the ordinary role that owns it, on whichever node
// leads.
func (c *Cluster) URL() string {
	hosts := make([]string, len(c.nodes))
	for i, n := range c.nodes {
		hosts[i] = net.JoinHostPort(n.host, postgresPort)
	}
	return "postgres://roster@" + strings.Join(hosts, ",") + "/roster?sslmode=disable&target_session_attrs=read-write"
}

// Leader waits until a node leads and commits, which needs a standby, too, and returns its name. It does
// not ask the nodes that are known to be away.
func (c *Cluster) Leader(ctx context.Context) (string, error) {
	return c.await(ctx, "has no leader that commits", func(m members) (string, bool) {
		leader := m.leader()
		if leader == "" || !c.node(leader).runs() {
			return "", false
		}
		return leader, c.node(leader).commits(ctx)
	})
}

// Whole waits until all nodes run, one leads, one is its synchronous standby and the other one follows,
// and returns the leader's name.
func (c *Cluster) Whole(ctx context.Context) (string, error) {
	return c.await(ctx, "is not whole", func(m members) (string, bool) { return m.leader(), m.whole(len(c.nodes)) }, c.nodes...)
}

// await returns what check finds. It does not wait longer when one of the needed nodes has ended.
func (c *Cluster) await(ctx context.Context, problem string, check func(members) (string, bool), needed ...*node) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, wholeLimit)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		for _, n := range needed {
			if !n.runs() {
				return "", fmt.Errorf("the cluster %s: Patroni of %s has ended", problem, n.name)
			}
		}
		seen, err := c.members(ctx)
		if err == nil {
			if leader, ok := check(seen); ok {
				return leader, nil
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return "", errors.Join(fmt.Errorf("the cluster %s after %s: %+v", problem, wholeLimit, seen), err)
		}
	}
}

// Kill ends all processes of a node at once, as a power cut would. Revive starts it again.
func (c *Cluster) Kill(name string) error { return c.node(name).kill() }

// Revive starts a node that was killed; it comes back as a standby. Whole waits for that.
func (c *Cluster) Revive(name string) error { return c.node(name).start() }

// Freeze has all processes of a node stand still: it breaks no connection and answers nothing, as if it had
// lost its network. Kill and Revive bring it back.
func (c *Cluster) Freeze(name string) error { return c.node(name).stop() }

func (c *Cluster) node(name string) *node {
	for _, n := range c.nodes {
		if n.name == name {
			return n
		}
	}
	panic("patronitest: no node is called " + name)
}

// Log is the end of what the processes have printed.
func (c *Cluster) Log() string {
	var b strings.Builder
	logs, _ := filepath.Glob(filepath.Join(c.folder, "*.log"))
	for _, name := range logs {
		text, err := os.ReadFile(name)
		if err != nil {
			text = []byte(err.Error())
		}
		fmt.Fprintf(&b, "%s\n%s\n", filepath.Base(name), text[max(0, len(text)-6000):])
	}
	return b.String()
}

func (c *Cluster) close() error {
	var failures []error
	for _, n := range c.nodes {
		failures = append(failures, n.kill())
	}
	if c.etcd != nil {
		failures = append(failures, c.etcd.kill())
	}
	if c.guard != nil {
		failures = append(failures, c.guard.close())
	}
	if c.folder != "" {
		failures = append(failures, os.RemoveAll(c.folder))
	}
	return errors.Join(failures...)
}
