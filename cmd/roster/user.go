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

type userCommands struct {
	List   userList   `cmd:"" help:"List users."`
	Show   userShow   `cmd:"" help:"Show one user with its groups and raw SCIM form."`
	Create userCreate `cmd:"" help:"Make a local user."`
}

type userList struct {
	Source string `help:"Slug of the only source to list."`
}

// Run implements the command.
func (c *userList) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		return e.list("ID\tUSERNAME\tNAME\tE-MAIL\tSTATE\tSOURCE", func(add func(any, string) error) error {
			return eachRecord(ctx, a, c.Source, directory.UserType, func(entry *directory.Entry, slug string) error {
				v, err := present.NewUser(entry.Record, slug)
				if err != nil {
					return err
				}
				v.SetGroups(entry.Groups)
				return add(v, fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s", v.ID, v.UserName, v.DisplayName, v.Email, v.State, v.Source))
			})
		})
	})
}

type userShow struct {
	ID string `arg:"" help:"The user's id."`
}

// Run implements the command.
func (c *userShow) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		f, err := find(ctx, a, directory.UserType, c.ID)
		if err != nil {
			return err
		}
		v, err := present.NewUser(f.entry.Record, f.slug)
		if err != nil {
			return err
		}
		v.SCIM = f.scim
		v.SetGroups(f.entry.Groups)
		return e.print(v, func(w io.Writer) {
			fmt.Fprintf(w, "User\t%s (%s)\nId\t%s\nState\t%s\nE-mail\t%s\nSource\t%s\nExternal id\t%s\nUpdated\t%s\n",
				v.UserName, v.DisplayName, v.ID, v.State, v.Email, v.Source, v.ExternalID, ago(&v.UpdatedAt))
			for _, g := range v.Groups {
				fmt.Fprintf(w, "Group\t%s (%s)\n", g.DisplayName, g.Type)
			}
		})
	})
}

type userCreate struct {
	Username    string `required:"" help:"Unique name of the user."`
	DisplayName string `help:"Name to show."`
	Email       string `help:"E-mail address."`
}

// Run implements the command.
func (c *userCreate) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		obj := scim.Object{"schemas": []any{scim.UserSchema}, "userName": c.Username, "active": true}
		if c.DisplayName != "" {
			obj["displayName"] = c.DisplayName
		}
		if c.Email != "" {
			obj["emails"] = []any{scim.Object{"value": c.Email, "type": "work", "primary": true}}
		}
		rec, err := createBuiltin(ctx, a, directory.UserType, obj)
		if err != nil {
			return err
		}
		v, err := present.NewUser(rec, directory.BuiltinSlug)
		if err != nil {
			return err
		}
		v.SetGroups(nil)
		return e.print(v, func(w io.Writer) { fmt.Fprintf(w, "User %s was made: %s\n", v.UserName, v.ID) })
	})
}
