package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rosterhq/roster/internal/directory"
)

// errAgain marks failures that another attempt may not meet: others were in the way.
var errAgain = fmt.Errorf("%w: writers kept getting in each other's way", directory.ErrBusy)

// errMoved ends a view that has not begun, because something changed between its statements.
var errMoved = fmt.Errorf("%w: what was read changed meanwhile", directory.ErrBusy)

// meaning gives an error of PostgreSQL, or of the way to it, the meaning that callers test for.
func (c *pgConn) meaning(err error) error {
	if c.raw.IsClosed() {
		if errors.Is(c.ctx.Err(), context.Canceled) {
			return c.ctx.Err()
		}
		// A deadline is no reason: a server that lives says that it cancelled the statement.
		c.lost = fmt.Errorf("%w: %w", directory.ErrBusy, err)
		return c.lost
	}
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case "23502", "42501": // not_null_violation, insufficient_privilege: the source of a new resource is gone
		if c.writes && !c.careful {
			return fmt.Errorf("%w: %w", errAgain, err)
		}
	case "23505": // unique_violation
		return &pgUnique{uniqueError{violated(e)}}
	case "40001", "40P01": // serialization_failure, deadlock_detected
		return fmt.Errorf("%w: %w", errAgain, err)
	case "53100": // disk_full
		return fmt.Errorf("%w: %w", directory.ErrFull, err)
	case "57014": // query_canceled
		if c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		return fmt.Errorf("%w: %w", directory.ErrBusy, err)
	case "55P03", "25006": // lock_not_available, read_only_sql_transaction (a standby)
		return fmt.Errorf("%w: %w", directory.ErrBusy, err)
	}
	switch e.Code[:2] {
	case "08", "53", "57", "58": // connection, resources, intervention by an operator, system
		return fmt.Errorf("%w: %w", directory.ErrBusy, err)
	}
	return err
}

// violated names a violated index; the one of names as SQLite does. PostgreSQL does not tell the columns
// of tables with policies.
func violated(e *pgconn.PgError) string {
	if e.ConstraintName == "resource_name" {
		return "resource.name_key"
	}
	return e.TableName + ": " + e.ConstraintName
}

// pgUnique is a violated unique index. Without a guard, the transaction starts again, and finds who
// holds the value.
type pgUnique struct{ uniqueError }

func (e *pgUnique) Unwrap() []error { return []error{&e.uniqueError, errAgain} }

func isUnique(err error) bool {
	var e *pgUnique
	return errors.As(err, &e)
}

// isPostgres reports whether a database URL is one of PostgreSQL.
func isPostgres(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

func hasParameter(database, name string) bool {
	u, err := url.Parse(database)
	return err == nil && u.Query().Has(name)
}
