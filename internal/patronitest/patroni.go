//go:build linux

package patronitest

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// The usual ports: every node has an address of its own.
const (
	postgresPort = "5432"
	patroniPort  = "8008"
	etcdPort     = "2379"
	peerPort     = "2380"
)

// object is JSON, which is YAML, too.
type object = map[string]any

// configure writes Patroni's configuration of the node. A leader that is not heard of for ttl seconds is
// replaced; loop_wait + 2 × retry_timeout must not be more than that. Strict synchronous mode refuses to
// go on without a synchronous standby, so nothing is acknowledged that only one node has.
func (n *node) configure() (file string, err error) {
	psql := filepath.Join(n.cluster.bin, "psql")
	bootstrap := object{
		// Before there are standbys, so without waiting for one: a standby that lagged behind would not
		// know role and database, and that ends the search for the leader.
		"post_init": `sh -c '"` + psql + `" -d "$0" -q -c "SET synchronous_commit = local" -c "CREATE ROLE roster LOGIN" -c "CREATE DATABASE roster OWNER roster"'`,
		"dcs": object{
			"ttl": 5, "loop_wait": 1, "retry_timeout": 2,
			"synchronous_mode": true, "synchronous_mode_strict": true,
			"postgresql": object{
				"use_pg_rewind": true,
				"parameters": object{
					"max_connections": 200, "max_wal_size": "256MB", "shared_buffers": "64MB", "timezone": "UTC",
				},
			},
		},
		"initdb": []any{
			object{"encoding": "UTF8"}, object{"locale": "C.UTF-8"}, object{"locale-provider": "icu"}, object{"icu-locale": "en-US"},
		},
	}
	config := object{
		"scope": "roster", "name": n.name,
		"restapi":   object{"listen": net.JoinHostPort(n.host, patroniPort), "connect_address": net.JoinHostPort(n.host, patroniPort)},
		"etcd3":     object{"hosts": net.JoinHostPort(n.cluster.hosts[3], etcdPort)},
		"bootstrap": bootstrap,
		"postgresql": object{
			"listen": net.JoinHostPort(n.host, postgresPort), "connect_address": net.JoinHostPort(n.host, postgresPort),
			"bin_dir": n.cluster.bin, "data_dir": filepath.Join(n.folder(), "data"), "pgpass": filepath.Join(n.folder(), "pgpass"),
			"authentication": object{
				"superuser":   object{"username": "postgres", "password": "of no importance"},
				"replication": object{"username": "replicator", "password": "of no importance"},
			},
			"pg_hba": []string{"local all all trust", "host all all 127.0.0.0/8 trust", "host replication all 127.0.0.0/8 trust"},
			// A standby is copied at once, not when the next checkpoint is due.
			"basebackup": object{"checkpoint": "fast"},
			// The path of a socket has at most some 100 bytes.
			"parameters": object{"unix_socket_directories": n.folder()},
		},
	}
	text, err := json.Marshal(config)
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(n.folder(), 0o700); err != nil && !os.IsExist(err) {
		return "", err
	}
	file = filepath.Join(n.folder(), "patroni.yml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return "", err
	}
	if owner := n.cluster.owner; owner != nil {
		for _, path := range []string{n.folder(), file} {
			if err := os.Chown(path, int(owner.Uid), int(owner.Gid)); err != nil {
				return "", err
			}
		}
	}
	return file, nil
}

// launchEtcd starts etcd. It is one process on an address of its own and is never killed: who leads must
// be decided by somebody.
func (c *Cluster) launchEtcd(ctx context.Context) (*process, error) {
	client, peer := "http://"+net.JoinHostPort(c.hosts[3], etcdPort), "http://"+net.JoinHostPort(c.hosts[3], peerPort)
	p, err := c.launch("etcd", "etcd", "--name", "etcd", "--data-dir", filepath.Join(c.folder, "etcd"),
		"--listen-client-urls", client, "--advertise-client-urls", client,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "etcd="+peer,
		"--logger", "zap", "--log-level", "warn")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, wholeLimit)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if res, err := get(ctx, client+"/health"); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return p, nil
			}
		}
		select {
		case <-tick.C:
		case <-p.exited:
			return p, fmt.Errorf("etcd ended at once")
		case <-ctx.Done():
			return p, fmt.Errorf("etcd does not answer after %s", wholeLimit)
		}
	}
}

func get(ctx context.Context, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(req)
}

// member is what Patroni tells of a node.
type member struct {
	Name  string `json:"name"`
	Role  string `json:"role"`
	State string `json:"state"`
	// Timeline counts the changes of the leader that the node has followed.
	Timeline int `json:"timeline"`
}

type members []member

// members asks the first node that answers.
func (c *Cluster) members(ctx context.Context) (members, error) {
	err := fmt.Errorf("no Patroni runs")
	for _, n := range c.nodes {
		if !n.runs() {
			continue
		}
		var seen members
		if seen, err = n.members(ctx); err == nil {
			return seen, nil
		}
	}
	return nil, err
}

func (n *node) members(ctx context.Context) (members, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	res, err := get(ctx, "http://"+net.JoinHostPort(n.host, patroniPort)+"/cluster")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	var answer struct {
		Members members `json:"members"`
	}
	return answer.Members, json.NewDecoder(res.Body).Decode(&answer)
}

func (m members) leader() string {
	for _, one := range m {
		if one.Role == "leader" && one.State == "running" {
			return one.Name
		}
	}
	return ""
}

// whole tells whether count nodes run and follow the same leader, with a synchronous standby among them.
func (m members) whole(count int) bool {
	synchronous, running := 0, 0
	for _, one := range m {
		if (one.State == "running" || one.State == "streaming") && one.Timeline == m[0].Timeline {
			running++
		}
		if one.Role == "sync_standby" {
			synchronous++
		}
	}
	return m.leader() != "" && synchronous == 1 && running == count
}
