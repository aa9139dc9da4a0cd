package acceptance

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Wire is a request as bytes on a connection of its own, for what no HTTP library would send.
type Wire struct {
	Bytes     []byte
	Method    string // tells how to read the answer: HEAD has no body
	HalfClose bool   // nothing more comes after Bytes
	Drip      *Drip
	// More keeps reading for a moment after the first answer: a smuggled request has an answer too.
	More bool
}

// moreWithin is how long a further answer on the same connection is waited for.
const moreWithin = time.Second

// Send sends the bytes and returns the answers, none when the connection was closed without one.
func (w Wire) Send(ctx context.Context, address string, limit time.Duration) ([]Answer, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	start := time.Now()
	if err := conn.SetDeadline(start.Add(limit)); err != nil {
		return nil, err
	}
	stop := make(chan struct{})
	written := make(chan struct{})
	go func() {
		defer close(written)
		w.write(conn, stop)
	}()
	defer func() {
		close(stop)
		_ = conn.Close()
		<-written
	}()
	reader := bufio.NewReader(conn)
	var answers []Answer
	for {
		a, err := readAnswer(reader, w.Method, start)
		if err != nil {
			if timeout, ok := err.(net.Error); ok && timeout.Timeout() && len(answers) == 0 {
				return nil, fmt.Errorf("no answer and no close within %s", limit)
			}
			return answers, nil
		}
		answers = append(answers, a)
		if !w.More {
			return answers, nil
		}
		if err := conn.SetReadDeadline(time.Now().Add(moreWithin)); err != nil {
			return answers, err
		}
	}
}

// write sends everything; an error means that the server closed first, which the reader sees too.
func (w Wire) write(conn net.Conn, stop <-chan struct{}) {
	if _, err := conn.Write(w.Bytes); err != nil {
		return
	}
	if w.Drip != nil {
		tick := time.NewTicker(time.Duration(w.Drip.EveryMillis) * time.Millisecond)
		defer tick.Stop()
		for range w.Drip.Seconds * 1000 / w.Drip.EveryMillis {
			select {
			case <-tick.C:
			case <-stop:
				return
			}
			if _, err := io.WriteString(conn, w.Drip.Data); err != nil {
				return
			}
		}
	}
	if tcp, ok := conn.(*net.TCPConn); ok && w.HalfClose {
		_ = tcp.CloseWrite()
	}
}

func readAnswer(r *bufio.Reader, method string, start time.Time) (Answer, error) {
	res, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Status: res.StatusCode, Header: res.Header, Body: body, Elapsed: time.Since(start)}, nil
}

// WireBytes writes a request as HTTP/1.1 with its header fields exactly as they stand.
func WireBytes(r Request, host string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", r.Method, r.Target)
	hasHost := false
	for _, f := range r.Fields {
		hasHost = hasHost || http.CanonicalHeaderKey(f.Name) == "Host"
	}
	if !hasHost {
		fmt.Fprintf(&b, "Host: %s\r\n", host)
	}
	for _, f := range r.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	if r.Body != nil {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.Body))
	}
	b.WriteString("\r\n")
	b.Write(r.Body)
	return b.Bytes()
}
