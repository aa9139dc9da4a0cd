package server

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// body reads the JSON object of a request. limit is in bytes and named in the refusal.
func (x *exchange) body(limit int64, depth int) (scim.Object, error) {
	if err := checkMediaType(x.r.Header); err != nil {
		return nil, err
	}
	data, err := readBody(&x.w, x.r, limit)
	if err != nil {
		return nil, err
	}
	if len(data) == 0 {
		return nil, scim.BadRequest(scim.InvalidSyntax, "The request has no body. Send a JSON object.").WithRule("body.not-json")
	}
	lim := x.cfg.Limits.JSON
	lim.Bytes = int(limit)
	if depth > 0 && lim.Depth == 0 {
		lim.Depth = depth
	}
	return scim.DecodeObject(data, lim)
}

// checkMediaType accepts scim+json and json, and a request that does not say (RFC 7644 §3.8). A
// charset parameter is ignored: JSON is UTF-8 whatever it says (RFC 8259 §11), and text that is not
// UTF-8 is refused when it is read.
func checkMediaType(h http.Header) error {
	if encoding := h.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(strings.TrimSpace(encoding), "identity") {
		return scim.Errorf(http.StatusUnsupportedMediaType,
			"The content encoding %q is not supported. Send the body uncompressed.", scim.Abbreviate(encoding)).WithRule("body.content-type")
	}
	header := h.Get("Content-Type")
	if header == "" {
		return nil
	}
	mediaType, _, err := mime.ParseMediaType(header)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		mediaType = ""
	}
	if mediaType != scim.MediaType && mediaType != "application/json" {
		return scim.Errorf(http.StatusUnsupportedMediaType,
			"The media type %q is not supported. Send %s.", scim.Abbreviate(header), scim.MediaType).WithRule("body.content-type")
	}
	return nil
}

func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	tooLarge := func() error {
		return scim.Errorf(http.StatusRequestEntityTooLarge,
			"The body is larger than the limit of %d bytes. Send less at once, or have the limit raised.", limit).WithRule("body.too-large")
	}
	if r.ContentLength > limit {
		return nil, tooLarge()
	}
	body := http.MaxBytesReader(w, r.Body, limit)
	// Content-Length sizes the buffer, but a client that lies must not make the server reserve more
	// than it sends.
	buf := make([]byte, 0, min(max(r.ContentLength, 0), 64<<10)+512)
	for {
		n, err := body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		var tooBig *http.MaxBytesError
		switch {
		case err == io.EOF:
			return buf, nil
		case errors.As(err, &tooBig):
			return nil, tooLarge()
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil, scim.Errorf(http.StatusRequestTimeout, "The body did not arrive in time. Send the request again.").WithCause(err)
		case err != nil:
			return nil, scim.BadRequest(scim.InvalidSyntax, "The body ended before it was complete. Send the request again.").WithCause(err)
		}
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
	}
}

// member returns the value of a message's member, ignoring ASCII case (RFC 7643 §2.1); null is as if
// absent.
func member(obj scim.Object, name string) any {
	if v, ok := obj[name]; ok {
		return v
	}
	lower := asciiLower(name)
	for key, v := range obj {
		if asciiLower(key) == lower {
			return v
		}
	}
	return nil
}

// checkMessage requires urn among the schemas of a protocol message.
func checkMessage(obj scim.Object, urn string) error {
	switch list := member(obj, "schemas").(type) {
	case string:
		if asciiLower(list) == asciiLower(urn) {
			return nil
		}
	case []any:
		for _, v := range list {
			if s, ok := v.(string); ok && asciiLower(s) == asciiLower(urn) {
				return nil
			}
		}
	}
	return scim.BadRequest(scim.InvalidSyntax, "The body is not a %s message: its schemas must contain %q.", urn[strings.LastIndexByte(urn, ':')+1:], urn)
}
