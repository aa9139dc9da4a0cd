package httpx

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// counting counts what its connection is asked for.
type counting struct {
	net.Conn
	reads, deadlines atomic.Int64
}

func (c *counting) Read(b []byte) (int, error) {
	c.reads.Add(1)
	return c.Conn.Read(b)
}

func (c *counting) SetReadDeadline(t time.Time) error {
	c.deadlines.Add(1)
	return c.Conn.SetReadDeadline(t)
}

// unhurriedPipe is a connection in a synctest bubble.
func unhurriedPipe(t *testing.T) (c *unhurried, under *counting, peer net.Conn) {
	here, there := net.Pipe()
	under = &counting{Conn: here}
	c = newUnhurried(under)
	t.Cleanup(func() { c.Close(); there.Close() })
	return c, under, there
}

// expect reads n bytes and checks when that ended, and how.
func expect(t *testing.T, c net.Conn, n int, after time.Duration, want error) {
	t.Helper()
	start := time.Now()
	got, err := io.ReadFull(c, make([]byte, n))
	if took := time.Since(start); took != after || !errors.Is(err, want) {
		t.Errorf("read %d bytes, %v after %v; want %v after %v", got, err, took, want, after)
	}
}

// send writes to a connection later.
func send(c net.Conn, after time.Duration, text string) {
	go func() {
		time.Sleep(after)
		io.WriteString(c, text) //nolint:errcheck // the reader reports it
	}()
}

func TestUnhurried_ReadDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, under, peer := unhurriedPipe(t)
		in := func(d time.Duration) { c.SetReadDeadline(time.Now().Add(d)) } //nolint:errcheck // a pipe has deadlines
		in(10 * time.Second)
		expect(t, c, 2, 10*time.Second, os.ErrDeadlineExceeded)
		expect(t, c, 2, 0, os.ErrDeadlineExceeded)
		in(10 * time.Second)
		send(peer, time.Second, "ab")
		expect(t, c, 2, time.Second, nil)
		in(2 * time.Minute) // the connection's is over nine seconds later
		send(peer, time.Minute, "cd")
		expect(t, c, 2, time.Minute, nil)
		in(2 * time.Minute)
		expect(t, c, 2, 2*time.Minute, os.ErrDeadlineExceeded)
		c.SetReadDeadline(time.Time{}) //nolint:errcheck // a pipe has deadlines
		send(peer, time.Hour, "ef")
		expect(t, c, 2, time.Hour, nil)
		in(3 * time.Minute)
		send(peer, 0, "gh")
		expect(t, c, 2, 0, nil)
		in(time.Minute) // earlier than the connection's
		expect(t, c, 2, time.Minute, os.ErrDeadlineExceeded)

		before := under.deadlines.Load()
		in(2 * time.Minute)
		send(peer, 0, "ij")
		expect(t, c, 2, 0, nil)
		for range 100 {
			in(time.Hour)
			send(peer, 0, "kl")
			expect(t, c, 2, 0, nil)
		}
		if n := under.deadlines.Load() - before; n != 1 {
			t.Errorf("the connection got %d deadlines", n)
		}
	})
}

func TestUnhurried_DeadlineEndsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, _ := unhurriedPipe(t)
		time.AfterFunc(time.Minute, func() { c.SetReadDeadline(time.Unix(1, 0)) }) //nolint:errcheck // a pipe has deadlines
		expect(t, c, 2, time.Minute, os.ErrDeadlineExceeded)
	})
}

func TestUnhurried_WriteDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, peer := unhurriedPipe(t)
		write := func(deadline, after time.Duration, written int, want error) {
			t.Helper()
			start := time.Now()
			c.SetWriteDeadline(start.Add(deadline)) //nolint:errcheck // a pipe has deadlines
			n, err := io.WriteString(c, "abcdefghij")
			if took := time.Since(start); took != after || n != written || !errors.Is(err, want) {
				t.Errorf("wrote %d bytes, %v after %v; want %d, %v after %v", n, err, took, written, want, after)
			}
		}
		read := func(after time.Duration, n int) {
			go func() {
				time.Sleep(after)
				io.ReadFull(peer, make([]byte, n)) //nolint:errcheck // the writer reports it
			}()
		}
		write(10*time.Second, 10*time.Second, 0, os.ErrDeadlineExceeded)
		read(0, 10)
		write(10*time.Second, 0, 10, nil)
		read(5*time.Second, 4)
		read(time.Minute, 6)
		write(2*time.Minute, time.Minute, 10, nil) // the connection's was over half-way
		read(0, 3)
		write(time.Minute, time.Minute, 3, os.ErrDeadlineExceeded)
	})
}

func TestUnhurried_WatchesLate(t *testing.T) {
	tests := []struct {
		name  string
		after time.Duration
		end   func(c *unhurried, peer net.Conn)
		took  time.Duration
		reads int64
		want  error
	}{
		{"answered soon", time.Millisecond, func(c *unhurried, _ net.Conn) { c.SetReadDeadline(time.Unix(1, 0)) }, time.Millisecond, 0, os.ErrDeadlineExceeded},
		{"answered late", time.Second, func(c *unhurried, _ net.Conn) { c.SetReadDeadline(time.Unix(1, 0)) }, time.Second, 1, os.ErrDeadlineExceeded},
		{"hung up", time.Second, func(_ *unhurried, peer net.Conn) { peer.Close() }, time.Second, 1, io.EOF},
		{"hung up at once", time.Millisecond, func(_ *unhurried, peer net.Conn) { peer.Close() }, watchAfter, 1, io.EOF},
		{"closed", time.Millisecond, func(c *unhurried, _ net.Conn) { c.Close() }, time.Millisecond, 1, io.ErrClosedPipe},
		{"next request", time.Millisecond, func(_ *unhurried, peer net.Conn) { io.WriteString(peer, "G") }, watchAfter, 1, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, under, peer := unhurriedPipe(t)
				for range 2 { // the timer is made once
					c.SetReadDeadline(time.Time{}) //nolint:errcheck // a pipe has deadlines
					before := under.reads.Load()
					time.AfterFunc(tt.after, func() { tt.end(c, peer) })
					expect(t, c, 1, tt.took, tt.want)
					// The read of the second time may meet the deadline of the first one.
					if n := under.reads.Load() - before; n != tt.reads && (tt.reads == 0 || n != tt.reads+1) {
						t.Errorf("the connection was read %d times", n)
					}
					if errors.Is(tt.want, io.EOF) || errors.Is(tt.want, io.ErrClosedPipe) {
						return
					}
				}
			})
		})
	}
}

// TestUnhurried_ServesHTTP has a client go away, and another one send its requests without waiting for answers.
func TestUnhurried_ServesHTTP(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	begun, gone := make(chan struct{}), make(chan struct{})
	server := &http.Server{
		ReadHeaderTimeout: time.Minute, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/wait" {
				close(begun)
				<-r.Context().Done()
				close(gone)
			}
			io.WriteString(w, r.URL.Path) //nolint:errcheck // the client reports it
		}),
	}
	go server.Serve(RefuseFolding(server, AnswerTogether(l))) //nolint:errcheck // ends with Close
	t.Cleanup(func() { server.Close() })
	dial := func(requests string) net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, requests); err != nil {
			t.Fatal(err)
		}
		return c
	}
	waits := dial("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
	<-begun
	waits.Close()
	<-gone

	c := dial("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\nPOST /3 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nxGET /4 HTTP/1.1\r\nHost: x\r\n\r\n")
	defer c.Close()
	in := bufio.NewReader(c)
	for _, want := range []string{"/1", "/2", "/3", "/4"} {
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(resp.Body); string(got) != want || err != nil {
			t.Errorf("answer %q, %v; want %q", got, err, want)
		}
	}
}
