package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// row compares two figures of one run.
type row struct {
	Name string `json:"name"`
	// Measured is what Roster, or the large directory, did; Floor is what it is compared with.
	Measured figure `json:"measured"`
	Floor    figure `json:"floor"`
	// Ratio is what the bar holds: a share of the floor's rate, or a multiple of its time.
	Ratio float64 `json:"ratio"`
	Bar   float64 `json:"bar"`
	// Limit is set when the ratio must not exceed the bar, and unset when it must reach it.
	Limit bool `json:"limit"`
	Met   bool `json:"met"`
}

// share is a row whose rate must reach a part of the floor's.
func share(name string, measured, floor figure, bar float64) row {
	ratio := measured.Rate / floor.Rate
	return row{Name: name, Measured: measured, Floor: floor, Ratio: ratio, Bar: bar, Met: ratio >= bar}
}

// memory is a number of MiB with its limit.
type memory struct {
	Name  string  `json:"name"`
	MiB   float64 `json:"mib"`
	Limit float64 `json:"limit"`
	Met   bool    `json:"met"`
}

// report is all that one run measured.
type report struct {
	Machine machine  `json:"machine"`
	Rows    []row    `json:"rows"`
	Memory  []memory `json:"memory,omitempty"`
}

func (r *report) writeJSON(out io.Writer) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// writeText prints a Markdown table.
func (r *report) writeText(out io.Writer) error {
	fmt.Fprintf(out, "%s\n\n", r.Machine)
	w := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| measure\t| per second\t| p50 ms\t| p99 ms\t| CPU µs\t| compared with\t| ratio\t| bar\t| \t|")
	fmt.Fprintln(w, "|---\t|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|---\t|")
	for _, row := range r.Rows {
		sign, other := "≥", fmt.Sprintf("%.0f/s", row.Floor.Rate)
		if row.Limit {
			sign, other = "≤", fmt.Sprintf("%.3f ms", row.Floor.P50/1e3)
		}
		if row.Floor == (figure{}) {
			other = "–"
		}
		fmt.Fprintf(w, "| %s\t| %.0f\t| %.3f\t| %.2f\t| %.0f\t| %s\t| %.2f\t| %s %g\t| %s\t|\n", row.Name, row.Measured.Rate,
			row.Measured.P50/1e3, row.Measured.P99/1e3, row.Measured.CPU, other, row.Ratio, sign, row.Bar, verdict(row.Met))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(r.Memory) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\n| memory\t| MiB\t| limit\t| \t|")
	fmt.Fprintln(w, "|---\t|---:\t|---:\t|---\t|")
	for _, m := range r.Memory {
		fmt.Fprintf(w, "| %s\t| %.0f\t| %.0f\t| %s\t|\n", m.Name, m.MiB, m.Limit, verdict(m.Met))
	}
	return w.Flush()
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "MISSED"
}
