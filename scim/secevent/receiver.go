package secevent

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/rosterhq/roster/scim"
)

// Receiver is the receiving end of push delivery (RFC 8935 §2) as an http.Handler: it verifies what a
// transmitter sends and hands it on. Authentication of the transmitter, if any, goes in front of it.
type Receiver struct {
	Verifier *Verifier
	// Accept takes a verified token; when it returns nil, the token has been kept and is acknowledged.
	// An *Error refuses the token for good. Any other error is answered with 503: the transmitter
	// sends the token again. The same token may come more than once, with the same ID.
	Accept func(ctx context.Context, t *Token) error
}

// ServeHTTP implements http.Handler.
func (rc *Receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != MediaType {
		refuse(w, &Error{InvalidRequest, "the content type must be " + MediaType})
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxTokenBytes))
	if err != nil {
		refuse(w, &Error{InvalidRequest, "the token could not be read"})
		return
	}
	t, err := rc.Verifier.Verify(string(body))
	if err == nil {
		err = rc.Accept(r.Context(), t)
	}
	var e *Error
	switch {
	case err == nil:
		w.WriteHeader(http.StatusAccepted)
	case errors.As(err, &e):
		refuse(w, e)
	default:
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

const retryAfter = 5 * time.Second

// refuse answers as RFC 8935 §2.3 says.
func refuse(w http.ResponseWriter, e *Error) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Language", "en")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write(e.JSON()) // the transmitter is gone when this fails
}

// JSON returns the error as it stands in a reply (RFC 8935 §2.3) or in setErrs (RFC 8936 §2.2).
func (e *Error) JSON() []byte {
	return scim.AppendJSON(nil, scim.Object{"err": string(e.Code), "description": e.Description})
}
