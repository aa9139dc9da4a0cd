package outbox_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/secevent"
	"github.com/rosterhq/roster/scim/server"
)

// performer creates a user for each request, and notes what it did.
type performer struct {
	f *fixture
	// before runs ahead of each request, hang after its change was committed.
	before, hang func(ctx context.Context)

	mu   sync.Mutex
	seen []string // guarded by mu
}

func (p *performer) Perform(ctx context.Context, _ *directory.Source, cause directory.Cause, r *server.AsyncRequest) []server.AsyncOutcome {
	p.mu.Lock()
	p.seen = append(p.seen, r.Transaction)
	p.mu.Unlock()
	if p.before != nil {
		p.before(ctx)
	}
	scope := p.f.scope()
	scope.Cause = cause
	o := server.AsyncOutcome{Transaction: r.Transaction}
	o.Method, o.Status, o.Subject = r.Method, "201", "/Users"
	res, err := p.f.resources.Create(ctx, scope, p.f.typ("User"), scim.Object{"schemas": []any{scim.UserSchema}, "userName": "user " + r.Transaction, "active": true})
	if err != nil {
		e := scim.AsError(err)
		o.Status, o.Response = strconv.Itoa(e.Status), scim.Object{"detail": e.Detail}
	} else {
		o.Subject, o.Version = "/Users/"+string(res.ID), res.ETag()
		o.Location = r.Base() + o.Subject
	}
	if p.hang != nil {
		p.hang(ctx)
	}
	return []server.AsyncOutcome{o}
}

func (p *performer) transactions() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.seen...)
}

func (f *fixture) enqueue(txn string) {
	f.t.Helper()
	r := &server.AsyncRequest{Transaction: txn, Method: http.MethodPost, Target: "/Users", Subject: "/Users",
		Location: publicURL + "/source/scim/acme/v2/Users", Header: http.Header{}, Body: []byte("{}")}
	if err := f.out.Enqueue(f.t.Context(), f.source.ID, directory.Cause{Kind: "scim", ActorID: "account"}, r); err != nil {
		f.t.Fatal(err)
	}
}

// completion returns the outcome of a transaction as its client reads it; nil while it is pending.
func (f *fixture) completion(txn string) *secevent.Token {
	f.t.Helper()
	text, pending, err := f.out.Completion(f.t.Context(), f.source.ID, txn)
	if err != nil {
		f.t.Fatal(err)
	}
	if pending {
		return nil
	}
	token, err := f.verifier().Verify(text)
	if err != nil {
		f.t.Fatal(err)
	}
	return token
}

func TestLater_OutcomeFollowsTheChange(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	k := f.sink()
	f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: serve(t, k.handler())})
	f.enqueue("txn1")
	if f.completion("txn1") != nil {
		t.Error("there is an outcome before the request was performed")
	}
	f.start(f.out, &performer{f: f})
	change, outcome := k.next(t), k.next(t)
	if change.Transaction != "txn1" || !cmp.Equal(change.URIs(), []string{secevent.FeedAdd, secevent.CreateNotice}) {
		t.Errorf("first came %+v", change)
	}
	e, _ := outcome.Event(secevent.AsyncResp)
	o, _ := e.Outcome()
	if outcome.Transaction != "txn1" || o.Status != "201" || o.Method != "POST" || o.Version != `W/"1"` ||
		outcome.Subject.URI != change.Subject.URI || !strings.HasSuffix(o.Location, change.Subject.URI) {
		t.Errorf("the outcome is %+v %+v", outcome, o)
	}
	if got := f.completion("txn1"); got == nil || got.Transaction != "txn1" || got.ID == outcome.ID {
		t.Errorf("the client reads %+v", got)
	}
	if _, _, err := f.out.Completion(t.Context(), f.source.ID, "unknown"); scim.AsError(err).Status != http.StatusNotFound {
		t.Errorf("an unknown transaction: %v", err)
	}
	if _, _, err := f.out.Completion(t.Context(), directory.BuiltinSource, "txn1"); scim.AsError(err).Status != http.StatusNotFound {
		t.Errorf("another source's transaction: %v", err)
	}
}

func TestLater_TooManyAreRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	for range 1000 {
		f.enqueue("txn")
	}
	err := f.out.Enqueue(t.Context(), f.source.ID, directory.Cause{}, &server.AsyncRequest{Transaction: "one more"})
	if e := scim.AsError(err); err == nil || e.Status != http.StatusServiceUnavailable || e.RetryAfter == 0 {
		t.Errorf("one more: %v", err)
	}
	if err := f.out.Enqueue(t.Context(), directory.BuiltinSource, directory.Cause{}, &server.AsyncRequest{Transaction: "other"}); err != nil {
		t.Errorf("of another source: %v", err)
	}
}

func TestLater_RequestsOfASourceKeepTheirOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil)
		p := &performer{f: f, before: func(context.Context) { <-time.After(time.Second) }}
		want := []string{"a", "b", "c", "d", "e"}
		for _, txn := range want {
			f.enqueue(txn)
		}
		stop := f.start(f.out, p)
		other := f.start(f.service(), p)
		<-time.After(time.Minute)
		if diff := cmp.Diff(want, p.transactions()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		stop()
		other()
	})
}

// TestLater_InterruptedAfterTheCommit: the process ends between the change and its outcome. The next
// one must not perform the request again, nor report a conflict with itself.
func TestLater_InterruptedAfterTheCommit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil)
		committed := make(chan struct{})
		p := &performer{f: f, hang: func(ctx context.Context) {
			close(committed)
			<-ctx.Done()
		}}
		f.enqueue("txn1")
		stop := f.start(f.out, p)
		<-committed
		stop()
		if f.completion("txn1") != nil {
			t.Fatal("there is an outcome of an interrupted request")
		}
		p.hang = nil
		stop = f.start(f.service(), p)
		<-time.After(2 * time.Second)
		stop()
		token := f.completion("txn1")
		if token == nil {
			t.Fatal("no outcome")
		}
		e, _ := token.Event(secevent.AsyncResp)
		o, _ := e.Outcome()
		if o.Status != "201" || o.Version != `W/"1"` || !strings.HasPrefix(token.Subject.URI, "/Users/") || o.Location != publicURL+"/source/scim/acme/v2"+token.Subject.URI {
			t.Errorf("outcome %+v of %s", o, token.Subject.URI)
		}
		if got := p.transactions(); len(got) != 1 {
			t.Errorf("performed %v", got)
		}
	})
}

func TestLater_InterruptedBeforeTheCommitIsPerformedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil)
		begun := make(chan struct{})
		p := &performer{f: f, before: func(ctx context.Context) {
			close(begun)
			<-ctx.Done()
		}}
		f.enqueue("txn1")
		stop := f.start(f.out, p)
		<-begun
		stop()
		p.before = nil
		stop = f.start(f.service(), p)
		<-time.After(2 * time.Second)
		stop()
		e, _ := f.completion("txn1").Event(secevent.AsyncResp)
		if o, _ := e.Outcome(); o.Status != "201" {
			t.Errorf("outcome %+v", o)
		}
	})
}

func TestLater_InterruptedBulkIsReportedNotRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil)
		begun := make(chan struct{})
		p := &performer{f: f, hang: func(ctx context.Context) {
			close(begun)
			<-ctx.Done()
		}}
		r := &server.AsyncRequest{Transaction: "txn1", Method: http.MethodPost, Target: "/Bulk", Subject: "/Bulk", Location: publicURL + "/Bulk", Bulk: true,
			Body: []byte(`{"Operations":[{"method":"post","path":"/Users","bulkId":"q"},{"method":"DELETE","path":"/Users/1"}]}`)}
		if err := f.out.Enqueue(t.Context(), f.source.ID, directory.Cause{Kind: "scim"}, r); err != nil {
			t.Fatal(err)
		}
		stop := f.start(f.out, p)
		<-begun
		stop()
		stop = f.start(f.service(), p)
		<-time.After(2 * time.Second)
		stop()
		for txn, want := range map[string]secevent.Outcome{
			"txn1:0": {Method: "POST", BulkID: "q", Location: publicURL + "/Users", Status: "500"},
			"txn1:1": {Method: "DELETE", Location: publicURL + "/Users/1", Status: "500"},
		} {
			e, _ := f.completion(txn).Event(secevent.AsyncResp)
			got, _ := e.Outcome()
			if got.Response["status"] != "500" {
				t.Errorf("%s: response %v", txn, got.Response)
			}
			got.Response = nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", txn, diff)
			}
		}
		if got := p.transactions(); len(got) != 1 {
			t.Errorf("performed %v", got)
		}
	})
}
