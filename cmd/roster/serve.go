package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/obs"
)

// gcPercent is how far the heap grows before it is collected, in percent of what is in use.
const gcPercent = 400

type serveCommand struct {
	config.Server
}

// Run implements the command.
func (c *serveCommand) Run(ctx context.Context, e *environment) error {
	if err := c.Server.Validate(); err != nil {
		return usage("%s", err)
	}
	lines := obs.NewLogWriter(e.errOut)
	defer lines.Close() //nolint:errcheck // it has no error to report
	log, err := newLogger(&c.Server, e, lines)
	if err != nil {
		return err
	}
	// The heap in use is a few megabytes, since most memory is SQLite's own. Collected whenever it has
	// doubled, it would take a tenth of the processor.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	a, err := app.Open(ctx, e.global, log)
	if err != nil {
		return err
	}
	a.Version = version
	// On one core, too, requests are answered while a commit waits for the disk.
	if os.Getenv("GOMAXPROCS") == "" && runtime.GOMAXPROCS(0) < 2 && a.Store.WaitsForDisk() {
		runtime.GOMAXPROCS(2)
	}
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

// newLogger writes to out in the form that suits errOut, where the lines end up.
func newLogger(s *config.Server, e *environment, out io.Writer) (*slog.Logger, error) {
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
		return slog.New(slog.NewTextHandler(out, opts)), nil
	}
	return slog.New(slog.NewJSONHandler(out, opts)), nil
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
