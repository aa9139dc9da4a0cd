//go:build unix

package sqlstore

import (
	"errors"
	"os"
	"runtime"
	"syscall"
	"time"
)

// turn lets everything else that is ready go first: goroutines that can run, and connections that have something
// to read. runtime.Gosched does that for goroutines only, since the scheduler asks the system for connections
// when no goroutine can run. An event of one's own that is waited for, a byte in a pipe, comes with theirs.
// One goroutine uses it. A turn takes longestTurn at most.
type turn struct {
	in, out *os.File
	wait    syscall.RawConn
	waits   bool
	b       [64]byte
}

// longestTurn ends a turn while goroutines can run all the time.
const longestTurn = time.Millisecond

// newTurn returns nil, which yields to goroutines only, where no pipe can be had.
func newTurn() *turn {
	in, out, err := os.Pipe()
	if err != nil {
		return nil
	}
	t := &turn{in: in, out: out}
	if t.wait, err = in.SyscallConn(); err != nil {
		t.close() //nolint:errcheck // nothing was written
		return nil
	}
	return t
}

// take returns when the others have had their turn.
func (t *turn) take() {
	if t != nil {
		t.waits = false
		t.in.SetReadDeadline(time.Now().Add(longestTurn)) //nolint:errcheck // as below
		t.wait.Read(t.pass)                               //nolint:errcheck // the pipe is closed after the last turn
	}
	runtime.Gosched() // the first of those that became ready at once may be this one
}

// pass writes a byte when it is first called, and takes it out when there is something to read.
func (t *turn) pass(in uintptr) (over bool) {
	if t.waits {
		n, err := syscall.Read(int(in), t.b[:])
		return n > 0 || err != syscall.EAGAIN && err != syscall.EINTR
	}
	t.waits = true
	n, _ := t.out.Write(t.b[:1])
	return n == 0 // there is nothing to wait for
}

func (t *turn) close() error {
	if t == nil {
		return nil
	}
	return errors.Join(t.in.Close(), t.out.Close())
}
