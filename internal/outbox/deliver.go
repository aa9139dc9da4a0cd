package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/egress"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/secevent"
)

// refused is a token that a receiver does not want, now or later.
type refused struct{ code, description string }

func (e *refused) Error() string { return e.code + ": " + e.description }

// unreached is a delivery that may work later.
type unreached struct {
	reason string
	// after is what the receiver asked to wait; 0 if it did not say.
	after time.Duration
}

func (e *unreached) Error() string { return e.reason }

// deliver pushes one token (RFC 8935 §2). Errors are *refused and *unreached.
func (s *Service) deliver(ctx context.Context, r *Receiver, token string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, strings.NewReader(token))
	if err != nil {
		return &unreached{reason: "the URL cannot be called"}
	}
	req.Header.Set("Content-Type", secevent.MediaType)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "Roster")
	if len(r.Secret) > 0 {
		secret, err := s.keys.Open("receiver "+r.ID, r.Secret)
		if err != nil {
			return &unreached{reason: err.Error() + "; set the secret again"}
		}
		req.Header.Set("Authorization", "Bearer "+string(secret))
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return &unreached{reason: clip(scrub(err, r.URL))}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, egress.MaxReply))
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil // what follows the status is of no interest
	}
	if err != nil {
		body = nil
	}
	return s.judge(resp, body)
}

// judge tells what a reply other than success means. Only an error of RFC 8935 that blames the token
// itself is final: keys, issuers, audiences and rights are a matter of configuration, and what is sent
// while they are wrong must not be lost.
func (s *Service) judge(resp *http.Response, body []byte) error {
	e := &unreached{reason: fmt.Sprintf("the receiver answered %d", resp.StatusCode), after: waitOf(resp.Header, s.now())}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		e.reason += "; redirects are not followed"
	}
	if resp.StatusCode != http.StatusBadRequest {
		return e
	}
	var reply struct{ Err, Description string }
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if media != "application/json" || json.Unmarshal(body, &reply) != nil || reply.Err == "" {
		return e
	}
	reply.Err, reply.Description = clip(reply.Err), clip(reply.Description)
	if reply.Err == string(secevent.InvalidRequest) {
		return &refused{reply.Err, reply.Description}
	}
	e.reason = fmt.Sprintf("the receiver answered %s: %s", reply.Err, reply.Description)
	return e
}

// waitOf reads Retry-After (RFC 9110 §10.2.3).
func waitOf(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	d := time.Duration(0)
	if seconds, err := strconv.ParseInt(v, 10, 32); err == nil {
		d = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(v); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), maxRetryAfter)
}

// scrub takes the URL out of an error of the client: it is shown elsewhere, and may hold what should
// not be repeated.
func scrub(err error, url string) string {
	return strings.ReplaceAll(err.Error(), `"`+url+`": `, "")
}

// clip makes text of another system fit for a table: one line, not too long.
func clip(s string) string {
	s = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(s, "?"))
	const longest = 300
	if len(s) > longest {
		s = scim.Abbreviate(s)
	}
	return s
}
