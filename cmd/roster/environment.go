package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/directory"
)

// environment is what a command works with.
type environment struct {
	global *config.Global
	in     io.Reader
	out    io.Writer
	errOut io.Writer
}

// with opens the directory, runs fn and closes it again. A running server does not mind.
func (e *environment) with(ctx context.Context, fn func(*app.App) error) (err error) {
	a, err := app.Open(ctx, e.global, slog.New(slog.NewTextHandler(e.errOut, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return fn(a)
}

// print writes v as JSON, or calls text for people.
func (e *environment) print(v any, text func(w io.Writer)) error {
	if e.global.Output == "json" {
		enc := json.NewEncoder(e.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	}
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	text(w)
	return w.Flush()
}

// cause is the cause of every change by command line.
func cause() directory.Cause { return directory.Cause{Kind: "cli", ActorName: "roster command line"} }

// missing is a thing that was named and does not exist.
type missing struct{ what, name string }

func (e *missing) Error() string { return fmt.Sprintf("%s %q does not exist", e.what, e.name) }

func isNotFound(err error) bool {
	var m *missing
	return errors.As(err, &m) || errors.Is(err, directory.ErrNotFound) || errors.Is(err, account.ErrNotFound)
}

// named turns "not found" into a sentence about what was looked for.
func named(err error, what, name string) error {
	if errors.Is(err, directory.ErrNotFound) || errors.Is(err, account.ErrNotFound) {
		return &missing{what, name}
	}
	return err
}

// explain turns an error into a sentence for the terminal.
func explain(err error) string {
	var dup *directory.DuplicateError
	switch {
	case errors.As(err, &dup) && dup.Path == "slug":
		return "another source has this slug; choose another one with --slug"
	case errors.Is(err, directory.ErrBusy):
		return "the database is busy; another process holds it. Try again in a moment"
	}
	return err.Error()
}
