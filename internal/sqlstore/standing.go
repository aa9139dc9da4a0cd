package sqlstore

import (
	"context"
	"slices"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
)

// standings reads activities with the numbers of a Standing. Requests are looked at only where something failed.
const standings = `SELECT source_id, first_request, last_request, first_authorized, last_rejected, first_discovery, first_user, first_group,
	last_write, last_failure,
	CASE WHEN last_failure > 0 OR last_rejected > 0 THEN (SELECT count(*) FROM
		(SELECT r.status FROM request r WHERE r.source_id = a.source_id ORDER BY r.seq DESC LIMIT $1) l
		WHERE l.status = 401 OR l.status >= 500) ELSE 0 END,
	CASE WHEN last_failure > 0 THEN (SELECT count(*) FROM ` + latestWrites + ` l) ELSE 0 END,
	CASE WHEN last_failure > 0 THEN (SELECT count(*) FROM ` + latestWrites + ` l WHERE l.status >= 400) ELSE 0 END
	FROM request_activity a`

const latestWrites = `(SELECT r.status FROM request r WHERE r.source_id = a.source_id AND r.is_write = TRUE ORDER BY r.seq DESC LIMIT $2)`

// Standings implements journal.Store.
func (s *Store) Standings(ctx context.Context, sources []directory.SourceID) (all map[directory.SourceID]journal.Standing, err error) {
	limits := []any{journal.FailuresInARow, journal.RecentWrites}
	err = s.view(ctx, func(t *tx) error {
		all = map[directory.SourceID]journal.Standing{}
		if sources == nil {
			return t.standings(ctx, all, standings, limits)
		}
		for chunk := range slices.Chunk(sources, sourcesAtOnce) {
			args := append(limits[:2:2], filled(chunk)...)
			if err := t.standings(ctx, all, standings+" WHERE source_id IN "+placeholders(3, sourcesAtOnce), args); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}

func (t *tx) standings(ctx context.Context, all map[directory.SourceID]journal.Standing, query string, args []any) error {
	return t.eachContext(ctx, func(r *rows) error {
		var source directory.SourceID
		var s journal.Standing
		err := r.scan(&source, &s.FirstRequest, &s.LastRequest, &s.FirstAuthorized, &s.LastRejected, &s.FirstDiscovery, &s.FirstUser,
			&s.FirstGroup, &s.LastWrite, &s.LastFailure, &s.Hopeless, &s.Writes, &s.Failed)
		all[source] = s
		return err
	}, query, args)
}
