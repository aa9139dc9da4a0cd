package provision_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/internal/provision"
)

// Pins R-AUTH-03, R-AUTH-05, R-AUTH-13, R-AUTH-15, R-TEN-01.
func TestAuthentication_EveryFailureLooksTheSame(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, other := f.source("Other")
	_, revoked := f.source("Revoked")
	id, _ := directory.ParseToken(revoked)
	if err := f.srcs.RevokeToken(context.Background(), id, cause); err != nil {
		t.Fatal(err)
	}
	damage := "a"
	if f.token[20] == 'a' {
		damage = "b"
	}
	wrong := f.token[:20] + damage + f.token[21:]
	base := provision.BasePath(f.slug)
	var first answer
	for i, c := range []struct{ name, path, header string }{
		{"damaged token", base + "/Users", "Bearer " + wrong},
		{"unknown slug", provision.BasePath("nobody") + "/Users", "Bearer " + f.token},
		{"token of another source", base + "/Users", "Bearer " + other},
		{"revoked token", provision.BasePath("revoked") + "/Users", "Bearer " + revoked},
		{"no bearer scheme", base + "/Users", f.token},
		{"basic", base + "/Users", "Basic YTpi"},
		{"bearer twice", base + "/Users", "Bearer Bearer " + f.token},
		{"API key", base + "/Users", "Bearer rsk_abc_def"},
		{"empty token", base + "/Users", "Bearer "},
		{"built-in source", provision.BasePath(directory.BuiltinSlug) + "/Users", "Bearer " + f.token},
		{"discovery", base + "/ServiceProviderConfig", "Bearer x"},
		{"no such path", base + "/Nothing", "Bearer x"},
		{"no version", "/source/scim/" + f.slug + "/Users", "Bearer x"},
		{"no slug", "/source/scim/", "Bearer x"},
		{"doubled slashes", "/source/scim//" + f.slug + "//v2//Users", "Bearer x"},
		{"dots", base + "/../../x/v2/Users", "Bearer x"},
	} {
		got := f.send("GET", c.path, "", "Authorization", c.header, "Accept", "text/html")
		got.Header.Del("Date")
		got.Header.Del("X-Request-Id")
		if i == 0 {
			first = got
			if got.Status != 401 || got.object(t)["status"] != "401" || !strings.Contains(got.Header.Get("WWW-Authenticate"), `error="invalid_token"`) {
				t.Errorf("%s: %+v", c.name, got)
			}
			continue
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("%s (-damaged token +got):\n%s", c.name, diff)
		}
	}
	none := f.send("GET", base+"/Users", "")
	if challenge := none.Header.Get("WWW-Authenticate"); none.Status != 401 || challenge != `Bearer realm="Roster"` || none.Body != first.Body {
		t.Errorf("without a token: %d %q %s", none.Status, challenge, none.Body)
	}
	rules := map[string]int{}
	for _, r := range f.records(journal.Query{MinStatus: 401, MaxStatus: 401}) {
		rules[r.Rule]++
		if strings.Contains(r.Detail, f.token) || strings.Contains(r.Detail, other) {
			t.Errorf("a token is in the journal: %s", r.Detail)
		}
	}
	for _, rule := range []string{"auth.missing", "auth.scheme", "auth.unknown", "auth.revoked", "auth.wrong-source", "auth.wrong-kind", "path.unknown-slug"} {
		if rules[rule] == 0 {
			t.Errorf("no record has the rule %s: %v", rule, rules)
		}
	}
	if strings.Contains(f.log.String(), f.token[20:]) {
		t.Error("a token is in the log")
	}
}

func TestAuthentication_Accepts(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, header := range []string{"Bearer " + f.token, "bearer " + f.token, "BEARER  " + f.token, "Bearer " + f.token + " "} {
		if got := f.send("GET", provision.BasePath(f.slug)+"/Users", "", "Authorization", header); got.Status != 200 {
			t.Errorf("%q: %d %s", strings.ReplaceAll(header, f.token, "…"), got.Status, got.Body)
		}
	}
	for _, target := range []string{"/Users?access_token=" + f.token, "/Users"} {
		if got := f.send("GET", provision.BasePath(f.slug)+target, ""); got.Status != 401 {
			t.Errorf("%s: %d", target, got.Status)
		}
	}
	two := f.send("GET", provision.BasePath(f.slug)+"/Users", "", "Authorization", "Bearer "+f.token, "Authorization", "Bearer x")
	if two.Status != 400 || !strings.Contains(two.Header.Get("WWW-Authenticate"), `error="invalid_request"`) {
		t.Errorf("two headers: %d %q", two.Status, two.Header.Get("WWW-Authenticate"))
	}
}

func TestAuthentication_RevocationIsSeenWithinASecond(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.want(200, "GET", "/Users", "")
	// As another process would do it: with a service of its own.
	keys, err := directory.NewKeyring(make([]byte, directory.MasterKeySize))
	if err != nil {
		t.Fatal(err)
	}
	other := directory.NewSources(f.store, keys, f.defs, f.clock.Now)
	id, _ := directory.ParseToken(f.token)
	if err := other.RevokeToken(context.Background(), id, cause); err != nil {
		t.Fatal(err)
	}
	f.clock.Advance(time.Second)
	f.want(401, "GET", "/Users", "")
}

func TestAuthentication_RevocationByTheSameProcessIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.want(200, "GET", "/Users", "")
	id, _ := directory.ParseToken(f.token)
	if err := f.srcs.RevokeToken(context.Background(), id, cause); err != nil {
		t.Fatal(err)
	}
	f.want(401, "GET", "/Users", "")
}

// Pins R-AUTH-09.
func TestAuthentication_ExpiryAndOverlap(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	fresh, _, err := f.srcs.RotateToken(context.Background(), f.slug, time.Hour, cause)
	if err != nil {
		t.Fatal(err)
	}
	f.clock.Advance(time.Second)
	f.want(200, "GET", "/Users", "")
	f.clock.Advance(time.Hour)
	f.want(401, "GET", "/Users", "")
	f.token = fresh
	f.want(200, "GET", "/Users", "")
	if got := f.records(journal.Query{MinStatus: 401})[0]; got.Rule != "auth.expired" {
		t.Errorf("rule %q", got.Rule)
	}
}

func TestSource_DisabledOrPausedIs503(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	no, yes := false, true
	for _, c := range []directory.SourceChange{{Enabled: &no}, {Enabled: &yes, Paused: &yes}} {
		f.update(c)
		got := f.want(503, "GET", "/Users", "")
		if got.Header.Get("Retry-After") == "" || got.object(t)["status"] != "503" {
			t.Errorf("%v: %v", got.Header, got.Body)
		}
		if got := f.send("GET", provision.BasePath(f.slug)+"/Users", "", "Authorization", "Bearer x"); got.Status != 401 {
			t.Errorf("without a valid token: %d", got.Status)
		}
	}
	f.update(directory.SourceChange{Paused: &no})
	f.want(200, "GET", "/Users", "")
}

// Pins R-AUTH-12.
func TestSource_PublicDiscoveryIsAPolicy(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	path := provision.BasePath(f.slug)
	if got := f.send("GET", path+"/ServiceProviderConfig", ""); got.Status != 401 {
		t.Errorf("by default: %d", got.Status)
	}
	f.update(directory.SourceChange{Policies: &directory.Policies{PublicDiscovery: true}})
	for target, want := range map[string]int{"/ServiceProviderConfig": 200, "/Schemas": 200, "/ResourceTypes/User": 200, "/Users": 401, "/Bulk": 401} {
		if got := f.send("GET", path+target, ""); got.Status != want {
			t.Errorf("%s: %d, want %d", target, got.Status, want)
		}
	}
	if got := f.send("GET", path+"/Schemas", "", "Authorization", "Bearer x"); got.Status != 401 {
		t.Errorf("with a wrong token: %d", got.Status)
	}
	if got := f.send("GET", provision.BasePath("nobody")+"/Schemas", ""); got.Status != 401 {
		t.Errorf("of an unknown source: %d", got.Status)
	}
}

func TestPath_MistakesAreExplained(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	auth := []string{"Authorization", "Bearer " + f.token}
	for path, rule := range map[string]string{
		"/source/scim/acme/Users":          "path.no-v2",
		"/source/scim/acme":                "path.no-v2",
		"/source/scim/acme/v2/v2/Users":    "path.doubled",
		"/source/scim/acme/v2/Users/Users": "path.doubled",
		"/source/scim/acme/v2/users":       "path.unknown",
	} {
		got := f.send("GET", path, "", auth...)
		if got.Status != 404 || !strings.Contains(got.Body, "[R-"+rule+"]") {
			t.Errorf("%s: %d %s, want %s", path, got.Status, got.Body, rule)
		}
	}
}

// Pins R-HTTP-10.
func TestPath_OtherVersionsAreRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, version := range []string{"v1", "V2", "v3", "v1.1", "v20"} {
		got := f.send("GET", "/source/scim/"+f.slug+"/"+version+"/Users", "", "Authorization", "Bearer "+f.token)
		if got.Status != 400 || !strings.Contains(got.Body, `"scimType":"invalidVers"`) || !strings.Contains(got.Body, version) {
			t.Errorf("%s: %d %s", version, got.Status, got.Body)
		}
		if got := f.send("GET", "/source/scim/"+f.slug+"/"+version+"/Users", ""); got.Status != 401 {
			t.Errorf("%s without a token: %d", version, got.Status)
		}
	}
	for _, path := range []string{"/vv2/Users", "/v/Users", "/v2x/Users", "/2/Users"} {
		if got := f.send("GET", "/source/scim/"+f.slug+path, "", "Authorization", "Bearer "+f.token); got.Status != 404 {
			t.Errorf("%s: %d %s", path, got.Status, got.Body)
		}
	}
}

// A reference that is appended to the base URL leads to what it refers to, in the same source only.
// Pins R-SCHEMA-10.
func TestPath_AbsoluteReferenceBelowTheBase(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.create("/Users", `{"userName":"ada"}`)
	location := f.want(200, "GET", "/Users/"+u, "").Header.Get("Location")
	if got := f.want(200, "GET", "/"+location, "").object(t); got["id"] != u {
		t.Errorf("%v", got)
	}
	f.want(200, "PATCH", "/"+location, `{"Operations":[{"op":"add","path":"title","value":"x"}]}`)
	f.want(404, "GET", "/ftp"+location, "")
	f.want(404, "GET", "/https://dir.example/Users/"+u, "")
	f.want(404, "GET", "/https://dir.example"+provision.BasePath("other")+"/Users/"+u, "")
	f.slug, f.token = f.source("Other")
	f.want(404, "GET", "/"+location, "")
}

// Pins R-META-11.
func TestLocation_IsNotSteeredByTheClient(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	got := f.want(201, "POST", "/Users", `{"userName":"ada"}`, "Host", "evil.example", "X-Forwarded-Host", "evil.example")
	want := "https://dir.example" + provision.BasePath(f.slug) + "/Users/" + got.object(t)["id"].(string)
	if got.Header.Get("Location") != want || strings.Contains(got.Body, "evil") {
		t.Errorf("location %q, body %s", got.Header.Get("Location"), got.Body)
	}
}

func TestRequestID_IsOnEveryAnswer(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, a := range []answer{f.scim(http.MethodGet, "/Users", ""), f.scim(http.MethodGet, "/Nothing", ""), f.send("GET", "/source/scim/x/v2/Users", "")} {
		if !strings.HasPrefix(a.Header.Get("X-Request-Id"), "req_") {
			t.Errorf("%d: X-Request-Id %q", a.Status, a.Header.Get("X-Request-Id"))
		}
	}
}
