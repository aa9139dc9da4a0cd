package sqlstore

import (
	"errors"
	"fmt"
	"runtime"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/rosterhq/roster/internal/directory"
)

// logSizes are sizes of the write-ahead log in bytes at which something happens.
type logSizes struct {
	// start is where the log is copied back in the background.
	start int64
	// rest is how much is copied while the writer waits, at most.
	rest int64
	// step is how much the log grows between two attempts to copy it.
	step int64
	// most is where the writer waits for what goes on in the background.
	most int64
}

var usualSizes = logSizes{start: 12 << 20, rest: 4 << 20, step: 256 << 10, most: 48 << 20}

// checkpointer copies the write-ahead log back into the database file, on a connection of its own and while the
// writer goes on. The log begins anew with a transaction that finds all of it copied, so what has come meanwhile is
// copied with the writer waiting: it is little, and the disk is done with it soon.
//
// The writer calls it outside of transactions.
type checkpointer struct {
	logSizes
	log copier
	// run is closed when the copying under way has ended; nil when there is none.
	run chan struct{}
	err error // why nothing is copied any more; belongs to the run under way
	// size is what the log had after the newest commit, from what it had when copying began last, and next the
	// size at which there is something to do.
	size, from, next int64
}

// copier copies what no reader needs of the log.
type copier interface {
	// copy is told whether the writer waits for it, so that nothing is added to the log meanwhile. What fails is tried
	// again later, since the log has everything; but not after an error that it returns.
	copy(waits bool) error
	close() error
}

func newCheckpointer(sizes logSizes, log copier) *checkpointer {
	return &checkpointer{logSizes: sizes, log: log, next: sizes.start}
}

// committed is told of the size of the log after each commit, and of that commit while it is not on the disk. It
// returns why the log cannot be copied back any more.
func (k *checkpointer) committed(size int64, last *landing) error {
	if size < k.size {
		k.from, k.next = 0, k.start // it has begun anew
	}
	k.size = size
	if size < k.next {
		return nil
	}
	k.next = size + k.step
	if !k.idle(size >= k.most) {
		return nil
	}
	if k.err != nil {
		return k.err
	}
	little := size-k.from <= k.rest
	k.from = size
	run := make(chan struct{})
	k.run = run
	go func() {
		defer close(run)
		if last.lasts() {
			k.err = k.log.copy(little)
		}
	}()
	if !little {
		return nil
	}
	k.idle(true)
	return k.err
}

// idle reports whether nothing is being copied, or waits until then.
func (k *checkpointer) idle(wait bool) bool {
	if k.run == nil {
		return true
	}
	if !wait {
		select {
		case <-k.run:
		default:
			return false
		}
	}
	<-k.run
	k.run = nil
	return true
}

func (k *checkpointer) close() error {
	k.idle(true)
	return k.log.close()
}

// copying is the connection of a checkpointer, opened when first needed.
type copying struct {
	dsn  string
	conn *sqliteConn
}

// copy fails for good after an I/O error: the system tells of a failed sync once, and the next one would succeed
// although the file has not all that was copied.
func (c *copying) copy(waits bool) error {
	if c.conn == nil && c.open() != nil {
		return nil
	}
	_, err := c.conn.exec("PRAGMA wal_checkpoint(PASSIVE)", nil)
	// SQLite syncs the file only when all of the log has been copied. What is on the disk by then is not waited for.
	if err == nil && !waits && c.conn.data.xSync(c.conn.tls, c.conn.data.file, sqlite3.SQLITE_SYNC_NORMAL) != sqlite3.SQLITE_OK {
		err = fmt.Errorf("%w: sync the database file", directory.ErrUnavailable)
	}
	if errors.Is(err, directory.ErrUnavailable) {
		return err
	}
	return nil
}

func (c *copying) open() error {
	conn, err := openSQLiteConn(c.dsn)
	if err != nil {
		return err
	}
	if err := conn.takeFiles(); err != nil {
		return errors.Join(err, conn.close())
	}
	conn.data.yield()
	c.conn = conn
	return nil
}

func (c *copying) close() error {
	if c.conn == nil {
		return nil
	}
	return c.conn.close()
}

// yieldEvery is the number of pages that are written in a row while others wait for the processor.
const yieldEvery = 16

// yield has writes to the file let others run now and then.
func (d *sqliteData) yield() {
	write, n := d.own.FxWrite, 0
	d.xWrite = func(tls *libc.TLS, file, from uintptr, size int32, at sqlite3.Tsqlite3_int64) int32 {
		if n++; n%yieldEvery == 0 {
			runtime.Gosched()
		}
		return callee[func(*libc.TLS, uintptr, uintptr, int32, sqlite3.Tsqlite3_int64) int32](&write)(tls, file, from, size, at)
	}
	d.mine.FxWrite = callable(&d.xWrite)
}
