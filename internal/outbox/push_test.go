package outbox_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/secevent"
)

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL + "/events"
}

// Pins R-EVT-02, R-EVT-03, R-EVT-04, R-EVT-05, R-EVT-06, R-SEC-06.
func TestPush_TellsEveryKindOfChangeInOrder(t *testing.T) {
	t.Parallel()
	for _, payload := range []outbox.Payload{outbox.Notice, outbox.Full} {
		f := newFixture(t, nil)
		k := f.sink()
		r, _ := f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: serve(t, k.handler()), Payload: payload})
		user := f.user("bjensen")
		f.patch("User", user, `{"op":"replace","path":"title","value":"Boss"},{"op":"add","path":"name.familyName","value":"Jensen"}`)
		f.patch("User", user, `{"op":"replace","path":"active","value":false}`)
		f.patch("User", user, `{"op":"replace","path":"active","value":true}`)
		group := f.group("staff", user)
		f.patch("Group", group, `{"op":"remove","path":"members"}`)
		f.delete("User", user)
		f.start(f.out, nil)

		full := payload == outbox.Full
		created, patched := secevent.CreateNotice, secevent.PatchNotice
		if full {
			created, patched = secevent.CreateFull, secevent.PatchFull
		}
		userURI, groupURI := "/Users/"+string(user), "/Groups/"+string(group)
		var seen []*secevent.Token
		for i, want := range []struct {
			uri    string
			events []string
		}{
			{userURI, []string{secevent.FeedAdd, created}},
			{userURI, []string{patched}},
			{userURI, []string{secevent.Deactivate, patched}},
			{userURI, []string{secevent.Activate, patched}},
			{groupURI, []string{secevent.FeedAdd, created}},
			{groupURI, []string{patched}},
			{groupURI, []string{patched}},
			{userURI, []string{secevent.Delete}},
		} {
			token := k.next(t)
			seen = append(seen, token)
			if diff := cmp.Diff(want.events, token.URIs()); diff != "" || token.Subject.URI != want.uri {
				t.Errorf("%s %d: subject %s, events (-want +got):\n%s", payload, i, token.Subject.URI, diff)
			}
			if token.Issuer != publicURL+"/source/scim/acme/v2" || token.Transaction != "req-1" || !cmp.Equal(token.Audience, []string{r.Audience}) ||
				token.IssuedAt.IsZero() || !strings.HasPrefix(token.ID, r.ID) {
				t.Errorf("%s %d: %+v", payload, i, token)
			}
		}
		if got := seen[0].Subject.ExternalID; got != "x-bjensen" {
			t.Errorf("externalId %q", got)
		}
		change, _ := seen[1].Event(patched)
		members, _ := seen[5].Event(patched)
		removed, _ := seen[6].Event(patched)
		if full {
			first, _ := seen[0].Event(created)
			if first.Data()["userName"] != "bjensen" || first.Version() != `W/"1"` {
				t.Errorf("created: %v", first.Payload)
			}
			if got, want := compact(removed.Data()["Operations"]), `[{"op":"remove","path":"members[value eq \"`+string(user)+`\"]"}]`; got != want {
				t.Errorf("removed: %s, want %s", got, want)
			}
			if got, want := compact(members.Data()["Operations"]), `[{"op":"add","path":"members","value":[{"type":"User","value":"`+string(user)+`"}]}]`; got != want {
				t.Errorf("members: %s, want %s", got, want)
			}
			if got, want := compact(change.Data()["Operations"]), `[{"op":"replace","path":"name","value":{"familyName":"Jensen"}},{"op":"replace","path":"title","value":"Boss"}]`; got != want {
				t.Errorf("change: %s, want %s", got, want)
			}
			continue
		}
		if diff := cmp.Diff([]string{"name", "title"}, change.Attributes()); diff != "" || change.Version() != `W/"2"` {
			t.Errorf("attributes (-want +got):\n%s", diff)
		}
		if !cmp.Equal(members.Attributes(), []string{"members"}) || !cmp.Equal(removed.Attributes(), []string{"members"}) {
			t.Errorf("members: %v, %v", members.Attributes(), removed.Attributes())
		}
	}
}

func compact(v any) string { return string(scim.AppendJSON(nil, v)) }

func TestPush_SendsOnlyWhatIsWanted(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	k := f.sink()
	url := serve(t, k.handler())
	f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: url, Source: f.source.ID, Events: []string{secevent.Delete}})
	f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: url, Source: 1}) // another source
	user := f.user("a")
	f.delete("User", user)
	f.start(f.out, nil)
	if got := k.next(t).URIs(); !cmp.Equal(got, []string{secevent.Delete}) {
		t.Errorf("the first token tells %v", got)
	}
}

// Pins R-EVT-10.
func TestPush_SendsTheSecret(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	got := make(chan http.Header, 1)
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got <- r.Header
		w.WriteHeader(http.StatusAccepted)
	}))
	r, _ := f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: url, Secret: "s3cret"})
	if strings.Contains(string(r.Secret), "s3cret") {
		t.Error("the secret is not sealed")
	}
	f.user("a")
	f.start(f.out, nil)
	h := <-got
	for name, want := range map[string]string{"Authorization": "Bearer s3cret", "Content-Type": secevent.MediaType, "Accept": "application/json"} {
		if h.Get(name) != want {
			t.Errorf("%s: %q", name, h.Get(name))
		}
	}
}

// Pins R-EVT-10, R-EVT-11.
func TestPush_RefusedTokenIsRecordedAndPassed(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	k := f.sink()
	var once sync.Once
	h := &secevent.Receiver{Verifier: k.verifier, Accept: func(_ context.Context, token *secevent.Token) (err error) {
		once.Do(func() { err = &secevent.Error{Code: secevent.InvalidRequest, Description: "no such\nuser"} })
		if err == nil {
			k.got <- token
		}
		return err
	}}
	r, _ := f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: serve(t, h)})
	f.user("first")
	second := f.user("second")
	stop := f.start(f.out, nil)
	if got := k.next(t).Subject.URI; got != "/Users/"+string(second) {
		t.Errorf("after the refusal came %s", got)
	}
	stop()
	info := f.show(r.ID)
	if len(info.Failures) != 1 || info.Failures[0].Code != "invalid_request" || info.Failures[0].Description != "no such user" || info.Behind != 0 {
		t.Errorf("failures %+v, behind %d", info.Failures, info.Behind)
	}
}

func TestPush_ResumesWhereItStopped(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	k := f.sink()
	f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: serve(t, k.handler())})
	f.user("before")
	stop := f.start(f.out, nil)
	first := k.next(t)
	stop()
	after := f.user("after")
	if err := f.store.Close(); err != nil {
		t.Fatal(err)
	}
	f.open()
	f.start(f.out, nil)
	second := k.next(t)
	if second.Subject.URI != "/Users/"+string(after) || second.ID == first.ID {
		t.Errorf("after the restart came %s %s", second.ID, second.Subject.URI)
	}
}

func TestPush_SlowReceiverDelaysNobody(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	k := f.sink()
	release := make(chan struct{})
	reached := make(chan struct{}, 100)
	slow := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		reached <- struct{}{}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	f.receiver(outbox.NewReceiver{Name: "slow", Kind: outbox.Push, URL: slow})
	f.receiver(outbox.NewReceiver{Name: "fast", Kind: outbox.Push, URL: serve(t, k.handler())})
	stop := f.start(f.out, nil)
	f.user("a")
	<-reached
	for _, name := range []string{"b", "c", "d"} {
		f.user(name)
	}
	for range 4 {
		k.next(t)
	}
	close(release)
	stop()
}

func TestPush_TwoProcessesDoNotShareAReceiver(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	k := f.sink()
	var inside, most atomic.Int32
	h := &secevent.Receiver{Verifier: k.verifier, Accept: func(_ context.Context, token *secevent.Token) error {
		most.Store(max(most.Load(), inside.Add(1)))
		defer inside.Add(-1)
		k.got <- token
		return nil
	}}
	f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: serve(t, h)})
	for i := range 30 {
		f.user("user" + string(rune('a'+i)))
	}
	stop := f.start(f.out, nil)
	f.start(f.service(), nil)
	ids := map[string]bool{}
	for range 30 {
		id := k.next(t).ID
		if ids[id] {
			t.Errorf("%s came twice", id)
		}
		ids[id] = true
	}
	if most.Load() != 1 {
		t.Errorf("%d calls at once", most.Load())
	}
	stop() // the other process goes on
	f.user("last")
	if id := k.next(t).ID; ids[id] {
		t.Errorf("%s came again", id)
	}
}

func TestPush_DisabledAndDeletedReceiversAreLeftAlone(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	k := f.sink()
	r, _ := f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: serve(t, k.handler())})
	off := false
	if _, err := f.out.Update(t.Context(), r.ID, outbox.ReceiverChange{Enabled: &off}, admin()); err != nil {
		t.Fatal(err)
	}
	if uris, err := f.out.EventURIs(t.Context(), f.source.ID); err != nil || len(uris) > 0 {
		t.Errorf("events of a disabled receiver are published: %v, %v", uris, err)
	}
	first := f.user("a")
	f.start(f.out, nil)
	on := true
	if _, err := f.out.Update(t.Context(), r.ID, outbox.ReceiverChange{Enabled: &on}, admin()); err != nil {
		t.Fatal(err)
	}
	if got := k.next(t).Subject.URI; got != "/Users/"+string(first) {
		t.Errorf("what happened meanwhile was lost; %s came", got)
	}
	if err := f.out.Delete(t.Context(), r.ID, admin()); err != nil {
		t.Fatal(err)
	}
	if _, err := f.out.Show(t.Context(), r.ID); err == nil || !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("the deleted receiver: %v", err)
	}
}
