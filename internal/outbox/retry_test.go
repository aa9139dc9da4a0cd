package outbox_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/scim/secevent"
)

// attempts is a receiver's end that notes when it is called, and answers as told.
type attempts struct {
	mu     sync.Mutex
	at     []time.Time                // guarded by mu
	bodies []string                   // guarded by mu
	answer func(n int) *http.Response // n counts from 1
}

func (a *attempts) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at, a.bodies = append(a.at, time.Now()), append(a.bodies, string(body))
	resp := a.answer(len(a.at))
	if resp == nil {
		return nil, fmt.Errorf("connection refused")
	}
	return resp, nil
}

func (a *attempts) times() []time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]time.Time(nil), a.at...)
}

func reply(status int, body string, headers ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

// Pins R-EVT-11.
func TestRetry_FollowsTheScheduleAndRepeatsTheSameToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const failures = 4
		a := &attempts{answer: func(n int) *http.Response {
			switch {
			case n > failures:
				return reply(http.StatusAccepted, "")
			case n%2 == 0:
				return nil
			}
			return reply(http.StatusBadGateway, "")
		}}
		f := newFixture(t, a)
		r, _ := f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: "https://app.example/events"})
		f.user("first")
		stop := f.start(f.out, nil)
		<-time.After(10 * time.Second)
		if info := f.show(r.ID); info.State() != outbox.StateFailing || info.LastError == "" || info.Attempts != 2 {
			t.Errorf("after 10 seconds: %s, %d attempts, %q", info.State(), info.Attempts, info.LastError)
		}
		f.user("second") // waits behind the first
		<-time.After(4 * time.Hour)
		stop()
		at := a.times()
		if len(at) != failures+2 {
			t.Fatalf("%d attempts", len(at))
		}
		schedule := []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour}
		for i, want := range schedule {
			if got := at[i+1].Sub(at[i]); got < want-want/10 || got > want+want/10+2*time.Second {
				t.Errorf("attempt %d came after %v, want about %v", i+2, got, want)
			}
			if a.bodies[i+1] != a.bodies[0] {
				t.Errorf("attempt %d sent another token", i+2)
			}
		}
		if info := f.show(r.ID); info.State() != outbox.StateHealthy || info.Behind != 0 || info.Attempts != 0 {
			t.Errorf("in the end: %s, %d behind, %d attempts", info.State(), info.Behind, info.Attempts)
		}
	})
}

func TestRetry_ObeysRetryAfterAndTriesAtOnceAfterAChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &attempts{answer: func(n int) *http.Response {
			if n == 1 {
				return reply(http.StatusTooManyRequests, "", "Retry-After", "3600")
			}
			if n == 2 {
				return reply(http.StatusUnauthorized, "", "Retry-After", "7200")
			}
			return reply(http.StatusAccepted, "")
		}}
		f := newFixture(t, a)
		r, _ := f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: "https://app.example/events"})
		f.user("first")
		stop := f.start(f.out, nil)
		<-time.After(90 * time.Minute)
		at := a.times()
		if len(at) != 2 || at[1].Sub(at[0]) < time.Hour {
			t.Fatalf("attempts at %v", at)
		}
		secret := "right"
		if _, err := f.out.Update(t.Context(), r.ID, outbox.ReceiverChange{Secret: &secret}, admin()); err != nil {
			t.Fatal(err)
		}
		<-time.After(2 * time.Second)
		if at := a.times(); len(at) != 3 {
			t.Errorf("%d attempts after the secret was set", len(at))
		}
		stop()
	})
}

// Pins R-EVT-11.
func TestRetry_WhatIsFinalAndWhatIsNot(t *testing.T) {
	t.Parallel()
	failure := func(code string) *http.Response {
		return reply(400, `{"err":"`+code+`","description":"d"}`, "Content-Type", "application/json; charset=utf-8")
	}
	for name, tc := range map[string]struct {
		answer *http.Response
		final  bool
	}{
		"token is bad":            {failure("invalid_request"), true},
		"key":                     {failure("invalid_key"), false},
		"audience":                {failure("invalid_audience"), false},
		"authentication":          {failure("authentication_failed"), false},
		"400 of something else":   {reply(400, "<html>", "Content-Type", "text/html"), false},
		"400 with other JSON":     {reply(400, `{"error":"x"}`, "Content-Type", "application/json"), false},
		"redirect":                {reply(302, "", "Location", "https://elsewhere.example"), false},
		"gone":                    {reply(410, ""), false},
		"too large":               {reply(413, ""), false},
		"error":                   {reply(500, strings.Repeat("x", 1<<20)), false},
		"accepted by another 2xx": {reply(204, ""), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := &attempts{answer: func(n int) *http.Response {
					if n == 1 {
						return tc.answer
					}
					return reply(http.StatusAccepted, "")
				}}
				f := newFixture(t, a)
				r, _ := f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: "https://app.example/events"})
				f.user("first")
				stop := f.start(f.out, nil)
				<-time.After(3 * time.Second) // before a second attempt
				info := f.show(r.ID)
				if got := info.Behind == 0; got != tc.final {
					t.Errorf("passed %t, want %t: %s", got, tc.final, info.LastError)
				}
				if refused := len(info.Failures) > 0; refused != (name == "token is bad") {
					t.Errorf("failures %v", info.Failures)
				}
				stop()
			})
		})
	}
}

func TestPush_TokensOfALongBacklogComeInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &attempts{answer: func(int) *http.Response { return reply(http.StatusAccepted, "") }}
		f := newFixture(t, a)
		for i := range 250 {
			f.user(fmt.Sprintf("user%d", i))
		}
		r, _ := f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: "https://app.example/events", FromStart: true, Events: []string{secevent.FeedAdd}})
		stop := f.start(f.out, nil)
		<-time.After(5 * time.Second)
		stop()
		v := f.verifier()
		for i, body := range a.bodies {
			token, err := v.Verify(body)
			if err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf("%s.e%d", r.ID, i+1); token.ID != want {
				t.Fatalf("token %d is %s, want %s", i, token.ID, want)
			}
		}
		if len(a.bodies) != 250 {
			t.Errorf("%d tokens", len(a.bodies))
		}
	})
}
