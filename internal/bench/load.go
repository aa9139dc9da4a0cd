package main

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"time"
)

// operation does one measured step over a connection. conn is the number of the connection and n counts
// its steps; an error ends the run.
type operation func(w *wire, conn, n int) error

// figure is what one run measured.
type figure struct {
	// Rate is in operations a second.
	Rate float64 `json:"rate"`
	// P50 and P99 are in microseconds.
	P50 float64 `json:"p50_us"`
	P99 float64 `json:"p99_us"`
	// CPU is processor time of the server for each operation, in microseconds.
	CPU float64 `json:"cpu_us"`
}

// drive runs op in a closed loop over a number of connections for a while.
func drive(addr string, connections int, d time.Duration, op operation) (figure, error) {
	wires := make([]*wire, connections)
	for i := range wires {
		w, err := dial(addr)
		if err != nil {
			return figure{}, err
		}
		defer w.close()
		wires[i] = w
	}
	return loop(connections, d, func(worker, n int) error { return op(wires[worker], worker, n) })
}

// loop has a number of workers do one step after the other for a while.
func loop(workers int, d time.Duration, step func(worker, n int) error) (figure, error) {
	took := make([][]time.Duration, workers)
	errs := make([]error, workers)
	var wg sync.WaitGroup
	start := time.Now()
	for i := range workers {
		wg.Go(func() {
			last := time.Now()
			for n := 0; last.Sub(start) < d; n++ {
				if errs[i] = step(i, n); errs[i] != nil {
					return
				}
				now := time.Now()
				took[i] = append(took[i], now.Sub(last))
				last = now
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(start)
	if err := errors.Join(errs...); err != nil {
		return figure{}, err
	}
	return summarize(slices.Concat(took...), elapsed), nil
}

func summarize(took []time.Duration, elapsed time.Duration) figure {
	slices.Sort(took)
	at := func(q float64) float64 {
		if len(took) == 0 {
			return 0
		}
		return float64(took[int(q*float64(len(took)-1))]) / 1e3
	}
	return figure{Rate: float64(len(took)) / elapsed.Seconds(), P50: at(0.5), P99: at(0.99)}
}

// median returns the run that is in the middle by what of picks.
func median(runs []figure, of func(figure) float64) figure {
	if len(runs) == 0 {
		return figure{}
	}
	sorted := slices.SortedFunc(slices.Values(runs), func(a, b figure) int { return cmp.Compare(of(a), of(b)) })
	return sorted[len(sorted)/2]
}

func rate(f figure) float64 { return f.Rate }
