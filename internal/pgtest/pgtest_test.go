package pgtest

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func TestDatabase_IsACopyOfItsOwn(t *testing.T) {
	t.Parallel()
	prepared := 0
	prepare := func(ctx context.Context, url string) error {
		prepared++
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer conn.Close(ctx) //nolint:errcheck // the statement reports what matters
		_, err = conn.Exec(ctx, "CREATE TABLE t AS SELECT 42 AS n")
		return err
	}
	a, b := Database(t, "copy", prepare), Database(t, "copy", prepare)
	if a == b || prepared != 1 {
		t.Errorf("%s and %s, prepared %d times", a, b, prepared)
	}
	if n := Value[int](t, a, "SELECT n FROM t"); n != 42 {
		t.Errorf("the copy has %d", n)
	}
	Value[int](t, a, "DELETE FROM t RETURNING n")
	if n := Value[int](t, b, "SELECT n FROM t"); n != 42 {
		t.Errorf("the other copy has %d", n)
	}
}

func TestDatabase_OrdersByLanguage(t *testing.T) {
	t.Parallel()
	if !Value[bool](t, Database(t, "", nil), "SELECT 'a' < 'B'") {
		t.Error("the order is that of bytes, so tests would not notice a missing collation")
	}
}

func TestServer_KeepsItsDataThroughAKill(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), Options{Durable: true, Settings: []string{"max_connections = 23"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.Exec(t.Context(), "postgres", "CREATE TABLE t (n int)", "INSERT INTO t VALUES (7)"); err != nil {
		t.Fatal(err)
	}
	for _, end := range []func() error{s.Kill, s.Shutdown} {
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if s.answers(t.Context()) {
			t.Error("it answers after its end")
		}
		if err := s.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := Value[int](t, s.SuperuserURL("postgres"), "SELECT n FROM t"); n != 7 {
			t.Errorf("the table has %d", n)
		}
		if n := Value[string](t, s.URL("postgres"), "SHOW max_connections"); n != "23" {
			t.Errorf("max_connections is %s", n)
		}
	}
}
