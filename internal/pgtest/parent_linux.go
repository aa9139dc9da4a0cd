package pgtest

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel end the process when the tests end, however they end.
func dieWithParent(cmd *exec.Cmd) { cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT }
