package journal

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// Options adjust a Journal; the zero value is right for a server.
type Options struct {
	// Queue is the number of records that may wait; 0 means 4096. Further ones are dropped.
	Queue int
	// Every is the longest time that a record waits; 0 means a quarter of a second. Plain reads wait four times as
	// long while nothing else comes: with each batch, SQLite's readers lose what they have in memory.
	Every time.Duration
	// UnauthenticatedPerMinute bounds the records of requests without a valid token, so that a flood
	// of them does not push out what matters; 0 means 120.
	UnauthenticatedPerMinute int
	// Now is the clock of that bound; nil means time.Now.
	Now func() time.Time
	// Logger hears of records that could not be kept; nil means slog.Default.
	Logger *slog.Logger
}

// maxBatch is how many records are written in one transaction.
const maxBatch = 256

// Journal collects records in the background and reads them. It is safe for concurrent use.
type Journal struct {
	store Store
	opts  Options
	// due asks the loop to write what waits; so does timer.
	due   chan struct{}
	timer *time.Timer
	done  chan struct{} // closed when the loop has ended

	mu      sync.Mutex
	waiting batch           // guarded by mu
	pressed bool            // guarded by mu; more than plain reads waits
	flushed []chan struct{} // guarded by mu; closed when what waits is written
	closed  bool            // guarded by mu

	dropped atomic.Int64
	quota   quota
	// reads counts the successful reads since the last batch.
	reads atomic.Int64
}

// New starts a Journal; Close ends it.
func New(store Store, opts Options) *Journal {
	if opts.Queue <= 0 {
		opts.Queue = 4096
	}
	if opts.Every <= 0 {
		opts.Every = 250 * time.Millisecond
	}
	if opts.UnauthenticatedPerMinute <= 0 {
		opts.UnauthenticatedPerMinute = 120
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	j := &Journal{store: store, opts: opts, due: make(chan struct{}, 1), timer: time.NewTimer(opts.Every), done: make(chan struct{})}
	j.quota.limit = opts.UnauthenticatedPerMinute
	go j.loop()
	return j
}

// Add takes a record, which the caller must not touch any more. Its bodies and its query are reduced to
// what policy allows before they are kept. It never waits: a record that finds no room is dropped and
// counted.
func (j *Journal) Add(r *Record, policy directory.BodyPolicy) {
	if (r.refused() || r.Source == 0) && !j.quota.take(j.opts.Now()) {
		j.dropped.Add(1)
		return
	}
	plain := r.plainRead()
	if plain {
		j.reads.Add(1)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed || len(j.waiting.items) >= j.opts.Queue {
		j.dropped.Add(1)
		return
	}
	// The loop is not woken for each record: that would cost as much as the rest of Add.
	j.waiting.add(item{r, policy})
	switch n := len(j.waiting.items); {
	case n == maxBatch:
		j.hurry()
	case !plain && !j.pressed:
		j.pressed = true
		j.timer.Reset(j.opts.Every)
	case plain && n == 1 && !j.pressed:
		j.timer.Reset(4 * j.opts.Every)
	}
}

// hurry lets the loop write at once.
func (j *Journal) hurry() {
	select {
	case j.due <- struct{}{}:
	default:
	}
}

// Crowded reports whether so many reads come that those of now are summarized: their answers need not be
// copied for their records.
func (j *Journal) Crowded() bool { return j.reads.Load() > readsInBatch }

// Dropped returns how many records were dropped since the start.
func (j *Journal) Dropped() int64 { return j.dropped.Load() }

// Flush waits until the records added so far are written.
func (j *Journal) Flush(ctx context.Context) error {
	select {
	case <-j.ask():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ask has what waits written, and returns what is closed then.
func (j *Journal) ask() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return j.done
	}
	written := make(chan struct{})
	j.flushed = append(j.flushed, written)
	j.hurry()
	return written
}

// Close writes what waits and ends the journal; later records are dropped.
func (j *Journal) Close(ctx context.Context) error {
	j.mu.Lock()
	j.closed = true
	j.hurry()
	j.mu.Unlock()
	select {
	case <-j.done:
		return nil
	case <-ctx.Done():
		return errors.Join(errors.New("close the journal"), ctx.Err())
	}
}

// loop writes batches: what the timer allows to wait, or a full batch, or what is asked for.
func (j *Journal) loop() {
	defer close(j.done)
	for closed := false; !closed; {
		select {
		case <-j.due:
		case <-j.timer.C:
		}
		closed = j.writeWaiting()
	}
}

// writeWaiting writes what waits and reports whether nothing can come any more.
func (j *Journal) writeWaiting() (closed bool) {
	j.mu.Lock()
	b, flushed, closed := j.waiting, j.flushed, j.closed
	j.waiting, j.pressed, j.flushed = batch{}, false, nil
	j.timer.Stop()
	j.mu.Unlock()
	j.reads.Store(0)
	for records := range slices.Chunk(b.finish(), maxBatch) {
		j.write(records)
	}
	for _, written := range flushed {
		close(written)
	}
	return closed
}

func (j *Journal) write(records []*Record) {
	if err := j.store.AppendRequests(context.Background(), records); err != nil {
		j.dropped.Add(int64(len(records)))
		j.opts.Logger.Error("request records were lost", "count", len(records), "error", err)
	}
}

// List returns records, newest first and without bodies; those that wait are written first.
func (j *Journal) List(ctx context.Context, q Query) ([]*Record, error) {
	if err := j.Flush(ctx); err != nil {
		return nil, err
	}
	return j.store.Requests(ctx, q)
}

// Get returns one record with its bodies, or directory.ErrNotFound.
func (j *Journal) Get(ctx context.Context, id string) (*Record, error) {
	if err := j.Flush(ctx); err != nil {
		return nil, err
	}
	return j.store.Request(ctx, id)
}

// Status returns the health of a source and its checklist.
func (j *Journal) Status(ctx context.Context, src *directory.Source) (*Status, error) {
	if err := j.Flush(ctx); err != nil {
		return nil, err
	}
	return ReadStatus(ctx, j.store, src)
}

// quota lets a number of records pass in each minute.
type quota struct {
	mu     sync.Mutex
	limit  int
	minute int64 // guarded by mu
	used   int   // guarded by mu
}

func (q *quota) take(now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if m := now.Unix() / 60; m != q.minute {
		q.minute, q.used = m, 0
	}
	q.used++
	return q.used <= q.limit
}
