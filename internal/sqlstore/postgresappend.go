package sqlstore

import "github.com/rosterhq/roster/internal/directory"

const (
	insertEvent = `INSERT INTO event_new (id, source_id, type, occurred, subject_type, subject_id, subject_version,
		cause_kind, request_id, actor_id, actor_name, client_ip, changes, data)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	auditInto = `INSERT INTO audit_new (at, action, source_id, object_type, object_id, object_name,
		cause_kind, request_id, actor_id, actor_name, client_ip, detail) VALUES `
	insertAuditAlone = auditInto + "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
	insertBoth       = "WITH e AS (" + insertEvent + ") " + auditInto + "($15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)"
	// insertBothMany is insertBoth for any number of changes.
	insertBothMany = `WITH i AS (SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[],
			$8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::bytea[],
			$15::bigint[], $16::text[], $17::bigint[], $18::text[], $19::text[], $20::text[],
			$21::text[], $22::text[], $23::text[], $24::text[], $25::text[], $26::bytea[]) WITH ORDINALITY
			AS i (id, source_id, type, occurred, subject_type, subject_id, subject_version,
				cause_kind, request_id, actor_id, actor_name, client_ip, changes, data,
				at, action, audit_source_id, object_type, object_id, object_name,
				audit_cause_kind, audit_request_id, audit_actor_id, audit_actor_name, audit_client_ip, detail, n)),
		e AS (INSERT INTO event_new (id, source_id, type, occurred, subject_type, subject_id, subject_version,
				cause_kind, request_id, actor_id, actor_name, client_ip, changes, data)
			SELECT id, source_id, type, occurred, subject_type, subject_id, subject_version,
				cause_kind, request_id, actor_id, actor_name, client_ip, changes, data FROM i ORDER BY n)
		INSERT INTO audit_new (at, action, source_id, object_type, object_id, object_name,
				cause_kind, request_id, actor_id, actor_name, client_ip, detail)
			SELECT at, action, audit_source_id, object_type, object_id, object_name,
				audit_cause_kind, audit_request_id, audit_actor_id, audit_actor_name, audit_client_ip, detail FROM i ORDER BY n`
)

// appendEvent adds an event; the sequencer numbers it.
func (c *pgConn) appendEvent(e *directory.Event) error {
	c.appended = true
	return c.later(insertEvent, []any{e.ID, e.Source, e.Type, e.OccurredAt, e.SubjectType, e.SubjectID, e.SubjectVersion,
		e.Cause.Kind, e.Cause.RequestID, e.Cause.ActorID, e.Cause.ActorName, e.Cause.ClientIP, e.Changes, e.Data})
}

// appendAudit adds an audit row; the sequencer numbers and chains it.
func (c *pgConn) appendAudit(e *directory.AuditEntry) error {
	c.appended = true
	args := []any{e.Time, e.Action, e.Source, e.ObjectType, e.ObjectID, e.ObjectName,
		e.Cause.Kind, e.Cause.RequestID, e.Cause.ActorID, e.Cause.ActorName, e.Cause.ClientIP, e.Detail}
	n := len(c.waiting) - 1
	if n < 0 || c.waiting[n].query != insertEvent {
		return c.later(insertAuditAlone, args)
	}
	// Most audit rows come with the event of the same change.
	s, err := bindAll(insertAuditAlone, args)
	if err == nil {
		c.waiting[n] = statement{query: insertBoth, many: insertBothMany, args: append(c.waiting[n].args, s.args...)}
	}
	return err
}
