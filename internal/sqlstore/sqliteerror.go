package sqlstore

import (
	"errors"
	"fmt"
	"strings"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/rosterhq/roster/internal/directory"
)

// uniqueError is a violated unique index; detail names its columns.
type uniqueError struct{ detail string }

func (e *uniqueError) Error() string { return e.detail }

// on reports whether the violated index has the column, given as table.column.
func (e *uniqueError) on(column string) bool { return strings.Contains(e.detail, column) }

// sqliteError is a failure of SQLite.
type sqliteError struct {
	code int
	text string
}

func (e *sqliteError) Error() string { return e.text }

// Code is the extended result code.
func (e *sqliteError) Code() int { return e.code }

// coded is an error of ours or of the driver, which the migrations use.
type coded interface {
	error
	Code() int
}

// engineError gives an error of the driver the meaning that callers test for.
func engineError(err error) error {
	var e coded
	if !errors.As(err, &e) {
		return err
	}
	switch code := e.Code(); code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return &uniqueError{e.Error()}
	case sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMMAP, sqlite3.SQLITE_IOERR_SHMOPEN:
		// The index of the log could not grow; that leaves no doubt about what is on disk.
		return fmt.Errorf("%w: %w", directory.ErrFull, err)
	default:
		switch code & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return fmt.Errorf("%w: %w", directory.ErrBusy, err)
		case sqlite3.SQLITE_FULL:
			return fmt.Errorf("%w: %w", directory.ErrFull, err)
		case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%w: %w", directory.ErrUnavailable, err)
		}
	}
	return err
}

// fatal reports whether a transaction cannot go on after err: SQLite may have rolled it back.
func fatal(err error) bool {
	var e coded
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_BUSY,
		sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	}
	return false
}
