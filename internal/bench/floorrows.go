package main

import (
	"fmt"
	"strings"
	"time"
)

// statement inserts one row.
type statement struct {
	query string
	args  []any
}

// insertion makes the statement for a row of a table.
func insertion(table, columns string, args ...any) statement {
	marks := make([]string, len(args))
	for i := range args {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	return statement{"INSERT INTO " + table + " (" + columns + ") VALUES (" + strings.Join(marks, ", ") + ")", args}
}

// plainRow is a user in a table of its own: a row of the same size with the indexes that any directory
// needs.
func plainRow(n int) statement {
	return insertion("person", "id, user_name, external_id, body", idText(n), string(appendUserName(nil, n)),
		string(appendScattered(nil, n, 40503)), appendUser(nil, n))
}

// idText is an id that follows the earlier ones, as that of a new user does.
func idText(n int) string { return fmt.Sprintf("0195ffff-0000-7000-8000-%012x", n) }

// userRows are the rows that Roster writes for the creation of a user, in the same tables with the same
// indexes: the resource, its e-mail addresses, the event and the audit row. numbered engines number
// events and audit rows at once, others number them later.
func userRows(source int64, n int, numbered bool) []statement {
	id, name, now := idText(n), string(appendUserName(nil, n)), time.Now().UnixMicro()
	display := string(appendScattered(nil, n, 2246822519)) + " user"
	body := appendUser(make([]byte, 0, 2<<10), n)
	ord := int64(1_000_000_000 + n)
	rows := []statement{
		insertion("resource", "source_id, type, id, ord, version, created, modified, active, deleted, members, name_key, name_slot, external_id, display_key, label, body",
			source, "User", id, ord, 1, now, now, true, 0, 0, name, 0, string(appendScattered(nil, n, 40503))+"-ext", display, display, body),
	}
	for _, address := range []string{"home-" + name, name} {
		rows = append(rows, insertion("resource_value", "source_id, type, ord, path, key, uniq, live", source, "User", ord, "emails.value", address, false, true))
	}
	const event = "id, source_id, type, occurred, subject_type, subject_id, subject_version, cause_kind, request_id, actor_id, actor_name, client_ip, changes, data"
	const audit = "at, action, source_id, object_type, object_id, object_name, cause_kind, request_id, actor_id, actor_name, client_ip, detail"
	eventArgs := []any{"evt_" + id, source, "user.created", now, "User", id, 1, "scim", "req_" + id, id, "scim-bench", "127.0.0.1", []byte("[]"), body}
	auditArgs := []any{now, "user.created", source, "user", id, display, "scim", "req_" + id, id, "scim-bench", "127.0.0.1", []byte(nil)}
	if !numbered {
		return append(rows, insertion("event_new", event, eventArgs...), insertion("audit_new", audit, auditArgs...))
	}
	return append(rows, insertion("event", event+", seq", append(eventArgs, 1_000_000_000+n)...),
		insertion("audit", audit+", seq, hash", append(auditArgs, 1_000_000_000+n, make([]byte, 32))...))
}
