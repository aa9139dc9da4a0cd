package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/secevent"
	"github.com/rosterhq/roster/scim/server"
)

const jobColumns = "id, source_id, created, cause_kind, actor_id, actor_name, client_ip, request, started, started_seq, lease_owner, lease_until"

func scanJob(scan func(...any) error) (*outbox.Job, error) {
	j := outbox.Job{Request: &server.AsyncRequest{}}
	var request []byte
	err := scan(&j.ID, &j.Source, &j.Created, &j.Cause.Kind, &j.Cause.ActorID, &j.Cause.ActorName, &j.Cause.ClientIP, &request,
		&j.Started, &j.StartedSeq, &j.Lease.Owner, &j.Lease.Until)
	if err != nil {
		return nil, orNotFound(err)
	}
	if err := json.Unmarshal(request, j.Request); err != nil {
		return nil, fmt.Errorf("decode postponed request %d: %w", j.ID, err)
	}
	j.Cause.RequestID = j.Request.Transaction
	return &j, nil
}

func (o outboxes) NextJob(_ context.Context, now time.Time) (*outbox.Job, error) {
	return scanJob(o.row("SELECT "+jobColumns+` FROM postponed AS p WHERE lease_until <= $1
		AND NOT EXISTS (SELECT 1 FROM postponed AS q WHERE q.source_id = p.source_id AND q.id < p.id) ORDER BY id LIMIT 1`, now).scan)
}

func (o outboxes) Job(_ context.Context, id int64) (*outbox.Job, error) {
	return scanJob(o.row("SELECT "+jobColumns+" FROM postponed WHERE id = $1", id).scan)
}

func (o outboxes) Pending(_ context.Context, source directory.SourceID, txn string) (pending bool, err error) {
	err = o.row("SELECT EXISTS (SELECT 1 FROM postponed WHERE source_id = $1 AND txn = $2)", source, txn).scan(&pending)
	return pending, err
}

func (o outboxes) CountPending(_ context.Context, source directory.SourceID, limit int) (n int, err error) {
	err = o.row("SELECT count(*) FROM (SELECT 1 FROM postponed WHERE source_id = $1 LIMIT $2) AS pending", source, limit).scan(&n)
	return n, err
}

func (o outboxes) InsertJob(_ context.Context, j *outbox.Job) error {
	request, err := json.Marshal(j.Request)
	if err != nil {
		return fmt.Errorf("encode postponed request: %w", err)
	}
	return o.row(`INSERT INTO postponed (source_id, txn, created, cause_kind, actor_id, actor_name, client_ip, request, started, started_seq, lease_owner, lease_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
		j.Source, j.Request.Transaction, j.Created, j.Cause.Kind, j.Cause.ActorID, j.Cause.ActorName, j.Cause.ClientIP, request,
		j.Started, j.StartedSeq, j.Lease.Owner, j.Lease.Until).scan(&j.ID)
}

func (o outboxes) UpdateJob(_ context.Context, j *outbox.Job) error {
	return changed(o.exec("UPDATE postponed SET started = $2, started_seq = $3, lease_owner = $4, lease_until = $5 WHERE id = $1",
		j.ID, j.Started, j.StartedSeq, j.Lease.Owner, j.Lease.Until))
}

func (o outboxes) DeleteJob(_ context.Context, id int64) error {
	return changed(o.exec("DELETE FROM postponed WHERE id = $1", id))
}

// outcomeContent is the content of an outcome row; the payload is that of its event.
type outcomeContent struct {
	Subject string          `json:"subject"`
	Payload json.RawMessage `json:"payload"`
}

func (o outboxes) InsertOutcome(_ context.Context, n *outbox.Outcome) error {
	content, err := json.Marshal(outcomeContent{n.Subject, scim.AppendJSON(nil, n.Event().Payload)})
	if err != nil {
		return fmt.Errorf("encode outcome: %w", err)
	}
	return o.row("INSERT INTO outcome (source_id, at, txn, content) VALUES ($1, $2, $3, $4) RETURNING seq",
		n.Source, n.Time, n.Transaction, content).scan(&n.Number)
}

const outcomeColumns = "seq, source_id, at, txn, content"

func scanOutcome(scan func(...any) error) (*outbox.Outcome, error) {
	var n outbox.Outcome
	var content []byte
	if err := scan(&n.Number, &n.Source, &n.Time, &n.Transaction, &content); err != nil {
		return nil, orNotFound(err)
	}
	var c outcomeContent
	err := json.Unmarshal(content, &c)
	var payload scim.Object
	if err == nil {
		payload, err = scim.DecodeObject(c.Payload, scim.Limits{})
	}
	if err != nil {
		return nil, fmt.Errorf("decode outcome %d: %w", n.Number, err)
	}
	n.Subject = c.Subject
	n.AsyncOutcome.Outcome, _ = secevent.Event{URI: secevent.AsyncResp, Payload: payload}.Outcome()
	return &n, nil
}

func (o outboxes) Outcomes(ctx context.Context, source directory.SourceID, after int64, limit int, emit func(*outbox.Outcome) error) error {
	where, args := "", []any{after, limit}
	if source != 0 {
		where, args = " AND source_id = $3", append(args, source)
	}
	return o.eachContext(ctx, func(r *rows) error {
		n, err := scanOutcome(r.scan)
		if err != nil {
			return err
		}
		return emit(n)
	}, "SELECT "+outcomeColumns+" FROM outcome WHERE seq > $1"+where+" ORDER BY seq LIMIT $2", args)
}

func (o outboxes) LastOutcome(context.Context) (seq int64, err error) {
	err = o.row("SELECT coalesce(max(seq), 0) FROM outcome").scan(&seq)
	return seq, err
}

func (o outboxes) Outcome(_ context.Context, source directory.SourceID, txn string) (*outbox.Outcome, error) {
	return scanOutcome(o.row("SELECT "+outcomeColumns+" FROM outcome WHERE source_id = $1 AND txn = $2", source, txn).scan)
}

func (o outboxes) PurgeOutcomes(_ context.Context, before time.Time, limit int) (int64, error) {
	return o.exec("DELETE FROM outcome WHERE seq IN (SELECT seq FROM outcome WHERE at < $1 ORDER BY seq LIMIT $2)", before, limit)
}
