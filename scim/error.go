package scim

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// ErrorType is the scimType of an error (RFC 7644 §3.12 Table 9, RFC 9865 §2.1).
type ErrorType string

// The registered scimType values.
const (
	InvalidFilter ErrorType = "invalidFilter"
	TooMany       ErrorType = "tooMany"
	Uniqueness    ErrorType = "uniqueness"
	Mutability    ErrorType = "mutability"
	InvalidSyntax ErrorType = "invalidSyntax"
	InvalidPath   ErrorType = "invalidPath"
	NoTarget      ErrorType = "noTarget"
	InvalidValue  ErrorType = "invalidValue"
	InvalidVers   ErrorType = "invalidVers"
	Sensitive     ErrorType = "sensitive"
	InvalidCursor ErrorType = "invalidCursor"
	ExpiredCursor ErrorType = "expiredCursor"
	InvalidCount  ErrorType = "invalidCount"
)

// Error is a failure as a client sees it: RFC 7644 §3.12. Detail is read by people (identity
// providers show it to their administrators), so it says what is wrong with the offending value and
// what to do. The wrapped cause never reaches the wire.
type Error struct {
	// Status is the HTTP status code, 400 to 599.
	Status int
	// Type is the scimType; empty where Table 9 defines none.
	Type ErrorType
	// Detail is one or two English sentences without internals or secrets.
	Detail string
	// Rule names the entry of an error catalogue that explains the failure, such as
	// "uniqueness.user-name"; empty when there is none.
	Rule string
	// RetryAfter is sent as Retry-After when positive.
	RetryAfter time.Duration

	cause error
}

// Error implements error.
func (e *Error) Error() string {
	s := strconv.Itoa(e.Status)
	if e.Type != "" {
		s += " " + string(e.Type)
	}
	s += ": " + e.Detail
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap returns the private cause, which is for logs only.
func (e *Error) Unwrap() error { return e.cause }

// WithCause returns a copy of e that wraps cause.
func (e *Error) WithCause(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// WithRule returns a copy of e that names rule.
func (e *Error) WithRule(rule string) *Error {
	c := *e
	c.Rule = rule
	return &c
}

// Errorf makes an error of any status without a scimType.
func Errorf(status int, format string, args ...any) *Error {
	return &Error{Status: status, Detail: fmt.Sprintf(format, args...)}
}

// BadRequest makes a 400 of the given scimType.
func BadRequest(t ErrorType, format string, args ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Type: t, Detail: fmt.Sprintf(format, args...)}
}

// NotFound makes the 404 for an identifier that names no resource of the type.
func NotFound(resourceType, id string) *Error {
	return Errorf(http.StatusNotFound, "%s %q does not exist. It was deleted or never provisioned here; look it up by userName, displayName or externalId.", resourceType, Abbreviate(id))
}

// Conflict makes a 409 uniqueness error (RFC 7644 §3.3).
func Conflict(format string, args ...any) *Error {
	return &Error{Status: http.StatusConflict, Type: Uniqueness, Detail: fmt.Sprintf(format, args...)}
}

// AsError returns err as an *Error: the one it wraps, or a 500 that hides it.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return Errorf(http.StatusInternalServerError, "An internal error occurred and nothing was changed. Retry; if it persists, report the request id to the administrator of this service.").WithCause(err)
}

// Abbreviate shortens a client's value for use in a detail: at most 64 characters.
func Abbreviate(s string) string {
	const limit = 64
	n := 0
	for i := range s {
		if n == limit {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// MarshalSCIM returns the body of an error answer (RFC 7644 §3.12): the Error message with status as
// a string, scimType where there is one, and the detail followed by its rule as " [R-rule]".
func (e *Error) MarshalSCIM() []byte {
	detail := e.Detail
	if e.Rule != "" {
		detail += " [R-" + e.Rule + "]"
	}
	b := append([]byte(nil), `{"schemas":["`+ErrorMessage+`"],"status":"`...)
	b = strconv.AppendInt(b, int64(e.Status), 10)
	b = append(b, '"')
	if e.Type != "" {
		b = AppendString(append(b, `,"scimType":`...), string(e.Type))
	}
	b = AppendString(append(b, `,"detail":`...), detail)
	return append(b, '}')
}
