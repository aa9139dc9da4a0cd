package sqlstore

import (
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
)

func TestVerifyAudit_NamesTheFirstBadRow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tamper string
		bad    int64
	}{
		"untouched":         {"", 0},
		"changed content":   {"UPDATE audit SET object_name = 'Mallory' WHERE seq = 4", 4},
		"changed actor":     {"UPDATE audit SET actor_name = 'mallory' WHERE seq = 6", 6},
		"moved between two": {"UPDATE audit SET action = 'a', object_type = 'b' || object_type WHERE seq = 2", 2},
		"changed hash":      {"UPDATE audit SET hash = zeroblob(32) WHERE seq = 3", 3},
		"deleted row":       {"DELETE FROM audit WHERE seq = 5", 5},
		"deleted start":     {"DELETE FROM audit WHERE seq < 3", 1},
		"inserted row":      {"INSERT INTO audit SELECT 11, at, action, source_id, object_type, object_id, object_name, cause_kind, request_id, actor_id, actor_name, client_ip, detail, hash FROM audit WHERE seq = 10", 11},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := openTest(t, Options{})
			for i := range 10 {
				err := s.update(t.Context(), func(x *tx) error {
					e := &directory.AuditEntry{Time: benchNow, Action: "ab", ObjectType: "user", ObjectName: fmt.Sprint("User ", i)}
					return x.AppendAudit(t.Context(), e)
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if c.tamper != "" {
				err := s.update(t.Context(), func(x *tx) error { _, err := x.exec(c.tamper); return err })
				if err != nil {
					t.Fatal(err)
				}
			}
			n, _, err := s.VerifyAudit(t.Context())
			var bad *AuditError
			switch {
			case c.bad == 0 && (err != nil || n != 10):
				t.Errorf("%d rows, %v", n, err)
			case c.bad != 0 && (!errors.As(err, &bad) || bad.Seq != c.bad):
				t.Errorf("got %v, want row %d", err, c.bad)
			}
		})
	}
}

// TestAuditHash_StaysTheSame guards the trails of existing databases.
func TestAuditHash_StaysTheSame(t *testing.T) {
	t.Parallel()
	first := &directory.AuditEntry{
		Seq: 1, Time: benchNow, Action: "source.created", Source: 2, ObjectType: "source", ObjectID: "2", ObjectName: "Ärger",
		Cause: directory.Cause{Kind: "cli", RequestID: "r", ActorID: "a", ActorName: "ada", ClientIP: "::1"}, Detail: []byte(`{"slug":"x"}`),
	}
	hash := auditHash(nil, first)
	second := *first
	second.Seq, second.Detail = 2, nil
	// Computed by another program from the description at auditHash.
	const want = "e3126227b56dda14fbd0d8ab286d94d55f539a9fd3fd3f8be01620eee3ea6a1b"
	if got := hex.EncodeToString(auditHash(hash, &second)); got != want {
		t.Errorf("got %s", got)
	}
}
