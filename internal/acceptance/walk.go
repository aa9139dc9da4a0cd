package acceptance

import (
	"context"
	"fmt"
	"strings"
)

// maxPages bounds a walk: a server that never reaches the end must not hold the test.
const maxPages = 10_000

// walk goes through all pages of a list as clients do, and checks each page and the whole.
func (p *Player) walk(ctx context.Context, t *Trace, s *Step, scope Scope) error {
	w := s.Paginate
	start, total := max(w.Start, 1), 0
	var ids []any
	for page := 0; ; page++ {
		request := *s
		bare := page == 0 && w.FirstBare
		if !bare {
			request.Path = withPage(s.Path, start, w.Count)
		}
		r, err := p.request(t, &request, scope)
		if err != nil {
			return &StepError{Trace: t.ID, Step: s.Name, Problems: []string{err.Error()}}
		}
		ex, err := p.Client.Do(ctx, r)
		if err != nil {
			return &StepError{t.ID, s.Name, []string{err.Error()}, ex}
		}
		found, problems := readPage(ex.Answer)
		limit := w.Count
		if bare {
			limit = 0
		}
		problems = append(problems, found.check(start, limit, p.Busy)...)
		if len(problems) == 0 && page == maxPages {
			problems = []string{"the list has no end"}
		}
		if len(problems) > 0 {
			return &StepError{t.ID, fmt.Sprintf("%s (startIndex %d)", s.Name, start), problems, ex}
		}
		ids = append(ids, found.ids...)
		total = found.total
		start += found.advance(w)
		if start > total || len(found.ids) == 0 {
			break
		}
	}
	var problems []string
	if !isUnique(ids) && !p.Busy {
		problems = append(problems, "an id came twice")
	}
	if len(ids) != total-max(w.Start, 1)+1 && !p.Busy {
		problems = append(problems, fmt.Sprintf("%d resources came, totalResults is %d", len(ids), total))
	}
	if len(problems) > 0 {
		return &StepError{Trace: t.ID, Step: s.Name, Problems: problems}
	}
	if w.Into != "" {
		scope.variables.Set(w.Into, ids)
	}
	return nil
}

func withPage(path string, start, count int) string {
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	path += fmt.Sprintf("%sstartIndex=%d", separator, start)
	if count > 0 {
		path += fmt.Sprintf("&count=%d", count)
	}
	return path
}

type listPage struct {
	total, start, perPage int
	ids                   []any
}

// readPage reads a ListResponse, whose numbers must be JSON numbers (RFC 7644 §3.4.2).
func readPage(a Answer) (listPage, []string) {
	problems := SCIMProblems(a)
	if a.Status != 200 {
		return listPage{}, append(problems, fmt.Sprintf("status %d, want 200", a.Status))
	}
	doc, err := a.Document()
	if err != nil {
		return listPage{}, append(problems, "the body is not JSON: "+err.Error())
	}
	object, _ := doc.(map[string]any)
	number := func(name string) int {
		n, ok := object[name].(float64)
		if !ok {
			problems = append(problems, fmt.Sprintf("%s is %s, want a number", name, show(object[name])))
		}
		return int(n)
	}
	page := listPage{total: number("totalResults"), start: number("startIndex"), perPage: number("itemsPerPage")}
	for _, resource := range list(object["Resources"]) {
		r, _ := resource.(map[string]any)
		page.ids = append(page.ids, r["id"])
	}
	return page, problems
}

func (l listPage) check(start, limit int, busy bool) []string {
	var problems []string
	if l.start != start {
		problems = append(problems, fmt.Sprintf("startIndex %d, want the echo of %d", l.start, start))
	}
	if l.perPage != len(l.ids) {
		problems = append(problems, fmt.Sprintf("itemsPerPage %d, but %d resources", l.perPage, len(l.ids)))
	}
	if limit > 0 && len(l.ids) > limit {
		problems = append(problems, fmt.Sprintf("%d resources, asked for at most %d", len(l.ids), limit))
	}
	if len(l.ids) == 0 && start <= l.total && !busy {
		problems = append(problems, fmt.Sprintf("an empty page before the end (totalResults %d)", l.total))
	}
	return problems
}

func (l listPage) advance(w *Paginate) int {
	if w.Advance == "count" && w.Count > 0 {
		return w.Count
	}
	return len(l.ids)
}
