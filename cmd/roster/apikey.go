package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/app"
)

type apiKeyCommands struct {
	Create apiKeyCreate `cmd:"" help:"Make a key; it is shown once."`
	List   apiKeyList   `cmd:"" help:"List the keys without their secrets."`
	Delete apiKeyDelete `cmd:"" help:"End a key at once."`
}

type apiKeyCreate struct {
	Name    string        `arg:"" help:"What the key is for."`
	Role    string        `required:"" enum:"owner,administrator,operator,auditor,developer" help:"owner, administrator, operator, auditor or developer."`
	Expires time.Duration `help:"How long the key lives, such as 2160h; for ever by default."`
}

// Run implements the command.
func (c *apiKeyCreate) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		var expires time.Time
		if c.Expires > 0 {
			expires = time.Now().Add(c.Expires)
		}
		k, secret, err := a.Accounts.CreateAPIKey(ctx, c.Name, account.Role(c.Role), expires, cause())
		if err != nil {
			return err
		}
		return e.print(map[string]string{"id": k.ID, "key": secret}, func(w io.Writer) {
			fmt.Fprintf(w, "%s\n", secret)
		})
	})
}

type apiKeyList struct{}

type apiKeyView struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Role       string     `json:"role"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
}

// Run implements the command.
func (c *apiKeyList) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		keys, err := a.Accounts.APIKeys(ctx)
		if err != nil {
			return err
		}
		views := make([]apiKeyView, len(keys))
		for i, k := range keys {
			views[i] = apiKeyView{ID: k.ID, Name: k.Name, Role: string(k.Role), CreatedAt: k.CreatedAt}
			if !k.LastUsed.IsZero() {
				views[i].LastUsedAt = &k.LastUsed
			}
			if !k.ExpiresAt.IsZero() {
				views[i].ExpiresAt = &k.ExpiresAt
			}
		}
		return e.print(views, func(w io.Writer) {
			fmt.Fprintln(w, "ID\tNAME\tROLE\tLAST USED")
			for _, v := range views {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", v.ID, v.Name, v.Role, ago(v.LastUsedAt))
			}
		})
	})
}

type apiKeyDelete struct {
	ID string `arg:"" help:"The key's id."`
}

// Run implements the command.
func (c *apiKeyDelete) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		if err := a.Accounts.DeleteAPIKey(ctx, c.ID, cause()); err != nil {
			return named(err, "API key", c.ID)
		}
		return e.print(struct{}{}, func(w io.Writer) { fmt.Fprintln(w, "The key has ended.") })
	})
}
