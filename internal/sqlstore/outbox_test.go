package sqlstore

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/server"
)

func updateOutbox(t *testing.T, s *Store, fn func(outbox.Writer) error) {
	t.Helper()
	if err := s.UpdateOutbox(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestOutbox_ReceiverComesBackAsItWas(t *testing.T) {
	onEachEngine(t, testOutboxReceiverComesBackAsItWas)
}

func testOutboxReceiverComesBackAsItWas(t *testing.T, s *Store) {
	at := time.UnixMicro(1764000000000001).UTC()
	want := &outbox.Receiver{ID: "rcv_1", Name: "app", Source: 1, Kind: outbox.Push, URL: "https://a.example/", Audience: "a", Secret: []byte{1}, TokenHash: []byte{2},
		Payload: outbox.Full, Events: []string{"urn:a", "urn:b"}, Enabled: true, Created: at,
		Progress: outbox.Progress{Position: outbox.Position{Event: 3, Outcome: 4}, Attempts: 5, NextAttempt: at, LastSuccess: at, LastFailure: at, LastError: "e"},
		Lease:    outbox.Lease{Owner: "me", Until: at}}
	updateOutbox(t, s, func(w outbox.Writer) error { return w.InsertReceiver(t.Context(), want) })
	read := func() (got *outbox.Receiver) {
		err := s.ViewOutbox(t.Context(), func(r outbox.Reader) (err error) {
			got, err = r.Receiver(t.Context(), "rcv_1")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if diff := cmp.Diff(want, read()); diff != "" {
		t.Errorf("inserted (-want +got):\n%s", diff)
	}
	want.Name, want.Source, want.Enabled, want.Events, want.Secret = "other", 0, false, []string{}, []byte{9}
	updateOutbox(t, s, func(w outbox.Writer) error {
		changed := *want
		changed.Attempts, changed.Lease.Owner = 99, "thief" // not written by UpdateReceiver
		return w.UpdateReceiver(t.Context(), &changed)
	})
	if diff := cmp.Diff(want, read()); diff != "" {
		t.Errorf("updated (-want +got):\n%s", diff)
	}
	err := s.UpdateOutbox(t.Context(), func(w outbox.Writer) error {
		return errors.Join(w.PutLease(t.Context(), "rcv_2", outbox.Lease{}), w.PutProgress(t.Context(), "rcv_2", outbox.Progress{}), w.DeleteReceiver(t.Context(), "rcv_2"))
	})
	if !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("an unknown receiver: %v", err)
	}
}

func TestOutbox_NewestFailuresAreKept(t *testing.T) { onEachEngine(t, testOutboxNewestFailuresAreKept) }

func testOutboxNewestFailuresAreKept(t *testing.T, s *Store) {
	updateOutbox(t, s, func(w outbox.Writer) error {
		for i := range keptFailures + 20 {
			f := &outbox.Failure{ID: fmt.Sprint("jti", i), Code: "c", Description: "d"}
			if err := errors.Join(w.AddFailure(t.Context(), "a", f), w.AddFailure(t.Context(), "a", f)); err != nil {
				return err
			}
		}
		return w.AddFailure(t.Context(), "b", &outbox.Failure{ID: "jti0"})
	})
	err := s.ViewOutbox(t.Context(), func(r outbox.Reader) error {
		of, err := r.Failures(t.Context(), "a", 1000)
		if len(of) != keptFailures || of[0].ID != fmt.Sprint("jti", keptFailures+19) || of[keptFailures-1].ID != "jti20" {
			t.Errorf("%d kept, from %s to %s", len(of), of[0].ID, of[len(of)-1].ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOutbox_JobsOfASourceWaitForTheOlderOne(t *testing.T) {
	onEachEngine(t, testOutboxJobsOfASourceWaitForTheOlderOne)
}

func testOutboxJobsOfASourceWaitForTheOlderOne(t *testing.T, s *Store) {
	now := time.UnixMicro(1764000000000000).UTC()
	updateOutbox(t, s, func(w outbox.Writer) error {
		for i, source := range []directory.SourceID{1, 1, 2} {
			j := &outbox.Job{Source: source, Request: &server.AsyncRequest{Transaction: fmt.Sprint("txn", i)}}
			if err := w.InsertJob(t.Context(), j); err != nil {
				return err
			}
		}
		return nil
	})
	var order []string
	for range 3 {
		updateOutbox(t, s, func(w outbox.Writer) error {
			j, err := w.NextJob(t.Context(), now)
			if errors.Is(err, directory.ErrNotFound) {
				order = append(order, "none")
				return nil
			}
			if err != nil {
				return err
			}
			order = append(order, j.Request.Transaction)
			j.Lease = outbox.Lease{Owner: "me", Until: now.Add(time.Minute)}
			return w.UpdateJob(t.Context(), j)
		})
	}
	updateOutbox(t, s, func(w outbox.Writer) error {
		if err := w.DeleteJob(t.Context(), 1); err != nil {
			return err
		}
		j, err := w.NextJob(t.Context(), now)
		if err == nil {
			order = append(order, j.Request.Transaction)
		}
		return err
	})
	if diff := cmp.Diff([]string{"txn0", "txn2", "none", "txn1"}, order); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOutbox_OutcomesAreNumberedOnAfterAPurge(t *testing.T) {
	onEachEngine(t, testOutboxOutcomesAreNumberedOnAfterAPurge)
}

func testOutboxOutcomesAreNumberedOnAfterAPurge(t *testing.T, s *Store) {
	insert := func() int64 {
		o := &outbox.Outcome{Source: 1, Time: time.UnixMicro(5).UTC()}
		o.Transaction, o.Subject, o.Method, o.Status, o.Response = "txn", "/Users/1", "PUT", "400", scim.Object{"status": "400"}
		updateOutbox(t, s, func(w outbox.Writer) error { return w.InsertOutcome(t.Context(), o) })
		var got *outbox.Outcome
		err := s.ViewOutbox(t.Context(), func(r outbox.Reader) (err error) {
			got, err = r.Outcome(t.Context(), 1, "txn")
			return err
		})
		if diff := cmp.Diff(o, got); err != nil || diff != "" {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
		return o.Number
	}
	first := insert()
	updateOutbox(t, s, func(w outbox.Writer) error {
		n, err := w.PurgeOutcomes(t.Context(), time.UnixMicro(6), 10)
		if n != 1 {
			t.Errorf("%d removed", n)
		}
		return err
	})
	if second := insert(); second <= first {
		t.Errorf("numbered %d after %d", second, first)
	}
}
