package acceptance

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

func (e *HostileExpect) check(a Answer, names Placeholders) []string {
	problems := e.checkStatus(a)
	fill := func(text string) string {
		filled, err := names.Fill(text)
		if err != nil {
			problems = append(problems, err.Error())
		}
		return filled
	}
	for _, text := range e.Contains {
		if text = fill(text); !bytes.Contains(a.Body, []byte(text)) {
			problems = append(problems, fmt.Sprintf("the body does not contain %q", text))
		}
	}
	for _, text := range e.NotContains {
		if text = fill(text); bytes.Contains(a.Body, []byte(text)) {
			problems = append(problems, fmt.Sprintf("the body contains %q", text))
		}
	}
	for text, allowed := range e.Count {
		text = fill(text)
		if n := bytes.Count(a.Body, []byte(text)); !slices.Contains(allowed, n) {
			problems = append(problems, fmt.Sprintf("the body contains %q %d times, want one of %v", text, n, allowed))
		}
	}
	return append(append(problems, e.checkHeaders(a)...), e.checkJSON(a)...)
}

func (e *HostileExpect) checkStatus(a Answer) []string {
	var problems []string
	if !slices.Contains(e.Status, a.Status) {
		problems = append(problems, fmt.Sprintf("status %d, want one of %v", a.Status, e.Status))
	}
	if limit := patience * time.Duration(e.MaxMillis) * time.Millisecond; limit > 0 && a.Elapsed > limit {
		problems = append(problems, fmt.Sprintf("took %s, want at most %s", a.Elapsed, limit))
	}
	if e.SCIMType != "" {
		if got := stringAt(a, "scimType"); got != e.SCIMType {
			problems = append(problems, fmt.Sprintf("scimType %q, want %q", got, e.SCIMType))
		}
	}
	return problems
}

func (e *HostileExpect) checkHeaders(a Answer) []string {
	var problems []string
	want := maps.Clone(e.Headers)
	if want == nil {
		want = map[string]string{}
	}
	if a.Status == 200 {
		maps.Copy(want, e.HeadersIf200)
	}
	for name, part := range want {
		if values := a.Header.Values(name); len(values) == 0 || !strings.Contains(strings.Join(values, ", "), part) {
			problems = append(problems, fmt.Sprintf("header %s is %q, want %q in it", name, values, part))
		}
	}
	for _, name := range e.HeadersAbsent {
		if values := a.Header.Values(name); len(values) > 0 {
			problems = append(problems, fmt.Sprintf("header %s is %q, want none", name, values))
		}
	}
	return problems
}

func (e *HostileExpect) checkJSON(a Answer) []string {
	want := map[string]any{}
	for place, value := range e.JSON {
		want[place] = map[string]any{"eq": value}
	}
	for place, value := range e.JSONIf200 {
		if a.Status == 200 {
			want[place] = map[string]any{"eq": value}
		}
	}
	for place, value := range e.JSONAtMost {
		want[place] = map[string]any{"lte": value}
	}
	if len(want) == 0 {
		return nil
	}
	doc, err := a.Document()
	return (&Expect{JSON: want}).checkDocument(doc, err, Scope{variables: &Variables{}})
}
