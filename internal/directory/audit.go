package directory

import (
	"context"
	"encoding/json"
	"fmt"
)

// appendAudit adds a row with a detail, which holds no secret; an empty detail is left out.
func appendAudit(ctx context.Context, w Writer, e *AuditEntry, detail map[string]any) error {
	if len(detail) > 0 {
		b, err := json.Marshal(detail)
		if err != nil {
			return fmt.Errorf("encode audit detail: %w", err)
		}
		e.Detail = b
	}
	return w.AppendAudit(ctx, e)
}
