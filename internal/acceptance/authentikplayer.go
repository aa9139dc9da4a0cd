package acceptance

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Administration does what the cases ask of the product's administrators.
type Administration interface {
	// CreateSource makes a source whose token works when it returns.
	CreateSource(ctx context.Context, name string, options ...string) (Source, error)
	// Act does an action with its arguments, which name sources as the case does, and returns what an
	// HTTP API would have answered.
	Act(ctx context.Context, action, arguments string, sources map[string]Source) (status int, doc any, err error)
	// CreateLocal makes a "user" or a "group" of the directory's own and returns its id.
	CreateLocal(ctx context.Context, kind, name string) (string, error)
	// APIToken is a token of the administrators' API.
	APIToken() string
}

// AuthentikPlayer plays authentik's cases.
type AuthentikPlayer struct {
	Client *Client
	Admin  Administration
}

// Play plays a case to the first step that does not hold.
func (p *AuthentikPlayer) Play(ctx context.Context, c *AuthentikCase) error {
	names, sources := c.names(), map[string]Source{}
	for _, setup := range c.Setup {
		if err := p.setUp(ctx, setup, names, sources); err != nil {
			return fmt.Errorf("authentik %s (%s): set up %s: %w", c.ID, c.Title, setup.Action, err)
		}
	}
	for i := range c.Steps {
		if err := p.playStep(ctx, &c.Steps[i], names, sources); err != nil {
			return fmt.Errorf("authentik %s (%s), step %d: %w", c.ID, c.Title, i+1, err)
		}
	}
	return nil
}

func (p *AuthentikPlayer) setUp(ctx context.Context, s AuthentikSetup, names Placeholders, sources map[string]Source) error {
	switch s.Action {
	case "create_source":
		name, err := names.Fill(s.Name)
		if err != nil {
			return err
		}
		source, err := p.Admin.CreateSource(ctx, name)
		if err != nil {
			return err
		}
		sources[s.As] = source
		names["slug:"+s.As], names["old_slug:"+s.As] = source.Slug, source.Slug
		names["token:"+s.As], names["old_token:"+s.As] = source.Token, source.Token
		if s.As == "src" {
			names["base"] = p.Client.Origin() + source.Base()
		}
		return nil
	case "create_directory_user", "create_directory_group":
		name, err := names.Fill(s.Username + s.Name)
		if err != nil {
			return err
		}
		names["id:"+s.As], err = p.Admin.CreateLocal(ctx, strings.TrimPrefix(s.Action, "create_directory_"), name)
		return err
	case "scim_bulk_users":
		userName, err := names.Fill(s.UserName)
		if err != nil {
			return err
		}
		for i := range s.Count {
			body := newUser(strings.ReplaceAll(userName, "{i:04d}", fmt.Sprintf("%04d", i)))
			ex, err := p.Client.Do(ctx, scimWrite("POST", sources["src"].Base(), sources["src"].Token, "/Users", body))
			if err != nil {
				return err
			}
			if ex.Answer.Status != 201 {
				return fmt.Errorf("want 201\n%s", ex)
			}
		}
		return nil
	}
	return fmt.Errorf("the action is not known")
}

func (p *AuthentikPlayer) playStep(ctx context.Context, s *AuthentikStep, names Placeholders, sources map[string]Source) error {
	if s.Method == "ADMIN" {
		return p.administer(ctx, s, names, sources)
	}
	request, err := p.request(s, names, sources)
	if err != nil {
		return err
	}
	ex, err := p.Client.Do(ctx, request)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, ex)
	}
	problems := SCIMProblems(ex.Answer)
	doc, docErr := ex.Answer.Document()
	if len(s.Expect.JSON) > 0 && docErr != nil {
		problems = append(problems, "the body is not JSON: "+docErr.Error())
	}
	for _, check := range s.Expect.Headers {
		matcher, err := check.matcher(names)
		if err != nil {
			return err
		}
		value := strings.Join(ex.Answer.Header.Values(check.Name), ", ")
		problems = append(problems, Match(matcher, value, value != "")...)
	}
	problems = append(problems, s.check(ex.Answer.Status, doc, names)...)
	if len(problems) > 0 {
		return fmt.Errorf("%s %s\n  %s\n%s", s.Name, s.Note, strings.Join(problems, "\n  "), ex)
	}
	return nil
}

func (p *AuthentikPlayer) administer(ctx context.Context, s *AuthentikStep, names Placeholders, sources map[string]Source) error {
	filled, err := names.Fill(s.Path)
	if err != nil {
		return err
	}
	action, arguments, _ := strings.Cut(filled, " ")
	status, doc, err := p.Admin.Act(ctx, action, arguments, sources)
	if err != nil {
		return fmt.Errorf("%s: %w", filled, err)
	}
	if problems := s.check(status, doc, names); len(problems) > 0 {
		return fmt.Errorf("%s\n  %s\n  the answer was %s", filled, strings.Join(problems, "\n  "), show(doc))
	}
	return nil
}

// check compares an answer with the step and saves from it.
func (s *AuthentikStep) check(status int, doc any, names Placeholders) []string {
	var problems []string
	if !slices.Contains(s.Expect.Status, status) {
		problems = append(problems, fmt.Sprintf("status %d, want one of %v", status, s.Expect.Status))
	}
	for _, check := range s.Expect.JSON {
		matcher, err := check.matcher(names)
		if err != nil {
			return append(problems, err.Error())
		}
		value, present := pointerPath(check.Pointer).Find(doc)
		for _, problem := range Match(matcher, value, present) {
			problems = append(problems, check.Pointer+": "+problem)
		}
	}
	for variable, pointer := range s.Save {
		value, _ := pointerPath(pointer).Find(doc)
		text, ok := value.(string)
		if !ok {
			problems = append(problems, fmt.Sprintf("save %s: the answer has no text at %s", variable, pointer))
		}
		names[variable] = text
	}
	return problems
}

func (p *AuthentikPlayer) request(s *AuthentikStep, names Placeholders, sources map[string]Source) (Request, error) {
	path, err := names.Fill(s.Path)
	if err != nil {
		return Request{}, err
	}
	base := sources["src"].Base()
	if source, ok := sources[s.Auth]; ok {
		base = source.Base()
	}
	if strings.HasPrefix(path, "/source/") {
		base = ""
	}
	r := Request{Method: s.Method, Target: RequestTarget(base, path)}
	authorization, err := p.authorization(s.Auth, names, sources)
	if err != nil {
		return Request{}, err
	}
	if authorization != "" {
		r.Fields = append(r.Fields, Field{"Authorization", authorization})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
		r.Fields = append(r.Fields, Field{name, s.Headers[name]})
	}
	if s.RawBody != nil {
		r.Body = []byte(*s.RawBody)
	} else if r.Body, err = hostileBody(s.Body, names); err != nil {
		return Request{}, err
	}
	if r.Body != nil {
		contentType := s.ContentType
		if contentType == "" {
			contentType = "application/scim+json"
		}
		r.Fields = append(r.Fields, Field{"Content-Type", contentType})
	}
	return r, nil
}

func (p *AuthentikPlayer) authorization(auth string, names Placeholders, sources map[string]Source) (string, error) {
	if source, ok := sources[auth]; ok {
		return "Bearer " + source.Token, nil
	}
	if raw, ok := strings.CutPrefix(auth, "raw:"); ok {
		return names.Fill(raw)
	}
	switch auth {
	case "none":
		return "", nil
	case "admin_api_token":
		return "Bearer " + p.Admin.APIToken(), nil
	}
	return "", fmt.Errorf("auth %q is not known", auth)
}
