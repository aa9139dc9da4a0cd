package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/rosterhq/roster/internal/directory"
)

// maxBatch is the number of closures that share one commit.
const maxBatch = 128

// caution is the number of transactions with savepoints after one that had to be run again.
const caution = 100

// writer executes closures one after the other on one connection, as if each was a transaction, and
// commits those that came meanwhile together: one fsync serves them all. Nobody is answered before the
// commit is on the disk; the next batch is executed meanwhile. Other processes may write to the file between
// two batches, so nothing is remembered across them.
//
// A closure that fails usually has written nothing. After one that has, the whole batch is rolled back,
// and the others run again, each in a savepoint this time. Savepoints from the start would cost every
// closure a copy of each page it writes.
type writer struct {
	conn *sqliteConn
	// readers keep no snapshots during a transaction.
	readers *readers
	queue   chan *job
	done    chan struct{} // closed when the loop has ended

	// batch holds the jobs of the transaction under way, cautious how many of the next transactions use
	// savepoints. Only loop uses them.
	batch    []*job
	cautious int
	// last is the commit before, while it may not be on the disk yet, and begun the one that SQLite is making, once
	// its sync has begun. Only loop uses them, and what follows.
	last, begun *landing
	checkpoints *checkpointer
	turn        *turn

	mu     sync.RWMutex
	closed bool // guarded by mu; queue is closed with it

	failure atomic.Pointer[error] // why no more writes are taken
}

var errExit = errors.New("a closure ended the goroutine it ran on")

// The states of a job.
const (
	queued int32 = iota
	running
	cancelled
)

type job struct {
	fn     func(*tx) error
	state  atomic.Int32
	err    error         // set by the writer before answer
	answer chan struct{} // closed when the outcome is known
}

// PanicError is a panic of a closure, contained so that the others of its batch go on.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("panic in a transaction: %v\n%s", e.Value, e.Stack)
}

func newWriter(c *sqliteConn, r *readers, k *checkpointer, queue int) *writer {
	w := &writer{conn: c, readers: r, checkpoints: k, turn: newTurn(), queue: make(chan *job, queue), done: make(chan struct{})}
	w.pipeline()
	go w.loop()
	return w
}

func (w *writer) err() error {
	if p := w.failure.Load(); p != nil {
		return *p
	}
	return nil
}

// update queues fn and waits for its outcome. When ctx ends first, fn is taken out of the queue; once
// it runs, it is waited for, so that the caller knows what happened.
func (w *writer) update(ctx context.Context, fn func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := w.err(); err != nil {
		return err
	}
	j := &job{fn: fn, answer: make(chan struct{})}
	if err := w.enqueue(j); err != nil {
		return err
	}
	select {
	case <-j.answer:
		return j.err
	case <-ctx.Done():
		if j.state.CompareAndSwap(queued, cancelled) {
			return ctx.Err()
		}
		<-j.answer
		return j.err
	}
}

func (w *writer) enqueue(j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	select {
	case w.queue <- j:
		return nil
	default:
		return fmt.Errorf("%w: %d writes wait", directory.ErrBusy, cap(w.queue))
	}
}

// close runs what is queued and closes the connection.
func (w *writer) close() error {
	w.mu.Lock()
	closed := w.closed
	w.closed = true
	if !closed {
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.done
	if closed {
		return nil
	}
	return errors.Join(w.turn.close(), w.checkpoints.close(), w.conn.close())
}

func (w *writer) loop() {
	ended := false
	defer func() {
		if ended {
			close(w.done)
			return
		}
		// A closure called runtime.Goexit, as t.Fatal does.
		w.rollback(errExit)
		tell(w.batch, errExit)
		w.batch = w.batch[:0]
		go w.loop()
	}()
	for j := range w.queue {
		if j.state.CompareAndSwap(queued, running) {
			w.batch = append(w.batch, j)
			w.commit()
		}
	}
	w.landed() //nolint:errcheck // whoever it concerns was told
	ended = true
}

// tell tells jobs their outcome: their own failure, or else err.
func tell(jobs []*job, err error) {
	for i, j := range jobs {
		if j.err == nil {
			j.err = err
		}
		close(j.answer)
		jobs[i] = nil
	}
}

// commit executes the first job of the batch and those that wait behind it in one transaction, and sees to it that
// they are answered.
func (w *writer) commit() {
	w.readers.pause()
	defer w.readers.resume()
	err := w.run()
	if !w.launch(err) {
		tell(w.batch, err)
		w.batch = w.batch[:0]
	}
	if err == nil {
		w.judge(w.checkpoints.committed(w.conn.log.end, w.last))
	}
}

func (w *writer) run() error {
	if err := w.err(); err != nil {
		return err
	}
	if _, err := w.conn.exec("BEGIN IMMEDIATE", nil); err != nil {
		w.judge(err)
		// Whoever waits behind has waited as long.
		for j := w.next(); j != nil; j = w.next() {
			w.batch = append(w.batch, j)
		}
		return err
	}
	t := &tx{conn: w.conn, writes: true}
	err := w.runBatch(t)
	if err == nil {
		err = t.settle()
	}
	if err == nil {
		if err = w.landed(); err != nil {
			w.forget()
		}
	}
	if err != nil {
		w.rollback(err)
		return err
	}
	if _, err := w.conn.exec("COMMIT", nil); err != nil {
		w.rollback(err)
		if errors.Is(err, directory.ErrUnavailable) {
			return fmt.Errorf("%w: %w", directory.ErrUncertain, err)
		}
		return err
	}
	return nil
}

// runBatch executes the jobs of the batch, and those that come meanwhile.
func (w *writer) runBatch(t *tx) error {
	savepoints := w.cautious > 0
	w.cautious = max(0, w.cautious-1)
	for i := 0; i < len(w.batch); i++ {
		err := w.runOne(t, w.batch[i], savepoints)
		if err == errUndo {
			savepoints, w.cautious = true, caution
			err = w.runAgain(t, w.batch[:i])
		}
		if err != nil {
			return err
		}
		if i+1 == len(w.batch) && i+1 < maxBatch {
			if j := w.more(); j != nil {
				w.batch = append(w.batch, j)
			}
		}
	}
	return nil
}

// errUndo is returned by runOne when a job without savepoint has failed and left something behind.
var errUndo = errors.New("undo the transaction")

// runAgain starts the transaction anew with the jobs that had succeeded in it.
func (w *writer) runAgain(t *tx, jobs []*job) error {
	for _, query := range []string{"ROLLBACK", "BEGIN IMMEDIATE"} {
		if _, err := w.conn.exec(query, nil); err != nil {
			return err
		}
	}
	t.tail, t.tallies = tail{}, nil // another process may have written in between
	for _, j := range jobs {
		if j.err == nil {
			if err := w.runOne(t, j, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// more returns a job that waits, or comes while the commit before is not on the disk; nil when it is time to commit.
func (w *writer) more() *job {
	j := w.next()
	for j == nil && w.last != nil {
		select {
		case <-w.last.done:
			return w.late()
		case next, ok := <-w.queue:
			if !ok {
				return nil
			}
			if next.state.CompareAndSwap(queued, running) {
				j = next
			}
		}
	}
	if j == nil {
		j = w.late()
	}
	return j
}

// late gives whoever is about to write the chance to join: a commit costs as much for all as for one.
func (w *writer) late() *job {
	w.turn.take()
	return w.next()
}

// next returns a job that waits, or nil.
func (w *writer) next() *job {
	for {
		select {
		case j, ok := <-w.queue:
			if !ok {
				return nil
			}
			if j.state.CompareAndSwap(queued, running) {
				return j
			}
		default:
			return nil
		}
	}
}

// runOne executes a job. Its own failure is its outcome; an error is returned when the transaction as
// a whole cannot go on.
func (w *writer) runOne(t *tx, j *job, savepoint bool) error {
	if savepoint {
		if _, err := w.conn.exec("SAVEPOINT s", nil); err != nil {
			return err
		}
	}
	before := t.tail
	t.dirty, t.last = false, stored{}
	t.gathers = !savepoint // what is written with savepoints may be undone alone
	j.err = contain(t, j.fn)
	if t.fatal != nil {
		return t.fatal
	}
	failed := j.err != nil
	if failed {
		t.tail = before
	}
	if failed && savepoint {
		t.tallies = nil // they were written at once, and that is undone
	}
	switch {
	case failed && t.dirty && !savepoint:
		return errUndo
	case failed && t.dirty:
		if _, err := w.conn.exec("ROLLBACK TO s", nil); err != nil {
			return err
		}
	case !savepoint:
		return nil
	}
	_, err := w.conn.exec("RELEASE s", nil)
	return err
}

// contain calls fn and turns a panic into an error.
func contain(t *tx, fn func(*tx) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return fn(t)
}

// rollback ends a transaction that failed as a whole. SQLite has ended it already in some cases, so
// its own failure says nothing.
func (w *writer) rollback(cause error) {
	w.conn.exec("ROLLBACK", nil) //nolint:errcheck // see above
	w.judge(cause)
}

// judge closes the store for writing after an I/O error. The kernel may have dropped the pages that
// it could not write, and would report success for them from then on.
func (w *writer) judge(err error) {
	if errors.Is(err, directory.ErrUnavailable) {
		w.failure.CompareAndSwap(nil, &err)
	}
}
