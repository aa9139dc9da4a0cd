package sqlstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
	"pgregory.net/rapid"
)

// The files of a database.
const (
	dataFile = iota
	logFile
)

// step is something that happened to a file of a database, or that somebody was told of.
type step struct {
	file int
	// bytes were written at a place, or the file was cut there.
	bytes []byte
	cut   bool
	at    int64
	// synced is how many steps were before a sync that has ended.
	synced int
	// told is a name whose writer was told that it lasts, and seen how many names were shown to a reader.
	told string
	seen int
}

// history is what happened, in order. A power failure leaves what had been synced, and any part of the rest.
type history struct {
	mu    sync.Mutex
	steps []step
	kept  []any // functions whose addresses SQLite has
}

func (h *history) add(s step) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.steps = append(h.steps, s)
	return len(h.steps)
}

// watch notes what a connection does to its files. It must come before takeFiles.
func (h *history) watch(t *testing.T, c *sqliteConn) {
	t.Helper()
	if _, err := c.exec("SELECT count(*) FROM sqlite_schema", nil); err != nil { // opens the log
		t.Fatal(err)
	}
	for file, which := range map[int]int32{dataFile: sqlite3.SQLITE_FCNTL_FILE_POINTER, logFile: sqlite3.SQLITE_FCNTL_JOURNAL_POINTER} {
		f, err := c.hook(which)
		if err != nil {
			t.Fatal(err)
		}
		write, truncate, sync := f.own.FxWrite, f.own.FxTruncate, f.own.FxSync
		writes := func(tls *libc.TLS, own, from uintptr, n int32, at sqlite3.Tsqlite3_int64) int32 {
			h.add(step{file: file, at: at, bytes: slices.Clone(unsafe.Slice((*byte)(foreign(from)), n))})
			return callee[func(*libc.TLS, uintptr, uintptr, int32, sqlite3.Tsqlite3_int64) int32](&write)(tls, own, from, n, at)
		}
		truncates := func(tls *libc.TLS, own uintptr, size sqlite3.Tsqlite3_int64) int32 {
			h.add(step{file: file, cut: true, at: size})
			return callee[func(*libc.TLS, uintptr, sqlite3.Tsqlite3_int64) int32](&truncate)(tls, own, size)
		}
		syncs := syncMethod(func(tls *libc.TLS, own uintptr, flags int32) int32 {
			before := h.now()
			defer h.synced(file, before)
			return callee[syncMethod](&sync)(tls, own, flags)
		})
		f.mine.FxWrite, f.mine.FxTruncate, f.mine.FxSync = callable(&writes), callable(&truncates), callable(&syncs)
		h.kept = append(h.kept, &writes, &truncates, &syncs)
		t.Cleanup(func() { f.free(c.tls) })
	}
	t.Cleanup(func() { runtime.KeepAlive(h) })
}

func (h *history) now() int { return h.add(step{}) }

func (h *history) synced(file, before int) { h.add(step{file: file, synced: before}) }

// watchedDisk syncs nothing but says so.
type watchedDisk struct {
	*history
	log    uintptr
	busy   sync.Mutex // held from begin to wait
	file   int
	before int
}

func (d *watchedDisk) begin(file uintptr) error {
	d.busy.Lock()
	d.file = dataFile
	if file == d.log {
		d.file = logFile
	}
	d.before = d.now()
	return nil
}

func (d *watchedDisk) wait() error {
	defer d.busy.Unlock()
	for range 200 { // others go on meanwhile
		runtime.Gosched()
	}
	d.synced(d.file, d.before)
	return nil
}

func (d *watchedDisk) close() error { return nil }

// open opens a connection for writing whose files are watched.
func (h *history) open(t *testing.T, dsn string) *sqliteConn {
	t.Helper()
	c, err := openSQLiteConn(dsn)
	if err != nil {
		t.Fatal(err)
	}
	h.watch(t, c)
	if err := c.takeFiles(); err != nil {
		t.Fatal(err)
	}
	if c.disk != nil {
		c.disk.close() //nolint:errcheck // nothing was written
	}
	c.disk = &watchedDisk{history: h, log: c.log.file}
	if _, err := c.exec("PRAGMA wal_autocheckpoint = 0", nil); err != nil {
		t.Fatal(err)
	}
	return c
}

// after leaves in a folder what a power failure after a number of steps leaves, with parts of what was not synced.
func (h *history) after(t *rapid.T, dir string, base []byte, steps int) {
	var lasts [2]int
	for _, s := range h.steps[:steps] {
		lasts[s.file] = max(lasts[s.file], s.synced)
	}
	part := rapid.SampledFrom([]int{0, 1, 50, 99, 100}).Draw(t, "percent of what was not synced")
	chance := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	files := [2][]byte{dataFile: slices.Clone(base)}
	for i, s := range h.steps[:steps] {
		switch stays := i < lasts[s.file]; {
		case s.bytes != nil:
			for from := 0; from < len(s.bytes); from += 512 {
				if stays || chance.IntN(100) < part {
					files[s.file] = putAt(files[s.file], s.at+int64(from), s.bytes[from:min(from+512, len(s.bytes))])
				}
			}
		case s.cut:
			if size := int(s.at); size < len(files[s.file]) && (stays || part > 50) {
				files[s.file] = files[s.file][:size]
			}
		}
	}
	for file, name := range map[int]string{dataFile: "roster.db", logFile: "roster.db-wal"} {
		if err := os.WriteFile(filepath.Join(dir, name), files[file], 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func putAt(file []byte, at int64, b []byte) []byte {
	if need := int(at) + len(b) - len(file); need > 0 {
		file = append(file, make([]byte, need)...)
	}
	copy(file[at:], b)
	return file
}

// check opens what a power failure has left and compares it with what somebody was told before.
func (h *history) check(t *rapid.T, dir string, steps int) {
	c, err := openSQLiteConn(sqliteDSN(filepath.Join(dir, "roster.db"), 1000, false))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	x := &tx{conn: c}
	var result string
	if err := x.row("PRAGMA integrity_check(1)").scan(&result); err != nil || result != "ok" {
		t.Fatalf("after %d steps: %s, %v", steps, result, err)
	}
	names := map[string]bool{}
	err = x.each(func(r *rows) error {
		var name string
		err := r.scan(&name)
		names[name] = true
		return err
	}, "SELECT name FROM definition WHERE document = ''")
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range h.steps[:steps] {
		if s.told != "" && !names[s.told] {
			t.Fatalf("%s was acknowledged in step %d and lost after step %d", s.told, i, steps)
		}
		if s.seen > len(names) {
			t.Fatalf("%d names were shown in step %d, and %d are there after step %d", s.seen, i, len(names), steps)
		}
	}
}

// TestPowerLoss_LosesNothingThatSomebodyWasToldOf records what is written while several write and one reads, and
// has the power fail at any time.
func TestPowerLoss_LosesNothingThatSomebodyWasToldOf(t *testing.T) {
	t.Parallel()
	s, path := openTest(t, Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	base, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h := &history{}
	dsn := sqliteDSN(path, 40, false) // pages of a large transaction leave the cache
	c, copies := h.open(t, dsn), h.open(t, dsn)
	copies.data.yield()
	r := newReaders(sqliteDSN(path, 1000, true), 2)
	k := newCheckpointer(logSizes{start: 300 << 10, rest: 100 << 10, step: 20 << 10, most: 1 << 20}, &copying{conn: copies})
	s = &Store{engine: &sqliteEngine{writer: newWriter(c, r, k, 100), readers: r}, now: time.Now}
	h.load(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	steps, ends := len(h.steps), 0
	var told []int
	for i, step := range h.steps {
		if step.told != "" || step.seen > 0 {
			told = append(told, i+1)
		}
		if step.synced > 0 && step.file == dataFile {
			ends++
		}
	}
	if ends < 3 {
		t.Errorf("the log was copied back %d times in %d steps", ends, steps)
	}
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		// At any time, and when somebody has just been told something.
		at := rapid.OneOf(rapid.IntRange(0, steps), rapid.SampledFrom(told)).Draw(rt, "steps")
		h.after(rt, dir, base, at)
		h.check(rt, dir, at)
	})
}

// load has several write and one read.
func (h *history) load(t *testing.T, s *Store) {
	t.Helper()
	var writers, reader sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for n := range 40 {
				name := fmt.Sprintf("%d-%d", w, n)
				err := s.update(context.Background(), func(x *tx) error {
					_, err := x.exec("INSERT INTO setting (name, value) VALUES ($1, randomblob($2))", name, 1000+n%10*n*200)
					if err != nil {
						return err
					}
					return put(x, name)
				})
				if err != nil {
					t.Error(err)
					return
				}
				h.add(step{told: name})
			}
		})
	}
	over := make(chan struct{})
	reader.Go(func() {
		for most := 0; ; {
			select {
			case <-over:
				return
			default:
				if n := count(t, s); n > most {
					most = n
					h.add(step{seen: n})
				}
			}
		}
	})
	writers.Wait()
	close(over)
	reader.Wait()
}
