package sqlstore

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/rosterhq/roster/internal/directory"
)

// What is read before a transaction begins, or without one, goes to PostgreSQL together with what others of the
// scope read meanwhile: most of a look-up is the waking of processes. It is seen by a snapshot that is taken after
// all of them asked.

// answer is what a statement answered.
type answer struct {
	columns int
	rows    [][]driver.Value
}

// gathers reports whether a statement may be sent with those of others: it finds few rows by an index. Who holds a
// connection does not wait for one that another takes: that one may wait for it.
func (c *pgConn) gathers(query string, early bool) bool {
	switch {
	case c.failed != nil || c.held != nil || len(c.waiting) > 0 || c.careful:
		return false
	case c.single:
		return query == selectResource+selectGrouped+resourceByID
	case c.writes:
		return early && strings.Contains(query, byExternalID)
	}
	return early && c.first == nil
}

// byExternalID is part of the statement of ByExternalID.
const byExternalID = " FROM resource r WHERE r.source_id = $1 AND r.type = $2 AND r.external_id = $3"

// gather sends a statement with those of others. It returns nil without an error when it has to be sent alone.
func (c *pgConn) gather(ctx context.Context, query string, args []any) (*rows, error) {
	st, err := bindAll(query, args)
	if err != nil || !gatherable(st.args) {
		return nil, err
	}
	lanes := &c.engine.readersEarly
	if c.writes {
		lanes = &c.engine.writersEarly
	}
	if n := c.engine.waiting.Add(1); n > c.engine.queue+c.engine.conns {
		c.engine.waiting.Add(-1)
		return nil, fmt.Errorf("%w: %d transactions wait", directory.ErrBusy, n)
	}
	defer c.engine.waiting.Add(-1)
	s := &share{statements: []statement{st}}
	err = lanes.join(ctx, c.scope, s)
	if err == nil && len(s.flight) > 0 {
		c.leadReads(ctx, lanes, s)
	}
	switch {
	case err == nil && s.alone:
		return nil, nil
	case err == nil:
		err = s.err
	}
	if err != nil {
		c.failed = err
		return nil, err
	}
	if !c.single && !c.writes {
		c.first = &firstRead{statement: st, rows: s.answer.rows, complete: true}
	}
	r := &pgRows{conn: c, kept: s.answer.rows, whole: true}
	return &rows{source: r, values: make([]driver.Value, s.answer.columns), release: func() {}}, nil
}

// leadReads reads the flight of a share and tells the others, whatever happens.
func (c *pgConn) leadReads(ctx context.Context, lanes *together, s *share) {
	alone := true
	defer func() {
		lanes.land(c.scope)
		for _, other := range s.flight[1:] {
			other.alone = alone
			close(other.turn)
		}
	}()
	err := c.engine.readAtOnce(&pgConn{engine: c.engine, ctx: ctx, scope: c.scope, writes: c.writes, single: true}, s.flight)
	alone = err != nil && len(s.flight) > 1
	s.err, s.alone = err, alone
}

// readAtOnce sends the statements of shares on a connection of its own, and sets their answers.
func (e *postgresEngine) readAtOnce(c *pgConn, shares []*share) error {
	defer e.release(c)
	if err := c.take(c.ctx); err != nil {
		return err
	}
	batch := &pgx.Batch{}
	c.prepare(batch)
	for len(shares) > 0 {
		var alike, rest []*share
		for _, s := range shares {
			if s.statements[0].query == shares[0].statements[0].query {
				alike = append(alike, s)
			} else {
				rest = append(rest, s)
			}
		}
		c.waiting = append(c.waiting, gathered(alike))
		shares = rest
	}
	results, err := c.dispatch(c.ctx, batch, nil)
	if err != nil {
		return err
	}
	if err := results.Close(); err != nil {
		return c.fail(err, false)
	}
	c.remember()
	return nil
}
