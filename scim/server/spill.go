package server

import (
	"io"
	"net/http"
	"strconv"
)

// spill composes an answer in memory, so that a failure on the way can still become an error status.
// When the buffer is full, it calls open for the header and whatever precedes the body, and streams
// from there on.
type spill struct {
	buf   []byte
	limit int
	open  func() (io.Writer, error)
	out   io.Writer
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
	if s.out == nil {
		if s.out, err = s.open(); err != nil {
			return err
		}
	}
	_, err = s.out.Write(s.buf)
	s.buf = s.buf[:0]
	return err
}

// streaming reports whether the beginning of the answer has been sent.
func (s *spill) streaming() bool { return s.out != nil }

// newSpill takes a buffer from the pool; release gives it back.
func (s *Server) newSpill(open func() (io.Writer, error)) *spill {
	buf := s.buffers.Get().(*[]byte)
	return &spill{buf: (*buf)[:0], limit: s.cfg.Limits.BufferBytes, open: open}
}

func (s *Server) release(b *spill) {
	const keep = 256 << 10 // larger ones are rare and would stay in memory for nothing
	if cap(b.buf) <= keep {
		buf := b.buf
		s.buffers.Put(&buf)
	}
	b.buf = nil
}

// send writes a complete body.
func (x *exchange) send(status int, body []byte) error {
	h := x.w.Header()
	setCommonHeaders(h)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	x.w.WriteHeader(status)
	if x.r.Method == http.MethodHead {
		return nil
	}
	_, err := x.w.Write(body)
	return err
}
