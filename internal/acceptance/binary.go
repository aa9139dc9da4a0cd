package acceptance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// Binary is the roster program, built once for a run of the tests.
type Binary struct {
	path string
	// databaseURL is where all commands keep the directory; empty means in the data folder.
	databaseURL string
}

// On is the program with its directory in another database.
func (b Binary) On(databaseURL string) Binary {
	b.databaseURL = databaseURL
	return b
}

// flags are those of every command.
func (b Binary) flags(dataDir string) []string {
	flags := []string{"--data-dir", dataDir}
	if b.databaseURL != "" {
		flags = append(flags, "--database-url", b.databaseURL)
	}
	return flags
}

// Build compiles cmd/roster of the module at moduleRoot into folder.
func Build(ctx context.Context, moduleRoot, folder string) (Binary, error) {
	path := filepath.Join(folder, "roster")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, "./cmd/roster")
	cmd.Dir = moduleRoot
	if out, err := cmd.CombinedOutput(); err != nil {
		return Binary{}, fmt.Errorf("go build ./cmd/roster: %w\n%s", err, out)
	}
	return Binary{path: path}, nil
}

// CommandError is a command that ended with another status than 0.
type CommandError struct {
	Args   []string
	Code   int
	Stderr string
}

func (e *CommandError) Error() string {
	return fmt.Sprintf("roster %s: exit status %d: %s", strings.Join(e.Args, " "), e.Code, abbreviate(e.Stderr, 2000))
}

// NotFound tells whether err is a command's exit status 3: there is no such thing.
func NotFound(err error) bool {
	var failed *CommandError
	return errors.As(err, &failed) && failed.Code == 3
}

// Run runs a command on the data folder, decodes what it prints with -o json into out unless that is
// nil, and gives it stdin.
func (b Binary) Run(ctx context.Context, dataDir, stdin string, out any, args ...string) error {
	cmd := exec.CommandContext(ctx, b.path, slices.Concat(args, []string{"-o", "json"}, b.flags(dataDir))...)
	cmd.Dir = dataDir
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		var exited *exec.ExitError
		if errors.As(err, &exited) {
			return &CommandError{Args: args, Code: exited.ExitCode(), Stderr: stderr.String()}
		}
		return fmt.Errorf("roster %s: %w", strings.Join(args, " "), err)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(stdout.Bytes(), out); err != nil {
		return fmt.Errorf("roster %s: read the JSON it prints: %w\n%s", strings.Join(args, " "), err, abbreviate(stdout.String(), 2000))
	}
	return nil
}
