package adminapi

import (
	"context"

	"github.com/rosterhq/roster/internal/account"
)

// preset is an identity provider that a source can be set up for. In the text of a guide {{url}} stands
// for the source's base URL and {{token}} for its token; **menu names** and `values` are marked.
type preset struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Guide       []guidance `json:"guide" nullable:"false"`
}

type guidance struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

func (a *api) presetOperations() {
	register(a, operation{id: "list-presets", method: "GET", path: "/presets", access: needs(account.ReadSources), tag: "Sources",
		summary: "List the identity providers with their set-up guides"}, a.listPresets)
}

func (a *api) listPresets(context.Context, *call, *struct{}) (*body[[]preset], error) {
	return answer(presets()), nil
}

// presets returns the presets in the order in which the console offers them.
func presets() []preset {
	return []preset{
		entra(), okta(), google(), oneLogin(), jumpCloud(), ping(), rippling(), keycloak(), authentik(), generic(), simulator(),
	}
}
