package app

import (
	"net/http"

	"github.com/rosterhq/roster/internal/httpx"
	"github.com/rosterhq/roster/internal/journal"
)

// api builds the administrators' API.
func (a *App) api(_ *httpx.Origin, _ *journal.Journal) (http.Handler, error) {
	return http.NotFoundHandler(), nil
}
