package main

import (
	"context"
	"fmt"
	"io"

	"github.com/rosterhq/roster/internal/app"
)

type copyCommand struct {
	From string `required:"" placeholder:"URL" help:"The database to read; its servers should be stopped."`
	To   string `required:"" placeholder:"URL" help:"The database to write; it must be new or empty."`
}

type copiedView struct {
	Table  string `json:"table"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// Run implements the command.
func (c *copyCommand) Run(ctx context.Context, e *environment) error {
	if c.From == c.To {
		return usage("--from and --to name the same database")
	}
	tables, err := app.Copy(ctx, c.From, c.To)
	if err != nil {
		return err
	}
	views := make([]copiedView, len(tables))
	for i, t := range tables {
		views[i] = copiedView(t)
	}
	return e.print(views, func(w io.Writer) {
		fmt.Fprintln(w, "TABLE\tROWS\tSHA-256, EQUAL IN BOTH")
		for _, v := range views {
			fmt.Fprintf(w, "%s\t%d\t%s\n", v.Table, v.Rows, v.SHA256)
		}
		fmt.Fprintln(w, "\nThe secret key is not in the database: give the new one the same secret.key.")
	})
}
