package sqlstore

import (
	"context"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// hints has a store watch, and returns what it is told.
func hints(t *testing.T, s *Store) <-chan Hint {
	t.Helper()
	heard := make(chan Hint, 1000)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		s.Watch(ctx, func(h Hint) { heard <- h })
		close(ended)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	if first := <-heard; !first.Settings { // whatever happened before
		t.Errorf("the first hint is %+v", first)
	}
	return heard
}

func TestWatch_TellsWhatAnotherProcessCommitted(t *testing.T) {
	t.Parallel()
	a, b := twoStores(t)
	heard := hints(t, a)
	if err := appendEvent(b, t.Context(), "one", nil); err != nil {
		t.Fatal(err)
	}
	if h := <-heard; h.Settings {
		t.Errorf("an event alone is said to be %+v", h)
	}
	// Many at once are told of some times, and at the end.
	for range 5 {
		if err := appendEvent(b, t.Context(), "more", nil); err != nil {
			t.Fatal(err)
		}
	}
	err := b.Update(t.Context(), func(w directory.Writer) error {
		return w.AppendAudit(t.Context(), &directory.AuditEntry{Source: 1, Action: "token.revoked", ObjectType: "token"})
	})
	if err != nil {
		t.Fatal(err)
	}
	for h := range heard {
		if h.Settings {
			break
		}
	}
}

// The connection that listens is cut: nothing depends on it, and it is made again.
func TestWatch_IsOnlyAHint(t *testing.T) {
	t.Parallel()
	a, b := twoStores(t)
	heard := hints(t, a)
	cut := func() (n int64) {
		err := b.view(t.Context(), func(x *tx) error {
			return x.row(`SELECT count(pg_terminate_backend(pid, 10000))::bigint FROM pg_stat_activity
				WHERE datname = current_database() AND query LIKE 'LISTEN%'`).scan(&n)
		})
		if err != nil {
			t.Error(err)
		}
		return n
	}
	if n := cut(); n != 1 {
		t.Errorf("%d connections listened", n)
	}
	if err := appendEvent(b, t.Context(), "unheard", nil); err != nil {
		t.Fatal(err)
	}
	if got := eventsAfter(t, a, 0); len(got) != 1 {
		t.Errorf("the events are %v", got)
	}
	if h := <-heard; !h.Settings { // it listens again, and may have missed something
		t.Errorf("after the cut, the hint is %+v", h)
	}
	if err := appendEvent(b, t.Context(), "heard", nil); err != nil {
		t.Fatal(err)
	}
	<-heard
}

func TestHinting_TellsEverythingButNotAllTheTime(t *testing.T) {
	t.Parallel()
	var h hinting
	now := benchNow
	check := func(what string, events bool, audit []auditNew, payload string, yes bool) {
		t.Helper()
		p, due, wait := h.due(now, events, audit)
		if p != payload || due != yes || (wait > 0) != (!yes && h.owed) {
			t.Errorf("%s: %q, %v, wait %s", what, p, due, wait)
		}
		if due {
			h.done(now)
		}
	}
	token := []auditNew{{AuditEntry: directory.AuditEntry{ObjectType: "token"}}}
	check("nothing", false, nil, hintOther, false)
	check("an event", true, nil, hintOther, true)
	check("a token a moment later", false, token, hintOther, false)
	now = now.Add(hintEvery / 2)
	check("another event", true, nil, hintOther, false)
	now = now.Add(hintEvery / 2)
	check("the time is up", false, nil, hintSettings, true)
	now = now.Add(time.Minute)
	check("told already", false, nil, hintOther, false)
	check("a user", false, []auditNew{{AuditEntry: directory.AuditEntry{ObjectType: "user"}}}, hintOther, true)
}
