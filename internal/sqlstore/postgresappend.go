package sqlstore

import "github.com/rosterhq/roster/internal/directory"

// appendEvent adds an event; the sequencer numbers it.
func (c *pgConn) appendEvent(e *directory.Event) error {
	c.appended = true
	return c.later(`INSERT INTO event_new (id, source_id, type, occurred, subject_type, subject_id, subject_version,
		cause_kind, request_id, actor_id, actor_name, client_ip, changes, data)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		[]any{e.ID, e.Source, e.Type, e.OccurredAt, e.SubjectType, e.SubjectID, e.SubjectVersion,
			e.Cause.Kind, e.Cause.RequestID, e.Cause.ActorID, e.Cause.ActorName, e.Cause.ClientIP, e.Changes, e.Data})
}

// appendAudit adds an audit row; the sequencer numbers and chains it.
func (c *pgConn) appendAudit(e *directory.AuditEntry) error {
	c.appended = true
	return c.later(`INSERT INTO audit_new (at, action, source_id, object_type, object_id, object_name,
		cause_kind, request_id, actor_id, actor_name, client_ip, detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		[]any{e.Time, e.Action, e.Source, e.ObjectType, e.ObjectID, e.ObjectName,
			e.Cause.Kind, e.Cause.RequestID, e.Cause.ActorID, e.Cause.ActorName, e.Cause.ClientIP, e.Detail})
}
