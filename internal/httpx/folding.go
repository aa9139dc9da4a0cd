package httpx

import (
	"bytes"
	"errors"
	"net"
	"net/http"
)

// RefuseFolding makes a server refuse header lines that are continued on the next line (RFC 9112 §5.2
// forbids senders to make them). net/http joins such lines, so that this server and a proxy before it
// could read the same bytes as different headers. It wraps the listener and uses server.ConnState.
func RefuseFolding(server *http.Server, l net.Listener) net.Listener {
	server.ConnState = func(c net.Conn, state http.ConnState) {
		if g, ok := c.(*unfolded); ok && state == http.StateIdle {
			g.expectHeader()
		}
	}
	return guardedListener{l}
}

type guardedListener struct{ net.Listener }

// Accept implements net.Listener.
func (l guardedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	g := &unfolded{Conn: c}
	g.expectHeader()
	return g, nil
}

// unfolded is a connection that looks at the header of each request as it is read. Only the goroutine
// that reads the connection uses it, and between requests the server's own.
type unfolded struct {
	net.Conn
	// inHeader is set from the start of a request to the empty line behind its header.
	inHeader bool
	// lineStart: the next byte begins a line. sawLine: a line that is not empty was read.
	lineStart, sawLine bool
	// refused stays set: net/http tries again after some errors in a header.
	refused bool
}

var errFolded = errors.New("a header line is folded")

const foldedAnswer = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/scim+json\r\nConnection: close\r\n\r\n" +
	`{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"A header line is continued on the next line. Send each header on one line."}`

func (c *unfolded) expectHeader() { c.inHeader, c.lineStart, c.sawLine = true, true, false }

// Read implements net.Conn.
func (c *unfolded) Read(b []byte) (int, error) {
	if c.refused {
		return 0, errFolded
	}
	n, err := c.Conn.Read(b)
	if c.inHeader && c.folded(b[:n]) {
		c.refused = true
		c.Conn.Write([]byte(foldedAnswer)) //nolint:errcheck // the connection ends in any case
		return 0, errFolded
	}
	return n, err
}

// CloseWrite lets the server end its side first, so that a client that is still sending reads the
// answer instead of a reset.
func (c *unfolded) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// folded follows the header to its empty line and reports a line that begins with white space.
func (c *unfolded) folded(b []byte) bool {
	for len(b) > 0 {
		if !c.lineStart {
			end := bytes.IndexByte(b, '\n')
			if end < 0 {
				return false
			}
			c.lineStart, b = true, b[end+1:]
			continue
		}
		switch char := b[0]; {
		case char == '\n' && c.sawLine:
			c.inHeader = false
			return false
		case char == '\n', char == '\r':
		case c.sawLine && (char == ' ' || char == '\t'):
			return true
		default:
			c.lineStart, c.sawLine = false, true
		}
		b = b[1:]
	}
	return false
}
