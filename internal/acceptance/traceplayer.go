package acceptance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Player plays traces against one SCIM source.
type Player struct {
	Client *Client
	Base   string // path of the source's base URL
	Token  string
	Run    string // what makes the trace's names unique
	// Busy says that others write to the source meanwhile, so that a walk through a list cannot demand
	// that the number of resources stays what it was.
	Busy bool
}

// StepError tells which step of which trace did not hold, and shows the exchange.
type StepError struct {
	Trace, Step string
	Problems    []string
	Exchange    Exchange
}

func (e *StepError) Error() string {
	return fmt.Sprintf("trace %s, step %q:\n  %s\n%s", e.Trace, e.Step, strings.Join(e.Problems, "\n  "), e.Exchange)
}

// Play runs a trace to its first step that does not hold; later steps build on earlier ones.
func (p *Player) Play(ctx context.Context, t *Trace) error {
	vars := &Variables{}
	vars.Set("run", p.Run)
	vars.Set("base", p.Client.Origin()+p.Base)
	vars.Set("token", p.Token)
	for _, name := range slices.Sorted(maps.Keys(t.Vars)) {
		value, err := Scope{variables: vars}.Value(t.Vars[name])
		if err != nil {
			return fmt.Errorf("trace %s, variable %s: %w", t.ID, name, err)
		}
		vars.Set(name, value)
	}
	for i := range t.Steps {
		if err := p.playStep(ctx, t, &t.Steps[i], Scope{variables: vars}); err != nil {
			return err
		}
	}
	return nil
}

func (p *Player) playStep(ctx context.Context, t *Trace, s *Step, scope Scope) error {
	switch {
	case len(s.Parallel) > 0:
		return p.playParallel(ctx, t, s, scope)
	case s.Paginate != nil:
		return p.walk(ctx, t, s, scope)
	case s.Assert != nil:
		return assertVariables(t, s, scope)
	case s.Repeat > 0:
		for i := 1; i <= s.Repeat; i++ {
			if err := p.playRequest(ctx, t, s, Scope{scope.variables, i}); err != nil {
				return err
			}
		}
		return nil
	}
	return p.playRequest(ctx, t, s, scope)
}

func (p *Player) playParallel(ctx context.Context, t *Trace, s *Step, scope Scope) error {
	failures := make([]error, len(s.Parallel))
	var wait sync.WaitGroup
	for i := range s.Parallel {
		wait.Go(func() { failures[i] = p.playStep(ctx, t, &s.Parallel[i], scope) })
	}
	wait.Wait()
	return errors.Join(failures...)
}

func (p *Player) playRequest(ctx context.Context, t *Trace, s *Step, scope Scope) error {
	r, err := p.request(t, s, scope)
	if err != nil {
		return &StepError{Trace: t.ID, Step: s.Name, Problems: []string{err.Error()}}
	}
	ex, err := p.Client.Do(ctx, r)
	if err != nil {
		return &StepError{t.ID, s.Name, []string{err.Error()}, ex}
	}
	problems := SCIMProblems(ex.Answer)
	doc, docErr := ex.Answer.Document()
	if s.Expect != nil {
		problems = append(problems, s.Expect.check(ex.Answer, doc, docErr, scope)...)
	}
	if len(problems) == 0 {
		problems = remember(s, ex.Answer, doc, scope)
	}
	if len(problems) > 0 {
		return &StepError{t.ID, s.Name, problems, ex}
	}
	return nil
}

// remember stores what the step saves and collects.
func remember(s *Step, a Answer, doc any, scope Scope) []string {
	var problems []string
	store := func(places map[string]string, put func(string, any)) {
		for variable, place := range places {
			name, err := scope.Text(variable)
			if err != nil {
				problems = append(problems, err.Error())
				continue
			}
			value, err := fromAnswer(place, a, doc)
			if err != nil {
				problems = append(problems, fmt.Sprintf("save %s: %v", name, err))
				continue
			}
			put(name, value)
		}
	}
	store(s.Save, scope.variables.Set)
	store(s.Collect, scope.variables.Append)
	return problems
}

func fromAnswer(place string, a Answer, doc any) (any, error) {
	if name, ok := strings.CutPrefix(place, "header:"); ok {
		if value := a.Header.Get(name); value != "" {
			return value, nil
		}
		return nil, fmt.Errorf("the answer has no header %s", name)
	}
	path, err := ParsePath(place)
	if err != nil {
		return nil, err
	}
	value, present := path.Find(doc)
	if !present {
		return nil, fmt.Errorf("the answer has no %s", place)
	}
	return value, nil
}

func assertVariables(t *Trace, s *Step, scope Scope) error {
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(s.Assert)) {
		matcher, err := scope.Value(s.Assert[name])
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		place, err := scope.Text(name)
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		value, present := scope.get(place)
		for _, p := range Match(matcher, value, present) {
			problems = append(problems, name+": "+p)
		}
	}
	if len(problems) > 0 {
		return &StepError{Trace: t.ID, Step: s.Name, Problems: problems}
	}
	return nil
}
