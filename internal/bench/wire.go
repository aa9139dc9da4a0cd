package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
)

// wire is one keep-alive connection to a server. It speaks as much of HTTP/1.1 as the servers under
// test answer: net/http's client would take more of the load generator's core than the server of its
// own.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte
	// body is the last answer's; it is overwritten by the next one.
	body []byte
}

func dial(addr string) (*wire, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &wire{conn: c, in: bufio.NewReaderSize(c, 16<<10)}, nil
}

func (w *wire) close() { w.conn.Close() } //nolint:errcheck // nothing is lost

// do sends a request and reads its answer. head is the text from the method up to the last header that
// does not depend on the body.
func (w *wire) do(head string, body []byte) (status int, err error) {
	w.out = append(w.out[:0], head...)
	if body != nil {
		w.out = append(w.out, "Content-Length: "...)
		w.out = strconv.AppendInt(w.out, int64(len(body)), 10)
		w.out = append(w.out, "\r\n"...)
	}
	w.out = append(append(w.out, "\r\n"...), body...)
	if _, err := w.conn.Write(w.out); err != nil {
		return 0, err
	}
	return w.read()
}

func (w *wire) read() (status int, err error) {
	line, err := w.in.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 {
		return 0, fmt.Errorf("the status line is %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, err
	}
	length, chunked := 0, false
	for {
		if line, err = w.in.ReadSlice('\n'); err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
	}
	w.body = w.body[:0]
	if chunked {
		return status, w.readChunks()
	}
	return status, w.take(length)
}

func (w *wire) readChunks() error {
	for {
		line, err := w.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if err != nil {
			return err
		}
		if err := w.take(int(n)); err != nil {
			return err
		}
		if _, err := w.in.ReadSlice('\n'); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}

// take appends n bytes to the body.
func (w *wire) take(n int) error {
	have := len(w.body)
	if cap(w.body) < have+n {
		w.body = append(make([]byte, 0, 2*(have+n)), w.body...)
	}
	w.body = w.body[:have+n]
	_, err := io.ReadFull(w.in, w.body[have:])
	return err
}

// scimType is the media type of SCIM (RFC 7644 §3.1).
const scimType = "application/scim+json"

// headOf is the head of a request for wire.do.
func headOf(method, host, path, media, token string) string {
	head := method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nAccept: " + media + "\r\nAuthorization: Bearer " + token + "\r\n"
	if method != "GET" {
		head += "Content-Type: " + media + "\r\n"
	}
	return head
}
