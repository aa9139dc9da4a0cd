package server

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/scim"
)

const requestIDHeader = "X-Request-Id"

// WriteError answers err as RFC 7644 §3.12 says: its *scim.Error, or a 500 that hides it. A 5xx names
// the request by the X-Request-Id that the response already carries, if any.
func WriteError(w http.ResponseWriter, r *http.Request, err error) {
	e := scim.AsError(err)
	if id := w.Header().Get(requestIDHeader); id != "" && e.Status == http.StatusInternalServerError {
		c := *e
		c.Detail = strings.TrimRight(c.Detail, " ") + " Request id: " + id + "."
		e = &c
	}
	h := w.Header()
	// An ETag or Location set for the answer that did not come about would mislead.
	h.Del("Etag")
	h.Del("Location")
	setCommonHeaders(h)
	if e.RetryAfter > 0 {
		seconds := int64((e.RetryAfter + time.Second - 1) / time.Second)
		h.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	body := e.MarshalSCIM()
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(e.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // The client is gone when this fails.
	}
}

// setCommonHeaders sets what every answer with a body has. The media type stands without a charset
// parameter: conformance suites compare the string.
func setCommonHeaders(h http.Header) {
	h.Set("Content-Type", scim.MediaType)
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Content-Type-Options", "nosniff")
}
