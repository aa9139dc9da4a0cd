package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/present"
)

type sourceCommands struct {
	Create      sourceCreate      `cmd:"" help:"Make a SCIM source with its service account and token."`
	List        sourceList        `cmd:"" help:"List the sources."`
	Show        sourceShow        `cmd:"" help:"Show one source, without secrets."`
	Update      sourceUpdate      `cmd:"" help:"Rename a source, or switch it on or off."`
	Token       sourceToken       `cmd:"" help:"Reveal the current token (an audited act)."`
	RotateToken sourceRotateToken `cmd:"" name:"rotate-token" help:"Make a new token; the old one lives on for the overlap."`
	Delete      sourceDelete      `cmd:"" help:"Delete a source."`
}

type sourceCreate struct {
	Name   string `arg:"" help:"Name of the source."`
	Slug   string `help:"Part of the URL; made from the name by default."`
	Preset string `default:"generic" help:"Identity provider: generic, entra, okta, google, onelogin, …"`
}

type createdSource struct {
	ID             string                 `json:"id"`
	Name           string                 `json:"name"`
	Slug           string                 `json:"slug"`
	BaseURL        string                 `json:"base_url"`
	ServiceAccount present.ServiceAccount `json:"service_account"`
	Token          string                 `json:"token"`
}

// Run implements the command.
func (c *sourceCreate) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		src, token, err := a.Sources.Create(ctx, directory.NewSource{Name: c.Name, Slug: c.Slug, Preset: c.Preset}, cause())
		if err != nil {
			return err
		}
		s, err := show(ctx, a, src.Slug)
		if err != nil {
			return err
		}
		v := createdSource{ID: s.ID, Name: s.Name, Slug: s.Slug, BaseURL: s.BaseURL, ServiceAccount: s.ServiceAccount, Token: token}
		return e.print(v, func(w io.Writer) {
			fmt.Fprintf(w, "Source\t%s (%s)\nSCIM Base URL\t%s\nToken\t%s\nService account\t%s\n", v.Name, v.Slug, v.BaseURL, v.Token, v.ServiceAccount.Username)
		})
	})
}

// show presents one source; the built-in one has no endpoint and is not shown.
func show(ctx context.Context, a *app.App, slug string) (*present.Source, error) {
	info, err := a.Sources.Show(ctx, slug)
	if err != nil {
		return nil, named(err, "source", slug)
	}
	public, err := a.PublicURL(ctx)
	if err != nil {
		return nil, err
	}
	return present.NewSource(info, public, time.Now()), nil
}

type sourceList struct{}

// Run implements the command.
func (c *sourceList) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		infos, err := a.Sources.List(ctx)
		if err != nil {
			return err
		}
		public, err := a.PublicURL(ctx)
		if err != nil {
			return err
		}
		views := []*present.Source{}
		for _, info := range infos {
			if info.Source.ID != directory.BuiltinSource {
				views = append(views, present.NewSource(info, public, time.Now()))
			}
		}
		return e.print(views, func(w io.Writer) {
			fmt.Fprintln(w, "SLUG\tNAME\tSTATE\tUSERS\tGROUPS\tSCIM BASE URL")
			for _, v := range views {
				fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%s\n", v.Slug, v.Name, stateOf(v), v.UserCount, v.GroupCount, v.BaseURL)
			}
		})
	})
}

func stateOf(v *present.Source) string {
	switch {
	case !v.Enabled:
		return "disabled"
	case v.Paused:
		return "paused"
	}
	return "enabled"
}

type sourceShow struct {
	Slug string `arg:"" help:"The source's slug."`
}

// Run implements the command.
func (c *sourceShow) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error { return printSource(ctx, e, a, c.Slug) })
}

func printSource(ctx context.Context, e *environment, a *app.App, slug string) error {
	v, err := show(ctx, a, slug)
	if err != nil {
		return err
	}
	return e.print(v, func(w io.Writer) {
		fmt.Fprintf(w, "Source\t%s (%s)\nState\t%s\nPreset\t%s\nSCIM Base URL\t%s\nService account\t%s\nUsers\t%d\nGroups\t%d\n",
			v.Name, v.Slug, stateOf(v), v.Preset, v.BaseURL, v.ServiceAccount.Username, v.UserCount, v.GroupCount)
		for _, t := range v.Tokens {
			fmt.Fprintf(w, "Token …%s\t%s, last used %s\n", t.Last4, t.State, ago(t.LastUsedAt))
		}
	})
}

type sourceUpdate struct {
	Slug    string  `arg:"" help:"The source's slug."`
	Name    *string `help:"New name."`
	NewSlug *string `name:"new-slug" help:"New slug; the SCIM Base URL moves with it."`
	Enabled *bool   `negatable:"" help:"Whether the endpoint serves; a disabled one answers 503."`
	Paused  *bool   `negatable:"" help:"Whether provisioning is paused; a paused endpoint answers 503 with Retry-After."`
}

// Run implements the command.
func (c *sourceUpdate) Run(ctx context.Context, e *environment) error {
	if c.Name == nil && c.NewSlug == nil && c.Enabled == nil && c.Paused == nil {
		return usage("nothing to change: give --name, --new-slug, --enabled or --paused")
	}
	return e.with(ctx, func(a *app.App) error {
		src, err := a.Sources.Update(ctx, c.Slug, directory.SourceChange{Name: c.Name, Slug: c.NewSlug, Enabled: c.Enabled, Paused: c.Paused}, cause())
		if err != nil {
			return named(err, "source", c.Slug)
		}
		if err := settle(ctx); err != nil {
			return err
		}
		return printSource(ctx, e, a, src.Slug)
	})
}

type sourceToken struct {
	Slug string `arg:"" help:"The source's slug."`
}

// Run implements the command.
func (c *sourceToken) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		token, err := a.Sources.RevealToken(ctx, c.Slug, cause())
		if err != nil {
			return named(err, "source", c.Slug)
		}
		return e.print(map[string]string{"token": token}, func(w io.Writer) { fmt.Fprintln(w, token) })
	})
}

type sourceRotateToken struct {
	Slug    string        `arg:"" help:"The source's slug."`
	Overlap time.Duration `default:"24h" help:"How long the old token lives on; 0 ends it at once."`
}

type rotatedToken struct {
	Token             string     `json:"token"`
	PreviousExpiresAt *time.Time `json:"previous_expires_at"`
}

// Run implements the command.
func (c *sourceRotateToken) Run(ctx context.Context, e *environment) error {
	if c.Overlap < 0 {
		return usage("--overlap %s is negative; use 0 to end the old token at once", c.Overlap)
	}
	return e.with(ctx, func(a *app.App) error {
		token, previous, err := a.Sources.RotateToken(ctx, c.Slug, c.Overlap, cause())
		if err != nil {
			return named(err, "source", c.Slug)
		}
		if err := settle(ctx); err != nil {
			return err
		}
		v := rotatedToken{Token: token}
		if !previous.IsZero() {
			v.PreviousExpiresAt = &previous
		}
		return e.print(v, func(w io.Writer) {
			fmt.Fprintln(w, token)
			if v.PreviousExpiresAt != nil {
				fmt.Fprintf(e.errOut, "The previous token ends at %s.\n", previous.Local().Format(time.DateTime))
			}
		})
	})
}

type sourceDelete struct {
	Slug  string `arg:"" help:"The source's slug."`
	Yes   bool   `required:"" help:"Really delete it."`
	Users string `default:"keep" enum:"keep,deactivate,delete" help:"What becomes of its users: keep (as built-in users), deactivate (keep, inactive) or delete."`
}

// Run implements the command.
func (c *sourceDelete) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		if err := a.Sources.Delete(ctx, c.Slug, directory.UserFate(c.Users), cause()); err != nil {
			return named(err, "source", c.Slug)
		}
		if err := settle(ctx); err != nil {
			return err
		}
		return e.print(struct{}{}, func(w io.Writer) {
			fmt.Fprintf(w, "Source %s was deleted; its users: %s.\n", c.Slug, strings.ToLower(c.Users))
		})
	})
}
