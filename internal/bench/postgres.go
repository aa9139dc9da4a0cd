package main

import (
	"fmt"
	"os/exec"
	"strconv"

	"github.com/rosterhq/roster/internal/pgtest"
)

// postgres is a private PostgreSQL server on the core of the servers, with its default durability.
type postgres struct {
	server    *pgtest.Server
	databases int
	database  string // the newest
}

func (*postgres) name() string { return "PostgreSQL" }

// prepare starts the server with the first database.
func (db *postgres) prepare(s *suite, _ string) ([]string, error) {
	if db.server == nil {
		var err error
		if db.server, err = pgtest.Start(s.ctx, pgtest.Options{Durable: true, Settings: []string{"shared_buffers = 256MB"}}); err != nil {
			return nil, err
		}
		if err := db.pin(s); err != nil {
			return nil, err
		}
	}
	db.databases++
	name := "bench" + strconv.Itoa(db.databases)
	if err := db.server.Create(s.ctx, name, "template0"); err != nil {
		return nil, err
	}
	db.database = name
	return []string{"--database-url", db.server.URL(name)}, nil
}

// pin moves the server, and with it the processes that it will start, to the core of the servers.
func (db *postgres) pin(s *suite) error {
	if s.report.Machine.Cores < 2 {
		return nil
	}
	out, err := exec.CommandContext(s.ctx, "taskset", "-a", "-c", "-p", strconv.Itoa(s.Core), strconv.Itoa(db.server.PID())).CombinedOutput()
	if err != nil {
		return fmt.Errorf("pin PostgreSQL: %w: %s", err, out)
	}
	return nil
}

// floor is the superuser, for whom no policy is looked at.
func (db *postgres) floor(s *suite, _ *server) (*process, error) {
	return s.self("postgres", nil, db.server.SuperuserURL(db.database))
}

func (db *postgres) beside() int { return db.server.PID() }

func (*postgres) bars() bars {
	return bars{lookup: 0.35, post: map[int]float64{16: 0.35}}
}

func (db *postgres) close() error {
	if db.server == nil {
		return nil
	}
	return db.server.Close()
}
