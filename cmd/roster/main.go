// Command roster is a self-hosted directory that identity providers fill over SCIM 2.0: a server, its
// administration by command line, and a simulator of identity providers.
//
// It knows flags, output forms and exit statuses; what a command does is in internal/app and below.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/rosterhq/roster/internal/config"
)

// Set by the linker.
var (
	version = "dev"
	commit  = "unknown"
)

// Exit statuses.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitNotFound = 3
	exitFound    = 4 // a check found something
)

// cli is the tree of commands.
type cli struct {
	config.Global

	Serve        serveCommand        `cmd:"" help:"Run the server."`
	Admin        adminCommands       `cmd:"" help:"Administrators of the console."`
	Source       sourceCommands      `cmd:"" help:"SCIM sources, their service accounts and tokens."`
	User         userCommands        `cmd:"" help:"Users of the directory."`
	Group        groupCommands       `cmd:"" help:"Groups of the directory."`
	Event        eventCommands       `cmd:"" help:"The change feed."`
	Receiver     receiverCommands    `cmd:"" help:"Receivers of security events (RFC 9967)."`
	APIKey       apiKeyCommands      `cmd:"" name:"api-key" help:"Keys for the API."`
	Schema       schemaCommands      `cmd:"" help:"Schema extensions (RFC 7643 §7)."`
	ResourceType resourceTypeCommand `cmd:"" name:"resource-type" help:"Resource types (RFC 7643 §6)."`
	Simulate     simulateCommand     `cmd:"" help:"Play an identity provider against a server."`
	Conformance  conformanceCommand  `cmd:"" help:"Check a SCIM server, requirement by requirement."`
	Backup       backupCommands      `cmd:"" help:"Copies of the database."`
	Migrate      migrateCommand      `cmd:"" help:"Bring the database's schema up to date; the other commands do so, too."`
	Copy         copyCommand         `cmd:"" help:"Copy a database to a new one, from SQLite to PostgreSQL or back."`
	Version      versionCommand      `cmd:"" help:"Show the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run is the program apart from the process it lives in.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("roster"),
		kong.Description("A self-hosted directory that identity providers fill over SCIM 2.0."),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Writers(out, errOut),
		kong.Exit(func(status int) { exit = status }),
		config.SecretFiles("ROSTER_SECRET_KEY", "ROSTER_DATABASE_URL", "ROSTER_CONFORMANCE_TOKEN"),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		fmt.Fprintln(errOut, "roster:", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if exit >= 0 { // --help was printed
		return exit
	}
	if err != nil {
		fmt.Fprintf(errOut, "roster: %v\nRun \"roster --help\" for the commands and their flags.\n", err)
		return exitUsage
	}
	e := &environment{global: &c.Global, in: in, out: out, errOut: errOut}
	if err := command.Run(e); err != nil {
		fmt.Fprintln(errOut, "roster:", explain(err))
		return statusOf(err)
	}
	return exitDone
}

// usageError is a mistake in the command's arguments that the parser cannot see.
type usageError struct{ reason string }

func (e *usageError) Error() string { return e.reason }

func usage(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// foundError is what a check found.
type foundError struct{ what string }

func (e *foundError) Error() string { return e.what }

func finding(format string, args ...any) error { return &foundError{fmt.Sprintf(format, args...)} }

func statusOf(err error) int {
	var u *usageError
	var f *foundError
	switch {
	case errors.As(err, &f):
		return exitFound
	case errors.As(err, &u):
		return exitUsage
	case isNotFound(err):
		return exitNotFound
	}
	return exitFailed
}
