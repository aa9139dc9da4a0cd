package main

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/pgtest"
)

// managed are the tests, with the PostgreSQL server that they share.
type managed struct{ *testing.M }

func (m managed) Run() int { return pgtest.Main(m.M) }

func TestMain(m *testing.M) {
	testscript.Main(managed{m}, map[string]func(){
		"roster": func() { os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the sessions of testdata as an operator would type them, on each engine. OTHER_URL
// is an empty database of the other one.
func TestScripts(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, testscript.Params{
				Dir: "testdata",
				Setup: func(e *testscript.Env) error {
					own, other := "sqlite://"+e.WorkDir+"/data/roster.db", postgresURL(t)
					if engine == "postgres" {
						own, other = other, "sqlite://"+e.WorkDir+"/data/other.db"
					}
					e.Setenv("ROSTER_DATA_DIR", e.WorkDir+"/data")
					e.Setenv("ROSTER_DATABASE_URL", own)
					e.Setenv("OTHER_URL", other)
					return nil
				},
				Condition: func(name string) (bool, error) {
					if name != "sqlite" && name != "postgres" {
						return false, fmt.Errorf("unknown condition %s", name)
					}
					return name == engine, nil
				},
			})
		})
	}
}

func postgresURL(t *testing.T) string {
	return pgtest.Database(t, "roster", func(ctx context.Context, url string) error {
		_, _, err := app.Migrate(ctx, &config.Global{DataDir: t.TempDir(), DatabaseURL: url})
		return err
	})
}
