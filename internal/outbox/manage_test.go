package outbox_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/scim/secevent"
)

func TestCreate_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	good := outbox.NewReceiver{Name: "app", Kind: outbox.Push, URL: "https://app.example/events"}
	for field, change := range map[string]func(*outbox.NewReceiver){
		"name":     func(n *outbox.NewReceiver) { n.Name = " " },
		"kind":     func(n *outbox.NewReceiver) { n.Kind = "pull" },
		"url":      func(n *outbox.NewReceiver) { n.URL = "https://10.0.0.1/" },
		"source":   func(n *outbox.NewReceiver) { n.Source = 999 },
		"secret":   func(n *outbox.NewReceiver) { n.Secret = "two words" },
		"payload":  func(n *outbox.NewReceiver) { n.Payload = "everything" },
		"events":   func(n *outbox.NewReceiver) { n.Events = []string{secevent.CreateFull} },
		"audience": func(n *outbox.NewReceiver) { n.Audience = "a b" },
	} {
		n := good
		change(&n)
		_, _, err := f.out.Create(t.Context(), n, admin())
		var e *directory.InputError
		if !errors.As(err, &e) || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, url := range []string{publicURL + "/x", "https://[::1]/", "ftp://app.example/", "https://user@app.example/", "https://" + strings.Repeat("a", 3000) + ".example/"} {
		n := good
		n.URL = url
		if _, _, err := f.out.Create(t.Context(), n, admin()); err == nil {
			t.Errorf("%s was accepted", url)
		}
	}
	if _, _, err := f.out.Create(t.Context(), outbox.NewReceiver{Name: "p", Kind: outbox.Poll, Secret: "x"}, admin()); err == nil {
		t.Error("a poll receiver with a secret was accepted")
	}
	if all, err := f.out.List(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("%d receivers, %v", len(all), err)
	}
}

func TestManage_IsAudited(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	r, token := f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: "https://app.example/events", Secret: "hush"})
	if token != "" || r.Audience != r.URL || r.Payload != outbox.Notice || r.State() != outbox.StateWaiting {
		t.Errorf("created %+v", r)
	}
	name, url, secret := "renamed", "https://app.example/new", "quiet"
	events := []string{secevent.Delete}
	change := outbox.ReceiverChange{Name: &name, URL: &url, Secret: &secret, Events: &events}
	if _, err := f.out.Update(t.Context(), r.ID, change, admin()); err != nil {
		t.Fatal(err)
	}
	info := f.show(r.ID)
	if info.Name != name || info.URL != url || !cmp.Equal(info.Wanted(), events) {
		t.Errorf("updated to %+v", info.Receiver)
	}
	bad := "http://127.0.0.1.nip.io:x/"
	if _, err := f.out.Update(t.Context(), r.ID, outbox.ReceiverChange{URL: &bad}, admin()); err == nil {
		t.Error("a bad URL was accepted")
	}
	if err := f.out.Delete(t.Context(), r.ID, admin()); err != nil {
		t.Fatal(err)
	}
	if err := f.out.Delete(t.Context(), r.ID, admin()); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("deleted again: %v", err)
	}
	var actions []string
	err := f.store.View(t.Context(), func(from directory.Reader) error {
		rows, err := from.Audit(t.Context(), directory.AuditQuery{ObjectType: "receiver", Limit: 10})
		for _, row := range rows {
			actions = append(actions, row.Action)
			if s := string(row.Detail); strings.Contains(s, "hush") || strings.Contains(s, "quiet") {
				t.Errorf("%s has the secret: %s", row.Action, s)
			}
		}
		return err
	})
	if diff := cmp.Diff([]string{"receiver.deleted", "receiver.updated", "receiver.created"}, actions); err != nil || diff != "" {
		t.Errorf("audit %v (-want +got):\n%s", err, diff)
	}
}

func TestEventURIs_OfTheSourcesReceivers(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	uris := func() []string {
		list, err := f.out.EventURIs(t.Context(), f.source.ID)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if got := uris(); got != nil {
		t.Errorf("without receivers: %v", got)
	}
	f.receiver(outbox.NewReceiver{Kind: outbox.Poll, Source: directory.BuiltinSource})
	if got := uris(); got != nil {
		t.Errorf("of another source: %v", got)
	}
	f.receiver(outbox.NewReceiver{Kind: outbox.Poll, Source: f.source.ID, Events: []string{secevent.Delete}})
	f.receiver(outbox.NewReceiver{Kind: outbox.Poll, Payload: outbox.Full, Events: []string{secevent.CreateFull, secevent.Delete}})
	if diff := cmp.Diff([]string{secevent.CreateFull, secevent.Delete}, uris()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestKeys_AreTheSameForAllProcesses(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	keys := func(s *outbox.Service) string {
		w := newRecorder()
		r, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, outbox.KeysPath, nil)
		s.KeysHandler().ServeHTTP(w, r)
		if w.header.Get("Content-Type") != "application/jwk-set+json" || strings.Contains(w.body.String(), `"d"`) {
			t.Errorf("%v %s", w.header, &w.body)
		}
		return w.body.String()
	}
	if a, b := keys(f.out), keys(f.service()); a != b || a == "" {
		t.Errorf("%s\n%s", a, b)
	}
}
