package main

import (
	"context"
	"fmt"
	"io"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/present"
)

type eventCommands struct {
	List eventList `cmd:"" help:"List events in order."`
}

type eventList struct {
	After int64 `help:"List what follows this seq."`
	Limit int   `default:"1000" help:"At most so many."`
}

// Run implements the command.
func (c *eventList) Run(ctx context.Context, e *environment) error {
	if c.Limit < 1 || c.After < 0 {
		return usage("--limit must be at least 1 and --after must not be negative")
	}
	return e.with(ctx, func(a *app.App) error {
		slugs, err := a.Slugs(ctx)
		if err != nil {
			return err
		}
		views := []*present.Event{}
		err = a.Store.View(ctx, func(r directory.Reader) error {
			return r.Events(ctx, 0, directory.Seq(c.After), c.Limit, func(ev *directory.Event) error {
				views = append(views, present.NewEvent(ev, slugs[ev.Source]))
				return nil
			})
		})
		if err != nil {
			return err
		}
		return e.print(views, func(w io.Writer) {
			fmt.Fprintln(w, "SEQ\tTIME\tTYPE\tSOURCE\tSUBJECT\tACTOR")
			for _, v := range views {
				fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", v.Seq, ago(&v.OccurredAt), v.Type, v.Source, v.Subject.ID, v.Cause.ActorName)
			}
		})
	})
}
