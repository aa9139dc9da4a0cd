package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"syscall"
	"time"
)

// options are the flags of the command.
type options struct {
	Users  int
	Large  large
	Skip   string
	Rounds int
	For    time.Duration
	Core   int
	Load   int
	Only   string
	Binary string
	JSON   bool
}

// pinnedMark tells the process that runs on the load generator's core from the one that starts it.
const pinnedMark = "ROSTER_BENCH_PINNED"

// helloToken opens the floor of reads.
const helloToken = "rst_0123456789abcdefghijklmnopqrstuvwxyz0123456789"

func main() {
	var err error
	if len(os.Args) > 2 && os.Args[1] == "floor" {
		err = floor(context.Background(), os.Args[2], os.Args[3:]) // until it is killed
	} else {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		err = run(ctx, os.Args[1:], os.Stdout, os.Stderr)
		stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// floor runs one of the servers that Roster is compared with.
func floor(ctx context.Context, name string, args []string) error {
	switch {
	case name == "hello":
		return hello(os.Stdin, os.Stdout, helloToken)
	case name == "sqlite" && len(args) == 1:
		s, err := openSQLiteStore(ctx, args[0])
		if err != nil {
			return err
		}
		return obey(ctx, os.Stdin, os.Stdout, s)
	case name == "postgres" && len(args) == 1:
		s, err := openPostgresStore(ctx, args[0])
		if err != nil {
			return err
		}
		return obey(ctx, os.Stdin, os.Stdout, s)
	}
	return fmt.Errorf("there is no floor %q", name)
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.Users, "users", 10_000, "users of the directory")
	flags.IntVar(&o.Large.Users, "large-users", 40_000, "users of the large directory of the growth tables")
	flags.IntVar(&o.Large.Members, "large-members", 20_000, "members of its large group, 100,000 at most")
	flags.IntVar(&o.Large.Groups, "large-groups", 500, "groups of it")
	flags.IntVar(&o.Large.Sources, "large-sources", 50, "sources of it")
	full := flags.Bool("full", false, "1,000,000 users, 100,000 members, 50,000 groups and 5,000 sources in the large directory: takes twenty minutes")
	flags.StringVar(&o.Skip, "skip", "", "leave out the parts named by this regular expression: SQLite, growth, overload, PostgreSQL")
	flags.IntVar(&o.Rounds, "rounds", 5, "how often each load runs; the median counts")
	flags.DurationVar(&o.For, "for", 700*time.Millisecond, "how long each load runs in each round")
	flags.IntVar(&o.Core, "core", 0, "core of the servers")
	flags.IntVar(&o.Load, "load-core", 1, "core of the load generator")
	flags.StringVar(&o.Only, "only", "", "run the loads whose names match this regular expression, for profiling")
	flags.StringVar(&o.Binary, "binary", "", "measure this binary instead of building one")
	flags.BoolVar(&o.JSON, "json", false, "print JSON")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if cores := runtime.NumCPU(); cores > 1 && os.Getenv(pinnedMark) == "" {
		return again(ctx, o.Load, cores, args, out, log)
	}
	if *full {
		o.Large = large{Users: 1_000_000, Members: 100_000, Groups: 50_000, Sources: 5_000}
	}
	only, err := regexp.Compile(o.Only)
	if err != nil {
		return err
	}
	skip := func(string) bool { return false }
	if o.Skip != "" {
		pattern, err := regexp.Compile(o.Skip)
		if err != nil {
			return err
		}
		skip = pattern.MatchString
	}
	s := &suite{options: o, ctx: ctx, log: log, only: only, binary: o.Binary}
	cores := 1
	fmt.Sscan(os.Getenv(pinnedMark), &cores) //nolint:errcheck // 1 where it is not set
	s.report.Machine = thisMachine(cores)
	if s.dir, err = os.MkdirTemp("", "roster-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(s.dir) //nolint:errcheck // a temporary folder
	if s.binary == "" {
		if s.binary, err = build(ctx, s.dir); err != nil {
			return err
		}
	}
	if err := s.all(skip); err != nil {
		return err
	}
	if o.JSON {
		return s.report.writeJSON(out)
	}
	return s.report.writeText(out)
}

// again runs this program on the load generator's core.
func again(ctx context.Context, core, cores int, args []string, out, log io.Writer) error {
	me, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := pinned(ctx, core, me, args...)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", pinnedMark, cores))
	cmd.Stdout, cmd.Stderr = out, log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // so that it ends its servers
	return cmd.Run()
}
