package scimtest

import (
	"fmt"
	"strings"
)

// Verdict is the outcome of a check.
type Verdict string

// The verdicts.
const (
	Passed  Verdict = "passed"
	Failed  Verdict = "failed"
	Skipped Verdict = "skipped"
)

// Result is the outcome of one requirement.
type Result struct {
	// ID names the requirement, such as "R-HTTP-06"; Title says it, Section where it is from.
	ID, Title, Section string
	Verdict            Verdict
	// Problems say what was wrong; for a skipped check why it was skipped.
	Problems []string
}

// Report is the outcome of all checks.
type Report struct {
	BaseURL string
	Results []Result
}

// OK reports whether nothing failed.
func (r Report) OK() bool { return r.count(Failed) == 0 }

func (r Report) count(v Verdict) int {
	n := 0
	for _, result := range r.Results {
		if result.Verdict == v {
			n++
		}
	}
	return n
}

// String lists the results for people, failures with what was wrong.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d passed, %d failed, %d skipped\n", r.BaseURL, r.count(Passed), r.count(Failed), r.count(Skipped))
	for _, result := range r.Results {
		fmt.Fprintf(&b, "%-7s  %-12s  %s (%s)\n", result.Verdict, result.ID, result.Title, result.Section)
		for _, problem := range result.Problems {
			fmt.Fprintf(&b, "         %s\n", strings.ReplaceAll(problem, "\n", "\n         "))
		}
	}
	return b.String()
}
