package httpx

import (
	"net/http"
	"testing"
)

func TestCrossOrigin_TrustsThePublicURLBehindAProxy(t *testing.T) {
	t.Parallel()
	o := &Origin{PublicURL: "https://roster.example"}
	for origin, want := range map[string]bool{
		"https://roster.example":      true,
		"http://inner:8080":           true, // the Host header itself
		"http://roster.example":       false,
		"https://evil.test":           false,
		"https://roster.example.evil": false,
		"null":                        false,
		"":                            true, // no browser
	} {
		r := request("127.0.0.1:1", nil)
		r.Method, r.Host = http.MethodPost, "inner:8080"
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		if err := o.CrossOrigin().Check(r); (err == nil) != want {
			t.Errorf("Origin %q: %v", origin, err)
		}
	}
}
