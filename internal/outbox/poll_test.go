package outbox_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/secevent"
)

// poller polls for a receiver.
type poller struct {
	f     *fixture
	id    string
	token string
}

func (f *fixture) poller(n outbox.NewReceiver) *poller {
	f.t.Helper()
	n.Kind = outbox.Poll
	r, token := f.receiver(n)
	return &poller{f, r.ID, token}
}

// request sends a poll and returns its status and decoded answer.
func (p *poller) request(ctx context.Context, body string, change ...func(*http.Request)) (int, scim.Object) {
	p.f.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, outbox.PollPath+p.id, strings.NewReader(body))
	if err != nil {
		p.f.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+p.token)
	for _, c := range change {
		c(r)
	}
	w := newRecorder()
	p.f.out.PollHandler().ServeHTTP(w, r)
	if w.body.Len() == 0 {
		return w.status, nil
	}
	doc, err := scim.DecodeObject(w.body.Bytes(), scim.Limits{StringBytes: 1 << 20})
	if err != nil {
		p.f.t.Fatal(err)
	}
	return w.status, doc
}

// poll returns the numbers of the events that came, sorted, and moreAvailable.
func (p *poller) poll(body string) (numbers []string, more bool) {
	p.f.t.Helper()
	status, doc := p.request(p.f.t.Context(), body)
	if status != http.StatusOK {
		p.f.t.Fatalf("poll %s: %d %v", body, status, doc)
	}
	v := p.f.verifier()
	for id, text := range doc["sets"].(scim.Object) {
		token, err := v.Verify(text.(string))
		if err != nil || token.ID != id {
			p.f.t.Fatalf("token %s: %v", id, err)
		}
		numbers = append(numbers, strings.TrimPrefix(id, p.id+"."))
	}
	slices.Sort(numbers)
	more, _ = doc["moreAvailable"].(bool)
	return numbers, more
}

// ids writes the JSON array of token identifiers.
func (p *poller) ids(numbers ...string) string {
	list := make([]string, len(numbers))
	for i, n := range numbers {
		list[i] = fmt.Sprintf("%q", p.id+"."+n)
	}
	return "[" + strings.Join(list, ",") + "]"
}

// Pins R-EVT-12.
func TestPoll_KeepsWhatIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	p := f.poller(outbox.NewReceiver{})
	for i := range 5 {
		f.user(fmt.Sprintf("user%d", i))
	}
	now := `"returnImmediately":true`
	for i, step := range []struct {
		body string
		want []string
		more bool
	}{
		{`{` + now + `}`, []string{"e1", "e2", "e3", "e4", "e5"}, false},
		{`{` + now + `,"maxEvents":2}`, []string{"e1", "e2"}, true},
		{`{` + now + `,"maxEvents":2,"ack":` + p.ids("e1") + `}`, []string{"e2", "e3"}, true},
		{`{` + now + `,"maxEvents":2,"ack":` + p.ids("e3", "e1", "e1") + `}`, []string{"e2", "e4"}, true},
		{`{"maxEvents":0,"ack":` + p.ids("e2") + `}`, nil, true},
		{`{` + now + `}`, []string{"e4", "e5"}, false},
		{`{` + now + `,"ack":["unknown","` + p.id + `.e99","` + p.id + `.o1","rcv_other.e4"]}`, []string{"e4", "e5"}, false},
		{`{` + now + `,"setErrs":{"` + p.id + `.e4":{"err":"invalid_request","description":"cannot"}}}`, []string{"e5"}, false},
		{`{` + now + `,"ack":` + p.ids("e5") + `}`, nil, false},
	} {
		got, more := p.poll(step.body)
		if diff := cmp.Diff(step.want, got); diff != "" || more != step.more {
			t.Fatalf("step %d: more %t, (-want +got):\n%s", i, more, diff)
		}
	}
	info := f.show(p.id)
	if len(info.Failures) != 1 || info.Failures[0].Code != "invalid_request" || info.Failures[0].ID != p.id+".e4" || info.Behind != 0 {
		t.Errorf("failures %+v, behind %d", info.Failures, info.Behind)
	}
	f.user("later")
	if got, _ := p.poll(`{` + now + `}`); !cmp.Equal(got, []string{"e6"}) {
		t.Errorf("the acknowledgement of an event before it happened counted: %v", got)
	}
}

func TestPoll_SkipsWhatIsNotWanted(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	p := f.poller(outbox.NewReceiver{Events: []string{secevent.Delete}})
	for i := range 120 { // more than one look at the feed
		f.user(fmt.Sprintf("user%d", i))
	}
	if got, more := p.poll(`{"returnImmediately":true}`); len(got) > 0 || more {
		t.Errorf("%v, more %t", got, more)
	}
	if info := f.show(p.id); info.Behind != 0 {
		t.Errorf("%d behind", info.Behind)
	}
	f.delete("User", f.user("gone"))
	if got, _ := p.poll(`{"returnImmediately":true}`); !cmp.Equal(got, []string{"e122"}) {
		t.Errorf("%v", got)
	}
}

// Pins R-EVT-12.
func TestPoll_WaitsForAnEvent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil)
		p := f.poller(outbox.NewReceiver{})
		stop := f.start(f.out, nil)
		begun := time.Now()
		if got, _ := p.poll(`{}`); len(got) > 0 || time.Since(begun) != 30*time.Second {
			t.Errorf("%v after %v", got, time.Since(begun))
		}
		begun = time.Now()
		go func() {
			<-time.After(10 * time.Second)
			f.user("a")
		}()
		if got, _ := p.poll(`{}`); len(got) != 1 || time.Since(begun) > 12*time.Second {
			t.Errorf("%v after %v", got, time.Since(begun))
		}
		stop()
	})
}

func TestPoll_EndsWithTheServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil)
		p := f.poller(outbox.NewReceiver{})
		begun := time.Now()
		time.AfterFunc(5*time.Second, func() { close(f.ending) })
		if got, _ := p.poll(`{}`); len(got) > 0 || time.Since(begun) != 5*time.Second {
			t.Errorf("%v after %v", got, time.Since(begun))
		}
	})
}

func TestPoll_RefusesOthersAndNonsense(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	p := f.poller(outbox.NewReceiver{})
	other := f.poller(outbox.NewReceiver{Name: "other"})
	push, _ := f.receiver(outbox.NewReceiver{Kind: outbox.Push, URL: "https://app.example/e"})
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	path := func(id string) func(*http.Request) {
		return func(r *http.Request) { r.URL.Path = outbox.PollPath + id }
	}
	for name, tc := range map[string]struct {
		body   string
		change func(*http.Request)
		status int
	}{
		"fine":            {`{"returnImmediately":true}`, header("X", "y"), 200},
		"no token":        {`{}`, func(r *http.Request) { r.Header.Del("Authorization") }, 401},
		"wrong token":     {`{}`, header("Authorization", "Bearer "+p.token[:len(p.token)-1]+"_"), 401},
		"another's token": {`{}`, header("Authorization", "Bearer "+other.token), 401},
		"unknown":         {`{}`, path("rcv_0"), 401},
		"a push receiver": {`{}`, path(push.ID), 401},
		"get":             {`{}`, func(r *http.Request) { r.Method = http.MethodGet }, 405},
		"media type":      {`{}`, header("Content-Type", "text/plain"), 400},
		"no JSON":         {`{`, header("X", "y"), 400},
		"array":           {`[]`, header("X", "y"), 400},
		"maxEvents text":  {`{"maxEvents":"1"}`, header("X", "y"), 400},
		"maxEvents below": {`{"maxEvents":-1}`, header("X", "y"), 400},
		"immediately":     {`{"returnImmediately":1}`, header("X", "y"), 400},
		"ack":             {`{"ack":[1]}`, header("X", "y"), 400},
		"ack text":        {`{"ack":"x"}`, header("X", "y"), 400},
		"setErrs":         {`{"setErrs":{"x":1}}`, header("X", "y"), 400},
		"setErrs code":    {`{"setErrs":{"x":{"description":"d"}}}`, header("X", "y"), 400},
		"too long":        {`{"ack":["` + strings.Repeat("x", 2<<20) + `"]}`, header("X", "y"), 400},
	} {
		status, doc := p.request(t.Context(), tc.body, tc.change)
		if status != tc.status || status == 400 && doc["err"] != "invalid_request" {
			t.Errorf("%s: %d %v", name, status, doc)
		}
	}
	token, err := f.out.RotateToken(t.Context(), p.id, admin())
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := p.request(t.Context(), `{"returnImmediately":true}`); status != 401 {
		t.Errorf("the old token still opens: %d", status)
	}
	p.token = token
	off := false
	if _, err := f.out.Update(t.Context(), p.id, outbox.ReceiverChange{Enabled: &off}, admin()); err != nil {
		t.Fatal(err)
	}
	if status, doc := p.request(t.Context(), `{}`); status != 400 || doc["err"] != "access_denied" {
		t.Errorf("switched off: %d %v", status, doc)
	}
}
