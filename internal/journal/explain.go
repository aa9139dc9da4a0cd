package journal

import (
	"context"
	"slices"

	"github.com/rosterhq/roster/internal/directory"
)

// Explanation tells people why a request failed and what to do.
type Explanation struct {
	Rule  string   `json:"rule"`
	Title string   `json:"title"`
	Cause string   `json:"cause"`
	Fix   []string `json:"fix" nullable:"false"`
}

// Explain returns the explanation of a record, nil when there is nothing to explain. preset is that of
// the source; it chooses the words of the fix.
func Explain(r *Record, preset string) *Explanation {
	rule := r.Rule
	if rule == "" {
		rule = ruleOf(r)
	}
	e, ok := catalogue(rule)
	if !ok {
		return nil
	}
	x := &Explanation{Rule: rule, Title: e.title, Cause: e.cause, Fix: slices.Concat(e.byIdP[preset], e.fix)}
	if r.Detail != "" {
		x.Cause += " " + r.Detail
	}
	return x
}

// ruleOf finds a rule for a record that names none.
func ruleOf(r *Record) string {
	switch {
	case r.Status == 404 && r.ResourceID != "":
		return "resource.not-found"
	case r.Status == 404:
		return "path.unknown"
	case r.Status == 412:
		return "version.conflict"
	case r.Status == 429:
		return "rate.limited"
	case r.Status >= 500:
		return "internal"
	case r.SCIMType == "invalidFilter":
		return "filter.syntax"
	case r.SCIMType == "noTarget":
		return "patch.no-target"
	case r.SCIMType == "invalidPath":
		return "patch.path"
	case r.SCIMType == "mutability":
		return "patch.read-only"
	case r.SCIMType == "uniqueness":
		return "uniqueness.value"
	case r.SCIMType == "invalidValue":
		return "schema.wrong-type"
	case r.SCIMType == "invalidSyntax":
		return "body.not-json"
	}
	if r.Status < 400 {
		return noteRule(r)
	}
	return ""
}

// noteRule finds the warning of a successful request that needs somebody to act.
func noteRule(r *Record) string {
	for _, n := range r.Notes {
		if n.Code == "member.unknown" || n.Code == "manager.unknown" {
			return n.Code
		}
	}
	return ""
}

// Finding explains a pattern across the requests of a source.
func Finding(ctx context.Context, store Store, src *directory.Source) (*Explanation, error) {
	activity, err := store.Activity(ctx, src.ID)
	if err != nil {
		return nil, err
	}
	rule := ""
	switch {
	case activity.FirstRequest.IsZero() && src.Preset == "google":
		rule = "idp.google.catalog"
	case activity.FirstRequest.IsZero():
		rule = "net.never-reached"
	case activity.FirstAuthorized.IsZero():
		return latestRejection(ctx, store, src)
	case activity.LastWrite.IsZero() && activity.LastFailure.IsZero() && src.Preset == "okta":
		rule = "idp.okta.matching-user"
	case activity.LastWrite.IsZero() && activity.LastFailure.IsZero() && src.Preset == "entra":
		rule = "idp.entra.no-scope"
	case src.Preset == "entra" && !activity.LastFailure.IsZero():
		recent, err := readRecent(ctx, store, src.ID, activity)
		if err != nil {
			return nil, err
		}
		if state, _ := judge(src, activity, recent); state == Failing {
			rule = "idp.entra.quarantine-risk"
		}
	}
	if rule == "" {
		return nil, nil
	}
	return Explain(&Record{Rule: rule}, src.Preset), nil
}

func latestRejection(ctx context.Context, store Store, src *directory.Source) (*Explanation, error) {
	records, err := store.Requests(ctx, Query{Source: &src.ID, MinStatus: 401, MaxStatus: 401, Limit: 1})
	if err != nil || len(records) == 0 {
		return nil, err
	}
	return Explain(records[0], src.Preset), nil
}
