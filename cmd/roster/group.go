package main

import (
	"context"
	"fmt"
	"io"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/present"
	"github.com/rosterhq/roster/scim"
)

type groupCommands struct {
	List   groupList   `cmd:"" help:"List groups."`
	Show   groupShow   `cmd:"" help:"Show one group with its members and raw SCIM form."`
	Create groupCreate `cmd:"" help:"Make a local group."`
}

type groupList struct {
	Source string `help:"Slug of the only source to list."`
}

// Run implements the command.
func (c *groupList) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		views := []*present.Group{}
		err := eachRecord(ctx, a, c.Source, directory.GroupType, func(entry *directory.Entry, slug string) error {
			g, err := presentGroup(ctx, a, entry.Record, slug)
			views = append(views, g)
			return err
		})
		if err != nil {
			return err
		}
		return e.print(views, func(w io.Writer) {
			fmt.Fprintln(w, "ID\tNAME\tMEMBERS\tSOURCE")
			for _, v := range views {
				fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", v.ID, v.DisplayName, v.MemberCount, v.Source)
			}
		})
	})
}

func presentGroup(ctx context.Context, a *app.App, rec *directory.Record, slug string) (g *present.Group, err error) {
	err = a.Store.View(ctx, func(r directory.Reader) error {
		n, err := r.CountMembers(ctx, rec.Source, rec.ID)
		if err == nil {
			g, err = present.NewGroup(rec, slug, n)
		}
		return err
	})
	return g, err
}

type groupShow struct {
	ID string `arg:"" help:"The group's id."`
}

// Run implements the command.
func (c *groupShow) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		f, err := find(ctx, a, directory.GroupType, c.ID)
		if err != nil {
			return err
		}
		v, err := present.NewGroup(f.entry.Record, f.slug, len(f.entry.Members))
		if err != nil {
			return err
		}
		v.SCIM, v.Members = f.scim, []present.Member{}
		for _, m := range f.entry.Members {
			v.Members = append(v.Members, present.NewMember(m))
		}
		return e.print(v, func(w io.Writer) {
			fmt.Fprintf(w, "Group\t%s\nId\t%s\nSource\t%s\nExternal id\t%s\nMembers\t%d\n", v.DisplayName, v.ID, v.Source, v.ExternalID, v.MemberCount)
			for _, m := range v.Members {
				fmt.Fprintf(w, "\t%s\t%s\t%s\n", m.ID, m.Type, m.Display)
			}
		})
	})
}

type groupCreate struct {
	Name string `required:"" help:"Name of the group."`
}

// Run implements the command.
func (c *groupCreate) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		rec, err := createBuiltin(ctx, a, directory.GroupType, scim.Object{"schemas": []any{scim.GroupSchema}, "displayName": c.Name})
		if err != nil {
			return err
		}
		v, err := present.NewGroup(rec, directory.BuiltinSlug, 0)
		if err != nil {
			return err
		}
		return e.print(v, func(w io.Writer) { fmt.Fprintf(w, "Group %s was made: %s\n", v.DisplayName, v.ID) })
	})
}
