package sqlstore

import (
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rosterhq/roster/internal/directory"
)

// parsePostgres reads a URL. Whatever it says, connections go to a server that takes writes: a standby may
// lag behind. With several hosts, that is how the one that leads is found.
func parsePostgres(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	if config.PingTimeout == 0 {
		config.PingTimeout = endTimeout
	}
	if config.ConnConfig.ConnectTimeout == 0 { // of each host
		config.ConnConfig.ConnectTimeout = endTimeout
	}
	config.ConnConfig.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	config.ConnConfig.OnNotice = func(c *pgconn.PgConn, n *pgconn.Notice) {
		if n.Code == warning {
			c.CustomData()[warned] = n.Message
		}
	}
	return config, nil
}

const (
	// warning is the code of warnings without one of their own. The only one that a COMMIT can give is
	// that it waited for a synchronous standby, and that somebody cancelled the wait: it succeeds all the
	// same, but only the server that leads has it.
	warning = "01000"
	// warned is where a connection keeps the newest warning.
	warned = "roster.warning"
)

// replicated returns an error when the COMMIT that has just succeeded may be lost with its server.
func replicated(c *pgx.Conn) error {
	message, cancelled := c.PgConn().CustomData()[warned]
	if !cancelled {
		return nil
	}
	return fmt.Errorf("%w: %w: %s", directory.ErrUncertain, directory.ErrBusy, message)
}
