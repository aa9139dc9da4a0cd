package app

import (
	"context"
	"time"
)

// How long things are kept.
const (
	keepTombstones   = 30 * 24 * time.Hour
	keepRequests     = 30 * 24 * time.Hour
	keepUnattributed = 24 * time.Hour
	// Whoever follows the feed may be away for this long.
	keepEvents = 365 * 24 * time.Hour
)

// retentionStep is how many rows are removed in one transaction, so that no writer waits for long, and
// retentionEvery how often it is looked for old ones.
const (
	retentionStep  = 200
	retentionEvery = time.Minute
)

// retain removes what is older than it is kept, in small steps, until ctx ends.
func (a *App) retain(ctx context.Context) {
	ticker := time.NewTicker(retentionEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		for _, t := range a.trimmings(ctx) {
			a.trim(ctx, t.what, t.step)
		}
	}
}

// trimming is one kind of rows that are removed. A step removes at most retentionStep of them in one
// transaction and returns how many it found.
type trimming struct {
	what string
	step func(now time.Time) (int, error)
}

func (a *App) trimmings(ctx context.Context) []trimming {
	return []trimming{
		{"members of erased groups", func(time.Time) (int, error) {
			return a.Store.SweepMembers(ctx, retentionStep)
		}},
		{"tombstones", func(now time.Time) (int, error) {
			return a.Store.PurgeTombstones(ctx, now.Add(-keepTombstones), retentionStep)
		}},
		{"request records", func(now time.Time) (int, error) {
			n, err := a.Store.PurgeRequests(ctx, now.Add(-keepRequests), now.Add(-keepUnattributed), retentionStep)
			return int(n), err
		}},
		{"events", func(now time.Time) (int, error) {
			n, err := a.Store.PurgeEvents(ctx, now.Add(-keepEvents), retentionStep)
			return int(n), err
		}},
	}
}

// trim repeats one step while it finds a full batch.
func (a *App) trim(ctx context.Context, what string, step func(now time.Time) (int, error)) {
	for ctx.Err() == nil {
		n, err := step(a.now())
		if err != nil {
			if ctx.Err() == nil {
				a.Log.Error("remove old "+what, "error", err)
			}
			return
		}
		if n < retentionStep {
			return
		}
	}
}
