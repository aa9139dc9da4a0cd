package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/config"
)

type serveCommand struct {
	config.Server
}

// Run implements the command.
func (c *serveCommand) Run(ctx context.Context, e *environment) error {
	if err := c.Server.Validate(); err != nil {
		return usage("%s", err)
	}
	log, err := newLogger(&c.Server, e)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, e.global, log)
	if err != nil {
		return err
	}
	a.Version = version
	err = a.Serve(ctx, &c.Server, func(r app.Ready) {
		fmt.Fprintf(e.out, "Console: %s/admin/\n", r.URL)
		if r.SetupURL != "" {
			fmt.Fprintf(e.out, "Set up:  %s (once, within an hour)\n", r.SetupURL)
		}
	})
	if closeErr := a.Close(); err == nil {
		err = closeErr
	}
	return err
}

func newLogger(s *config.Server, e *environment) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		return nil, usage("log level: %s", err)
	}
	opts := &slog.HandlerOptions{Level: level}
	format := s.LogFormat
	if format == "auto" {
		format = "json"
		if f, ok := e.errOut.(*os.File); ok && isTerminal(f) {
			format = "text"
		}
	}
	if format == "text" {
		return slog.New(slog.NewTextHandler(e.errOut, opts)), nil
	}
	return slog.New(slog.NewJSONHandler(e.errOut, opts)), nil
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
