package app

import (
	"net/http"

	"github.com/rosterhq/roster/internal/adminapi"
	"github.com/rosterhq/roster/internal/httpx"
)

// api builds the administrators' API.
func (a *App) api(origin *httpx.Origin, s *surface) (http.Handler, error) {
	return adminapi.New(adminapi.Config{
		Accounts: a.Accounts, Store: a.Store, Sources: a.Sources, Resources: a.Resources, Definitions: a.Definitions,
		Journal: s.journal, Origin: origin, Now: a.now, Logger: a.Log, Version: a.Version, Stop: s.stop, Receivers: s.outbox,
	})
}
