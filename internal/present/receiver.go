package present

import (
	"time"

	"github.com/rosterhq/roster/internal/outbox"
)

// Receiver is a receiver of security events without secrets.
type Receiver struct {
	ID            string            `json:"id"`
	Name          string            `json:"name"`
	Source        string            `json:"source,omitempty" doc:"Slug of the source whose events it gets; left out for all sources."`
	Kind          string            `json:"kind" enum:"push,poll" doc:"push: it is called (RFC 8935); poll: it calls (RFC 8936)."`
	URL           string            `json:"url,omitempty" doc:"Where a push receiver is called."`
	PollURL       string            `json:"poll_url,omitempty" doc:"Where a poll receiver polls."`
	Audience      string            `json:"audience" doc:"The aud of its tokens."`
	Payload       string            `json:"payload" enum:"notice,full" doc:"notice names what changed, full carries the values too."`
	Events        []string          `json:"events" nullable:"false" doc:"URIs of the events it gets (RFC 9967)."`
	Enabled       bool              `json:"enabled"`
	State         string            `json:"state" enum:"disabled,waiting,healthy,failing"`
	HasSecret     bool              `json:"has_secret" doc:"Whether a push receiver is called with a bearer token."`
	Behind        int64             `json:"behind" doc:"Events of the feed that are still to be looked at for it."`
	Attempts      int               `json:"attempts" doc:"Failed attempts since the last success."`
	NextAttemptAt *time.Time        `json:"next_attempt_at,omitempty"`
	LastSuccessAt *time.Time        `json:"last_success_at,omitempty"`
	LastFailureAt *time.Time        `json:"last_failure_at,omitempty"`
	LastError     string            `json:"last_error,omitempty"`
	CreatedAt     time.Time         `json:"created_at"`
	Failures      []ReceiverFailure `json:"failures,omitempty" nullable:"false" doc:"Tokens that it refused, newest first; only when one receiver is shown."`
}

// ReceiverFailure is a token that a receiver refused for good.
type ReceiverFailure struct {
	ID          string    `json:"id" doc:"The token's jti."`
	Time        time.Time `json:"time"`
	Code        string    `json:"code"`
	Description string    `json:"description"`
}

// NewReceiver presents a receiver; slug is that of its source, empty for all.
func NewReceiver(r *outbox.ReceiverInfo, slug string) *Receiver {
	p := &Receiver{
		ID: r.ID, Name: r.Name, Source: slug, Kind: string(r.Kind), URL: r.URL, PollURL: r.PollURL, Audience: r.Audience,
		Payload: string(r.Payload), Events: r.Wanted(), Enabled: r.Enabled, State: string(r.State()), HasSecret: len(r.Secret) > 0,
		Behind: r.Behind, Attempts: r.Attempts, LastError: r.LastError, CreatedAt: r.Created,
	}
	for dest, at := range map[**time.Time]time.Time{&p.LastSuccessAt: r.LastSuccess, &p.LastFailureAt: r.LastFailure} {
		if !at.IsZero() {
			*dest = &at
		}
	}
	if r.Attempts > 0 {
		p.NextAttemptAt = &r.NextAttempt
	}
	for _, f := range r.Failures {
		p.Failures = append(p.Failures, ReceiverFailure{ID: f.ID, Time: f.Time, Code: f.Code, Description: f.Description})
	}
	return p
}
