package adminapi

import (
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/scim/secevent"
)

func TestReceivers_LifeOfOne(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	src, _ := f.source("Acme")
	made := f.as(account.Developer, "POST", "/receivers", object{"name": "app", "kind": "push", "url": "https://app.example/events",
		"secret": "hush", "source": src.Slug, "payload": "full", "events": []string{secevent.CreateFull}}).want(201)
	r := made.object()
	if r["source"] != src.Slug || r["audience"] != "https://app.example/events" || r["has_secret"] != true || r["state"] != "waiting" || r["token"] != nil {
		t.Errorf("made %s", made.body)
	}
	path := "/receivers/" + made.text("id")
	changed := f.owner("PATCH", path, object{"enabled": false, "events": []string{}}).want(200)
	if o := changed.object(); o["state"] != "disabled" || len(o["events"].([]any)) != len(outbox.Full.Offered()) {
		t.Errorf("changed %s", changed.body)
	}
	if items := f.as(account.Auditor, "GET", "/receivers", nil).want(200).items(); len(items) != 1 || items[0]["id"] != r["id"] {
		t.Errorf("listed %v", items)
	}
	f.owner("POST", path+"/token/rotate", nil).want(422)
	for _, answer := range []*reply{made, changed, f.owner("GET", path, nil).want(200)} {
		if strings.Contains(string(answer.body), "hush") {
			t.Errorf("%s shows the secret", answer.what)
		}
	}
	f.owner("DELETE", path, nil).want(204)
	f.owner("GET", path, nil).want(404)
}

func TestReceivers_PollTokenIsShownOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	made := f.owner("POST", "/receivers", object{"name": "app", "kind": "poll"}).want(201)
	path := "/receivers/" + made.text("id")
	if !strings.HasPrefix(made.text("token"), "rsr_") || !strings.HasSuffix(made.text("poll_url"), "/events/poll/"+made.text("id")) {
		t.Errorf("made %s", made.body)
	}
	if shown := f.owner("GET", path, nil).want(200); strings.Contains(string(shown.body), "rsr_") {
		t.Errorf("shown again: %s", shown.body)
	}
	if fresh := f.owner("POST", path+"/token/rotate", nil).want(200).text("token"); fresh == made.text("token") {
		t.Error("the token was not changed")
	}
}

func TestReceivers_MistakesNameTheValue(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for location, change := range map[string]object{
		"body.url":      {"url": "http://127.0.0.1/"},
		"body.events":   {"events": []string{"user.created"}},
		"body.source":   {"source": "nowhere"},
		"body.audience": {"audience": "a b"},
		"body.kind":     {"kind": "pull"},
		"body.payload":  {"payload": "all"},
	} {
		input := object{"name": "app", "kind": "push", "url": "https://app.example/events"}
		for name, v := range change {
			input[name] = v
		}
		f.owner("POST", "/receivers", input).want(422).about(location)
	}
}
