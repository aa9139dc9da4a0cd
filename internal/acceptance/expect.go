package acceptance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// check compares an answer with what a step expects and returns what does not hold.
func (e *Expect) check(a Answer, doc any, docErr error, scope Scope) []string {
	var problems []string
	if e.Status != nil && !slices.Contains(e.Status, a.Status) {
		problems = append(problems, fmt.Sprintf("status %d, want one of %v", a.Status, e.Status))
	}
	if e.BodyEmpty != nil && *e.BodyEmpty != (len(a.Body) == 0) {
		problems = append(problems, fmt.Sprintf("body of %d bytes, want it empty: %t", len(a.Body), *e.BodyEmpty))
	}
	if e.MaxMillis > 0 && a.Elapsed.Milliseconds() > e.MaxMillis {
		problems = append(problems, fmt.Sprintf("took %s, want at most %d ms", a.Elapsed, e.MaxMillis))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		matcher, err := scope.Value(e.Headers[name])
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		values := a.Header.Values(name)
		for _, p := range Match(matcher, strings.Join(values, ", "), len(values) > 0) {
			problems = append(problems, "header "+name+": "+p)
		}
	}
	problems = append(problems, e.checkDocument(doc, docErr, scope)...)
	return append(problems, e.checkAlternatives(a, doc, docErr, scope)...)
}

func (e *Expect) checkDocument(doc any, docErr error, scope Scope) []string {
	if len(e.JSON) > 0 && docErr != nil {
		return []string{"the body is not JSON: " + docErr.Error()}
	}
	var problems []string
	for _, text := range slices.Sorted(maps.Keys(e.JSON)) {
		matcher, err := scope.Value(e.JSON[text])
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		place, err := scope.Text(text)
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		path, err := ParsePath(place)
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		value, present := path.Find(doc)
		for _, p := range Match(matcher, value, present) {
			problems = append(problems, place+": "+p)
		}
	}
	return problems
}

func (e *Expect) checkAlternatives(a Answer, doc any, docErr error, scope Scope) []string {
	var refused []string
	for i := range e.AnyOf {
		problems := e.AnyOf[i].check(a, doc, docErr, scope)
		if len(problems) == 0 {
			return nil
		}
		refused = append(refused, fmt.Sprintf("alternative %d: %s", i+1, strings.Join(problems, "; ")))
	}
	return refused
}

// SCIMProblems are what is wrong with an answer of the SCIM endpoint whatever was asked: a failure of
// the server, a body of another media type (RFC 7644 §3.8), an error that is no SCIM error (§3.12).
func SCIMProblems(a Answer) []string {
	var problems []string
	if a.Status >= 500 && a.Status != 501 && a.Status != 503 {
		problems = append(problems, fmt.Sprintf("status %d: the server failed", a.Status))
	}
	if len(a.Body) > 0 && a.Header.Get("Content-Type") != "application/scim+json" {
		problems = append(problems, fmt.Sprintf("Content-Type %q, want application/scim+json", a.Header.Get("Content-Type")))
	}
	if a.Status < 400 || len(a.Body) == 0 {
		return problems
	}
	doc, err := a.Document()
	if err != nil {
		return append(problems, "the error's body is not JSON: "+err.Error())
	}
	object, _ := doc.(map[string]any)
	if !contains(object["schemas"], "urn:ietf:params:scim:api:messages:2.0:Error") {
		problems = append(problems, "the error's schemas do not name the Error message")
	}
	if object["status"] != fmt.Sprint(a.Status) {
		problems = append(problems, fmt.Sprintf("the error's status is %s, want %q", show(object["status"]), fmt.Sprint(a.Status)))
	}
	if detail, ok := object["detail"].(string); !ok || detail == "" {
		problems = append(problems, "the error has no detail")
	}
	return problems
}
