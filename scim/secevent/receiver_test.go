package secevent

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Pins R-EVT-10.
func TestReceiver_Answers(t *testing.T) {
	t.Parallel()
	key := newKeys(t)[0]
	good, err := key.Sign(sample())
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		method, media, body string
		accept              error
		status              int
		contains            string
	}{
		"kept":         {"POST", MediaType, good, nil, http.StatusAccepted, ""},
		"get":          {"GET", MediaType, "", nil, http.StatusMethodNotAllowed, ""},
		"media type":   {"POST", "application/json", good, nil, http.StatusBadRequest, `"invalid_request"`},
		"no token":     {"POST", MediaType, "x", nil, http.StatusBadRequest, `"invalid_request"`},
		"wrong key":    {"POST", MediaType, good[:len(good)-4] + "AAAA", nil, http.StatusBadRequest, `"invalid_key"`},
		"refused":      {"POST", MediaType, good, &Error{AccessDenied, "not for you"}, http.StatusBadRequest, `"access_denied"`},
		"disk is full": {"POST", MediaType, good, errors.New("disk full"), http.StatusServiceUnavailable, ""},
	} {
		rc := &Receiver{Verifier: &Verifier{Keys: KeySet{key.Public()}}, Accept: func(context.Context, *Token) error { return tc.accept }}
		r := httptest.NewRequest(tc.method, "/events", strings.NewReader(tc.body))
		r.Header.Set("Content-Type", tc.media)
		w := httptest.NewRecorder()
		rc.ServeHTTP(w, r)
		if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.contains) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if tc.status == http.StatusBadRequest && w.Header().Get("Content-Language") == "" {
			t.Errorf("%s: no Content-Language (RFC 8935 §2.3)", name)
		}
		if tc.contains == "" && w.Body.Len() > 0 {
			t.Errorf("%s: body %q", name, w.Body)
		}
	}
}
