package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/app"
)

type adminCommands struct {
	Create adminCreate `cmd:"" help:"Make an administrator."`
	List   adminList   `cmd:"" help:"List the administrators."`
}

type adminCreate struct {
	Username      string `required:"" help:"Name to log in with."`
	DisplayName   string `help:"Name to show."`
	Role          string `default:"owner" enum:"owner,administrator,operator,auditor,developer" help:"owner, administrator, operator, auditor or developer."`
	PasswordStdin bool   `required:"" help:"Read the password from standard input (the first line)."`
}

// Run implements the command.
func (c *adminCreate) Run(ctx context.Context, e *environment) error {
	password, err := firstLine(e.in)
	if err != nil {
		return err
	}
	return e.with(ctx, func(a *app.App) error {
		admin, err := a.Accounts.CreateAdmin(ctx, account.NewAdmin{
			Username: c.Username, DisplayName: c.DisplayName, Password: password, Role: account.Role(c.Role),
			MinPassword: account.RecoveryMinPassword,
		}, cause())
		if err != nil {
			return err
		}
		return e.print(map[string]string{"id": admin.ID, "username": admin.Username}, func(w io.Writer) {
			fmt.Fprintf(w, "Administrator %s (%s) was made.\n", admin.Username, admin.Role)
		})
	})
}

func firstLine(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 64<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", usage("standard input has no password; for example: printf %%s \"$PASSWORD\" | roster admin create --username jane --password-stdin")
	}
	return line, nil
}

type adminList struct{}

type adminView struct {
	ID          string     `json:"id"`
	Username    string     `json:"username"`
	DisplayName string     `json:"display_name"`
	Role        string     `json:"role"`
	LastLoginAt *time.Time `json:"last_login_at"`
}

// Run implements the command.
func (c *adminList) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		admins, err := a.Accounts.Admins(ctx)
		if err != nil {
			return err
		}
		views := make([]adminView, len(admins))
		for i, admin := range admins {
			views[i] = adminView{ID: admin.ID, Username: admin.Username, DisplayName: admin.DisplayName, Role: string(admin.Role)}
			if !admin.LastLogin.IsZero() {
				views[i].LastLoginAt = &admin.LastLogin
			}
		}
		return e.print(views, func(w io.Writer) {
			fmt.Fprintln(w, "USERNAME\tROLE\tLAST LOG-IN")
			for _, v := range views {
				fmt.Fprintf(w, "%s\t%s\t%s\n", v.Username, v.Role, ago(v.LastLoginAt))
			}
		})
	})
}

// ago shows a time for people.
func ago(t *time.Time) string {
	if t == nil || t.IsZero() {
		return "never"
	}
	return t.Local().Format("2006-01-02 15:04")
}
