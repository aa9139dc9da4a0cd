package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/present"
	"github.com/rosterhq/roster/internal/simulate"
)

type simulateCommand struct {
	Provider string `arg:"" enum:"entra,okta,onelogin" help:"entra, okta or onelogin."`
	Source   string `required:"" help:"Slug of the source to fill; it is made when it does not exist."`
	Users    int    `default:"20" help:"How many people."`
	Groups   int    `default:"4" help:"How many groups."`
	Seed     uint64 `default:"1" help:"The same seed makes the same company."`
	URL      string `env:"ROSTER_URL" help:"Address of the server; by default the one that serves this directory, or one started for the purpose."`
}

// Run implements the command.
func (c *simulateCommand) Run(ctx context.Context, e *environment) error {
	if c.Users < 1 || c.Groups < 0 {
		return usage("--users must be at least 1 and --groups must not be negative")
	}
	return e.with(ctx, func(a *app.App) error {
		token, err := c.token(ctx, a)
		if err != nil {
			return err
		}
		return c.withServer(ctx, e, a, func(url string) error { return c.play(ctx, e, url, token) })
	})
}

// token reveals the source's token, and makes the source first when there is none.
func (c *simulateCommand) token(ctx context.Context, a *app.App) (string, error) {
	_, err := a.Sources.Show(ctx, c.Source)
	if errors.Is(err, directory.ErrNotFound) {
		_, token, err := a.Sources.Create(ctx, directory.NewSource{Name: c.Source, Slug: c.Source, Preset: c.Provider}, cause())
		return token, err
	}
	if err != nil {
		return "", err
	}
	return a.Sources.RevealToken(ctx, c.Source, cause())
}

// withServer finds the server, or starts one for as long as fn runs.
func (c *simulateCommand) withServer(ctx context.Context, e *environment, a *app.App, fn func(url string) error) error {
	if c.URL != "" {
		return fn(strings.TrimRight(c.URL, "/"))
	}
	url, err := a.PublicURL(ctx)
	if err != nil {
		return err
	}
	if answers(ctx, url) {
		return fn(url)
	}
	fmt.Fprintln(e.errOut, "No server runs on this directory; starting one for the simulation.")
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ready, ended := make(chan string, 1), make(chan error, 1)
	server := config.Server{Listen: "127.0.0.1:0", ShutdownGrace: 10 * time.Second}
	go func() { ended <- a.Serve(ctx, &server, func(r app.Ready) { ready <- r.URL }) }()
	select {
	case err := <-ended:
		return err
	case url = <-ready:
	}
	err = fn(url)
	stop()
	return errors.Join(err, <-ended)
}

func answers(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (c *simulateCommand) play(ctx context.Context, e *environment, url, token string) error {
	summary, err := simulate.Run(ctx, simulate.Provider(c.Provider), simulate.Options{
		BaseURL: present.BaseURL(url, c.Source), Token: token,
		Company: simulate.NewCompany(c.Seed, c.Users, c.Groups, ""),
		Log:     func(format string, args ...any) { fmt.Fprintf(e.errOut, format+"\n", args...) },
	})
	if err != nil {
		return err
	}
	return e.print(summary, func(w io.Writer) {
		fmt.Fprintf(w, "%d users, %d groups and %d memberships in %d requests, %s.\n",
			summary.Users, summary.Groups, summary.Memberships, summary.Requests, summary.Took.Round(time.Millisecond))
	})
}
