package sqlstore

import (
	"context"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/outbox"
)

var _ outbox.Store = (*Store)(nil)

// ViewOutbox implements outbox.Store.
func (s *Store) ViewOutbox(ctx context.Context, fn func(outbox.Reader) error) error {
	return s.view(ctx, func(t *tx) error { return fn(outboxes{t}) })
}

// UpdateOutbox implements outbox.Store.
func (s *Store) UpdateOutbox(ctx context.Context, fn func(outbox.Writer) error) error {
	return s.updateAlone(ctx, lockOutbox, func(t *tx) error { return fn(outboxes{t}) })
}

// outboxes is a transaction as the outbox sees it; the event feed, sources and the audit trail are the
// directory's.
type outboxes struct{ *tx }

const receiverColumns = `id, name, source_id, kind, url, audience, secret, token_hash, payload, events, enabled, created,
	event_seq, outcome_seq, attempts, next_attempt, last_success, last_failure, last_error, lease_owner, lease_until`

func scanReceiver(scan func(...any) error) (*outbox.Receiver, error) {
	var r outbox.Receiver
	var kind, payload, events string
	err := scan(&r.ID, &r.Name, &r.Source, &kind, &r.URL, &r.Audience, &r.Secret, &r.TokenHash, &payload, &events, &r.Enabled, &r.Created,
		&r.Event, &r.Outcome, &r.Attempts, &r.NextAttempt, &r.LastSuccess, &r.LastFailure, &r.LastError, &r.Lease.Owner, &r.Lease.Until)
	if err != nil {
		return nil, orNotFound(err)
	}
	r.Kind, r.Payload, r.Events = outbox.Kind(kind), outbox.Payload(payload), strings.Fields(events)
	return &r, nil
}

func (o outboxes) Receiver(_ context.Context, id string) (*outbox.Receiver, error) {
	return scanReceiver(o.row("SELECT "+receiverColumns+" FROM receiver WHERE id = $1", id).scan)
}

func (o outboxes) Receivers(context.Context) (all []*outbox.Receiver, err error) {
	err = o.each(func(r *rows) error {
		receiver, err := scanReceiver(r.scan)
		all = append(all, receiver)
		return err
	}, "SELECT "+receiverColumns+" FROM receiver ORDER BY name, id")
	return all, err
}

func (o outboxes) InsertReceiver(_ context.Context, r *outbox.Receiver) error {
	_, err := o.exec("INSERT INTO receiver ("+receiverColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		r.ID, r.Name, r.Source, string(r.Kind), r.URL, r.Audience, r.Secret, r.TokenHash, string(r.Payload), strings.Join(r.Events, " "),
		r.Enabled, r.Created, r.Event, r.Outcome, r.Attempts, r.NextAttempt, r.LastSuccess, r.LastFailure, r.LastError,
		r.Lease.Owner, r.Lease.Until)
	return err
}

func (o outboxes) UpdateReceiver(_ context.Context, r *outbox.Receiver) error {
	return changed(o.exec(`UPDATE receiver SET name = $2, source_id = $3, url = $4, audience = $5, secret = $6, token_hash = $7,
		payload = $8, events = $9, enabled = $10 WHERE id = $1`,
		r.ID, r.Name, r.Source, r.URL, r.Audience, r.Secret, r.TokenHash, string(r.Payload), strings.Join(r.Events, " "), r.Enabled))
}

func (o outboxes) DeleteReceiver(_ context.Context, id string) error {
	for _, table := range []string{"receiver_ack", "receiver_failure"} {
		if _, err := o.exec("DELETE FROM "+table+" WHERE receiver_id = $1", id); err != nil {
			return err
		}
	}
	return changed(o.exec("DELETE FROM receiver WHERE id = $1", id))
}

func (o outboxes) PutProgress(_ context.Context, id string, p outbox.Progress) error {
	return changed(o.exec(`UPDATE receiver SET event_seq = $2, outcome_seq = $3, attempts = $4, next_attempt = $5, last_success = $6,
		last_failure = $7, last_error = $8 WHERE id = $1`,
		id, p.Event, p.Outcome, p.Attempts, p.NextAttempt, p.LastSuccess, p.LastFailure, p.LastError))
}

func (o outboxes) PutLease(_ context.Context, id string, l outbox.Lease) error {
	return changed(o.exec("UPDATE receiver SET lease_owner = $2, lease_until = $3 WHERE id = $1", id, l.Owner, l.Until))
}

// keptFailures is how many failures of a receiver are kept.
const keptFailures = 100

func (o outboxes) AddFailure(_ context.Context, receiver string, f *outbox.Failure) error {
	_, err := o.exec(`INSERT INTO receiver_failure (receiver_id, jti, at, code, description) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (receiver_id, jti) DO NOTHING`, receiver, f.ID, f.Time, f.Code, f.Description)
	if err != nil {
		return err
	}
	_, err = o.exec(`DELETE FROM receiver_failure WHERE receiver_id = $1 AND seq <= (SELECT seq FROM receiver_failure
		WHERE receiver_id = $1 ORDER BY seq DESC LIMIT 1 OFFSET $2)`, receiver, keptFailures)
	return err
}

func (o outboxes) Failures(_ context.Context, receiver string, limit int) (all []*outbox.Failure, err error) {
	err = o.each(func(r *rows) error {
		var f outbox.Failure
		all = append(all, &f)
		return r.scan(&f.ID, &f.Time, &f.Code, &f.Description)
	}, "SELECT jti, at, code, description FROM receiver_failure WHERE receiver_id = $1 ORDER BY seq DESC LIMIT $2", receiver, limit)
	return all, err
}

func (o outboxes) Acknowledged(_ context.Context, receiver string) (all []outbox.Mark, err error) {
	err = o.each(func(r *rows) error {
		var m outbox.Mark
		err := r.scan(&m.Outcome, &m.Number)
		all = append(all, m)
		return err
	}, "SELECT outcome, number FROM receiver_ack WHERE receiver_id = $1 ORDER BY outcome, number", receiver)
	return all, err
}

func (o outboxes) Acknowledge(_ context.Context, receiver string, marks []outbox.Mark) error {
	for _, m := range marks {
		_, err := o.exec("INSERT INTO receiver_ack (receiver_id, outcome, number) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", receiver, m.Outcome, m.Number)
		if err != nil {
			return err
		}
	}
	return nil
}

func (o outboxes) Forget(_ context.Context, receiver string, upTo outbox.Position) error {
	_, err := o.exec(`DELETE FROM receiver_ack WHERE receiver_id = $1
		AND (outcome = FALSE AND number <= $2 OR outcome = TRUE AND number <= $3)`, receiver, upTo.Event, upTo.Outcome)
	return err
}

func (o outboxes) Setting(_ context.Context, name string) (value []byte, err error) {
	err = o.row("SELECT value FROM setting WHERE name = $1", name).scan(&value)
	return value, orNotFound(err)
}

func (o outboxes) PutSetting(ctx context.Context, name string, value []byte) error {
	return accounts{o.tx}.PutSetting(ctx, name, value)
}

// EventOfRequest implements outbox.Reader.
func (o outboxes) EventOfRequest(ctx context.Context, source directory.SourceID, after directory.Seq, requestID string) (*directory.Event, error) {
	var seq directory.Seq
	err := o.row("SELECT seq FROM event WHERE seq > $1 AND source_id = $2 AND request_id = $3 ORDER BY seq LIMIT 1", after, source, requestID).scan(&seq)
	if err != nil {
		return nil, orNotFound(err)
	}
	var found *directory.Event
	err = o.Events(ctx, source, seq-1, 1, func(e *directory.Event) error {
		found = e
		return nil
	})
	return found, err
}
