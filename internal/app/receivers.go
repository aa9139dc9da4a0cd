package app

import (
	"context"

	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/outbox"
)

// Receivers returns the service about receivers of events, for commands: it delivers nothing.
func (a *App) Receivers(ctx context.Context, s *config.Server) (*outbox.Service, error) {
	url, err := a.PublicURL(ctx)
	if err != nil {
		return nil, err
	}
	return a.deliveries(s, url, nil)
}
