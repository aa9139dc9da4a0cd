package sqlstore

import (
	"context"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// tail is the end of the event and audit tables as a writing transaction sees it, so that a batch
// reads it once. The lock that the transaction holds keeps it true.
type tail struct {
	eventKnown bool
	event      int64
	auditKnown bool
	audit      int64
	hash       []byte
}

const eventColumns = `seq, id, source_id, type, occurred, subject_type, subject_id, subject_version,
	cause_kind, request_id, actor_id, actor_name, client_ip, changes, data`

// Events implements directory.Reader.
func (t *tx) Events(ctx context.Context, source directory.SourceID, after directory.Seq, limit int, emit func(*directory.Event) error) error {
	where, args := "", []any{after, limit}
	if source != 0 {
		where, args = " AND source_id = $3", append(args, source)
	}
	return t.eachContext(ctx, func(r *rows) error {
		var e directory.Event
		var typ string
		err := r.scan(&e.Seq, &e.ID, &e.Source, &typ, &e.OccurredAt, &e.SubjectType, &e.SubjectID, &e.SubjectVersion,
			&e.Cause.Kind, &e.Cause.RequestID, &e.Cause.ActorID, &e.Cause.ActorName, &e.Cause.ClientIP, &e.Changes, &e.Data)
		if err != nil {
			return err
		}
		e.Type = directory.EventType(typ)
		return emit(&e)
	}, "SELECT "+eventColumns+" FROM event WHERE seq > $1"+where+" ORDER BY seq LIMIT $2", args)
}

// LastSeq implements directory.Reader.
func (t *tx) LastSeq(context.Context) (directory.Seq, error) {
	var seq directory.Seq
	err := t.row("SELECT coalesce(max(seq), 0) FROM event").scan(&seq)
	return seq, err
}

// AppendEvent implements directory.Writer.
func (t *tx) AppendEvent(ctx context.Context, e *directory.Event) error {
	if t.pg != nil {
		return t.pg.appendEvent(e)
	}
	if !t.tail.eventKnown {
		seq, err := t.LastSeq(ctx)
		if err != nil {
			return err
		}
		t.tail.event, t.tail.eventKnown = int64(seq), true
	}
	_, err := t.exec("INSERT INTO event ("+eventColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		t.tail.event+1, e.ID, e.Source, e.Type, e.OccurredAt, e.SubjectType, e.SubjectID, e.SubjectVersion,
		e.Cause.Kind, e.Cause.RequestID, e.Cause.ActorID, e.Cause.ActorName, e.Cause.ClientIP, e.Changes, e.Data)
	if err != nil {
		return err
	}
	t.tail.event++
	e.Seq = directory.Seq(t.tail.event)
	return nil
}

// PurgeEvents deletes up to limit events from before t, oldest first, and returns how many it deleted.
// The newest event stays: the next seq is counted from it.
func (s *Store) PurgeEvents(ctx context.Context, before time.Time, limit int) (n int64, err error) {
	err = s.update(ctx, func(t *tx) error {
		var err error
		// Only the oldest are looked at: an index by time would cost every write.
		n, err = t.exec(`DELETE FROM event WHERE seq IN (SELECT seq FROM (SELECT seq, occurred FROM event ORDER BY seq LIMIT $2) AS oldest
			WHERE occurred < $1) AND seq < (SELECT max(seq) FROM event)`, before, limit)
		return err
	})
	return n, err
}
