package pgtest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Value runs a query that has one result.
func Value[T any](t testing.TB, url, query string) (v T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // the query reports what matters
	if err := conn.QueryRow(t.Context(), query).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}
