package outbox

import (
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/secevent"
)

// Bounds of a poll.
const (
	maxPollEvents = 1000
	maxPollBytes  = 1 << 20
)

// pollRequest is the body of a poll (RFC 8936 §2.2).
type pollRequest struct {
	// maxEvents is the most tokens wanted; 0 only settles.
	maxEvents   int
	immediately bool
	ack         []string
	errs        map[string]secevent.Error
}

// readPoll reads the body of a poll, or says what is wrong with it.
func readPoll(w http.ResponseWriter, r *http.Request) (*pollRequest, *secevent.Error) {
	bad := func(description string) (*pollRequest, *secevent.Error) {
		return nil, &secevent.Error{Code: secevent.InvalidRequest, Description: description}
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return bad("The content type must be application/json.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPollBytes))
	if err != nil {
		return bad("The body is longer than 1 MiB or broke off.")
	}
	doc, err := scim.DecodeObject(body, scim.Limits{Keys: 10 * maxPollEvents})
	if err != nil {
		return bad(scim.AsError(err).Detail)
	}
	p := &pollRequest{maxEvents: 100}
	if v, sent := doc["maxEvents"]; sent {
		n, _ := v.(scim.Number)
		if p.maxEvents, err = strconv.Atoi(string(n)); err != nil || p.maxEvents < 0 {
			return bad("maxEvents must be an integer of at least 0.")
		}
		p.maxEvents = min(p.maxEvents, maxPollEvents)
	}
	if v, sent := doc["returnImmediately"]; sent {
		ok := false
		if p.immediately, ok = v.(bool); !ok {
			return bad("returnImmediately must be true or false.")
		}
	}
	if v, sent := doc["ack"]; sent {
		list, ok := v.([]any)
		for _, v := range list {
			id, isText := v.(string)
			ok = ok && isText
			p.ack = append(p.ack, id)
		}
		if !ok {
			return bad("ack must be an array of token identifiers (jti).")
		}
	}
	if v, sent := doc["setErrs"]; sent {
		errs, ok := v.(scim.Object)
		p.errs = make(map[string]secevent.Error, len(errs))
		for id, v := range errs {
			e, isObject := v.(scim.Object)
			code, isText := e["err"].(string)
			ok = ok && isObject && isText && code != ""
			description, _ := e["description"].(string)
			p.errs[id] = secevent.Error{Code: secevent.ErrorCode(clip(code)), Description: clip(description)}
		}
		if !ok {
			return bad("setErrs must map token identifiers (jti) to objects with err and description.")
		}
	}
	return p, nil
}
