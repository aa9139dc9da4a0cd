package sqlstore

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// silentServer takes connections and never says a word, except to those who ask whether it lives.
type silentServer struct {
	lives bool
	first net.Conn // the server's end of the first connection
}

func (s *silentServer) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	if s.first == nil {
		s.first = far
		return near, nil
	}
	go func() {
		defer far.Close() //nolint:errcheck // a pipe
		request := make([]byte, 8)
		if _, err := far.Read(request); err == nil && s.lives {
			_, _ = far.Write([]byte("N"))
		}
		_, _ = far.Read(request) // until the other end is closed
	}()
	return near, nil
}

func (s *silentServer) connect(t *testing.T) net.Conn {
	t.Helper()
	conn, err := impatient(s.dial)(t.Context(), "tcp", "anywhere")
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestImpatient_ASilentServerIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &silentServer{}
		conn := s.connect(t)
		defer conn.Close()    //nolint:errcheck // a pipe
		time.Sleep(time.Hour) // nobody waits for it
		begin := time.Now()
		_, err := conn.Read(make([]byte, 1))
		if err == nil || !strings.Contains(err.Error(), "silent") || time.Since(begin) != silenceLimit+probeLimit {
			t.Errorf("%v after %s", err, time.Since(begin))
		}
	})
}

func TestImpatient_ASlowServerIsNot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &silentServer{lives: true}
		conn := s.connect(t)
		defer conn.Close() //nolint:errcheck // a pipe
		time.AfterFunc(time.Hour, func() { _, _ = s.first.Write([]byte("x")) })
		if n, err := conn.Read(make([]byte, 1)); n != 1 || err != nil {
			t.Errorf("read %d bytes: %v", n, err)
		}
	})
}

// Deadlines that others set count, also during a read: that is how a request that ends gives up.
func TestImpatient_KeepsDeadlines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  func(net.Conn)
		want time.Duration
	}{
		"a near one":        {func(c net.Conn) { _ = c.SetDeadline(time.Now().Add(time.Second)) }, time.Second},
		"a near read's":     {func(c net.Conn) { _ = c.SetReadDeadline(time.Now().Add(time.Second)) }, time.Second},
		"a far one":         {func(c net.Conn) { _ = c.SetDeadline(time.Now().Add(time.Hour)) }, time.Hour},
		"one during a read": {func(c net.Conn) { time.AfterFunc(12*time.Second, func() { _ = c.SetDeadline(time.Now()) }) }, 12 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &silentServer{lives: true}
				conn := s.connect(t)
				defer conn.Close() //nolint:errcheck // a pipe
				begin := time.Now()
				c.set(conn)
				if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begin) != c.want {
					t.Errorf("%v after %s", err, time.Since(begin))
				}
			})
		})
	}
}
