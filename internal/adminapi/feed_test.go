package adminapi

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
)

func TestEvents_AreReadInOrder(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	src, _ := f.source("Acme")
	f.owner("POST", "/users", object{"user_name": "local"}).want(201)
	for i := range 5 {
		f.user(src, fmt.Sprintf("user%d", i))
	}
	var seqs []float64
	for after := 0.0; ; {
		page := f.owner("GET", fmt.Sprintf("/events?limit=2&after=%.0f", after), nil).want(200).object()
		items := page["items"].([]any)
		if page["last_seq"] != 6.0 {
			t.Fatalf("last_seq %v", page["last_seq"])
		}
		if len(items) == 0 {
			break
		}
		for _, item := range items {
			seqs = append(seqs, item.(object)["seq"].(float64))
		}
		after = page["next_after"].(float64)
	}
	if diff := cmp.Diff([]float64{1, 2, 3, 4, 5, 6}, seqs); diff != "" {
		t.Errorf("seqs: %s", diff)
	}
	event := f.owner("GET", "/events?after=1&limit=1", nil).items()[0]
	data, _ := event["data"].(object)
	if event["type"] != "user.created" || event["source"] != "acme" || data["userName"] != "user0" ||
		event["cause"].(object)["actor"] != "scim-acme" || event["subject"].(object)["version"] != 1.0 {
		t.Errorf("event %v", event)
	}
	if n := len(f.owner("GET", "/events?source=built-in", nil).items()); n != 1 {
		t.Errorf("%d events of the built-in source", n)
	}
	if page := f.owner("GET", "/events?after=100", nil).want(200).object(); page["last_seq"] != 6.0 || len(page["items"].([]any)) != 0 {
		t.Errorf("behind the end: %v", page)
	}
}

func TestEvents_OfTypesSkipTheRest(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	src, _ := f.source("Acme")
	scope := &directory.Scope{Source: src.ID, Cause: cause}
	for i := range 6 {
		id := directory.ResourceID(f.user(src, fmt.Sprintf("user%d", i)))
		if i%2 == 0 {
			if _, err := f.api.Resources.Delete(t.Context(), scope, f.api.userType, id, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	page := f.owner("GET", "/events?types=user.deleted,group.deleted&limit=2", nil).want(200)
	if items := page.items(); len(items) != 2 || items[0]["seq"] != 2.0 || items[1]["seq"] != 5.0 || page.object()["next_after"] != 5.0 {
		t.Errorf("first page %s", page.body)
	}
	page = f.owner("GET", "/events?types=user.deleted,group.deleted&limit=2&after=5", nil).want(200)
	if items := page.items(); len(items) != 1 || items[0]["seq"] != 8.0 || page.object()["next_after"] != 9.0 {
		t.Errorf("second page %s", page.body)
	}
}

func TestEvents_WaitEndsWithAnEvent(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	src, _ := f.source("Acme")
	answers := make(chan *reply)
	for _, path := range []string{"/events?wait=60s", "/events?wait=60&types=user.created"} {
		go func() { answers <- f.owner("GET", path, nil) }()
	}
	time.AfterFunc(50*time.Millisecond, func() { f.user(src, "ada") })
	for range 2 {
		if items := (<-answers).want(200).items(); len(items) != 1 || items[0]["type"] != "user.created" {
			t.Errorf("items %v", items)
		}
	}
	if items := f.owner("GET", "/events?after=1&wait=10ms", nil).want(200).items(); len(items) != 0 {
		t.Errorf("items %v after the time was up", items)
	}
}

func TestEvents_WaitEndsWithTheClientOrTheServer(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	filter := &eventFilter{limit: 1}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := f.api.awaitEvents(ctx, filter, 0, time.Minute)
		ended <- err
	}()
	cancel()
	if err := <-ended; err == nil {
		t.Error("the wait went on without its client")
	}
	answers := make(chan *reply)
	go func() { answers <- f.owner("GET", "/events?wait=60s", nil) }()
	close(f.stop)
	if items := (<-answers).want(200).items(); len(items) != 0 {
		t.Errorf("items %v", items)
	}
}

func TestRequests_AreListedAndExplained(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	src, _ := f.source("Acme")
	ok := f.record(&journal.Record{Source: src.ID, Slug: "acme", TokenID: "t", TokenLabel: "first token", Method: "POST", Path: "/Users", Action: "create",
		Status: 201, Outcome: journal.Created, ResourceType: "User", ResourceID: "u1", Subject: "ada", Duration: 1500 * time.Microsecond,
		RequestBody: []byte(`{"userName":"ada"}`), ResponseBody: []byte(`{"id":"u1"}`)})
	bad := f.record(&journal.Record{Source: src.ID, Slug: "acme", TokenID: "t", Method: "POST", Path: "/Users", Action: "create",
		Status: 409, Outcome: journal.Rejected, SCIMType: "uniqueness", Detail: "The userName is taken.",
		Notes: []journal.Note{{Code: "x", Message: "y"}}})
	lost := f.record(&journal.Record{Slug: "nowhere", Method: "GET", Path: "/Users", Query: "count=1", Action: "search", Status: 401, Outcome: journal.Rejected})
	for _, tt := range []struct {
		query string
		want  []string
	}{
		{"", []string{lost, bad, ok}},
		{"source=acme", []string{bad, ok}},
		{"status=4xx", []string{lost, bad}},
		{"status=201", []string{ok}},
		{"status=5xx", nil},
		{"q=ADA", []string{ok}},
		{"q=" + bad, []string{bad}},
		{"resource_id=u1", []string{ok}},
		{"writes=true", []string{bad, ok}},
	} {
		q := query("limit", "1")
		for _, pair := range strings.Split(tt.query, "&") {
			name, value, _ := strings.Cut(pair, "=")
			if name != "" {
				q.Set(name, value)
			}
		}
		var got []string
		for _, item := range f.walk("/requests", q) {
			got = append(got, item["id"].(string))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q: %s", tt.query, diff)
		}
	}
	shown := f.owner("GET", "/requests/"+ok, nil).want(200).object()
	if shown["duration_us"] != 1500.0 || shown["source"] != "acme" || shown["token"] != "first token" || shown["explanation"] != nil {
		t.Errorf("request %v", shown)
	}
	if body, _ := shown["request_body"].(object); body["userName"] != "ada" {
		t.Errorf("request_body %v", shown["request_body"])
	}
	shown = f.owner("GET", "/requests/"+bad, nil).want(200).object()
	explanation, _ := shown["explanation"].(object)
	if explanation["title"] == "" || explanation["rule"] == "" || len(shown["notes"].([]any)) != 1 {
		t.Errorf("failed request %v", shown)
	}
	if shown := f.owner("GET", "/requests/"+lost, nil).want(200).object(); shown["source"] != "nowhere" || len(shown["notes"].([]any)) != 0 {
		t.Errorf("request to an unknown slug %v", shown)
	}
	// The list tells what was left undone, too.
	listed := f.owner("GET", "/requests?q="+bad, nil).want(200).items()
	if note, _ := listed[0]["notes"].([]any)[0].(object); note["code"] != "x" || note["message"] != "y" {
		t.Errorf("notes %v", listed[0]["notes"])
	}
}

func TestAudit_IsPagedAndSearched(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	src, _ := f.source("Acme")
	for i := range 5 {
		f.user(src, fmt.Sprintf("user%d", i))
	}
	var seqs []float64
	for _, row := range f.walk("/audit", query("limit", "4")) {
		seqs = append(seqs, row["seq"].(float64))
	}
	// Five API keys, the source and its token, five users; newest first, without gaps.
	if len(seqs) != 12 || seqs[0] != 12 || seqs[11] != 1 {
		t.Errorf("seqs %v", seqs)
	}
	for q, want := range map[string]int{"USER.created": 5, "the user3": 1, "scim-acme": 5, "api_key.": 5, "nothing": 0} {
		if got := len(f.walk("/audit", query("q", q, "limit", "2"))); got != want {
			t.Errorf("%q: %d rows, want %d", q, got, want)
		}
	}
	if got := len(f.walk("/audit", query("source", "acme", "object_type", "user"))); got != 5 {
		t.Errorf("%d rows about users of the source", got)
	}
	row := f.owner("GET", "/audit?limit=1", nil).items()[0]
	if row["object"].(object)["name"] != "The user4" || row["source"] != "acme" || row["actor"].(object)["kind"] != "scim" {
		t.Errorf("row %v", row)
	}
}

func TestOverview_CountsWhatIsThere(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	empty := f.owner("GET", "/overview", nil).want(200).object()
	if empty["events_24h"] != 0.0 || len(empty["recent"].([]any)) != 0 || empty["users"].(object)["total"] != 0.0 {
		t.Errorf("empty overview %v", empty)
	}
	src, _ := f.source("Acme")
	f.user(src, "old")
	f.clock.advance(25 * time.Hour)
	for i := range 12 {
		f.user(src, fmt.Sprintf("user%d", i))
	}
	f.owner("POST", "/users", object{"user_name": "local", "active": false}).want(201)
	f.owner("POST", "/groups", object{"display_name": "Staff"}).want(201)
	got := f.owner("GET", "/overview", nil).want(200).object()
	if diff := cmp.Diff(object{"active": 13.0, "total": 14.0}, got["users"]); diff != "" {
		t.Errorf("users: %s", diff)
	}
	sources := got["sources"].(object)
	if got["groups"] != 1.0 || got["events_24h"] != 14.0 || sources["total"] != 1.0 || sources["by_health"].(object)["waiting"] != 1.0 {
		t.Errorf("overview %v", got)
	}
	recent := got["recent"].([]any)
	if len(recent) != 10 || recent[0].(object)["sentence"] != "key of owner created the group Staff." ||
		recent[2].(object)["sentence"] != "scim-acme created the user The user11." {
		t.Errorf("recent %v", recent)
	}
}

func TestExport_CSVIsHarmless(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	src, _ := f.source("Acme")
	names := []string{"=HYPERLINK(\"http://evil.test\",\"x\")", "+1", "-1", "@SUM(1)", "plain", "a,b \"quoted\"", " =1"}
	for i, name := range names {
		f.provision(src, directory.UserType, object{"userName": fmt.Sprint("user", i), "displayName": name})
	}
	f.owner("POST", "/users", object{"user_name": "local"}).want(201)
	reply := f.owner("GET", "/users/export.csv?source=acme", nil).want(200)
	lines := strings.Split(strings.TrimSpace(string(reply.body)), "\n")
	if len(lines) != len(names)+1 || lines[0] != strings.Join(csvHead(), ",") {
		t.Fatalf("lines %q", lines)
	}
	for i, cell := range []string{`"'=HYPERLINK(""http://evil.test"",""x"")"`, `'+1`, `'-1`, `'@SUM(1)`, `plain`, `"a,b ""quoted"""`, `"' =1"`} {
		if !strings.Contains(lines[i+1], ","+cell+",") && !strings.Contains(lines[i+1], ","+strings.Trim(cell, `"`)+",") {
			t.Errorf("line %q, want the cell %s", lines[i+1], cell)
		}
	}
	if got := reply.header.Get("Content-Type"); got != "text/csv; charset=utf-8" || !strings.Contains(reply.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("headers %v", reply.header)
	}
	if lines := f.owner("GET", "/users/export.csv?q=user3", nil).want(200); strings.Count(string(lines.body), "\n") != 2 {
		t.Errorf("filtered export %s", lines.body)
	}
	if n := strings.Count(string(f.owner("GET", "/users/export.csv?format=ndjson", nil).want(200).body), "\n"); n != len(names)+1 {
		t.Errorf("%d lines of JSON", n)
	}
}

func TestExport_GoesThroughManyPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	n := 2*exportPage + 1
	for _, name := range []string{"Acme", "Beta"} {
		src, _ := f.source(name)
		err := f.store.Update(t.Context(), func(w directory.Writer) error {
			for i := range n {
				id := directory.ResourceID(fmt.Sprintf("%s-%d", src.Slug, i))
				body := []byte(fmt.Sprintf(`{"schemas":[],"id":%q,"userName":"user%d"}`, id, i))
				rec := &directory.Record{Source: src.ID, Type: directory.UserType, ID: id, Version: 1, Created: f.clock.Now(), Modified: f.clock.Now(),
					Active: true, Body: body, Keys: directory.Keys{Name: fmt.Sprint("user", i)}}
				if err := w.InsertResource(t.Context(), rec); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(string(f.owner("GET", "/users/export.csv", nil).want(http.StatusOK).body), "\n"); got != 2*n+1 {
		t.Errorf("%d lines, want %d", got, 2*n+1)
	}
}
