package outbox

import (
	"context"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/server"
)

// Store keeps receivers and postponed requests beside the event feed. What is missing is
// directory.ErrNotFound.
type Store interface {
	// ViewOutbox runs fn over one snapshot.
	ViewOutbox(ctx context.Context, fn func(Reader) error) error
	// UpdateOutbox has the contract of directory.Store.Update.
	UpdateOutbox(ctx context.Context, fn func(Writer) error) error
}

// Reader reads. Its results stay valid afterwards.
type Reader interface {
	Receiver(ctx context.Context, id string) (*Receiver, error)
	// Receivers returns all receivers by name.
	Receivers(ctx context.Context) ([]*Receiver, error)
	// Failures returns up to limit failures of a receiver, newest first.
	Failures(ctx context.Context, receiver string, limit int) ([]*Failure, error)
	// Acknowledged returns what a poll receiver has acknowledged beyond its position.
	Acknowledged(ctx context.Context, receiver string) ([]Mark, error)

	// Outcomes calls emit for up to limit outcomes after a number, in order; source 0 means all.
	Outcomes(ctx context.Context, source directory.SourceID, after int64, limit int, emit func(*Outcome) error) error
	// LastOutcome returns the number of the newest outcome, 0 when there is none.
	LastOutcome(ctx context.Context) (int64, error)
	// Outcome returns the outcome of a transaction of a source.
	Outcome(ctx context.Context, source directory.SourceID, txn string) (*Outcome, error)
	// Pending reports whether a request of the source waits under that transaction.
	Pending(ctx context.Context, source directory.SourceID, txn string) (bool, error)
	// CountPending returns how many requests of the source wait, at most limit.
	CountPending(ctx context.Context, source directory.SourceID, limit int) (int, error)
	// NextJob returns the oldest request whose lease is free at now and that no older one of its
	// source precedes.
	NextJob(ctx context.Context, now time.Time) (*Job, error)
	Job(ctx context.Context, id int64) (*Job, error)
	// EventOfRequest returns the first event after a place in the feed that a request caused.
	EventOfRequest(ctx context.Context, source directory.SourceID, after directory.Seq, requestID string) (*directory.Event, error)

	// Events, LastSeq and Source are those of directory.Reader.
	Events(ctx context.Context, source directory.SourceID, after directory.Seq, limit int, emit func(*directory.Event) error) error
	LastSeq(ctx context.Context) (directory.Seq, error)
	Source(ctx context.Context, id directory.SourceID) (*directory.Source, error)

	// Setting returns a named value of the installation.
	Setting(ctx context.Context, name string) ([]byte, error)
}

// Writer writes within one transaction, and reads its own writes.
type Writer interface {
	Reader

	InsertReceiver(ctx context.Context, r *Receiver) error
	// UpdateReceiver writes everything but the progress and the lease.
	UpdateReceiver(ctx context.Context, r *Receiver) error
	// DeleteReceiver removes the receiver with its failures and acknowledgements.
	DeleteReceiver(ctx context.Context, id string) error
	PutProgress(ctx context.Context, id string, p Progress) error
	PutLease(ctx context.Context, id string, l Lease) error
	// AddFailure keeps a failure once; the newest ones of a receiver are kept.
	AddFailure(ctx context.Context, receiver string, f *Failure) error
	// Acknowledge notes what a poll receiver acknowledged; again is no error.
	Acknowledge(ctx context.Context, receiver string, marks []Mark) error
	// Forget removes acknowledgements up to and including a position.
	Forget(ctx context.Context, receiver string, upTo Position) error

	// InsertJob assigns the ID.
	InsertJob(ctx context.Context, j *Job) error
	// UpdateJob writes Started, StartedSeq and the lease.
	UpdateJob(ctx context.Context, j *Job) error
	DeleteJob(ctx context.Context, id int64) error
	// InsertOutcome assigns the Number, in the order of commits.
	InsertOutcome(ctx context.Context, o *Outcome) error
	// PurgeOutcomes removes up to limit outcomes from before t.
	PurgeOutcomes(ctx context.Context, before time.Time, limit int) (int64, error)

	PutSetting(ctx context.Context, name string, value []byte) error
	// AppendAudit is that of directory.Writer.
	AppendAudit(ctx context.Context, e *directory.AuditEntry) error
}

// Mark names one thing there is to tell: an event of the feed or an outcome, by its number.
type Mark struct {
	Outcome bool
	Number  int64
}

// Job is a postponed request.
type Job struct {
	ID      int64
	Source  directory.SourceID
	Cause   directory.Cause
	Created time.Time
	Request *server.AsyncRequest
	// Started is when it was first begun; zero before. StartedSeq is the newest event of that moment:
	// what the request did is behind it.
	Started    time.Time
	StartedSeq directory.Seq
	Lease      Lease
}

// Outcome is what became of a postponed request, or of one of its operations.
type Outcome struct {
	Number int64
	Source directory.SourceID
	Time   time.Time
	server.AsyncOutcome
}
