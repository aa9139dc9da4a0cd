package sqlstore

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rosterhq/roster/internal/directory"
)

// sequenceEvery is how often it is looked for rows of processes that ended before they were numbered.
const sequenceEvery = time.Second

// foldEvery is the least time between two passes that fold counters: what is not yet folded counts, too.
const foldEvery = 250 * time.Millisecond

// waitLimit is how long a writer waits for the numbers of its events. They come later all the same.
const waitLimit = 5 * time.Second

// sequencer gives committed events and audit rows their numbers, and folds changes of counters. Writers
// leave rows without numbers and wait for nobody; a pass numbers all that are committed, so whatever
// committed before something else began comes before it. Passes of several processes take turns. A
// number is visible once it is durable, and never given twice.
type sequencer struct {
	pool *pgxpool.Pool // of one connection
	// low is the txid below which no transaction can leave rows any more, on the server that its
	// connection leads to: another one that leads later may give out lower ones.
	low  int64
	conn *pgx.Conn // that low was read from
	// foldLow is the same for the changes of counters, which were folded last at the time folded.
	foldLow int64
	folded  time.Time
	kick    chan struct{}
	hints   hinting
	stop    context.CancelFunc
	done    chan struct{}
	// begin is closed behind the first pass.
	begin chan struct{}

	failure atomic.Pointer[error] // of the last pass

	mu      sync.Mutex
	waiters []chan struct{} // guarded by mu; closed by the first pass that began after they came
	closed  bool            // guarded by mu
}

func newSequencer(pool *pgxpool.Pool) *sequencer {
	ctx, stop := context.WithCancel(context.Background())
	s := &sequencer{pool: pool, kick: make(chan struct{}, 1), stop: stop, done: make(chan struct{}), begin: make(chan struct{})}
	go s.loop(ctx)
	return s
}

// first runs the first pass, which the others wait for.
func (s *sequencer) first(ctx context.Context) error {
	defer close(s.begin)
	return s.pass(ctx)
}

// wait returns when the rows of the transactions that have committed so far are numbered, or when that
// takes too long.
func (s *sequencer) wait(ctx context.Context) {
	numbered := make(chan struct{})
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.waiters = append(s.waiters, numbered)
	s.mu.Unlock()
	s.wake()
	limit := time.NewTimer(waitLimit)
	defer limit.Stop()
	select {
	case <-numbered:
	case <-limit.C:
	case <-ctx.Done():
	}
}

// wake has a pass begin.
func (s *sequencer) wake() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

func (s *sequencer) loop(ctx context.Context) {
	defer close(s.done)
	<-s.begin
	tick := time.NewTicker(sequenceEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-s.kick:
		case <-tick.C:
		}
		s.mu.Lock()
		waiters := s.waiters
		s.waiters = nil
		s.mu.Unlock()
		// After a failure the rows are found again a second later; nobody waits for that.
		if err := s.pass(ctx); err != nil && ctx.Err() == nil {
			s.failure.Store(&err)
		} else {
			s.failure.Store(nil)
		}
		for _, w := range waiters {
			close(w)
		}
	}
}

func (s *sequencer) err() error {
	if p := s.failure.Load(); p != nil {
		return *p
	}
	return nil
}

func (s *sequencer) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	<-s.done
	for _, w := range s.waiters {
		close(w)
	}
	s.pool.Close()
}

// meet forgets what another connection told.
func (s *sequencer) meet(conn *pgx.Conn) {
	if conn != s.conn {
		s.conn, s.low, s.foldLow = conn, 0, 0
	}
}

// The statements of a pass. low skips the remains of earlier ones, which stay in the index as long as an
// old snapshot is open.
const (
	numberEvents = `WITH moved AS (DELETE FROM event_new WHERE txid >= $1 RETURNING *)
		INSERT INTO event (` + eventColumns + `)
		SELECT (SELECT coalesce(max(seq), 0) FROM event) + row_number() OVER (ORDER BY pos), id, source_id, type, occurred,
			subject_type, subject_id, subject_version, cause_kind, request_id, actor_id, actor_name, client_ip, changes, data
		FROM moved`
	takeAudit = `DELETE FROM audit_new WHERE txid >= $1 RETURNING pos, at, action, source_id, object_type, object_id, object_name,
		cause_kind, request_id, actor_id, actor_name, client_ip, detail`
	foldCounters = `WITH moved AS (DELETE FROM resource_delta WHERE txid >= $1 RETURNING source_id, type, bucket, live),
		counted AS (INSERT INTO resource_counter (source_id, type, live, folded)
			SELECT source_id, type, sum(live)::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM moved GROUP BY source_id, type
			ON CONFLICT (source_id, type) DO UPDATE SET live = resource_counter.live + excluded.live, folded = excluded.folded)
		INSERT INTO resource_bucket (source_id, type, bucket, live)
		SELECT source_id, type, bucket, sum(live)::bigint FROM moved GROUP BY source_id, type, bucket
		ON CONFLICT (source_id, type, bucket) DO UPDATE SET live = resource_bucket.live + excluded.live`
	insertAudit = `INSERT INTO audit (` + auditColumns + `)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
			$8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::bytea[])`
)

// pass numbers everything that is committed when it begins.
func (s *sequencer) pass(ctx context.Context) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	raw := conn.Conn()
	s.meet(raw)
	defer func() {
		if raw.PgConn().TxStatus() != 'I' {
			raw.Exec(context.WithoutCancel(ctx), "ROLLBACK") //nolint:errcheck // else the connection is closed
		}
	}()
	var low int64
	var last auditNew
	var entries []auditNew
	var events bool
	batch := &pgx.Batch{}
	batch.Queue(beginUpdate)
	batch.Queue("SELECT pg_advisory_xact_lock($1)", lockSequencer)
	// Whoever was finished before this snapshot is seen by the statements after it.
	batch.Queue("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint").QueryRow(func(r pgx.Row) error { return r.Scan(&low) })
	batch.Queue(numberEvents, s.low).Exec(func(tag pgconn.CommandTag) error {
		events = tag.RowsAffected() > 0
		return nil
	})
	fold := time.Since(s.folded) >= foldEvery
	if fold {
		batch.Queue(foldCounters, s.foldLow)
	}
	batch.Queue("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").QueryRow(func(r pgx.Row) error {
		err := r.Scan(&last.Seq, &last.Hash)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	batch.Queue(takeAudit, s.low).Query(func(r pgx.Rows) (err error) {
		entries, err = pgx.CollectRows(r, scanAuditNew)
		return err
	})
	if err := raw.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	batch = &pgx.Batch{}
	if len(entries) > 0 {
		batch.Queue(insertAudit, chain(&last.AuditEntry, entries)...)
	}
	now := time.Now()
	payload, hint, later := s.hints.due(now, events, entries)
	if hint {
		// Those who commit a notification take turns; passes do so anyway, and nobody else makes any.
		batch.Queue("SELECT pg_notify($1, $2)", hintChannel, payload)
	}
	batch.Queue("COMMIT")
	if err := raw.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	switch {
	case hint:
		s.hints.done(now)
	case later > 0:
		time.AfterFunc(later, s.wake)
	}
	s.low = low
	if fold {
		s.foldLow, s.folded = low, now
	}
	return nil
}

// auditNew is an audit row without a number.
type auditNew struct {
	pos int64
	directory.AuditEntry
}

func scanAuditNew(r pgx.CollectableRow) (n auditNew, err error) {
	var at int64
	err = r.Scan(&n.pos, &at, &n.Action, &n.Source, &n.ObjectType, &n.ObjectID, &n.ObjectName,
		&n.Cause.Kind, &n.Cause.RequestID, &n.Cause.ActorID, &n.Cause.ActorName, &n.Cause.ClientIP, &n.Detail)
	n.Time = fromMicros(at)
	return n, err
}

// chain numbers audit rows behind the last one and returns them as the arguments of insertAudit.
func chain(last *directory.AuditEntry, entries []auditNew) []any {
	slices.SortFunc(entries, func(a, b auditNew) int { return cmp.Compare(a.pos, b.pos) })
	n := len(entries)
	seqs, ats, sources := make([]int64, n), make([]int64, n), make([]int64, n)
	details, hashes := make([][]byte, n), make([][]byte, n)
	var texts [9][]string
	for i := range entries {
		e := &entries[i].AuditEntry
		e.Seq = last.Seq + 1
		e.Hash = auditHash(last.Hash, e)
		last = e
		seqs[i], ats[i], sources[i], details[i], hashes[i] = e.Seq, micros(e.Time), int64(e.Source), e.Detail, e.Hash
		for column, text := range [...]string{e.Action, e.ObjectType, e.ObjectID, e.ObjectName,
			e.Cause.Kind, e.Cause.RequestID, e.Cause.ActorID, e.Cause.ActorName, e.Cause.ClientIP} {
			texts[column] = append(texts[column], text)
		}
	}
	return []any{seqs, ats, texts[0], sources, texts[1], texts[2], texts[3],
		texts[4], texts[5], texts[6], texts[7], texts[8], details, hashes}
}
