//go:build !linux

package pgtest

import "os/exec"

// dieWithParent needs the Linux kernel; elsewhere the tests stop their servers themselves.
func dieWithParent(*exec.Cmd) {}
