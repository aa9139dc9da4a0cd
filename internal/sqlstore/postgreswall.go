package sqlstore

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// sourceSetting is the setting of a session that the policies of all tables compare with. A session sees
// nothing before it is set.
const sourceSetting = "roster.source"

// enter is the statement that sets it for the transactions that follow; when its own transaction does not
// commit, the setting is what it was before.
const enter = "SELECT set_config('" + sourceSetting + "', $1, false)"

// walled is a database as transactions of one scope have it.
type walled struct {
	*postgresEngine
	scope scope
}

func (e *postgresEngine) scoped(s scope) engine { return &walled{e, s} }

func (e *postgresEngine) bypassed() bool { return e.unwalled }

// waits: the server waits for its disk; here, only a connection is waited for.
func (e *postgresEngine) waits() bool { return false }

func (w *walled) view(ctx context.Context, fn func(*tx) error) error {
	return w.read(ctx, w.scope, beginView, fn)
}

func (w *walled) peek(ctx context.Context, fn func(*tx) error) error {
	return w.read(ctx, w.scope, "", fn)
}

func (w *walled) update(ctx context.Context, fn func(*tx) error) error {
	return w.updateScope(ctx, w.scope, fn)
}

// scopeOf is the scope that a connection has been set to.
func scopeOf(c *pgx.Conn) scope {
	s, _ := c.PgConn().CustomData()[sourceSetting].(scope)
	return s
}

func setScopeOf(c *pgx.Conn, s scope) { c.PgConn().CustomData()[sourceSetting] = s }

// outside returns settings with which a session sees every row: for migrations and for the sequencer.
func outside(c *pgx.ConnConfig) *pgx.ConnConfig {
	c = c.Copy()
	c.RuntimeParams[sourceSetting] = string(allSources)
	return c
}

// bypassesWall tells that the role is one that policies do not hold for.
func bypassesWall(ctx context.Context, pool *pgxpool.Pool) (yes bool, err error) {
	err = pool.QueryRow(ctx, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").Scan(&yes)
	return yes, err
}
