package httpx

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// serveGuarded starts a server that echoes a header and the length of the body.
func serveGuarded(t *testing.T) net.Addr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		fmt.Fprintf(w, "%s|%d", r.Header.Get("X-Test"), len(body))
	})}
	go server.Serve(RefuseFolding(server, l)) //nolint:errcheck // ends with Close
	t.Cleanup(func() { server.Close() })
	return l.Addr()
}

// answers sends requests one after the other over one connection, in pieces of the given size.
func answers(t *testing.T, addr net.Addr, size int, requests ...string) []string {
	t.Helper()
	c, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := bufio.NewReader(c)
	var out []string
	for _, request := range requests {
		for request != "" {
			n := min(size, len(request))
			if _, err := io.WriteString(c, request[:n]); err != nil {
				break // refused before all was sent; the answer tells
			}
			request = request[n:]
		}
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			return append(out, "closed")
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return append(out, "closed")
		}
		out = append(out, fmt.Sprintf("%d %s", resp.StatusCode, body))
	}
	return out
}

func TestRefuseFolding(t *testing.T) {
	t.Parallel()
	addr := serveGuarded(t)
	plain := "GET / HTTP/1.1\r\nHost: x\r\nX-Test: a\r\n\r\n"
	post := "POST / HTTP/1.1\r\nHost: x\r\nX-Test:b\r\nContent-Length: 9\r\n\r\n\r\n  y\r\n z"
	folded := "GET / HTTP/1.1\r\nHost: x\r\nX-Test:\r\n a\r\n\r\n"
	tests := []struct {
		name     string
		requests []string
		want     []string
	}{
		{"plain requests", []string{plain, plain}, []string{"200 a|0", "200 a|0"}},
		{"a body may look like anything", []string{post, plain}, []string{"200 b|9", "200 a|0"}},
		{"folded", []string{folded}, []string{"400"}},
		{"folded with a tab", []string{strings.Replace(folded, "\r\n a", "\r\n\ta", 1)}, []string{"400"}},
		{"folded with bare line feeds", []string{strings.ReplaceAll(folded, "\r\n", "\n")}, []string{"400"}},
		{"folded in a later request", []string{plain, post, folded}, []string{"200 a|0", "200 b|9", "400"}},
	}
	for _, tt := range tests {
		for _, size := range []int{1, 7, 1 << 20} {
			t.Run(fmt.Sprintf("%s in pieces of %d", tt.name, size), func(t *testing.T) {
				t.Parallel()
				got := answers(t, addr, size, tt.requests...)
				if len(got) != len(tt.want) {
					t.Fatalf("answers %q, want %q", got, tt.want)
				}
				for i := range got {
					// A server that ends a connection with bytes unread may take its answer with it.
					if refused := tt.want[i] == "400" && got[i] == "closed"; !refused && !strings.HasPrefix(got[i], tt.want[i]) {
						t.Errorf("answer %d is %q, want %q", i, got[i], tt.want[i])
					}
				}
			})
		}
	}
}

func TestRefuseFolding_LargeHeaderIsAnswered(t *testing.T) {
	t.Parallel()
	addr := serveGuarded(t)
	got := answers(t, addr, 1<<30, "GET / HTTP/1.1\r\nHost: x\r\nX-Test: "+strings.Repeat("a", 4<<20)+"\r\n\r\n")
	if len(got) != 1 || !strings.HasPrefix(got[0], "431") {
		t.Errorf("answers %.80q, want 431", got)
	}
}
