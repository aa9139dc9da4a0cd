package adminapi

import (
	"context"
	"strings"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/present"
	"github.com/rosterhq/roster/scim/schema"
)

// A search goes through the audit trail row by row: at most scannedRows in one request. next_cursor
// tells where it stopped.
const (
	scannedRows = 20_000
	auditChunk  = 500
)

type auditQuery struct {
	Source     string `query:"source" maxLength:"63" doc:"Slug of the only source concerned."`
	Action     string `query:"action" maxLength:"64" doc:"Only this action, such as token.revealed."`
	ObjectType string `query:"object_type" maxLength:"64"`
	ObjectID   string `query:"object_id" maxLength:"256"`
	Q          string `query:"q" maxLength:"256" doc:"Part of the action, or of the name or id of who acted or was acted on. A page of a search may be short; next_cursor leads on."`
	Paging
}

func (a *api) auditOperations() {
	register(a, operation{id: "list-audit", method: "GET", path: "/audit", access: needs(account.ReadAudit), tag: "Audit",
		summary: "Read the audit trail", detail: "Newest first. Rows cannot be changed or removed."}, a.listAudit)
}

func (a *api) listAudit(ctx context.Context, _ *call, in *auditQuery) (*body[list[present.AuditEntry]], error) {
	place, err := in.placeOf("audit", 1)
	if err != nil {
		return nil, err
	}
	src, err := a.filterSource(ctx, in.Source)
	if err != nil {
		return nil, err
	}
	q := directory.AuditQuery{ObjectType: in.ObjectType, ObjectID: in.ObjectID, Action: in.Action}
	if src != nil {
		q.Source = src.ID
	}
	if place != nil {
		q.Before = place[0]
	}
	var out list[present.AuditEntry]
	err = a.Store.View(ctx, func(r directory.Reader) error {
		rows, next, err := searchAudit(ctx, r, q, schema.CaseKey(in.Q), in.Limit)
		if err != nil {
			return err
		}
		slugs, err := directory.Slugs(ctx, r, idsOf(rows, func(e *directory.AuditEntry) directory.SourceID { return e.Source })...)
		if err != nil {
			return err
		}
		out = list[present.AuditEntry]{Items: make([]present.AuditEntry, len(rows))}
		for i, row := range rows {
			out.Items[i] = *present.NewAuditEntry(row, slugs[row.Source])
		}
		if next > 0 {
			out.NextCursor = cursor("audit", next)
		}
		return nil
	})
	return answer(out), err
}

// searchAudit returns up to limit rows that contain the needle, a case key, and the seq to go on before;
// 0 when nothing is left.
func searchAudit(ctx context.Context, r directory.Reader, q directory.AuditQuery, needle string, limit int) (rows []*directory.AuditEntry, next int64, err error) {
	q.Limit = limit + 1
	if needle != "" {
		q.Limit = auditChunk
	}
	for scanned := 0; scanned < scannedRows; scanned += q.Limit {
		chunk, err := r.Audit(ctx, q)
		if err != nil {
			return nil, 0, err
		}
		for _, row := range chunk {
			if !mentions(row, needle) {
				q.Before = row.Seq
				continue
			}
			if len(rows) == limit {
				return rows, q.Before, nil
			}
			rows = append(rows, row)
			q.Before = row.Seq
		}
		if len(chunk) < q.Limit {
			return rows, 0, nil
		}
	}
	return rows, q.Before, nil
}

func mentions(row *directory.AuditEntry, needle string) bool {
	for _, text := range []string{row.Action, row.ObjectName, row.ObjectID, row.Cause.ActorName, row.Cause.ActorID, row.Cause.ClientIP, row.Cause.RequestID} {
		if strings.Contains(schema.CaseKey(text), needle) {
			return true
		}
	}
	return false
}
