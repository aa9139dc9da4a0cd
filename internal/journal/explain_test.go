package journal

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// Pins R-AUTH-15, R-SEC-01.
func TestBody_HoldsNoSecret(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		policy     directory.BodyPolicy
		body, want string
	}{
		{directory.BodiesKept, `{"userName":"ada","password":"p","n":1.50}`, `{"n":1.50,"password":"[removed]","userName":"ada"}`},
		{directory.BodiesKept, `{"PassWord":{"a":"p"}}`, `{"PassWord":"[removed]"}`},
		{directory.BodiesKept, `{"urn:ietf:params:scim:schemas:core:2.0:User:password":"p"}`, `{"urn:ietf:params:scim:schemas:core:2.0:User:password":"[removed]"}`},
		{directory.BodiesKept, `{"Operations":[{"op":"replace","path":"password","value":"p"},{"Op":"add","Path":"title","Value":"x"}]}`,
			`{"Operations":[{"op":"replace","path":"password","value":"[removed]"},{"Op":"add","Path":"title","Value":"x"}]}`},
		{directory.BodiesKept, `{"Operations":[{"op":"replace","value":{"password":"p"}}]}`, `{"Operations":[{"op":"replace","value":{"password":"[removed]"}}]}`},
		{directory.BodiesRedacted, `{"schemas":["s"],"id":"1","userName":"ada","active":true,"emails":[{"value":"a@b","type":"work"}]}`,
			`{"active":true,"emails":[{"type":"work","value":"[removed]"}],"id":"1","schemas":["s"],"userName":"[removed]"}`},
		{directory.BodiesOff, `{"a":1}`, ``},
		{directory.BodiesKept, ``, ``},
		{directory.BodiesKept, `password=p`, `"[the body is no JSON and was not kept]"`},
		{directory.BodiesKept, `{"a":"` + strings.Repeat("x", MaxBody) + `"}`, `"[the body has more than 64 KiB and was not kept]"`},
	} {
		if got := string(Body(c.policy, []byte(c.body))); got != c.want {
			t.Errorf("%q %.80s:\n got %s\nwant %s", c.policy, c.body, got, c.want)
		}
	}
}

// Pins R-SEC-05.
func TestQueryText_HidesValues(t *testing.T) {
	t.Parallel()
	const query = `filter=userName eq "ada" and active eq true&count=1`
	if got := QueryText(directory.BodiesKept, query); got != query {
		t.Error(got)
	}
	if got := QueryText(directory.BodiesRedacted, query); got != `filter=userName eq "[removed]" and active eq true&count=1` {
		t.Error(got)
	}
}

func TestExplain_ChoosesTheRule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		r    Record
		rule string
	}{
		{Record{Status: 401, Rule: "auth.expired"}, "auth.expired"},
		{Record{Status: 404, ResourceID: "1"}, "resource.not-found"},
		{Record{Status: 404}, "path.unknown"},
		{Record{Status: 400, SCIMType: "invalidFilter"}, "filter.syntax"},
		{Record{Status: 400, SCIMType: "noTarget"}, "patch.no-target"},
		{Record{Status: 412}, "version.conflict"},
		{Record{Status: 500}, "internal"},
		{Record{Status: 204, Notes: []Note{{Code: "T2"}, {Code: "member.unknown"}}}, "member.unknown"},
		{Record{Status: 200}, ""},
	} {
		x := Explain(&c.r, "generic")
		if (x == nil) != (c.rule == "") || x != nil && x.Rule != c.rule {
			t.Errorf("%+v: %+v, want %q", c.r, x, c.rule)
		}
	}
	x := Explain(&Record{Status: 401, Rule: "auth.missing", Detail: "Evidence."}, "okta")
	if !strings.Contains(x.Fix[0], "HTTP Header") || !strings.HasSuffix(x.Cause, "Evidence.") {
		t.Errorf("%+v", x)
	}
}

// TestCatalogue_KnowsEveryRule reads the rules that the program's errors name.
func TestCatalogue_KnowsEveryRule(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`(?:WithRule\(|rule[A-Za-z]*\s*:?=\s*|refusal\{|Rule = )"([a-z]+\.[a-z-]+)"`)
	seen := 0
	for _, dir := range []string{"../../scim", "../../scim/schema", "../../scim/filter", "../../scim/patch", "../../scim/server", "../directory", "../provision"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range named.FindAllStringSubmatch(string(text), -1) {
				seen++
				e, ok := catalogue(m[1])
				if !ok || e.title == "" || e.cause == "" || len(e.fix) == 0 {
					t.Errorf("%s names the rule %s, which the catalogue does not explain", file, m[1])
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d rules were found: the pattern is wrong", seen)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	on := &directory.Source{Enabled: true}
	ok, bad := &Record{Status: 201}, &Record{Status: 400, Detail: "Why."}
	refused, ours := &Record{Status: 401}, &Record{Status: 503, Detail: "Ours."}
	active := Activity{FirstAuthorized: now, LastRequest: now, LastWrite: now, LastFailure: now, LastRejected: now}
	for name, c := range map[string]struct {
		src    *directory.Source
		a      Activity
		recent recent
		want   State
	}{
		"never reached":     {on, Activity{}, recent{}, Waiting},
		"wrong token only":  {on, Activity{LastRequest: now, LastRejected: now}, recent{}, Waiting},
		"disabled":          {&directory.Source{}, Activity{}, recent{}, Paused},
		"paused":            {&directory.Source{Enabled: true, Paused: true}, Activity{LastWrite: now}, recent{}, Paused},
		"connected":         {on, Activity{FirstAuthorized: now, LastRequest: now}, recent{}, Verified},
		"writing":           {on, Activity{FirstAuthorized: now, LastRequest: now, LastWrite: now}, recent{}, Healthy},
		"two of five fail":  {on, Activity{FirstAuthorized: now, LastRequest: now, LastWrite: now, LastFailure: now}, recent{writes: []*Record{bad, bad, ok, ok, ok}}, Healthy},
		"half of them fail": {on, Activity{FirstAuthorized: now, LastRequest: now, LastWrite: now, LastFailure: now}, recent{writes: []*Record{bad, ok}}, Failing},
		"token was revoked": {on, active, recent{requests: []*Record{refused, refused, refused, refused, refused}}, Failing},
		"a stranger knocks": {on, active, recent{requests: []*Record{refused, refused, refused, refused, ok}}, Healthy},
		"few requests yet":  {on, active, recent{requests: []*Record{refused, refused}}, Healthy},
		"we fail":           {on, active, recent{requests: []*Record{ours, ours, refused, ours, ours}}, Failing},
		"the client fails":  {on, active, recent{requests: []*Record{bad, bad, bad, bad, bad}}, Healthy},
	} {
		if got, reason := judge(c.src, c.a, c.recent); got != c.want || reason == "" {
			t.Errorf("%s: %s (%s), want %s", name, got, reason, c.want)
		}
	}
}

// activities is a Store of which only the activity and the latest requests count.
type activities struct {
	Store
	activity Activity
	latest   []*Record
}

func (s activities) Activity(context.Context, directory.SourceID) (Activity, error) {
	return s.activity, nil
}
func (s activities) Requests(context.Context, Query) ([]*Record, error) { return s.latest, nil }

func TestFinding(t *testing.T) {
	t.Parallel()
	now := time.Now()
	bad := &Record{Status: 409}
	for _, c := range []struct {
		preset string
		store  activities
		want   string
	}{
		{"generic", activities{}, "net.never-reached"},
		{"google", activities{}, "idp.google.catalog"},
		{"entra", activities{activity: Activity{FirstRequest: now, LastRejected: now}, latest: []*Record{{Status: 401, Rule: "auth.missing"}}}, "auth.missing"},
		{"entra", activities{activity: Activity{FirstRequest: now, FirstAuthorized: now}}, "idp.entra.no-scope"},
		{"okta", activities{activity: Activity{FirstRequest: now, FirstAuthorized: now}}, "idp.okta.matching-user"},
		{"entra", activities{activity: Activity{FirstRequest: now, FirstAuthorized: now, LastFailure: now}, latest: []*Record{bad}}, "idp.entra.quarantine-risk"},
		{"generic", activities{activity: Activity{FirstRequest: now, FirstAuthorized: now, LastWrite: now}}, ""},
	} {
		x, err := Finding(context.Background(), c.store, &directory.Source{Enabled: true, Preset: c.preset})
		got := ""
		if x != nil {
			got = x.Rule
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.preset, got, err, c.want)
		}
	}
}
