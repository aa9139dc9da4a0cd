package sqlstore

import (
	"fmt"

	"github.com/rosterhq/roster/internal/directory"
)

// landing is a commit that SQLite has made and that is on its way to the disk. The next transaction is executed
// meanwhile. Nobody is told of it before it has landed: neither its writers, nor readers that could see it.
type landing struct {
	jobs []*job
	err  error         // set before done is closed
	done chan struct{} // closed when it is on the disk, or when that cannot be known
}

// lasts waits until the commit has landed and reports whether it did; none is one that did before.
func (l *landing) lasts() bool {
	if l == nil {
		return true
	}
	<-l.done
	return l.err == nil
}

// pipeline has a commit not wait for its sync where the connection can begin one.
func (w *writer) pipeline() {
	if w.conn.disk == nil {
		return
	}
	w.conn.log.begin = func() bool {
		if w.conn.disk.begin(w.conn.log.file) != nil {
			return false
		}
		w.begun = &landing{done: make(chan struct{})}
		// SQLite shows the commit to readers after this.
		w.readers.afloat.Store(w.begun)
		return true
	}
}

// launch has the jobs of the batch answered when the commit has landed. It reports false if nothing is under way;
// err is what became of the commit otherwise.
func (w *writer) launch(err error) bool {
	l := w.begun
	if l == nil {
		return false
	}
	w.begun = nil
	if err != nil {
		// SQLite could not make it known; the disk must be free for the next one.
		w.land(l)
		return false
	}
	l.jobs, w.batch = w.batch, nil
	w.last = l
	go w.land(l)
	return true
}

// land waits for the disk and tells everybody. After a failure no state after that one can be seen.
func (w *writer) land(l *landing) {
	defer close(l.done)
	err := w.conn.disk.wait()
	if err == nil {
		w.readers.afloat.CompareAndSwap(l, nil)
		tell(l.jobs, nil)
		return
	}
	l.err = fmt.Errorf("%w: sync the log: %w", directory.ErrUnavailable, err)
	w.judge(l.err)
	tell(l.jobs, fmt.Errorf("%w: %w", directory.ErrUncertain, l.err))
}

// forget takes back what the jobs of the batch found out: they have seen what is not certain.
func (w *writer) forget() {
	for _, j := range w.batch {
		j.err = nil
	}
}

// landed waits for the commit before.
func (w *writer) landed() error {
	l := w.last
	if l == nil {
		return nil
	}
	<-l.done
	w.last = nil
	return l.err
}
