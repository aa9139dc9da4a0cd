package sqlstore

import (
	"errors"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"unsafe"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/rosterhq/roster/internal/directory"
)

// writingConn is a connection that uses its files as the writer does.
func writingConn(t *testing.T) (c *sqliteConn, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "files.db")
	c, err := openSQLiteConn(sqliteDSN(path, 1000, false))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.takeFiles(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.close() }) //nolint:errcheck // a test may have ended the disk before
	if _, err := c.exec("CREATE TABLE x (i INTEGER)", nil); err != nil {
		t.Fatal(err)
	}
	return c, path
}

// syncBy has the connection sync a file in another way until the test ends.
func syncBy(t *testing.T, c *sqliteConn, which int32, do func(file uintptr) error) {
	t.Helper()
	f := must(c.hook(which))
	sync := f.syncBy(do)
	f.mine.FxSync = callable(&sync)
	t.Cleanup(func() {
		(*sqlite3.Tsqlite3_file)(foreign(f.file)).FpMethods = uintptr(unsafe.Pointer(f.own))
		runtime.KeepAlive(&sync)
		f.free(c.tls)
	})
}

// rowsOf counts what another connection sees.
func rowsOf(t *testing.T, path string) (n int64) {
	t.Helper()
	c, err := openSQLiteConn(sqliteDSN(path, 1000, true))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if err := (&tx{conn: c}).row("SELECT count(*) FROM x").scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDiskSync_TakesPartInCommits(t *testing.T) {
	t.Parallel()
	c, path := writingConn(t)
	synced := 0
	for _, which := range []int32{sqlite3.SQLITE_FCNTL_JOURNAL_POINTER, sqlite3.SQLITE_FCNTL_FILE_POINTER} {
		syncBy(t, c, which, func(file uintptr) error {
			synced++
			if c.disk == nil { // SQLite's own sync is as good
				return errNotBegun
			}
			return c.sync(file)
		})
	}
	for range 3 {
		before := synced
		if _, err := c.exec("INSERT INTO x VALUES (1)", nil); err != nil || synced == before {
			t.Fatalf("commit: %v; %d syncs", err, synced-before)
		}
	}
	before := synced
	// The log is synced, copied, and what it was copied to synced as well.
	if _, err := c.exec("PRAGMA wal_checkpoint(TRUNCATE)", nil); err != nil || synced < before+2 {
		t.Fatalf("checkpoint: %v; %d syncs", err, synced-before)
	}
	if n := rowsOf(t, path); n != 3 {
		t.Errorf("%d rows", n)
	}
}

// TestDiskSync_IsReplaced leaves syncing to SQLite where the kernel refuses.
func TestDiskSync_IsReplaced(t *testing.T) {
	t.Parallel()
	c, path := writingConn(t)
	if c.disk != nil {
		if err := c.disk.close(); err != nil {
			t.Fatal(err)
		}
		if err := c.sync(c.log.file); !errors.Is(err, errNotBegun) {
			t.Fatalf("a sync of what is closed: %v", err)
		}
	}
	if _, err := c.exec("INSERT INTO x VALUES (1)", nil); err != nil {
		t.Fatal(err)
	}
	if n := rowsOf(t, path); n != 1 {
		t.Errorf("%d rows", n)
	}
}

// TestDiskSync_OneAtATime: a large transaction may write to a log that begins anew, and sync its head, before the
// commit before is on the disk.
func TestDiskSync_OneAtATime(t *testing.T) {
	t.Parallel()
	c, _ := writingConn(t)
	if c.disk == nil { // SQLite's own sync has no state
		return
	}
	var syncs sync.WaitGroup
	for range 4 {
		syncs.Go(func() {
			for range 200 {
				if err := c.sync(c.log.file); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	syncs.Wait()
}

// TestSync_FailureFailsTheCommit has the disk fail once a sync has begun: nothing is known then.
func TestSync_FailureFailsTheCommit(t *testing.T) {
	t.Parallel()
	c, path := writingConn(t)
	syncBy(t, c, sqlite3.SQLITE_FCNTL_JOURNAL_POINTER, func(uintptr) error { return errors.New("the disk is broken") })
	_, err := c.exec("INSERT INTO x VALUES (1)", nil)
	if !errors.Is(err, directory.ErrUnavailable) {
		t.Fatalf("the commit: %v", err)
	}
	if n := rowsOf(t, path); n != 0 {
		t.Errorf("%d rows of a commit that failed", n)
	}
}
