package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/internal/present"
)

type receiverCommands struct {
	Create      receiverCreate      `cmd:"" help:"Make a receiver that is called (push) or that polls."`
	List        receiverList        `cmd:"" help:"List the receivers and how they fare."`
	Show        receiverShow        `cmd:"" help:"Show one receiver and what it refused."`
	Update      receiverUpdate      `cmd:"" help:"Change a receiver, or switch it on or off; what is due is tried at once."`
	RotateToken receiverRotateToken `cmd:"" name:"rotate-token" help:"Give a poll receiver a new token; the old one ends at once."`
	Delete      receiverDelete      `cmd:"" help:"Delete a receiver."`
}

// egress are the settings by which the address of a receiver is judged, the same as those of serve.
type egress struct {
	Allow []string `name:"egress-allow" env:"ROSTER_EGRESS_ALLOW" placeholder:"CIDR,…" help:"Address ranges of receivers that may be private, as given to serve."`
	HTTP  bool     `name:"egress-http" env:"ROSTER_EGRESS_HTTP" help:"Accept plain http, as given to serve."`
}

func (g egress) receivers(ctx context.Context, a *app.App) (*outbox.Service, error) {
	return a.Receivers(ctx, &config.Server{EgressAllow: g.Allow, EgressHTTP: g.HTTP})
}

type receiverCreate struct {
	egress    `embed:""`
	Name      string   `arg:"" help:"Name of the receiver."`
	URL       string   `help:"Where it is called; without it, the receiver polls."`
	SecretIn  bool     `name:"secret-stdin" help:"Read the bearer token that it is called with from standard input."`
	Source    string   `help:"Slug of the source whose events it gets; all sources by default."`
	Audience  string   `help:"The aud of its tokens; the URL by default."`
	Payload   string   `enum:"notice,full" default:"notice" help:"notice names what changed, full carries the values too."`
	Events    []string `name:"event" placeholder:"URI" help:"Event to get; may be repeated; all by default."`
	FromStart bool     `name:"from-start" help:"Deliver what the feed still has instead of what happens from now on."`
}

type createdReceiver struct {
	*present.Receiver
	Token string `json:"token,omitempty"`
}

// Run implements the command.
func (c *receiverCreate) Run(ctx context.Context, e *environment) error {
	n := outbox.NewReceiver{Name: c.Name, Kind: outbox.Poll, URL: c.URL, Audience: c.Audience, Payload: outbox.Payload(c.Payload), Events: c.Events, FromStart: c.FromStart}
	if c.URL != "" {
		n.Kind = outbox.Push
	}
	if c.SecretIn {
		secret, err := secretFrom(e.in)
		if err != nil {
			return err
		}
		n.Secret = secret
	}
	return e.with(ctx, func(a *app.App) error {
		receivers, err := c.receivers(ctx, a)
		if err != nil {
			return err
		}
		if n.Source, err = a.SourceID(ctx, c.Source); err != nil {
			return named(err, "source", c.Source)
		}
		r, token, err := receivers.Create(ctx, n, cause())
		if err != nil {
			return err
		}
		shown, err := showReceiver(ctx, a, receivers, r.ID)
		if err != nil {
			return err
		}
		return e.print(createdReceiver{shown, token}, func(w io.Writer) {
			fmt.Fprintf(w, "Id:\t%s\n", shown.ID)
			if token != "" {
				fmt.Fprintf(w, "Polls:\t%s\nToken:\t%s\n", shown.PollURL, token)
			}
		})
	})
}

// secretFrom reads one line.
func secretFrom(in io.Reader) (string, error) {
	const longest = 16 << 10
	b, err := io.ReadAll(io.LimitReader(in, longest))
	if err != nil {
		return "", fmt.Errorf("read the secret: %w", err)
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

func showReceiver(ctx context.Context, a *app.App, s *outbox.Service, id string) (*present.Receiver, error) {
	info, err := s.Show(ctx, id)
	if err != nil {
		return nil, named(err, "receiver", id)
	}
	slugs, err := a.Slugs(ctx)
	if err != nil {
		return nil, err
	}
	return present.NewReceiver(info, slugs[info.Source]), nil
}

type receiverList struct{}

// Run implements the command.
func (c *receiverList) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		receivers, err := egress{}.receivers(ctx, a)
		if err != nil {
			return err
		}
		infos, err := receivers.List(ctx)
		if err != nil {
			return err
		}
		slugs, err := a.Slugs(ctx)
		if err != nil {
			return err
		}
		views := make([]*present.Receiver, len(infos))
		for i, info := range infos {
			views[i] = present.NewReceiver(info, slugs[info.Source])
		}
		return e.print(views, func(w io.Writer) {
			fmt.Fprintln(w, "ID\tNAME\tKIND\tSOURCE\tSTATE\tBEHIND\tLAST SUCCESS")
			for _, v := range views {
				source := v.Source
				if source == "" {
					source = "(all)"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", v.ID, v.Name, v.Kind, source, v.State, v.Behind, ago(v.LastSuccessAt))
			}
		})
	})
}

type receiverShow struct {
	ID string `arg:"" help:"The receiver's id."`
}

// Run implements the command.
func (c *receiverShow) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		receivers, err := egress{}.receivers(ctx, a)
		if err != nil {
			return err
		}
		return printReceiver(ctx, e, a, receivers, c.ID)
	})
}

func printReceiver(ctx context.Context, e *environment, a *app.App, s *outbox.Service, id string) error {
	v, err := showReceiver(ctx, a, s, id)
	if err != nil {
		return err
	}
	return e.print(v, func(w io.Writer) {
		fmt.Fprintf(w, "Id:\t%s\nName:\t%s\nKind:\t%s\nState:\t%s\nAudience:\t%s\nPayload:\t%s\nBehind:\t%d\n",
			v.ID, v.Name, v.Kind, v.State, v.Audience, v.Payload, v.Behind)
		for _, line := range []struct{ name, value string }{{"Source", v.Source}, {"URL", v.URL}, {"Polls", v.PollURL}, {"Last error", v.LastError}} {
			if line.value != "" {
				fmt.Fprintf(w, "%s:\t%s\n", line.name, line.value)
			}
		}
		fmt.Fprintf(w, "Events:\t%s\n", strings.Join(v.Events, " "))
		for _, f := range v.Failures {
			fmt.Fprintf(w, "Refused:\t%s %s: %s\n", f.ID, f.Code, f.Description)
		}
	})
}

type receiverUpdate struct {
	egress   `embed:""`
	ID       string   `arg:"" help:"The receiver's id."`
	Name     *string  `help:"New name."`
	URL      *string  `help:"New address."`
	Audience *string  `help:"New audience."`
	Payload  *string  `help:"notice or full."`
	Events   []string `name:"event" placeholder:"URI" help:"Events to get instead of the present ones; may be repeated."`
	Enabled  *bool    `help:"Switch it on or off."`
	SecretIn bool     `name:"secret-stdin" help:"Read a new bearer token from standard input; an empty line means none."`
}

// Run implements the command.
func (c *receiverUpdate) Run(ctx context.Context, e *environment) error {
	change := outbox.ReceiverChange{Name: c.Name, URL: c.URL, Audience: c.Audience, Payload: (*outbox.Payload)(c.Payload), Enabled: c.Enabled}
	if len(c.Events) > 0 {
		change.Events = &c.Events
	}
	if c.SecretIn {
		secret, err := secretFrom(e.in)
		if err != nil {
			return err
		}
		change.Secret = &secret
	}
	if change == (outbox.ReceiverChange{}) {
		return usage("nothing to change: give at least one flag")
	}
	return e.with(ctx, func(a *app.App) error {
		receivers, err := c.receivers(ctx, a)
		if err != nil {
			return err
		}
		if _, err := receivers.Update(ctx, c.ID, change, cause()); err != nil {
			return named(err, "receiver", c.ID)
		}
		return printReceiver(ctx, e, a, receivers, c.ID)
	})
}

type receiverRotateToken struct {
	ID string `arg:"" help:"The receiver's id."`
}

// Run implements the command.
func (c *receiverRotateToken) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		receivers, err := egress{}.receivers(ctx, a)
		if err != nil {
			return err
		}
		token, err := receivers.RotateToken(ctx, c.ID, cause())
		if err != nil {
			return named(err, "receiver", c.ID)
		}
		return e.print(map[string]string{"token": token}, func(w io.Writer) { fmt.Fprintln(w, token) })
	})
}

type receiverDelete struct {
	ID string `arg:"" help:"The receiver's id."`
}

// Run implements the command.
func (c *receiverDelete) Run(ctx context.Context, e *environment) error {
	return e.with(ctx, func(a *app.App) error {
		receivers, err := egress{}.receivers(ctx, a)
		if err != nil {
			return err
		}
		if err := receivers.Delete(ctx, c.ID, cause()); err != nil {
			return named(err, "receiver", c.ID)
		}
		return e.print(struct{}{}, func(w io.Writer) { fmt.Fprintln(w, "The receiver is deleted.") })
	})
}
