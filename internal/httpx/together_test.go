package httpx

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
)

// TestAnswerTogether_LosesNothing has several clients send one request after the other.
func TestAnswerTogether_LosesNothing(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// What is written before all is read may keep net/http from reading on.
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Write(body) //nolint:errcheck // the client reports it
	})}
	go server.Serve(RefuseFolding(server, AnswerTogether(l))) //nolint:errcheck // ends with Close
	t.Cleanup(func() { server.Close() })
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			c, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			client := http.Client{Transport: &http.Transport{
				DialContext: func(context.Context, string, string) (net.Conn, error) { return c, nil },
			}}
			for n := range 100 {
				body := bytes.Repeat([]byte{byte(n)}, 80*n)
				resp, err := client.Post("http://"+l.Addr().String(), "text/plain", bytes.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || !bytes.Equal(got, body) {
					t.Errorf("%d bytes of %d: %v", len(got), len(body), err)
				}
			}
		})
	}
	wg.Wait()
}
