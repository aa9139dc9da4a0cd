package main

import (
	"fmt"
	"io"
	"runtime"
)

type versionCommand struct{}

// Run implements the command.
func (c *versionCommand) Run(e *environment) error {
	v := map[string]string{"version": version, "commit": commit, "go": runtime.Version()}
	return e.print(v, func(w io.Writer) { fmt.Fprintf(w, "roster %s (%s, %s)\n", version, commit, runtime.Version()) })
}
