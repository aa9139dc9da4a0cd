package adminapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/rosterhq/roster/internal/httpx"
)

// maxBody is the most bytes of a request's body.
const maxBody = 1 << 20

// guard is what every request passes: headers of the answer, protection from other sites, a net under
// panics.
func (a *api) guard(next http.Handler) http.Handler {
	cross := a.Origin.CrossOrigin()
	return httpx.SecurityHeaders(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		defer a.recover(w, r)
		// Browsers add no Authorization header by themselves: only cookies need protection.
		if r.Header.Get("Authorization") == "" {
			if err := cross.Check(r); err != nil {
				writeProblem(w, r, problemf(http.StatusForbidden, "The request comes from another site. Send it from the console, or with an API key."))
				return
			}
		}
		if !readable(r) {
			writeProblem(w, r, problemf(http.StatusUnprocessableEntity, "The URL contains characters that are no text."))
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// readable reports whether path and query are text that every store can be asked about.
func readable(r *http.Request) bool {
	text := func(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
	if !text(r.URL.Path) {
		return false
	}
	for name, values := range r.URL.Query() {
		if !text(name) || !text(strings.Join(values, "")) {
			return false
		}
	}
	return true
}

// recover answers a panic with 500 if nothing was sent yet.
func (a *api) recover(w http.ResponseWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v)
	}
	a.Logger.Error("panic in the API", "request_id", httpx.RequestID(r.Context()), "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
	writeProblem(w, r, internalProblem())
}

// readBody reads the body whole, so that its mistakes are found in one place.
func (a *api) readBody(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		next(ctx)
		return
	}
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		a.refuse(ctx, problemf(http.StatusRequestEntityTooLarge, "The body has more than 1 MiB."))
	case err != nil:
		a.refuse(ctx, problemf(http.StatusBadRequest, "The body did not arrive whole."))
	case len(content) > 0 && !isJSON(r.Header.Get("Content-Type")), len(content) == 0 && !mayBeEmpty(r.Header.Get("Content-Type")):
		a.refuse(ctx, problemf(http.StatusUnsupportedMediaType, "Send JSON, with “Content-Type: application/json”."))
	case bytes.Contains(content, []byte(`\u0000`)):
		a.refuse(ctx, problemf(http.StatusUnprocessableEntity, "The body contains the character U+0000, which no value may have."))
	default:
		r.Body = io.NopCloser(bytes.NewReader(content))
		next(ctx)
	}
}

func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && media == "application/json"
}

func mayBeEmpty(contentType string) bool { return contentType == "" || isJSON(contentType) }

// unknown answers what no operation matches: 405 where another method would do.
func (a *api) unknown(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := a.mux.Handler(other); pattern != "/" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		writeProblem(w, r, problemf(http.StatusMethodNotAllowed, "This address takes %s.", strings.Join(allowed, ", ")))
		return
	}
	writeProblem(w, r, problemf(http.StatusNotFound, "There is nothing at this address. /api/openapi.json describes the API."))
}
