package sqlstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
)

// countedLog tells when it is copied; that takes until it is told to end.
type countedLog struct {
	begun, end chan struct{}
	waits      bool // for the newest copy
	err        error
}

func newCountedLog() *countedLog {
	return &countedLog{begun: make(chan struct{}, 1), end: make(chan struct{}, 1)}
}

func (l *countedLog) copy(waits bool) error {
	l.waits = waits
	l.begun <- struct{}{}
	<-l.end
	return l.err
}

func (l *countedLog) close() error { return nil }

func TestCheckpointer_CopiesLittleWithTheWriterWaiting(t *testing.T) {
	t.Parallel()
	l := newCountedLog()
	k := newCheckpointer(logSizes{start: 100, rest: 30, step: 5, most: 200}, l)
	for size := int64(10); size < 100; size += 10 {
		k.committed(size, nil)
	}
	if k.run != nil {
		t.Fatal("the log is copied before it is due")
	}
	k.committed(100, nil)
	<-l.begun // in the background: it has not been told to end
	if l.waits {
		t.Error("copying in the background is told that the writer waits")
	}
	for size := int64(110); size < 130; size += 10 {
		k.committed(size, nil) // and the writer goes on
	}
	l.end <- struct{}{}
	<-k.run
	l.end <- struct{}{} // 30 more than when it began: the writer waits for that
	k.committed(130, nil)
	<-l.begun
	if k.run != nil || !l.waits {
		t.Error("the writer went on before the rest was copied")
	}
	// Somebody still reads an older state, so the log goes on. It is tried again after a step, not at once.
	k.committed(134, nil)
	if k.run != nil {
		t.Error("copying is tried again at once")
	}
	l.end <- struct{}{}
	k.committed(135, nil)
	<-l.begun
	// The log begins anew.
	k.committed(10, nil)
	k.committed(99, nil)
	if k.run != nil {
		t.Error("a new log is copied before it is due")
	}
	k.committed(100, nil)
	<-l.begun
	l.end <- struct{}{}
	if err := k.close(); err != nil {
		t.Error(err)
	}
}

func TestCheckpointer_WriterDoesNotRunAway(t *testing.T) {
	t.Parallel()
	l := newCountedLog()
	k := newCheckpointer(logSizes{start: 100, rest: 30, step: 5, most: 200}, l)
	k.committed(100, nil)
	<-l.begun
	for size := int64(105); size < 200; size += 5 {
		k.committed(size, nil)
	}
	run := k.run
	go func() { l.end <- struct{}{} }()
	k.committed(200, nil)
	select {
	case <-run:
	default:
		t.Error("the writer went on")
	}
	<-l.begun // the rest is much
	l.end <- struct{}{}
	if err := k.close(); err != nil {
		t.Error(err)
	}
}

// TestCheckpointer_NotAfterAFailure: what did not get to the disk must not be copied from the log.
func TestCheckpointer_NotAfterAFailure(t *testing.T) {
	t.Parallel()
	l := newCountedLog()
	k := newCheckpointer(logSizes{start: 100, rest: 30, step: 5, most: 200}, l)
	last := &landing{done: make(chan struct{})}
	k.committed(100, last)
	last.err = errors.New("the disk is broken")
	close(last.done)
	if err := k.close(); err != nil {
		t.Error(err)
	}
	if len(l.begun) != 0 {
		t.Error("the log was copied")
	}
}

// TestCheckpointer_EndsWritingWhenTheDiskFails: the log must not begin anew when the file may lack some of it.
func TestCheckpointer_EndsWritingWhenTheDiskFails(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
	l := newCountedLog()
	l.err = fmt.Errorf("%w: the disk is broken", directory.ErrUnavailable)
	l.end <- struct{}{}
	w := s.engine.(*sqliteEngine).writer
	var own copier
	var err error
	for n := 0; err == nil && n < 100; n++ {
		err = s.update(t.Context(), func(x *tx) error {
			if n == 0 {
				own = w.checkpoints.log
				w.checkpoints = newCheckpointer(logSizes{start: 1, rest: 1, step: 1, most: 1}, l)
			}
			return put(x, fmt.Sprint(n))
		})
	}
	if !errors.Is(err, l.err) || !errors.Is(s.Err(), l.err) {
		t.Errorf("a write: %v; the store: %v", err, s.Err())
	}
	if len(l.begun) != 1 {
		t.Errorf("the log was copied %d times", len(l.begun))
	}
	w.checkpoints.idle(true)
	if err := own.close(); err != nil {
		t.Error(err)
	}
}

// TestCheckpointer_LogBeginsAnew writes far more than the log may have, in small transactions, while others read.
func TestCheckpointer_LogBeginsAnew(t *testing.T) {
	t.Parallel()
	s, path := openTest(t, Options{})
	small := logSizes{start: 1 << 20, rest: 256 << 10, step: 64 << 10, most: 4 << 20}
	w := s.engine.(*sqliteEngine).writer
	err := s.update(t.Context(), func(*tx) error {
		w.checkpoints = newCheckpointer(small, w.checkpoints.log)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	read := make(chan error, 1)
	go func() {
		for {
			select {
			case <-over:
				read <- nil
				return
			default:
			}
			err := s.view(t.Context(), func(x *tx) error {
				var n int
				return x.row("SELECT count(*) FROM definition").scan(&n)
			})
			if err != nil {
				read <- err
				return
			}
		}
	}()
	var most int64
	for n := range 500 {
		err := s.update(t.Context(), func(x *tx) error {
			_, err := x.exec("INSERT INTO setting (name, value) VALUES ($1, randomblob(32768))", fmt.Sprint(n))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, logSize(t, path))
	}
	close(over)
	if err := <-read; err != nil {
		t.Error(err)
	}
	// 16 MiB were written.
	if most > 6<<20 {
		t.Errorf("the log grew to %d KiB", most>>10)
	}
}

// TestOpen_CopiesTheLogThatWasLeft: after a failed sync, the system may show a log of which the disk has not all. See
// migrateSQLite.
func TestOpen_CopiesTheLogThatWasLeft(t *testing.T) {
	t.Parallel()
	s, path := openTest(t, Options{})
	for n := range 5 {
		if err := s.update(t.Context(), func(x *tx) error { return put(x, fmt.Sprint(n)) }); err != nil {
			t.Fatal(err)
		}
	}
	left := filepath.Join(t.TempDir(), "roster.db") // as by a process that was killed
	for _, suffix := range []string{"", "-wal"} {
		if err := os.WriteFile(left+suffix, must(os.ReadFile(path+suffix)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	taken := must(Open(t.Context(), "sqlite://"+left, Options{}))
	defer taken.Close()
	alone := filepath.Join(t.TempDir(), "roster.db")
	if err := os.WriteFile(alone, must(os.ReadFile(left)), 0o600); err != nil {
		t.Fatal(err)
	}
	without := must(Open(t.Context(), "sqlite://"+alone, Options{}))
	defer without.Close()
	if n := count(t, without); n != 5 {
		t.Errorf("the file has %d rows without its log", n)
	}
}
