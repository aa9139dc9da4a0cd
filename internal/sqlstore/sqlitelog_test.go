package sqlstore

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
	"pgregory.net/rapid"
)

// TestGather_LosesNothing writes at random places, mostly behind the last one as a log is written.
func TestGather_LosesNothing(t *testing.T) {
	t.Parallel()
	tls := libc.NewTLS()
	t.Cleanup(tls.Close)
	const size = 64
	memory := libc.Xmalloc(tls, 2*size)
	t.Cleanup(func() { libc.Xfree(tls, memory) })
	rapid.Check(t, func(t *rapid.T) {
		var file, want [4096]byte
		puts, fails := 0, false
		g := gather{buffer: memory, size: size, put: func(_ *libc.TLS, from uintptr, n int32, at int64) int32 {
			if fails {
				return sqlite3.SQLITE_IOERR_WRITE
			}
			puts++
			copy(file[at:], unsafe.Slice((*byte)(foreign(from)), n))
			return sqlite3.SQLITE_OK
		}}
		at, jumps, total := int64(0), 0, 0
		for _, n := range rapid.SliceOfN(rapid.Int32Range(1, size), 1, 30).Draw(t, "lengths") {
			if rapid.IntRange(0, 4).Draw(t, "jump") == 0 {
				at = rapid.Int64Range(0, 2000).Draw(t, "at")
				jumps++
			}
			from := unsafe.Slice((*byte)(foreign(memory+size)), n)
			for i := range from {
				from[i] = rapid.Byte().Draw(t, "byte")
			}
			copy(want[at:], from)
			if rc := g.add(tls, memory+size, n, at); rc != sqlite3.SQLITE_OK {
				t.Fatalf("add: %d", rc)
			}
			at, total = at+int64(n), total+int(n)
		}
		if rc := g.flush(tls); rc != sqlite3.SQLITE_OK || !bytes.Equal(file[:], want[:]) {
			t.Fatalf("flush: %d; the file differs: %v", rc, file != want)
		}
		if most := jumps + 1 + 2*total/size; puts > most {
			t.Errorf("%d bytes with %d jumps were written %d times, more than %d", total, jumps, puts, most)
		}
		fails = true
		if g.add(tls, memory, 1, 0) != sqlite3.SQLITE_OK || g.flush(tls) != sqlite3.SQLITE_IOERR_WRITE || g.flush(tls) != sqlite3.SQLITE_OK {
			t.Error("a failure is not reported once, by the flush")
		}
	})
}

// TestGatherLog_TransactionLargerThanEverything has pages of one transaction leave the cache and the
// buffer, come back, and be undone in part.
func TestGatherLog_TransactionLargerThanEverything(t *testing.T) {
	t.Parallel()
	dsn := sqliteDSN(filepath.Join(t.TempDir(), "large.db"), 40, false)
	open := func() *sqliteConn {
		c, err := openSQLiteConn(dsn)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c, other := open(), open()
	defer other.close()
	if err := c.takeFiles(); err != nil {
		t.Fatal(err)
	}
	number := func(c *sqliteConn, query string) (n int64) {
		t.Helper()
		if err := (row{rows: must(c.query(context.Background(), query, nil))}).scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	run := func(queries ...string) {
		t.Helper()
		for _, query := range queries {
			if _, err := c.exec(query, nil); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		}
	}
	const more = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO x SELECT randomblob(3000), i FROM n"
	run("CREATE TABLE x (b BLOB, i INTEGER)", "CREATE INDEX x_b ON x (b)", "BEGIN IMMEDIATE", more, "SAVEPOINT s", more)
	if n := number(c, "SELECT sum(length(b)) FROM x"); n != 3_000_000 {
		t.Errorf("%d bytes within the transaction", n)
	}
	if n := number(other, "SELECT count(*) FROM x"); n != 0 {
		t.Errorf("others see %d rows before the commit", n)
	}
	run("ROLLBACK TO s", "UPDATE x SET i = -i", "COMMIT")
	for _, c := range []*sqliteConn{c, other} {
		if n := number(c, "SELECT sum(i) FROM x WHERE length(b) = 3000"); n != -125_250 {
			t.Errorf("the sum is %d", n)
		}
		if n := number(c, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"); n != 0 {
			t.Error("the file is damaged")
		}
	}
	if err := c.close(); err != nil {
		t.Error(err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
