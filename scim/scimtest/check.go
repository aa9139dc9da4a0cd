package scimtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// check is one requirement that can be seen from outside.
type check struct {
	id, title, section string
	run                func(p *probe)
}

// Check runs all checks against a base URL such as "https://directory.example/scim/v2". An empty
// token sends no Authorization header. When ctx ends, the rest is skipped.
func Check(ctx context.Context, baseURL, token string) Report {
	report := Report{BaseURL: baseURL}
	s := newSession(baseURL, token)
	for _, c := range checks() {
		report.Results = append(report.Results, s.perform(ctx, c))
	}
	return report
}

// Run runs every check as a subtest.
func Run(t *testing.T, baseURL, token string) {
	t.Helper()
	s := newSession(baseURL, token)
	for _, c := range checks() {
		t.Run(c.id+" "+c.title, func(t *testing.T) {
			result := s.perform(t.Context(), c)
			switch result.Verdict {
			case Failed:
				t.Errorf("%s: %s (%s)\n%s", c.id, c.title, c.section, strings.Join(result.Problems, "\n"))
			case Skipped:
				t.Skip(strings.Join(result.Problems, "; "))
			}
		})
	}
}

func checks() []check {
	var all []check
	for _, group := range [][]check{transportChecks(), discoveryChecks(), createChecks(), readChecks(), filterChecks(), pageChecks(), projectionChecks(),
		replaceChecks(), patchChecks(), groupChecks(), deleteChecks(), versionChecks(), bulkChecks()} {
		all = append(all, group...)
	}
	return all
}

// session is what the checks of one run share.
type session struct {
	base, token string
	http        *http.Client
	// config is the ServiceProviderConfig, read once; nil when it could not be.
	config *reply
}

func newSession(baseURL, token string) *session {
	return &session{base: strings.TrimRight(baseURL, "/"), token: token, http: &http.Client{
		Timeout:       time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (s *session) perform(ctx context.Context, c check) Result {
	result := Result{ID: c.id, Title: c.title, Section: c.section, Verdict: Passed}
	if err := ctx.Err(); err != nil {
		result.Verdict, result.Problems = Skipped, []string{err.Error()}
		return result
	}
	p := &probe{session: s, ctx: ctx, run: strings.ToLower(rand.Text()[:10])}
	c.run(p)
	p.cleanUp()
	switch {
	case p.skipped != "":
		result.Verdict, result.Problems = Skipped, []string{p.skipped}
	case len(p.problems) > 0:
		result.Verdict, result.Problems = Failed, p.problems
	}
	return result
}

// probe is one check at work. Problems are recorded and the check goes on, since the first is often
// explained by the second.
type probe struct {
	*session
	ctx      context.Context
	run      string
	names    int
	created  []string
	problems []string
	skipped  string
}

func (p *probe) problem(format string, args ...any) {
	const most = 5 // enough to understand a failure
	if len(p.problems) < most {
		p.problems = append(p.problems, fmt.Sprintf(format, args...))
	}
}

// supports reports whether the provider says that it has a feature, and skips the check otherwise.
func (p *probe) supports(feature string) bool {
	if p.config == nil {
		p.config = p.get("/ServiceProviderConfig")
	}
	if p.config.at(feature) == true {
		return true
	}
	p.skipped = "ServiceProviderConfig does not say " + feature
	return false
}

// name returns a new name of this check.
func (p *probe) name() string {
	p.names++
	return fmt.Sprintf("scimtest-%s-%d", p.run, p.names)
}

// cleanUp deletes what the check made.
func (p *probe) cleanUp() {
	for _, path := range p.created {
		r := p.delete(path)
		if r.status != http.StatusNoContent && r.status != http.StatusNotFound {
			p.problem("clean up: DELETE %s: status %d", path, r.status)
		}
	}
}
