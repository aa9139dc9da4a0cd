package account

import (
	"sync"
	"time"
)

// throttle slows down guessing: after a few failures for one key (an account or an address) each
// further attempt has to wait twice as long as the one before. Nobody is locked out for good, and a
// success forgives.
type throttle struct {
	mu    sync.Mutex
	tries map[string]*attempts // guarded by mu
}

type attempts struct {
	failures int
	until    time.Time
	last     time.Time
}

const (
	freeFailures = 5
	firstPenalty = 2 * time.Second
	maxPenalty   = 15 * time.Minute
	forgetAfter  = 24 * time.Hour
	maxThrottled = 50_000
)

func newThrottle() *throttle { return &throttle{tries: make(map[string]*attempts)} }

// wait returns how long the key has to wait at now; 0 means that it may try.
func (t *throttle) wait(key string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.tries[key]
	if a == nil || !now.Before(a.until) {
		return 0
	}
	return a.until.Sub(now)
}

func (t *throttle) failed(key string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.tries[key]
	if a == nil {
		if len(t.tries) >= maxThrottled {
			t.forget(now)
		}
		a = &attempts{}
		t.tries[key] = a
	}
	a.failures++
	a.last = now
	if over := a.failures - freeFailures; over >= 0 {
		penalty := maxPenalty
		if over < 10 {
			penalty = min(maxPenalty, firstPenalty<<over)
		}
		a.until = now.Add(penalty)
	}
}

func (t *throttle) succeeded(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tries, key)
}

// forget drops entries that no longer matter, and all of them when every one still does: memory
// stays bounded whoever calls.
func (t *throttle) forget(now time.Time) {
	for k, a := range t.tries {
		if now.Sub(a.last) > forgetAfter || now.After(a.until.Add(maxPenalty)) {
			delete(t.tries, k)
		}
	}
	if len(t.tries) >= maxThrottled {
		clear(t.tries)
	}
}
