package main

import (
	"context"
	"fmt"
	"io"

	"github.com/rosterhq/roster/internal/app"
)

type backupCommands struct {
	Create  backupCreate  `cmd:"" help:"Write a consistent copy, also beside a running server."`
	Restore backupRestore `cmd:"" help:"Put a copy in place; the server must not run."`
}

type backupView struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

type backupCreate struct {
	File string `arg:"" help:"The file to write; it must not exist."`
}

// Run implements the command.
func (c *backupCreate) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		bytes, sum, err := a.Backup(ctx, c.File)
		if err != nil {
			return err
		}
		return e.print(backupView{bytes, sum}, func(w io.Writer) {
			fmt.Fprintf(w, "%s\t%d bytes\tsha256 %s\n", c.File, bytes, sum)
			fmt.Fprintln(w, "Keep the secret key (secret.key in the data folder) as well, and apart from the copy: tokens cannot be revealed without it.")
		})
	})
}

type backupRestore struct {
	File  string `arg:"" help:"A copy made by backup create."`
	Force bool   `help:"Replace the database that is there."`
}

// Run implements the command.
func (c *backupRestore) Run(ctx context.Context, e *environment) error {
	bytes, sum, err := app.Restore(ctx, e.global, c.File, c.Force)
	if err != nil {
		return err
	}
	return e.print(backupView{bytes, sum}, func(w io.Writer) {
		fmt.Fprintf(w, "The database was restored from %s (%d bytes).\n", c.File, bytes)
	})
}
