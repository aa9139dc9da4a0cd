package outbox

import (
	"context"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

const (
	// watchInterval is how often the feed is looked at for what other processes wrote.
	watchInterval = time.Second
	// idleInterval is how often a worker looks for work when nobody rings.
	idleInterval = 30 * time.Second
	// performers is how many postponed requests run at once, of different sources.
	performers = 4
	// outcomesKept is how long outcomes can be delivered and read, purgeInterval how often older ones
	// are removed.
	outcomesKept  = 30 * 24 * time.Hour
	purgeInterval = time.Hour
)

// Start delivers and performs in the background until ctx ends. The returned channel is closed when
// everything has come to rest. performer may be nil: then postponed requests wait.
func (s *Service) Start(ctx context.Context, performer Performer) <-chan struct{} {
	var running sync.WaitGroup
	running.Go(func() { s.watch(ctx) })
	running.Go(func() { s.purge(ctx) })
	running.Go(func() { s.pushAll(ctx) })
	if performer != nil {
		for range performers {
			running.Go(func() { s.performAll(ctx, performer) })
		}
	}
	stopped := make(chan struct{})
	go func() {
		running.Wait()
		close(stopped)
	}()
	return stopped
}

// watch rings the bell when the feed or the outcomes have grown.
func (s *Service) watch(ctx context.Context) {
	var seen Position
	for pause(ctx, nil, watchInterval) {
		var newest Position
		err := s.store.ViewOutbox(ctx, func(r Reader) (err error) {
			newest, err = end(ctx, r)
			return err
		})
		if err == nil && newest != seen {
			seen = newest
			s.bell.ring()
		}
	}
}

// end returns the position behind all there is to tell.
func end(ctx context.Context, r Reader) (p Position, err error) {
	if p.Event, err = r.LastSeq(ctx); err != nil {
		return p, err
	}
	p.Outcome, err = r.LastOutcome(ctx)
	return p, err
}

// pushAll keeps one worker for each push receiver.
func (s *Service) pushAll(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	var mu sync.Mutex
	busy := map[string]bool{} // guarded by mu
	for {
		rung := s.bell.next()
		receivers, err := s.receivers(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.Error("event receivers could not be read", "error", err)
		}
		for _, r := range receivers {
			if r.Kind != Push || !r.Enabled {
				continue
			}
			mu.Lock()
			if !busy[r.ID] {
				busy[r.ID] = true
				running.Go(func() {
					s.push(ctx, r.ID)
					mu.Lock()
					delete(busy, r.ID)
					mu.Unlock()
				})
			}
			mu.Unlock()
		}
		if !pause(ctx, rung, 5*watchInterval) {
			return
		}
	}
}

func (s *Service) receivers(ctx context.Context) (all []*Receiver, err error) {
	err = s.store.ViewOutbox(ctx, func(r Reader) error {
		all, err = r.Receivers(ctx)
		return err
	})
	return all, err
}

// purge removes outcomes that are too old to be asked for.
func (s *Service) purge(ctx context.Context) {
	const chunk = 1000
	for {
		for n := int64(chunk); n == chunk; {
			err := s.store.UpdateOutbox(ctx, func(w Writer) (err error) {
				n, err = w.PurgeOutcomes(ctx, s.now().Add(-outcomesKept), chunk)
				return err
			})
			if err != nil {
				break
			}
		}
		if !pause(ctx, nil, purgeInterval) {
			return
		}
	}
}

// EventURIs returns the events that receivers of the source get, sorted; none when there is no enabled
// receiver (RFC 9967 §4).
func (s *Service) EventURIs(ctx context.Context, source directory.SourceID) ([]string, error) {
	receivers, err := s.receivers(ctx)
	if err != nil {
		return nil, err
	}
	return union(receivers, source), nil
}
