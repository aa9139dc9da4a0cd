package main

import (
	"context"
	"fmt"
	"io"

	"github.com/rosterhq/roster/internal/app"
)

// migrateCommand does what every other command does on its way, for those who want to see it done.
type migrateCommand struct{}

type migrateView struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Run implements the command.
func (*migrateCommand) Run(ctx context.Context, e *environment) error {
	before, after, err := app.Migrate(ctx, e.global)
	if err != nil {
		return err
	}
	return e.print(migrateView{before, after}, func(w io.Writer) {
		if before == after {
			fmt.Fprintf(w, "The schema has the version %d already.\n", after)
			return
		}
		fmt.Fprintf(w, "The schema was brought from version %d to %d.\n", before, after)
	})
}
