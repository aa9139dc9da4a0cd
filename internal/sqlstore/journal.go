package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/scim/schema"
)

var _ journal.Store = (*Store)(nil)

// AppendRequests implements journal.Store.
func (s *Store) AppendRequests(ctx context.Context, records []*journal.Record) error {
	return s.updateAlone(ctx, lockJournal, func(t *tx) error {
		for chunk := range slices.Chunk(records, requestsAtOnce) {
			if err := t.insertRequests(chunk); err != nil {
				return err
			}
		}
		activities := map[directory.SourceID]*journal.Activity{}
		for _, r := range records {
			a := activities[r.Source]
			if a == nil {
				known, err := t.activity(r.Source)
				if err != nil {
					return err
				}
				a = &known
				activities[r.Source] = a
			}
			a.Note(r)
		}
		for source, a := range activities {
			if err := t.putActivity(source, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// requestColumns are the columns of a record in a list; the bodies follow for a single one.
const requestColumns = `seq, id, at, source_id, slug, token_id, token_label, client, remote_ip, method, path, query, status,
	scim_type, detail, rule, action, resource_type, resource_id, subject, outcome, duration, notes`

// requestsAtOnce is how many records one statement inserts.
const requestsAtOnce = 8

const insertedRequestColumns = `id, at, source_id, slug, token_id, token_label, client, remote_ip, method, path, query, status,
	scim_type, detail, rule, action, resource_type, resource_id, subject, outcome, duration, notes, is_write, search, request_body, response_body`

// insertRequests inserts up to requestsAtOnce records.
func (t *tx) insertRequests(records []*journal.Record) error {
	var args []any
	for _, r := range records {
		notes := ""
		if len(r.Notes) > 0 {
			b, err := json.Marshal(r.Notes)
			if err != nil {
				return fmt.Errorf("encode notes: %w", err)
			}
			notes = string(b)
		}
		search := schema.CaseKey(strings.Join([]string{r.ID, r.Path, r.Query, r.ResourceID, r.Subject}, "\n"))
		args = append(args, r.ID, r.Time, r.Source, r.Slug, r.TokenID, r.TokenLabel, r.Client, r.RemoteIP, r.Method, r.Path, r.Query, r.Status,
			r.SCIMType, r.Detail, r.Rule, r.Action, r.ResourceType, r.ResourceID, r.Subject, string(r.Outcome), r.Duration.Microseconds(),
			notes, r.IsWrite(), search, r.RequestBody, r.ResponseBody)
	}
	tuples := make([]string, len(records))
	for i, width := 0, len(args)/len(records); i < len(tuples); i++ {
		tuples[i] = placeholders(1+i*width, width)
	}
	var seqs []int64
	err := t.each(func(r *rows) error {
		var seq int64
		err := r.scan(&seq)
		seqs = append(seqs, seq)
		return err
	}, t.insert("request")+" ("+insertedRequestColumns+") VALUES "+strings.Join(tuples, ", ")+" RETURNING seq", args...)
	if err != nil {
		return err
	}
	slices.Sort(seqs) // rows are numbered in their order, but need not be answered in it
	for i, r := range records {
		r.Seq = seqs[i]
	}
	return nil
}

// scanRequest reads requestColumns and what follows them.
func scanRequest(scan func(...any) error, more ...any) (*journal.Record, error) {
	r := &journal.Record{}
	var token, outcome, notes string
	var micros int64
	err := scan(append([]any{&r.Seq, &r.ID, &r.Time, &r.Source, &r.Slug, &token, &r.TokenLabel, &r.Client, &r.RemoteIP,
		&r.Method, &r.Path, &r.Query, &r.Status, &r.SCIMType, &r.Detail, &r.Rule, &r.Action, &r.ResourceType, &r.ResourceID,
		&r.Subject, &outcome, &micros, &notes}, more...)...)
	if err != nil {
		return nil, err
	}
	r.TokenID, r.Outcome = directory.TokenID(token), journal.Outcome(outcome)
	r.Duration = time.Duration(micros) * time.Microsecond
	if notes != "" {
		if err := json.Unmarshal([]byte(notes), &r.Notes); err != nil {
			return nil, fmt.Errorf("read notes of %s: %w", r.ID, err)
		}
	}
	return r, nil
}

// Requests implements journal.Store.
func (s *Store) Requests(ctx context.Context, q journal.Query) (list []*journal.Record, err error) {
	conditions := []string{"TRUE"}
	var args []any
	where := func(condition string, value any) {
		args = append(args, value)
		conditions = append(conditions, strings.ReplaceAll(condition, "?", fmt.Sprintf("$%d", len(args))))
	}
	if q.Before > 0 {
		where("seq < ?", q.Before)
	}
	if q.Source != nil {
		where("source_id = ?", *q.Source)
	}
	if q.MinStatus > 0 {
		where("status >= ?", q.MinStatus)
	}
	if q.MaxStatus > 0 {
		where("status <= ?", q.MaxStatus)
	}
	if q.ResourceID != "" {
		where("resource_id = ?", q.ResourceID)
	}
	if q.Search != "" {
		where("instr(search, ?) > 0", schema.CaseKey(q.Search))
	}
	if q.Writes {
		conditions = append(conditions, "is_write = TRUE")
	}
	args = append(args, q.Limit)
	query := fmt.Sprintf("SELECT %s FROM request WHERE %s ORDER BY seq DESC LIMIT $%d", requestColumns, strings.Join(conditions, " AND "), len(args))
	err = s.view(ctx, func(t *tx) error {
		list = nil
		return t.eachContext(ctx, func(r *rows) error {
			rec, err := scanRequest(r.scan)
			list = append(list, rec)
			return err
		}, query, args)
	})
	return list, err
}

// Request implements journal.Store.
func (s *Store) Request(ctx context.Context, id string) (rec *journal.Record, err error) {
	err = s.view(ctx, func(t *tx) error {
		var asked, answered []byte
		rec, err = scanRequest(t.row("SELECT "+requestColumns+", request_body, response_body FROM request WHERE id = $1", id).scan, &asked, &answered)
		if err != nil {
			return orNotFound(err)
		}
		rec.RequestBody, rec.ResponseBody = asked, answered
		return nil
	})
	return rec, err
}

// PurgeRequests implements journal.Store.
func (s *Store) PurgeRequests(ctx context.Context, before, unattributed time.Time, limit int) (n int64, err error) {
	err = s.update(ctx, func(t *tx) error {
		// Records are written in the order of their time, or nearly so: the oldest come first by seq.
		n, err = t.exec(`DELETE FROM request WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM request ORDER BY seq LIMIT $2) AS oldest
			WHERE at < $1)`, before, limit)
		if err != nil {
			return err
		}
		more, err := t.exec(`DELETE FROM request WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM request WHERE source_id = 0
			ORDER BY seq LIMIT $2) AS oldest WHERE at < $1)`, unattributed, limit)
		n += more
		return err
	})
	return n, err
}

// Activity implements journal.Store.
func (s *Store) Activity(ctx context.Context, source directory.SourceID) (a journal.Activity, err error) {
	err = s.view(ctx, func(t *tx) error {
		a, err = t.activity(source)
		return err
	})
	return a, err
}

func (t *tx) activity(source directory.SourceID) (a journal.Activity, err error) {
	err = t.row(`SELECT first_request, last_request, first_authorized, last_rejected, first_discovery, first_user, first_group,
		last_write, last_failure FROM request_activity WHERE source_id = $1`, source).
		scan(&a.FirstRequest, &a.LastRequest, &a.FirstAuthorized, &a.LastRejected, &a.FirstDiscovery, &a.FirstUser, &a.FirstGroup,
			&a.LastWrite, &a.LastFailure)
	if errors.Is(err, errNoRow) {
		return journal.Activity{}, nil
	}
	return a, err
}

func (t *tx) putActivity(source directory.SourceID, a *journal.Activity) error {
	_, err := t.exec(`INSERT INTO request_activity (source_id, first_request, last_request, first_authorized, last_rejected,
		first_discovery, first_user, first_group, last_write, last_failure)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (source_id) DO UPDATE SET first_request = $2, last_request = $3, first_authorized = $4, last_rejected = $5,
		first_discovery = $6, first_user = $7, first_group = $8, last_write = $9, last_failure = $10`,
		source, a.FirstRequest, a.LastRequest, a.FirstAuthorized, a.LastRejected, a.FirstDiscovery, a.FirstUser, a.FirstGroup,
		a.LastWrite, a.LastFailure)
	return err
}
