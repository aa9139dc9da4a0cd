package adminapi

import (
	"context"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// tailAge is how old the known end of the event feed may be when nobody tells of a new one.
const tailAge = 250 * time.Millisecond

// tail knows the end of the event feed, so that the store is asked once for all who wait for events.
type tail struct {
	read func(context.Context) (directory.Seq, error)

	mu  sync.Mutex
	seq directory.Seq // guarded by mu
	at  time.Time     // guarded by mu; when it was begun to read seq
}

// last returns the seq of the newest event, as it was at some moment after since. Times are those of the
// monotonic clock, not of the data: this is about load.
func (t *tail) last(ctx context.Context, since time.Time) (directory.Seq, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at.After(since) {
		return t.seq, nil
	}
	at := time.Now()
	seq, err := t.read(ctx)
	if err != nil {
		return 0, err
	}
	t.seq, t.at = seq, at
	return seq, nil
}

func (a *api) lastSeq(ctx context.Context) (seq directory.Seq, err error) {
	err = a.Store.View(ctx, func(r directory.Reader) error {
		seq, err = r.LastSeq(ctx)
		return err
	})
	return seq, err
}
