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
	body := e.MarshalSCIM()
	setCommonHeaders(h, len(body))
	if e.RetryAfter > 0 {
		seconds := int64((e.RetryAfter + time.Second - 1) / time.Second)
		h.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	w.WriteHeader(e.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // The client is gone when this fails.
	}
}

// setCommonHeaders sets what every answer with a body has. The media type stands without a charset
// parameter: conformance suites compare the string. A negative length is not known yet.
func setCommonHeaders(h http.Header, length int) {
	// The values of all headers together are one allocation.
	values := []string{scim.MediaType, "private, no-store", "nosniff", strconv.Itoa(length)}
	h["Content-Type"], h["Cache-Control"], h["X-Content-Type-Options"] = values[:1:1], values[1:2:2], values[2:3:3]
	if length >= 0 {
		h["Content-Length"] = values[3:]
	}
}
