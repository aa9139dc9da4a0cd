package obs

import (
	"io"
	"sync"
	"time"
)

// logDelay is how long a line waits for others, and logSize how many bytes wait at most.
const (
	logDelay = 10 * time.Millisecond
	logSize  = 64 << 10
)

// LogWriter gathers the lines of a log and writes those that come within a moment together: a line a
// request would otherwise cost a system call a request. It is safe for concurrent use; Close it at the
// end.
type LogWriter struct {
	out io.Writer

	mu      sync.Mutex
	waiting []byte // guarded by mu
	timer   *time.Timer
	armed   bool // guarded by mu
}

// NewLogWriter makes a LogWriter in front of out.
func NewLogWriter(out io.Writer) *LogWriter {
	w := &LogWriter{out: out}
	w.timer = time.AfterFunc(time.Hour, w.flush)
	w.timer.Stop()
	return w
}

// Write implements io.Writer. The error of a line is lost, as that of a log usually is.
func (w *LogWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = append(w.waiting, p...)
	switch {
	case len(w.waiting) >= logSize:
		w.write()
	case !w.armed:
		w.armed = true
		w.timer.Reset(logDelay)
	}
	return len(p), nil
}

func (w *LogWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = false
	w.write()
}

// write hands over what waits. w.mu is held.
func (w *LogWriter) write() {
	if len(w.waiting) > 0 {
		w.out.Write(w.waiting) //nolint:errcheck // there is no other place to report it
		w.waiting = w.waiting[:0]
	}
}

// Close writes what waits. Later lines are still written, a moment late.
func (w *LogWriter) Close() error {
	w.flush()
	return nil
}
