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
		return e.list("ID\tNAME\tMEMBERS\tSOURCE", func(add func(any, string) error) error {
			return eachRecord(ctx, a, c.Source, directory.GroupType, func(entry *directory.Entry, slug string) error {
				// The members of one group at a time: there may be many.
				entry, err := a.Resources.Complete(ctx, entry.Record, directory.With{Members: true})
				if err != nil {
					return err
				}
				v, err := presentGroup(entry, slug)
				if err != nil {
					return err
				}
				return add(v, fmt.Sprintf("%s\t%s\t%d\t%s", v.ID, v.DisplayName, v.MemberCount, v.Source))
			})
		})
	})
}

func presentGroup(entry *directory.Entry, slug string) (*present.Group, error) {
	v, err := present.NewGroup(entry.Record, slug, len(entry.Members))
	if err == nil {
		v.SetMembers(entry.Members)
	}
	return v, err
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
		v, err := presentGroup(f.entry, f.slug)
		if err != nil {
			return err
		}
		v.SCIM = f.scim
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
		v, err := presentGroup(&directory.Entry{Record: rec}, directory.BuiltinSlug)
		if err != nil {
			return err
		}
		return e.print(v, func(w io.Writer) { fmt.Fprintf(w, "Group %s was made: %s\n", v.DisplayName, v.ID) })
	})
}
