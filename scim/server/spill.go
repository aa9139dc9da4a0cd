package server

import (
	"io"
	"net/http"
)

// spill composes an answer in memory, so that a failure on the way can still become an error status.
// When the buffer is full, it sends the status and head, and streams from there on.
type spill struct {
	buf    []byte
	limit  int
	x      *exchange
	status int
	head   string
	// started is set when the beginning of the answer has been sent.
	started bool
}

func (s *spill) Write(p []byte) (int, error) {
	s.buf = append(s.buf, p...)
	return len(p), s.drain(s.limit)
}

// grow appends what f appends.
func (s *spill) grow(f func(dst []byte) []byte) error {
	s.buf = f(s.buf)
	return s.drain(s.limit)
}

// drain writes the buffer out when it holds more than limit bytes.
func (s *spill) drain(limit int) (err error) {
	if len(s.buf) <= limit {
		return nil
	}
	if !s.started {
		s.started = true
		setCommonHeaders(s.x.w.Header(), -1)
		s.x.w.WriteHeader(s.status)
		if _, err = io.WriteString(&s.x.w, s.head); err != nil {
			return err
		}
	}
	_, err = s.x.w.Write(s.buf)
	s.buf = s.buf[:0]
	return err
}

// newSpill takes one from the pool; release gives it back.
func (x *exchange) newSpill(status int, head string) *spill {
	s := x.spills.Get().(*spill)
	*s = spill{buf: s.buf[:0], limit: x.cfg.Limits.BufferBytes, x: x, status: status, head: head}
	return s
}

func (x *exchange) release(s *spill) {
	const keep = 256 << 10 // larger ones are rare and would stay in memory for nothing
	if cap(s.buf) <= keep {
		s.x = nil
		x.spills.Put(s)
	}
}

// send writes a complete body, which may come in parts.
func (x *exchange) send(status int, parts ...[]byte) error {
	length := 0
	for _, p := range parts {
		length += len(p)
	}
	setCommonHeaders(x.w.Header(), length)
	x.w.WriteHeader(status)
	if x.r.Method == http.MethodHead {
		return nil
	}
	for _, p := range parts {
		if _, err := x.w.Write(p); err != nil {
			return err
		}
	}
	return nil
}
