package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"time"
)

// store is a bare database: what Roster is compared with knows neither SCIM nor HTTP.
type store interface {
	// load returns one step of the load of that name for so many workers.
	load(ctx context.Context, name string, workers int) (func(worker, n int) error, error)
}

// obey runs loads over a store, as lines of the form "LOAD WORKERS DURATION" ask for, and answers each
// with a figure.
func obey(ctx context.Context, in io.Reader, out io.Writer, s store) error {
	runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0))) // an fsync must not hold the only one
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var name, text string
		var workers int
		if _, err := fmt.Sscan(lines.Text(), &name, &workers, &text); err != nil {
			return fmt.Errorf("%q: %w", lines.Text(), err)
		}
		d, err := time.ParseDuration(text)
		if err != nil {
			return err
		}
		step, err := s.load(ctx, name, workers)
		if err != nil {
			return err
		}
		f, err := loop(workers, d, step)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(out).Encode(f); err != nil {
			return err
		}
	}
	return lines.Err()
}
