package acceptance

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// script is a stand-in for the binary.
func script(t *testing.T, text string) Binary {
	t.Helper()
	path := filepath.Join(t.TempDir(), "roster")
	// A process that is forked while the file is open for writing would keep it busy (go.dev/issue/22315).
	syscall.ForkLock.RLock()
	write(t, path, "#!/bin/sh\n"+text)
	syscall.ForkLock.RUnlock()
	if err := os.Chmod(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return Binary{path: path}
}

func TestBinary_RunReadsJSONAndExitStatus(t *testing.T) {
	t.Parallel()
	echo := script(t, `read line; printf '{"args":"%s","line":"%s"}' "$*" "$line"`)
	var got struct {
		Args string `json:"args"`
		Line string `json:"line"`
	}
	folder := t.TempDir()
	if err := echo.Run(t.Context(), folder, "from stdin\n", &got, "source", "list"); err != nil {
		t.Fatal(err)
	}
	if got.Args != "source list -o json --data-dir "+folder || got.Line != "from stdin" {
		t.Errorf("got %+v", got)
	}
	missing := script(t, `echo "no such user" >&2; exit 3`)
	err := missing.Run(t.Context(), folder, "", nil, "user", "show", "x")
	if !NotFound(err) || !strings.Contains(err.Error(), "no such user") {
		t.Errorf("got %v, want not found with what the command said", err)
	}
	var failed *CommandError
	if err := script(t, "exit 1").Run(t.Context(), folder, "", nil, "x"); NotFound(err) || !errors.As(err, &failed) {
		t.Errorf("got %v, want a failure that is not \"not found\"", err)
	}
	if err := script(t, "echo no JSON").Run(t.Context(), folder, "", &got, "x"); err == nil || !strings.Contains(err.Error(), "no JSON") {
		t.Errorf("got %v, want an error about what was printed", err)
	}
}

func TestBinary_StartReportsAServerThatEnds(t *testing.T) {
	t.Parallel()
	_, err := script(t, `echo "database is broken" >&2; exit 1`).Start(t.Context(), t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "database is broken") {
		t.Errorf("got %v, want what the server said", err)
	}
	_, err = script(t, `echo "Console: http://127.0.0.1:1/admin/"; exit 1`).Start(t.Context(), t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "ended") {
		t.Errorf("got %v, want that the server ended before it was ready", err)
	}
}

func TestServer_StopKillsWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	f := newFake(t, nil)
	f.answer = pages(0, 1, nil)
	stubborn := script(t, `trap "" TERM; echo "Console: `+f.client.Origin()+`/admin/"; while :; do sleep 1; done`)
	server, err := stubborn.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(50 * time.Millisecond); err == nil || !strings.Contains(err.Error(), "did not end") {
		t.Errorf("got %v, want that it did not end", err)
	}
	obedient, err := script(t, `trap "exit 0" TERM; echo "Console: `+f.client.Origin()+`/admin/"; while :; do sleep 0.1; done`).Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := obedient.Stop(10 * time.Second); err != nil {
		t.Error(err)
	}
}
