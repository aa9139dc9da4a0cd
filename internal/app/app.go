package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/sqlstore"
)

// App is an opened directory: the store and the services over it. Its fields are set by Open and read
// by commands; none is nil.
type App struct {
	// Store is for what spans sources: administrators, deliveries, request records, retention.
	Store       *sqlstore.Store
	Keyring     *directory.Keyring
	Sources     *directory.Sources
	Resources   *directory.Resources
	Definitions *directory.Definitions
	Accounts    *account.Service
	Log         *slog.Logger
	// Version is shown by the API; set by the command that serves.
	Version string

	now func() time.Time
}

// Open opens the database of the settings, creates it if need be, and makes the services.
func Open(ctx context.Context, g *config.Global, log *slog.Logger) (*App, error) {
	master, err := g.MasterKey()
	if err != nil {
		return nil, err
	}
	keys, err := directory.NewKeyring(master)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(g.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	store, err := sqlstore.Open(ctx, g.Database(), sqlstore.Options{})
	if err != nil {
		return nil, err
	}
	all := store.AllSources()
	a := &App{Store: all, Keyring: keys, Log: log, now: time.Now}
	if a.Accounts, err = account.NewService(all, a.now); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	a.Definitions = directory.NewDefinitions(all, a.now)
	a.Sources = directory.NewSources(all, keys, a.Definitions, a.now)
	a.Resources = directory.NewResources(store, a.now)
	return a, nil
}

// Close waits for writes under way and closes the store.
func (a *App) Close() error { return a.Store.Close() }

// SourceID returns the number of the source with that slug; 0, which means every source, for "".
func (a *App) SourceID(ctx context.Context, slug string) (id directory.SourceID, err error) {
	if slug == "" {
		return 0, nil
	}
	err = a.Store.View(ctx, func(r directory.Reader) error {
		src, err := r.SourceBySlug(ctx, slug)
		if err == nil {
			id = src.ID
		}
		return err
	})
	return id, err
}

// Slugs returns the slug of every source.
func (a *App) Slugs(ctx context.Context) (slugs map[directory.SourceID]string, err error) {
	slugs = make(map[directory.SourceID]string)
	err = a.Store.View(ctx, func(r directory.Reader) error {
		sources, err := r.Sources(ctx)
		for _, s := range sources {
			slugs[s.ID] = s.Slug
		}
		return err
	})
	return slugs, err
}
