package httpx

import (
	"context"
	"encoding/hex"
	"net/http"

	"github.com/google/uuid"
)

type requestIDKey struct{}

// WithRequestID gives each request an identifier, kept in its context and answered as X-Request-Id.
// One that a client sends is not taken over: it would let a client choose what logs are joined by.
func WithRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := NewRequestID()
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// NewRequestID makes an identifier such as req_0198f2….
func NewRequestID() string {
	const prefix = "req_"
	id := uuid.Must(uuid.NewV7())
	text := append(make([]byte, 0, len(prefix)+2*len(id)), prefix...)
	return string(hex.AppendEncode(text, id[:]))
}

// RequestID returns the identifier of the request being served, or "".
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
