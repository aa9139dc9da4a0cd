package sqlstore

import (
	"bytes"
	"context"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
)

func testConn(t *testing.T) *sqliteConn {
	t.Helper()
	c, err := openSQLiteConn(sqliteDSN(filepath.Join(t.TempDir(), "a b%.db"), 1000, false))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// scanned is a variable of each type that columns are copied to.
type scanned struct {
	null              []byte
	boolean           bool
	integer           int
	least             int64
	empty, text, long string
	none, noBytes     []byte
	bytes             []byte
	time              time.Time
	id                directory.ResourceID
	source            directory.SourceID
	kind              []byte
}

func TestSQLiteConn_ReturnsWhatWasBound(t *testing.T) {
	t.Parallel()
	c := testConn(t)
	long := strings.Repeat("é", keptArguments)
	now := time.Date(2026, 11, 26, 1, 2, 3, 4000, time.UTC)
	args := []any{nil, true, 7, int64(math.MinInt64), "", "a\x00b", long, []byte(nil), []byte{}, []byte{0, 255}, now,
		directory.ResourceID("id"), directory.SourceID(9), directory.EventType("user.created")}
	want := []any{nil, int64(1), int64(7), int64(math.MinInt64), "", "a\x00b", long, nil, []byte(nil), []byte{0, 255}, now.UnixMicro(),
		"id", int64(9), "user.created"}
	for range 2 { // the second time by the prepared statement
		r, err := c.query(context.Background(), "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14", args)
		if err != nil || !r.next() {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, func() (got []any) {
			for i := range want {
				got = append(got, r.value(i))
			}
			return got
		}()); diff != "" {
			t.Errorf("values (-want +got):\n%s", diff)
		}
		var got scanned
		err = r.scan(&got.null, &got.boolean, &got.integer, &got.least, &got.empty, &got.text, &got.long, &got.none, &got.noBytes, &got.bytes,
			&got.time, &got.id, &got.source, &got.kind)
		if diff := cmp.Diff(scanned{nil, true, 7, math.MinInt64, "", "a\x00b", long, nil, nil, []byte{0, 255}, now, "id", 9, []byte("user.created")},
			got, cmp.AllowUnexported(scanned{})); err != nil || diff != "" {
			t.Errorf("variables: %v (-want +got):\n%s", err, diff)
		}
		if err := r.scan(&got.time); err == nil {
			t.Error("fourteen columns go into one variable")
		}
		dest := []any{&got.null, &got.boolean, &got.text, &got.least, &got.empty, &got.text, &got.long, &got.none, &got.noBytes, &got.bytes,
			&got.time, &got.id, &got.source, &got.kind}
		if err := r.scan(dest...); err == nil || err.Error() != "scan column 2: cannot put int64 into *string" {
			t.Errorf("a number goes into a text: %v", err)
		}
		if r.next() || r.err != nil {
			t.Errorf("a second row, %v", r.err)
		}
		r.close()
	}
}

func TestSQLiteConn_NumbersParameters(t *testing.T) {
	t.Parallel()
	c := testConn(t)
	r, err := c.query(context.Background(), "SELECT $2 || $1 || $2", []any{"a", "b", "not used"})
	var got string
	if err != nil || !r.next() || r.scan(&got) != nil || got != "bab" {
		t.Errorf("%q, %v", got, err)
	}
	r.close()
	if _, err := c.exec("SELECT $1, $2", []any{"a"}); err == nil {
		t.Error("a parameter without an argument was accepted")
	}
	if _, err := c.exec("SELECT $1", []any{struct{}{}}); err == nil {
		t.Error("a struct was bound")
	}
}

func TestSQLiteConn_KeepsArgumentsWhileRowsAreOpen(t *testing.T) {
	t.Parallel()
	c := testConn(t)
	const query = "SELECT value || $1 FROM json_each('[1,2,3]')"
	outer, err := c.query(context.Background(), query, []any{"x"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for outer.next() {
		var text string
		if err := outer.scan(&text); err != nil {
			t.Fatal(err)
		}
		got = append(got, text)
		inner, err := c.query(context.Background(), query, []any{strings.Repeat("y", 100)})
		if err != nil || !inner.next() {
			t.Fatal(err)
		}
		inner.close()
	}
	if diff := cmp.Diff([]string{"1x", "2x", "3x"}, got); diff != "" || outer.err != nil {
		t.Errorf("%s, %v", diff, outer.err)
	}
}

func TestSQLiteConn_StopsWithItsContext(t *testing.T) {
	t.Parallel()
	c := testConn(t)
	const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(5*time.Millisecond, cancel)
	if _, err := c.query(ctx, endless, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("an endless query ended with %v", err)
	}
	if _, err := c.query(ctx, endless, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a query of an ended context ended with %v", err)
	}
	r, err := c.query(context.Background(), "SELECT 1", nil)
	if err != nil || !r.next() {
		t.Errorf("the next query: %v", err)
	}
	r.close()
}

func TestSQLiteConn_NamesItsFailures(t *testing.T) {
	t.Parallel()
	c := testConn(t)
	if _, err := c.exec("CREATE TABLE thing (name TEXT PRIMARY KEY, body BLOB)", nil); err != nil {
		t.Fatal(err)
	}
	body := bytes.Repeat([]byte{7}, 3*keptArguments)
	if _, err := c.exec("INSERT INTO thing VALUES ($1, $2)", []any{"a", body}); err != nil {
		t.Fatal(err)
	}
	var u *uniqueError
	if _, err := c.exec("INSERT INTO thing VALUES ($1, $2)", []any{"a", nil}); !errors.As(err, &u) || !u.on("thing.name") {
		t.Errorf("a duplicate: %v", err)
	}
	if _, err := c.query(context.Background(), "SELECT nothing", nil); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("a wrong column: %v", err)
	}
	if n, err := c.exec("UPDATE thing SET name = $1", []any{"b"}); n != 1 || err != nil {
		t.Errorf("%d rows changed, %v", n, err)
	}
	if _, err := openSQLiteConn(sqliteDSN(filepath.Join(t.TempDir(), "missing", "x.db"), 1000, false)); err == nil {
		t.Error("a file in no folder was opened")
	}
}
