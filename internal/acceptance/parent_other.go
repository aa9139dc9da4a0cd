//go:build !linux

package acceptance

import "os/exec"

// dieWithParent needs the Linux kernel; elsewhere the tests stop their processes themselves.
func dieWithParent(*exec.Cmd) {}
