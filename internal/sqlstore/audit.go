package sqlstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"strconv"

	"github.com/rosterhq/roster/internal/directory"
)

const auditColumns = `seq, at, action, source_id, object_type, object_id, object_name,
	cause_kind, request_id, actor_id, actor_name, client_ip, detail, hash`

func scanAudit(r *rows) (*directory.AuditEntry, error) {
	var e directory.AuditEntry
	err := r.scan(&e.Seq, &e.Time, &e.Action, &e.Source, &e.ObjectType, &e.ObjectID, &e.ObjectName,
		&e.Cause.Kind, &e.Cause.RequestID, &e.Cause.ActorID, &e.Cause.ActorName, &e.Cause.ClientIP, &e.Detail, &e.Hash)
	return &e, err
}

// Audit implements directory.Reader.
func (t *tx) Audit(ctx context.Context, q directory.AuditQuery) ([]*directory.AuditEntry, error) {
	var c clause
	if q.Before > 0 {
		c.and("seq < " + c.arg(q.Before))
	}
	if q.Source != 0 {
		c.and("source_id = " + c.arg(q.Source))
	}
	if q.ObjectType != "" {
		c.and("object_type = " + c.arg(q.ObjectType))
	}
	if q.ObjectID != "" {
		c.and("object_id = " + c.arg(q.ObjectID))
	}
	if q.Action != "" {
		c.and("action = " + c.arg(q.Action))
	}
	query := "SELECT " + auditColumns + " FROM audit" + c.where() + " ORDER BY seq DESC LIMIT " + c.arg(q.Limit)
	var all []*directory.AuditEntry
	err := t.eachContext(ctx, func(r *rows) error {
		e, err := scanAudit(r)
		all = append(all, e)
		return err
	}, query, c.args)
	return all, err
}

// AppendAudit implements directory.Writer.
func (t *tx) AppendAudit(_ context.Context, e *directory.AuditEntry) error {
	if t.pg != nil {
		return t.pg.appendAudit(e)
	}
	if !t.tail.auditKnown {
		err := t.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").scan(&t.tail.audit, &t.tail.hash)
		if err != nil && !errors.Is(err, errNoRow) {
			return err
		}
		t.tail.auditKnown = true
	}
	e.Seq = t.tail.audit + 1
	e.Time = fromMicros(micros(e.Time)) // what is hashed is what a reader gets
	e.Hash = auditHash(t.tail.hash, e)
	_, err := t.exec("INSERT INTO audit ("+auditColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		e.Seq, e.Time, e.Action, e.Source, e.ObjectType, e.ObjectID, e.ObjectName,
		e.Cause.Kind, e.Cause.RequestID, e.Cause.ActorID, e.Cause.ActorName, e.Cause.ClientIP, e.Detail, e.Hash)
	if err != nil {
		return err
	}
	t.tail.audit, t.tail.hash = e.Seq, e.Hash
	return nil
}

// auditHash chains an entry to the one before: SHA-256 over the previous hash (empty for the first)
// and the entry's fields in the order of auditColumns, each as its length in decimal, a colon and its
// bytes.
func auditHash(previous []byte, e *directory.AuditEntry) []byte {
	var digits [20]byte
	text := appendField(make([]byte, 0, 512+len(e.Detail)), previous)
	for _, n := range [...]int64{e.Seq, micros(e.Time), int64(e.Source)} {
		text = appendField(text, strconv.AppendInt(digits[:0], n, 10))
	}
	for _, s := range [...]string{
		e.Action, e.ObjectType, e.ObjectID, e.ObjectName,
		e.Cause.Kind, e.Cause.RequestID, e.Cause.ActorID, e.Cause.ActorName, e.Cause.ClientIP,
	} {
		text = appendField(text, s)
	}
	sum := sha256.Sum256(appendField(text, e.Detail))
	return sum[:]
}

func appendField[T string | []byte](dst []byte, field T) []byte {
	dst = append(strconv.AppendInt(dst, int64(len(field)), 10), ':')
	return append(dst, field...)
}

func digest(h hash.Hash, field []byte) {
	h.Write(appendField(nil, field)) //nolint:errcheck // never fails
}

// AuditError names the first row of the audit trail that is not what was written.
type AuditError struct {
	Seq    int64
	Reason string
}

func (e *AuditError) Error() string { return fmt.Sprintf("audit row %d %s", e.Seq, e.Reason) }

// VerifyAudit checks the hash chain of the whole audit trail and returns the number of rows and the
// newest hash; the first bad row is an *AuditError. Rows cut off at the end leave no trace in the
// chain: compare the result with one that was noted elsewhere.
func (s *Store) VerifyAudit(ctx context.Context) (n int64, newest []byte, err error) {
	err = s.view(ctx, func(t *tx) error {
		return t.eachContext(ctx, func(r *rows) error {
			e, err := scanAudit(r)
			if err != nil {
				return err
			}
			n++
			if e.Seq != n {
				return &AuditError{n, "is missing"}
			}
			if !bytes.Equal(e.Hash, auditHash(newest, e)) {
				return &AuditError{n, "was changed"}
			}
			newest = e.Hash
			return nil
		}, "SELECT "+auditColumns+" FROM audit ORDER BY seq", nil)
	})
	return n, newest, err
}
