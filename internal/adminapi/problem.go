package adminapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/httpx"
	"github.com/rosterhq/roster/scim"
)

// problemf makes a problem document (RFC 9457).
func problemf(status int, format string, args ...any) *huma.ErrorModel {
	return &huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: fmt.Sprintf(format, args...)}
}

// at adds what is wrong with one value; location is such as "body.name" or "query.cursor".
func at(p *huma.ErrorModel, location string) *huma.ErrorModel {
	p.Errors = append(p.Errors, &huma.ErrorDetail{Message: p.Detail, Location: location})
	return p
}

// mistake is a 422 about one value.
func mistake(location, format string, args ...any) *huma.ErrorModel {
	return at(problemf(http.StatusUnprocessableEntity, format, args...), location)
}

func internalProblem() *huma.ErrorModel {
	return problemf(http.StatusInternalServerError, "An internal error occurred. Retry; the server's log has the details under the request id of this answer.")
}

// problem makes a problem of an error. What a client cannot have caused is logged and hidden.
func (a *api) problem(ctx context.Context, err error) error {
	if p, ok := errors.AsType[*huma.ErrorModel](err); ok {
		return p
	}
	if p := accountProblem(err); p != nil {
		return p
	}
	if p := directoryProblem(err); p != nil {
		return p
	}
	if ctx.Err() != nil {
		return problemf(http.StatusServiceUnavailable, "The request was given up.")
	}
	a.Logger.Error("API request failed", "request_id", httpx.RequestID(ctx), "error", err)
	return internalProblem()
}

func directoryProblem(err error) error {
	if e, ok := errors.AsType[*directory.InputError](err); ok {
		if e.Field == "source" {
			return problemf(http.StatusConflict, "%s", sentence(e.Error()))
		}
		return mistake("body."+e.Field, "%s", sentence(e.Error()))
	}
	if e, ok := errors.AsType[*scim.Error](err); ok {
		return scimProblem(e)
	}
	if e, ok := errors.AsType[*directory.DuplicateError](err); ok && e.Path == "slug" {
		return at(problemf(http.StatusConflict, "Another source has this slug. Choose another one."), "body.slug")
	}
	switch {
	case errors.Is(err, directory.ErrDuplicate):
		return problemf(http.StatusConflict, "The value is taken. Choose another one.")
	case errors.Is(err, directory.ErrNotFound):
		return problemf(http.StatusNotFound, "It does not exist, or not any more.")
	case errors.Is(err, directory.ErrUncertain):
		return retry(problemf(http.StatusServiceUnavailable, "The database was lost while the change was saved, so it may have been made. Look before you repeat it."), time.Second)
	case errors.Is(err, directory.ErrBusy):
		return retry(problemf(http.StatusServiceUnavailable, "The server is busy. Retry in a moment."), time.Second)
	case errors.Is(err, directory.ErrFull):
		return problemf(http.StatusInsufficientStorage, "The server's disk is full; nothing was changed. Free some space and retry.")
	case errors.Is(err, directory.ErrUnavailable):
		return retry(problemf(http.StatusServiceUnavailable, "The database met an I/O error and takes no changes until the server is restarted."), time.Minute)
	}
	return nil
}

// scimProblem keeps status and text of an error of the domain; bad input is 422 in this API.
func scimProblem(e *scim.Error) error {
	switch e.Status {
	case http.StatusBadRequest:
		return problemf(http.StatusUnprocessableEntity, "%s", e.Detail)
	case http.StatusPreconditionFailed:
		return problemf(http.StatusConflict, "%s", e.Detail)
	}
	if e.RetryAfter > 0 {
		return retry(problemf(e.Status, "%s", e.Detail), e.RetryAfter)
	}
	return problemf(e.Status, "%s", e.Detail)
}

func accountProblem(err error) error {
	if e, ok := errors.AsType[*account.InputError](err); ok {
		return mistake("body."+e.Field, "%s", sentence(e.Error()))
	}
	if e, ok := errors.AsType[*account.PasswordError](err); ok {
		return mistake("body.password", "%s", sentence(e.Error()))
	}
	if e, ok := errors.AsType[*account.ThrottledError](err); ok {
		return retry(problemf(http.StatusTooManyRequests, "%s", sentence(e.Error())), e.RetryAfter)
	}
	switch {
	case errors.Is(err, account.ErrCredentials), errors.Is(err, account.ErrUnauthenticated):
		return problemf(http.StatusUnauthorized, "%s", sentence(err.Error()))
	case errors.Is(err, account.ErrUsernameTaken):
		return at(problemf(http.StatusConflict, "%s", sentence(err.Error())), "body.username")
	case errors.Is(err, account.ErrLastOwner), errors.Is(err, account.ErrSetupDone):
		return problemf(http.StatusConflict, "%s", sentence(err.Error()))
	case errors.Is(err, account.ErrSetupKey):
		return problemf(http.StatusForbidden, "%s", sentence(err.Error()))
	case errors.Is(err, account.ErrNotFound):
		return problemf(http.StatusNotFound, "It does not exist, or not any more.")
	}
	return nil
}

func retry(p *huma.ErrorModel, after time.Duration) error {
	seconds := strconv.Itoa(int(math.Ceil(after.Seconds())))
	return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {seconds}})
}

// sentence gives an error's text a capital letter and a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	if c := text[0]; 'a' <= c && c <= 'z' && !strings.Contains(strings.SplitN(text, " ", 2)[0], "_") {
		text = string(c-'a'+'A') + text[1:]
	}
	if strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}

// writeProblem answers where huma does not.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p, ok := errors.AsType[*huma.ErrorModel](err)
	if !ok {
		p = internalProblem()
	}
	if headers, ok := errors.AsType[huma.HeadersError](err); ok {
		for name, values := range headers.GetHeaders() {
			w.Header()[name] = values
		}
	}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="Roster API"`)
	}
	content, err := json.Marshal(p)
	if err != nil {
		content = []byte("{}")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		w.Write(content) //nolint:errcheck // the client went away
	}
}

// tidy makes the problems that huma finds by itself fit to be read, and free of what should not be
// repeated: whole bodies, secrets, internals.
func tidy(ctx huma.Context, _ string, v any) (any, error) {
	p, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	switch {
	case p.Status == http.StatusUnauthorized:
		ctx.SetHeader("WWW-Authenticate", `Bearer realm="Roster API"`)
	case p.Status >= http.StatusInternalServerError:
		p.Errors = nil
	case p.Detail == "validation failed" && len(p.Errors) == 1:
		p.Detail = sentence(strings.TrimSpace(strings.TrimPrefix(p.Errors[0].Location, "body.") + ": " + p.Errors[0].Message))
	case p.Detail == "validation failed":
		p.Detail = fmt.Sprintf("The request has %d mistakes; they are listed under errors.", len(p.Errors))
	case p.Detail == "request body is required":
		p.Detail = "The request needs a body: a JSON object."
	}
	for _, e := range p.Errors {
		e.Value = shown(e)
	}
	return p, nil
}

// shown is the part of an offending value that an answer repeats.
func shown(e *huma.ErrorDetail) any {
	location := strings.ToLower(e.Location)
	for _, secret := range []string{"password", "key", "token"} {
		if strings.Contains(location, secret) {
			return nil
		}
	}
	switch v := e.Value.(type) {
	case string:
		if location == "body" {
			return nil
		}
		return scim.Abbreviate(v)
	case bool, float64, int, int64:
		return v
	}
	return nil
}
