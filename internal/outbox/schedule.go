package outbox

import (
	"math/rand/v2"
	"time"
)

// retryDelay returns how long to wait after that many failed attempts in a row: short at first, for a
// receiver that restarts, then longer, and about daily for as long as the feed goes back.
func retryDelay(failed int) time.Duration {
	delays := [...]time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
	d := delays[min(max(failed, 1), len(delays))-1]
	// A tenth more or less keeps receivers that failed together from being called together.
	return d - d/10 + rand.N(d/5)
}

// maxRetryAfter bounds what a receiver may ask for.
const maxRetryAfter = 24 * time.Hour
