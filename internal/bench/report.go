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
	// CPU is the same of the processor time of each operation, which other load on the machine moves
	// less than the rate.
	CPU float64 `json:"cpu_ratio"`
	// Bar is 0 where there is none.
	Bar float64 `json:"bar"`
	// Limit is set when the ratio must not exceed the bar, and unset when it must reach it.
	Limit bool `json:"limit"`
	// Tail is set when it is that of the 99th percentiles, else that of rates or medians.
	Tail bool `json:"tail,omitempty"`
	// Alone is set when there is nothing to compare with: Floor and the ratios are 0.
	Alone bool `json:"alone,omitempty"`
	Met   bool `json:"met"`
}

// share is a row whose rate must reach a part of the floor's.
func share(name string, measured, floor figure, bar float64) row {
	ratio := measured.Rate / floor.Rate
	return row{Name: name, Measured: measured, Floor: floor, Ratio: ratio, CPU: floor.CPU / measured.CPU, Bar: bar, Met: ratio >= bar}
}

// alone is a row of one figure that is compared with nothing.
func alone(name string, measured figure) row {
	return row{Name: name, Measured: measured, Alone: true}
}

// growth is a row whose median time must not exceed a multiple of the smaller case's.
func growth(name string, large, small figure, bar float64) row {
	ratio := large.P50 / small.P50
	return row{Name: name, Measured: large, Floor: small, Ratio: ratio, CPU: large.CPU / small.CPU, Bar: bar, Limit: true, Met: ratio <= bar}
}

// tail is growth of the time that one in a hundred takes.
func tail(name string, large, small figure, bar float64) row {
	r := growth(name, large, small, bar)
	r.Ratio, r.Tail = large.P99/small.P99, true
	r.Met = r.Ratio <= bar
	return r
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

// add adds a row, unless one of the loads that it compares was left out.
func (r *report) add(w row) {
	if w.Measured == (figure{}) || w.Floor == (figure{}) && !w.Alone {
		return
	}
	r.Rows = append(r.Rows, w)
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
	fmt.Fprintln(w, "| measure\t| per second\t| p50 ms\t| p99 ms\t| CPU µs\t| compared with\t| ratio\t| CPU ratio\t| bar\t| \t|")
	fmt.Fprintln(w, "|---\t|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|---\t|")
	for _, row := range r.Rows {
		fmt.Fprintf(w, "| %s\t| %.0f\t| %.3f\t| %.2f\t| %.0f\t| %s\t| %s\t|\n", row.Name, row.Measured.Rate,
			row.Measured.P50/1e3, row.Measured.P99/1e3, row.Measured.CPU, row.comparison(), row.verdict())
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

// comparison is what the row is compared with and both ratios, in three cells.
func (r row) comparison() string {
	if r.Alone {
		return "–\t| –\t| –"
	}
	return fmt.Sprintf("%s\t| %.2f\t| %.2f", r.other(), r.Ratio, r.CPU)
}

// other is the figure that the row is compared with.
func (r row) other() string {
	switch {
	case r.Tail:
		return fmt.Sprintf("p99 %.2f ms", r.Floor.P99/1e3)
	case r.Limit:
		return fmt.Sprintf("%.3f ms", r.Floor.P50/1e3)
	}
	return fmt.Sprintf("%.0f/s", r.Floor.Rate)
}

// verdict is the bar and whether it is met, in two cells.
func (r row) verdict() string {
	sign := "≥"
	if r.Limit {
		sign = "≤"
	}
	if r.Bar == 0 {
		return "–\t| "
	}
	return fmt.Sprintf("%s %g\t| %s", sign, r.Bar, verdict(r.Met))
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "MISSED"
}

// remember adds a number of MiB.
func (r *report) remember(name string, mib, limit float64) {
	r.Memory = append(r.Memory, memory{Name: name, MiB: mib, Limit: limit, Met: mib <= limit})
}
