package adminapi

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
)

func TestSources_LifeOfOne(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	made := f.owner("POST", "/sources", object{"name": "Okta", "preset": "okta"}).want(201)
	token := made.text("token")
	source := made.object()
	if source["slug"] != "okta" || source["base_url"] != f.server.URL+"/source/scim/okta/v2" || source["preset"] != "okta" || source["enabled"] != true {
		t.Errorf("source %s", made.body)
	}
	if account := source["service_account"].(object); account["username"] != "scim-okta" {
		t.Errorf("service account %v", account)
	}
	if policies := source["policies"].(object); policies["group_patch_body"] != true {
		t.Errorf("policies %v, want those of the preset", policies)
	}
	if health := source["health"].(object); health["state"] != "waiting" || health["reason"] == "" {
		t.Errorf("health %v", health)
	}
	if _, ok := directory.ParseToken(token); !ok {
		t.Errorf("token %q", token)
	}

	changed := f.owner("PATCH", "/sources/okta", object{"name": "Okta (test)", "slug": "okta-test", "paused": true, "policies": object{"strict_unknown": true}}).want(200).object()
	policies := changed["policies"].(object)
	if changed["slug"] != "okta-test" || changed["name"] != "Okta (test)" || changed["health"].(object)["state"] != "paused" ||
		policies["strict_unknown"] != true || policies["group_patch_body"] == true {
		t.Errorf("changed %v", changed)
	}
	f.owner("GET", "/sources/okta", nil).want(404)
	f.owner("POST", "/sources", object{"name": "Other", "slug": "okta-test"}).want(409).about("body.slug")

	f.owner("DELETE", "/sources/okta-test?users=delete", nil).want(204)
	f.owner("GET", "/sources/okta-test", nil).want(404)
	if items := f.walk("/sources", query()); len(items) != 1 || items[0]["slug"] != "built-in" {
		t.Errorf("left: %v", items)
	}
}

func TestSources_ListIsPagedAndSearched(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, name := range []string{"Charlie", "Alpha", "Bravo"} {
		f.source(name)
	}
	var names []string
	for _, s := range f.walk("/sources", query("limit", "2")) {
		names = append(names, s["name"].(string))
	}
	if got := strings.Join(names, " "); got != "Alpha Bravo Charlie Built-in" {
		t.Errorf("in the order %q", got)
	}
	page := f.owner("GET", "/sources?limit=2", nil).want(200).object()
	if page["total"] != 4.0 {
		t.Errorf("total %v", page["total"])
	}
	if items := f.owner("GET", "/sources?q=RAV", nil).items(); len(items) != 1 || items[0]["slug"] != "bravo" {
		t.Errorf("found %v", items)
	}
}

func TestSources_OperatorGetsNoToken(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	made := f.as(account.Operator, "POST", "/sources", object{"name": "Acme"}).want(201)
	if strings.Contains(string(made.body), "rst_") || made.object()["token"] != nil {
		t.Errorf("an operator, who sees no secret, got the token: %s", made.body)
	}
	f.as(account.Operator, "POST", "/sources/acme/token/reveal", nil).want(403)
}

func TestTokens_RevealRotateRevoke(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, token := f.source("Acme")
	if got := f.owner("POST", "/sources/acme/token/reveal", nil).want(200).text("token"); got != token {
		t.Errorf("revealed %q, want %q", got, token)
	}
	if got := f.owner("POST", "/sources/acme/token/reveal", object{}).want(200).text("token"); got != token {
		t.Errorf("revealed %q with an empty body", got)
	}
	f.clock.advance(time.Second)
	rotated := f.owner("POST", "/sources/acme/token/rotate", object{"overlap": "2h"}).want(200)
	second := rotated.text("token")
	if ends := rotated.text("previous_expires_at"); ends != "2026-11-01T14:00:01.000Z" {
		t.Errorf("the old token ends at %s", ends)
	}
	if got := f.owner("POST", "/sources/acme/token/reveal", nil).text("token"); got != second || second == token {
		t.Errorf("revealed %q after a rotation to %q", got, second)
	}
	f.owner("POST", "/sources/acme/token/rotate", object{"overlap": "100 years"}).want(422).about("body.overlap")
	f.owner("POST", "/sources/acme/token/rotate", object{"overlap": "-1h"}).want(422).about("body.overlap")
	f.clock.advance(time.Second)
	if got := f.owner("POST", "/sources/acme/token/rotate", object{}).want(200).text("previous_expires_at"); got != "2026-11-02T12:00:02.000Z" {
		t.Errorf("without an overlap the old tokens end at %s, want a day later", got)
	}
	f.clock.advance(time.Second)
	third := f.owner("POST", "/sources/acme/tokens", object{"label": "staging"}).want(201).text("token")

	list := f.owner("GET", "/tokens", nil).want(200)
	for _, secret := range []string{token, second, third} {
		if strings.Contains(string(list.body), secret) {
			t.Errorf("a list shows a token: %s", list.body)
		}
	}
	items := list.items()
	if len(items) != 4 || items[0]["label"] != "staging" || items[0]["state"] != "active" || items[1]["state"] != "active" ||
		items[2]["state"] != "expiring" || items[3]["state"] != "expiring" {
		t.Fatalf("tokens %s", list.body)
	}
	if items[0]["last4"] != third[len(third)-4:] || items[0]["source"] != "acme" || items[0]["service_account"] != "scim-acme" {
		t.Errorf("token %v", items[0])
	}
	id := items[0]["id"].(string)
	if got := f.owner("POST", "/tokens/"+id+"/reveal", nil).want(200).text("token"); got != third {
		t.Errorf("revealed %q by its id, want %q", got, third)
	}
	f.owner("DELETE", "/tokens/"+id, nil).want(204)
	f.owner("DELETE", "/tokens/"+id, nil).want(204)
	f.owner("POST", "/tokens/"+id+"/reveal", nil).want(404)
	f.clock.advance(3 * time.Hour)
	if got := f.owner("GET", "/tokens", nil).items(); got[0]["state"] != "revoked" || got[3]["state"] != "expired" {
		t.Errorf("states %v and %v", got[0]["state"], got[3]["state"])
	}

	audit := f.owner("GET", "/audit?action=token.revealed", nil).want(200)
	if got := audit.items(); len(got) != 4 || got[0]["actor"].(object)["kind"] != "api_key" {
		t.Errorf("reveals in the audit trail: %s", audit.body)
	}
	if strings.Contains(string(f.owner("GET", "/audit?limit=100", nil).body), "rst_") {
		t.Error("the audit trail holds a token")
	}
}

func TestSource_HealthAndChecklistComeFromTheJournal(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	src, _ := f.source("Acme")
	steps := f.owner("GET", "/sources/acme/checklist", nil).want(200).object()["steps"].([]any)
	if len(steps) != 5 || steps[0].(object)["done"] != false || steps[0].(object)["at"] != nil {
		t.Errorf("steps of a new source: %v", steps)
	}
	f.record(&journal.Record{Source: src.ID, TokenID: "t", Action: "create", ResourceType: "User", Status: 201, Outcome: journal.Created})
	steps = f.owner("GET", "/sources/acme/checklist", nil).want(200).object()["steps"].([]any)
	if first := steps[3].(object); first["id"] != "first_user" || first["done"] != true || first["at"] != "2026-11-01T12:00:00.000Z" {
		t.Errorf("steps after a first user: %v", steps)
	}
	source := f.owner("GET", "/sources/acme", nil).want(200).object()
	if source["health"].(object)["state"] != "healthy" || source["last_request_at"] != "2026-11-01T12:00:00.000Z" || source["last_write_at"] == nil {
		t.Errorf("source after a write: %v", source)
	}
}

// record adds a request record, as the SCIM endpoint would.
func (f *fixture) record(r *journal.Record) string {
	f.t.Helper()
	r.ID, r.Time = journal.NewID(), f.clock.Now()
	f.journal.Add(r, directory.BodiesKept)
	if err := f.journal.Flush(context.Background()); err != nil {
		f.t.Fatal(err)
	}
	return r.ID
}

func TestPresets_AreThoseOfTheDomain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	reply := f.as(account.Auditor, "GET", "/presets", nil).want(200)
	var presets []preset
	reply.into(&presets)
	got := map[string]preset{}
	for _, p := range presets {
		got[p.ID] = p
		var guide string
		for _, g := range p.Guide {
			if g.Title == "" || strings.HasSuffix(g.Title, ".") || g.Text == "" {
				t.Errorf("%s: step %q: %q", p.ID, g.Title, g.Text)
			}
			if strings.Count(g.Text, "**")%2 != 0 || strings.Count(g.Text, "`")%2 != 0 {
				t.Errorf("%s: unpaired marks in %q", p.ID, g.Text)
			}
			guide += g.Text
		}
		if !strings.Contains(guide, "{{url}}") || !strings.Contains(guide, "{{token}}") {
			t.Errorf("the guide of %s lacks the URL or the token", p.ID)
		}
		if p.Name == "" || !strings.HasSuffix(p.Description, ".") {
			t.Errorf("%s: name %q, description %q", p.ID, p.Name, p.Description)
		}
	}
	if len(got) != len(directory.Presets()) || len(presets) != len(got) {
		t.Errorf("%d presets, want %d", len(got), len(directory.Presets()))
	}
	for _, id := range directory.Presets() {
		if got[id].ID == "" {
			t.Errorf("preset %q has no guide", id)
		}
	}
}
