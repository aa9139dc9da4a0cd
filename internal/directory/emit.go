package directory

import (
	"context"
	"encoding/hex"
	"strings"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// membersPerEvent is how many members one event names at most.
const membersPerEvent = 500

// noChanges is the changes of an event whose data says everything: a creation or deletion.
var noChanges = []byte("[]")

// verb is the second half of an event type.
type verb string

const (
	verbCreated     verb = "created"
	verbUpdated     verb = "updated"
	verbDeactivated verb = "deactivated"
	verbReactivated verb = "reactivated"
	verbDeleted     verb = "deleted"
)

func eventType(t *schema.ResourceType, v verb) EventType {
	switch t.Name {
	case UserType:
		return EventType("user." + v)
	case GroupType:
		return EventType("group." + v)
	}
	return EventType("resource." + v)
}

// emit appends the event of a change of rec, and the audit row of the same content.
func (tx *transaction) emit(ctx context.Context, rec *Record, typ EventType, changes []byte) error {
	data, err := snapshot(tx.typ, rec)
	if err != nil {
		return err
	}
	return tx.emitData(ctx, rec, typ, data, changes)
}

func (tx *transaction) emitData(ctx context.Context, rec *Record, typ EventType, data, changes []byte) error {
	id := uuid.Must(uuid.NewV7())
	event := &Event{ID: "evt_" + hex.EncodeToString(id[:]), Source: rec.Source, Type: typ, OccurredAt: tx.now,
		SubjectType: rec.Type, SubjectID: string(rec.ID), SubjectVersion: rec.Version,
		Data: data, Changes: changes, Cause: tx.scope.Cause}
	if err := tx.AppendEvent(ctx, event); err != nil {
		return err
	}
	row := &AuditEntry{Time: tx.now, Cause: tx.scope.Cause, Action: string(typ), Source: rec.Source,
		ObjectType: strings.ToLower(rec.Type), ObjectID: string(rec.ID), ObjectName: rec.Label}
	if len(changes) > len(noChanges) {
		row.Detail = changes
	}
	return tx.AppendAudit(ctx, row)
}

// emitMembers appends the events of a change of members, in pieces.
func (tx *transaction) emitMembers(ctx context.Context, group *Record, typ EventType, members []Member) error {
	if len(members) == 0 {
		return nil
	}
	data, err := snapshot(tx.typ, group)
	if err != nil {
		return err
	}
	side := "after"
	if typ == GroupMemberRemoved {
		side = "before"
	}
	for len(members) > 0 {
		n := min(len(members), membersPerEvent)
		if err := tx.emitData(ctx, group, typ, data, memberChanges(side, members[:n])); err != nil {
			return err
		}
		members = members[n:]
	}
	return nil
}

// memberChanges returns [{"path":"members","after":[{"value":"…","type":"User"}]}].
func memberChanges(side string, members []Member) []byte {
	dst := append([]byte(nil), `[{"path":"members","`+side+`":[`...)
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = scim.AppendString(append(dst, `{"value":`...), string(m.ID))
		dst = scim.AppendString(append(dst, `,"type":`...), m.Type)
		dst = append(dst, '}')
	}
	return append(dst, "]}]"...)
}
