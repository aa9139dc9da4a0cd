package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rosterhq/roster/scim/scimtest"
)

type conformanceCommand struct {
	URL   string `required:"" placeholder:"URL" help:"Base URL of the SCIM server, such as https://directory.example.com/scim/v2."`
	Token string `env:"ROSTER_CONFORMANCE_TOKEN" placeholder:"TOKEN" help:"Bearer token. Prefer ROSTER_CONFORMANCE_TOKEN or its twin with _FILE: other users of the machine see the command line."`
	All   bool   `help:"List also what is kept."`
}

// conformanceReport is the JSON of the command.
type conformanceReport struct {
	BaseURL string              `json:"base_url"`
	Passed  int                 `json:"passed"`
	Failed  int                 `json:"failed"`
	Skipped int                 `json:"skipped"`
	Results []conformanceResult `json:"results"`
}

type conformanceResult struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Section  string   `json:"section"`
	Verdict  string   `json:"verdict"`
	Problems []string `json:"problems,omitempty"`
}

// Run implements the command.
func (c *conformanceCommand) Run(ctx context.Context, e *environment) error {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return usage("--url %q: write the base URL without a query, such as https://directory.example.com/scim/v2", c.URL)
	}
	if err := c.reach(ctx); err != nil {
		return err
	}
	report := newConformanceReport(scimtest.Check(ctx, c.URL, c.Token))
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := e.print(report, func(w io.Writer) { report.write(w, c.All) }); err != nil {
		return err
	}
	if report.Failed > 0 {
		return finding("%d of %d requirements are not kept", report.Failed, len(report.Results))
	}
	return nil
}

// reach tells an address where nothing is from a server that fails.
func (c *conformanceCommand) reach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(c.URL, "/")+"/ServiceProviderConfig", nil)
	if err != nil {
		return err
	}
	if c.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.Token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("nothing answers: %w", err)
	}
	resp.Body.Close()
	mediaType := resp.Header.Get("Content-Type")
	switch {
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
		return fmt.Errorf("the server refuses the token with status %d; give another one with --token", resp.StatusCode)
	case !strings.Contains(mediaType, "json"):
		return fmt.Errorf("no SCIM server is at this URL: GET %s answered %d with %q", r.URL, resp.StatusCode, mediaType)
	}
	return nil
}

func newConformanceReport(r scimtest.Report) *conformanceReport {
	out := &conformanceReport{BaseURL: r.BaseURL, Results: []conformanceResult{}}
	for _, result := range r.Results {
		switch result.Verdict {
		case scimtest.Passed:
			out.Passed++
		case scimtest.Failed:
			out.Failed++
		case scimtest.Skipped:
			out.Skipped++
		}
		out.Results = append(out.Results, conformanceResult{
			ID: result.ID, Title: result.Title, Section: result.Section, Verdict: string(result.Verdict), Problems: result.Problems,
		})
	}
	return out
}

// write lists the verdicts for people: what is not kept with what was wrong, then the count.
func (r *conformanceReport) write(w io.Writer, all bool) {
	for _, result := range r.Results {
		if result.Verdict == string(scimtest.Passed) && !all {
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s (%s)\n", result.ID, result.Verdict, result.Title, result.Section)
		for _, problem := range result.Problems {
			fmt.Fprintf(w, "\t\t  %s\n", strings.ReplaceAll(problem, "\n", "\n\t\t  "))
		}
	}
	fmt.Fprintf(w, "%s: %d kept, %d not kept, %d not checked.\n", r.BaseURL, r.Passed, r.Failed, r.Skipped)
}
