package sqlstore

import (
	"context"
	"strconv"

	"github.com/rosterhq/roster/internal/directory"
)

// scope is which rows a transaction is for. The zero value is for none.
type scope string

// allSources is the scope of what spans sources.
const allSources scope = "all"

func oneSource(id directory.SourceID) scope { return scope(strconv.FormatInt(int64(id), 10)) }

// In implements directory.Store.
func (s *Store) In(source directory.SourceID) directory.Store { return s.scoped(oneSource(source)) }

// AllSources returns the store as those have it whose work spans sources: administrators, deliveries,
// request records, retention. The two share one database; closing one closes both.
func (s *Store) AllSources() *Store { return s.scoped(allSources) }

// Bypassed reports whether the database has a second wall between sources that does not hold: a role that
// is a superuser, or has BYPASSRLS, sees every row.
func (s *Store) Bypassed() bool { return s.engine.bypassed() }

func (s *Store) scoped(sc scope) *Store { return &Store{engine: s.engine.scoped(sc), now: s.now} }

// SQLite has no second wall.

func (e *sqliteEngine) scoped(scope) engine                                { return e }
func (e *sqliteEngine) peek(ctx context.Context, fn func(*tx) error) error { return e.view(ctx, fn) }
func (e *sqliteEngine) bypassed() bool                                     { return false }
