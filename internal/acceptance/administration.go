package acceptance

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// RosterAdministration answers the cases' administrative actions with Roster's commands, and with its
// API where there is no command.
type RosterAdministration struct {
	*Server
	APIKey string
}

// APIToken is a key of the administrators' API.
func (a RosterAdministration) APIToken() string { return a.APIKey }

// CreateLocal makes a user or a group of the built-in source.
func (a RosterAdministration) CreateLocal(ctx context.Context, kind, name string) (string, error) {
	var made struct {
		ID string `json:"id"`
	}
	flag := map[string]string{"user": "--username", "group": "--name"}[kind]
	err := a.Run(ctx, &made, kind, "create", flag, name)
	return made.ID, err
}

// Act does an action.
func (a RosterAdministration) Act(ctx context.Context, action, arguments string, sources map[string]Source) (int, any, error) {
	first, rest, _ := strings.Cut(arguments, " ")
	source := sources[first]
	switch action {
	case "get_source", "find_service_account":
		return a.showSource(ctx, source.Slug)
	case "delete_source":
		if err := a.Run(ctx, nil, "source", "delete", source.Slug, "--yes"); err != nil {
			return 0, nil, err
		}
		return http.StatusOK, nil, a.waitStatus(ctx, source.Base(), source.Token, http.StatusUnauthorized)
	case "update_source":
		return a.patchSource(ctx, source, rest)
	case "rotate_token":
		token, err := a.RotateToken(ctx, source.Slug, "24h")
		if err != nil {
			return 0, nil, err
		}
		return http.StatusOK, map[string]any{"key": token}, a.waitStatus(ctx, source.Base(), token, http.StatusOK)
	case "list_events":
		return a.createdEvents(ctx, sources["src"].Slug)
	case "get_directory_user":
		var user any
		return found(a.Run(ctx, &user, "user", "show", first), &user)
	}
	return 0, nil, fmt.Errorf("the action is not known")
}

// found turns a command's outcome into a status and its document.
func found(err error, doc *any) (int, any, error) {
	if NotFound(err) {
		return http.StatusNotFound, nil, nil
	}
	return http.StatusOK, *doc, err
}

// showSource writes a source with the words of authentik's API: its account and its token have the
// same identifier there.
func (a RosterAdministration) showSource(ctx context.Context, slug string) (int, any, error) {
	var source Source
	if err := a.Run(ctx, &source, "source", "show", slug); err != nil {
		var none any
		return found(err, &none)
	}
	account := source.ServiceAccount.Username
	token := map[string]any{"user_obj": map[string]any{}}
	if account != "" {
		token = map[string]any{"identifier": account, "user_obj": map[string]any{"username": account}}
	}
	return http.StatusOK, map[string]any{"token_obj": token, "root_url": source.BaseURL}, nil
}

func (a RosterAdministration) patchSource(ctx context.Context, source Source, change string) (int, any, error) {
	ex, err := a.client.Do(ctx, Request{
		Method: http.MethodPatch, Target: "/api/v1/sources/" + source.Slug, Body: []byte(change),
		Fields: []Field{{"Authorization", "Bearer " + a.APIKey}, {"Content-Type", "application/json"}},
	})
	if err != nil {
		return 0, nil, err
	}
	if ex.Answer.Status >= 400 {
		return 0, nil, fmt.Errorf("change the source\n%s", ex)
	}
	doc, err := ex.Answer.Document()
	return ex.Answer.Status, doc, err
}

func (a RosterAdministration) createdEvents(ctx context.Context, slug string) (int, any, error) {
	results := []any{}
	err := a.Events(ctx, 0, func(e Event) error {
		if e.Source == slug && strings.HasSuffix(e.Type, ".created") {
			results = append(results, e.Type)
		}
		return nil
	})
	return http.StatusOK, map[string]any{"results": results}, err
}
