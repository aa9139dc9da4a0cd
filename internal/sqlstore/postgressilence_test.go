package sqlstore

import (
	"context"
	"errors"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// silentConn is a connection whose other side never says a word.
func silentConn(t *testing.T, limit time.Duration) (net.Conn, net.Conn) {
	t.Helper()
	near, far := net.Pipe()
	dial := impatient(func(context.Context, string, string) (net.Conn, error) { return near, nil }, limit)
	conn, err := dial(t.Context(), "tcp", "anywhere")
	if err != nil {
		t.Fatal(err)
	}
	return conn, far
}

func TestImpatient_ASilentServerIsLost(t *testing.T) {
	t.Parallel()
	const limit = time.Minute
	for name, c := range map[string]struct {
		set  func(net.Conn) error
		want time.Duration
	}{
		"no deadline":       {func(net.Conn) error { return nil }, limit},
		"an earlier one":    {func(c net.Conn) error { return c.SetDeadline(time.Now().Add(time.Second)) }, time.Second},
		"an earlier read's": {func(c net.Conn) error { return c.SetReadDeadline(time.Now().Add(time.Second)) }, time.Second},
		"a later one":       {func(c net.Conn) error { return c.SetDeadline(time.Now().Add(time.Hour)) }, limit},
		"one taken back": {func(c net.Conn) error {
			return errors.Join(c.SetDeadline(time.Now().Add(time.Second)), c.SetDeadline(time.Time{}))
		}, limit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				conn, far := silentConn(t, limit)
				defer far.Close() //nolint:errcheck // a pipe
				if err := c.set(conn); err != nil {
					t.Fatal(err)
				}
				begin := time.Now()
				_, err := conn.Read(make([]byte, 1))
				if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begin) != c.want {
					t.Errorf("%v after %s", err, time.Since(begin))
				}
			})
		})
	}
}

// A deadline that comes while somebody reads counts at once: that is how a request that ends gives up.
func TestImpatient_DeadlineDuringARead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		conn, far := silentConn(t, time.Minute)
		defer far.Close() //nolint:errcheck // a pipe
		begin := time.Now()
		time.AfterFunc(10*time.Second, func() { _ = conn.SetDeadline(time.Now().Add(5 * time.Second)) })
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begin) != 15*time.Second {
			t.Errorf("%v after %s", err, time.Since(begin))
		}
	})
}

// Whoever says something from time to time, and whoever is not waited for, is not lost.
func TestImpatient_SlowAnswersArrive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		conn, far := silentConn(t, time.Minute)
		defer conn.Close() //nolint:errcheck // a pipe
		time.AfterFunc(time.Hour, func() {
			for range 3 {
				time.Sleep(59 * time.Second)
				_, _ = far.Write([]byte("x"))
			}
		})
		time.Sleep(time.Hour)
		for range 3 {
			if _, err := conn.Read(make([]byte, 1)); err != nil {
				t.Error(err)
			}
		}
	})
}
