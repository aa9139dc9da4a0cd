package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgresStore is a bare store on a PostgreSQL database that has the tables of a directory.
type postgresStore struct {
	url    string
	source int64
	ids    []string
	next   atomic.Int64
	conns  []*pgx.Conn
}

// openPostgresStore connects; the first source that was made owns what is inserted and read.
func openPostgresStore(ctx context.Context, url string) (*postgresStore, error) {
	s := &postgresStore{url: url}
	s.next.Store(time.Now().Unix() % 1_000_000 * 1000)
	if err := s.connect(ctx, 1); err != nil {
		return nil, err
	}
	if err := s.conns[0].QueryRow(ctx, "SELECT max(id) FROM source").Scan(&s.source); err != nil {
		return nil, err
	}
	rows, err := s.conns[0].Query(ctx, "SELECT id FROM resource WHERE source_id = $1 AND type = 'User' LIMIT 10000", s.source)
	if err != nil {
		return nil, err
	}
	s.ids, err = pgx.CollectRows(rows, pgx.RowTo[string])
	return s, err
}

// connect opens connections until there are n.
func (s *postgresStore) connect(ctx context.Context, n int) error {
	config, err := pgx.ParseConfig(s.url)
	if err != nil {
		return err
	}
	config.RuntimeParams["roster.source"] = "all" // for roles that policies hold for
	for len(s.conns) < n {
		c, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return err
		}
		s.conns = append(s.conns, c)
	}
	return nil
}

func (s *postgresStore) load(ctx context.Context, name string, workers int) (func(worker, n int) error, error) {
	if err := s.connect(ctx, workers); err != nil {
		return nil, err
	}
	switch name {
	case "rows":
		return func(worker, _ int) error {
			var b pgx.Batch
			for _, row := range userRows(s.source, int(s.next.Add(1)), false) {
				b.Queue(row.query, row.args...)
			}
			return s.conns[worker].SendBatch(ctx, &b).Close() // one transaction
		}, nil
	case "get":
		return func(worker, n int) error {
			var body []byte
			id := s.ids[(worker*1_000_003+n*7919)%len(s.ids)]
			return s.conns[worker].QueryRow(ctx, "SELECT body FROM resource WHERE id = $1 AND source_id = $2", id, s.source).Scan(&body)
		}, nil
	}
	return nil, fmt.Errorf("there is no load %q", name)
}
