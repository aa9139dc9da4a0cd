package provision_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/internal/provision"
)

func TestUser_LifeOverHTTP(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	created := f.want(201, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@corp","externalId":"e1","password":"s3cret!","emails":[{"value":"ada@corp","primary":true}]}`)
	user := created.object(t)
	id, _ := user["id"].(string)
	if user["active"] != true || user["password"] != nil || created.Header.Get("ETag") != `W/"1"` {
		t.Errorf("%s %v", created.Body, created.Header)
	}
	if diff := cmp.Diff(created.Body, f.want(200, "GET", "/Users/"+id, "").Body); diff != "" {
		t.Errorf("GET differs from the answer of POST (-post +get):\n%s", diff)
	}
	f.want(304, "GET", "/Users/"+id, "", "If-None-Match", `W/"1"`)
	patched := f.want(200, "PATCH", "/Users/"+id, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}`)
	if patched.object(t)["active"] != false || patched.Header.Get("ETag") != `W/"2"` {
		t.Errorf("%s", patched.Body)
	}
	f.want(412, "PUT", "/Users/"+id, `{"userName":"ada@corp"}`, "If-Match", `W/"1"`)
	replaced := f.want(200, "PUT", "/Users/"+id, `{"userName":"ada@corp","title":"x"}`, "If-Match", `W/"2"`)
	if obj := replaced.object(t); obj["active"] != false || obj["emails"] != nil || obj["title"] != "x" {
		t.Errorf("%s", replaced.Body)
	}
	if again := f.want(200, "PUT", "/Users/"+id, replaced.Body); again.Header.Get("ETag") != `W/"3"` || again.Body != replaced.Body {
		t.Errorf("PUT of the answer changed something: %s", again.Body)
	}
	f.want(409, "POST", "/Users", `{"userName":"ADA@corp"}`)
	f.want(204, "DELETE", "/Users/"+id, "")
	f.want(404, "DELETE", "/Users/"+id, "")
	f.want(404, "GET", "/Users/"+id, "")
	if list := f.want(200, "GET", `/Users?filter=userName+eq+"ada@corp"`, "").object(t); list["totalResults"] != 0.0 {
		t.Errorf("%v", list)
	}
}

func TestGroup_MembersAndProjections(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.create("/Users", `{"userName":"ada","displayName":"Ada"}`)
	inner := f.create("/Groups", `{"displayName":"Inner","members":[{"value":"`+u+`"}]}`)
	g := f.create("/Groups", `{"displayName":"Outer","members":[{"value":"`+inner+`"},{"value":"`+u+`"},{"value":"unknown"}]}`)
	base := "https://dir.example" + provision.BasePath(f.slug)
	byID := map[string]any{"value": u, "$ref": base + "/Users/" + u, "type": "User"}
	byName := map[string]any{"value": u, "$ref": base + "/Users/" + u, "type": "User", "display": "Ada"}
	innerByID := map[string]any{"value": inner, "$ref": base + "/Groups/" + inner, "type": "Group"}
	innerByName := map[string]any{"value": inner, "$ref": base + "/Groups/" + inner, "type": "Group", "display": "Inner"}
	for path, want := range map[string][]any{
		"/Groups/" + g: {byID, innerByID},
		"/Groups/" + g + "?excludedAttributes=displayName":                                     {byID, innerByID},
		"/Groups/" + g + "?attributes=members":                                                 {byName, innerByName},
		"/Groups/" + g + "?attributes=members.value,members.$ref,members.type,members.display": {byName, innerByName},
	} {
		if diff := cmp.Diff(want, f.want(200, "GET", path, "").object(t)["members"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	for _, path := range []string{"/Groups/" + g + "?excludedAttributes=members", "/Groups/" + g + "?attributes=displayName", "/Groups/" + g + "?excludedAttributes=members,displayName"} {
		if got := f.want(200, "GET", path, "").object(t); got["members"] != nil || got["id"] != g {
			t.Errorf("%s: %v", path, got)
		}
	}
	whole := f.want(200, "GET", "/Groups/"+g+"?excludedAttributes=members", "").object(t)
	if whole["meta"] == nil || whole["displayName"] != "Outer" || whole["schemas"] == nil {
		t.Errorf("without members: %v", whole)
	}
	groups := []any{
		map[string]any{"value": inner, "$ref": base + "/Groups/" + inner, "display": "Inner", "type": "direct"},
		map[string]any{"value": g, "$ref": base + "/Groups/" + g, "display": "Outer", "type": "direct"},
	}
	if diff := cmp.Diff(groups, f.want(200, "GET", "/Users/"+u, "").object(t)["groups"]); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	list := f.want(200, "GET", `/Groups?filter=members.value+eq+"`+u+`"`, "").object(t)
	if list["totalResults"] != 2.0 || len(list["Resources"].([]any)[1].(map[string]any)["members"].([]any)) != 2 {
		t.Errorf("%v", list)
	}
}

// Pins R-PATCH-09.
func TestGroup_PatchAnswersWithSmallGroups(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var members []string
	for i := range 20 {
		members = append(members, `{"value":"`+f.create("/Users", fmt.Sprintf(`{"userName":"m%d"}`, i))+`"}`)
	}
	g := f.create("/Groups", `{"displayName":"G","members":[`+strings.Join(members, ",")+`]}`)
	small := f.want(200, "PATCH", "/Groups/"+g, `{"Operations":[{"op":"replace","path":"displayName","value":"F"}]}`).object(t)
	if n := len(small["members"].([]any)); small["displayName"] != "F" || n != 20 {
		t.Errorf("%v", small)
	}
	add := `{"Operations":[{"op":"add","path":"members","value":[{"value":"` + f.create("/Users", `{"userName":"last"}`) + `"}]}]}`
	if got := f.want(204, "PATCH", "/Groups/"+g, add); got.Body != "" || got.Header.Get("ETag") != `W/"3"` {
		t.Errorf("%q %v", got.Body, got.Header)
	}
	patch := func(name string) string {
		return `{"Operations":[{"op":"replace","path":"displayName","value":"` + name + `"}]}`
	}
	if got := f.want(200, "PATCH", "/Groups/"+g+"?attributes=displayName", patch("I")).object(t); got["displayName"] != "I" {
		t.Errorf("%v", got)
	}
	f.update(directory.SourceChange{Policies: &directory.Policies{GroupPatchBody: true}})
	f.want(200, "PATCH", "/Groups/"+g, patch("J"))
}

// Pins R-LIST-06.
func TestList_PagesByIndexAndCursor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var want []string
	for i := range 7 {
		want = append(want, f.create("/Users", fmt.Sprintf(`{"userName":"u%d"}`, i)))
	}
	f.create("/Groups", `{"displayName":"G"}`)
	ids := func(list map[string]any) []string {
		var got []string
		for _, r := range list["Resources"].([]any) {
			got = append(got, r.(map[string]any)["id"].(string))
		}
		return got
	}
	var got []string
	for start := 1; start <= 7; start += 3 {
		list := f.want(200, "GET", fmt.Sprintf("/Users?startIndex=%d&count=3", start), "").object(t)
		if list["totalResults"] != 7.0 || list["startIndex"] != float64(start) {
			t.Errorf("%v", list)
		}
		got = append(got, ids(list)...)
	}
	if !slices.Equal(got, want) {
		t.Errorf("by index: %v, want %v", got, want)
	}
	for _, query := range []string{"/Users?count=3", "/Users?count=7", "/Users?count=3&sortBy=userName&sortOrder=descending", "/?count=3"} {
		got = nil
		cursor, pages := "", 0
		for {
			list := f.want(200, "GET", query+"&cursor="+cursor, "").object(t)
			got = append(got, ids(list)...)
			pages++
			next, more := list["nextCursor"].(string)
			if !more {
				break
			}
			cursor = next
		}
		n := 7
		if query == "/?count=3" {
			n = 8
		}
		slices.Sort(got)
		if len(slices.Compact(got)) != n || pages != (n+2)/3 && query != "/Users?count=7" || query == "/Users?count=7" && pages != 1 {
			t.Errorf("%s: %d ids in %d pages", query, len(got), pages)
		}
	}
	root := f.want(200, "GET", "/?startIndex=7&count=5", "").object(t)
	if root["totalResults"] != 8.0 || len(ids(root)) != 2 {
		t.Errorf("%v", root)
	}
	if none := f.want(200, "GET", "/Users?count=0", "").object(t); none["totalResults"] != 7.0 {
		t.Errorf("%v", none)
	}
}

// Pins R-AUTH-10, R-AUTH-11, R-META-12, R-TEN-03.
func TestIsolation_OverHTTP(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.create("/Users", `{"userName":"ada"}`)
	g := f.create("/Groups", `{"displayName":"G"}`)
	f.slug, f.token = f.source("Other")
	patch := `{"Operations":[{"op":"replace","path":"externalId","value":"x"}]}`
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/Users/" + u, ""}, {"PUT", "/Users/" + u, `{"userName":"eve"}`}, {"PATCH", "/Users/" + u, patch}, {"DELETE", "/Users/" + u, ""},
		{"GET", "/Groups/" + g, ""}, {"PUT", "/Groups/" + g, `{"displayName":"E"}`}, {"PATCH", "/Groups/" + g, patch}, {"DELETE", "/Groups/" + g, ""},
	} {
		f.want(404, c.method, c.path, c.body)
	}
	for _, path := range []string{"/Users", "/Groups", "/", "/Users?filter=id+eq+%22" + u + "%22"} {
		if list := f.want(200, "GET", path, "").object(t); list["totalResults"] != 0.0 {
			t.Errorf("%s: %v", path, list)
		}
	}
}

func TestRecords_TellWhatHappened(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.create("/Users", `{"userName":"ada@corp","password":"s3cret!","colour":"red"}`)
	f.want(200, "PATCH", "/Users/"+u, `{"Operations":[{"op":"replace","path":"password","value":"0ther"},{"op":"replace","path":"active","value":"true"}]}`)
	f.want(409, "POST", "/Users", `{"userName":"ada@corp"}`)
	f.want(200, "GET", `/Users?filter=userName+eq+"ada@corp"`, "")
	f.want(204, "DELETE", "/Users/"+u, "")
	var got []string
	for _, r := range f.records(journal.Query{}) {
		got = append(got, fmt.Sprint(r.Action, " ", r.Status, " ", r.Outcome, " ", r.Subject))
	}
	want := []string{"delete 204 deleted ada@corp", "search 200 read ", "create 409 rejected ", "patch 200 no-op ada@corp", "create 201 created ada@corp"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	list := f.records(journal.Query{ResourceID: u, Search: "ADA"})
	first, err := f.journal.Get(t.Context(), list[len(list)-1].ID)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(first.RequestBody), "s3cret") || !json.Valid(first.RequestBody) || !strings.Contains(string(first.RequestBody), `"userName":"ada@corp"`) {
		t.Errorf("request body %s", first.RequestBody)
	}
	var codes []string
	for _, n := range first.Notes {
		codes = append(codes, n.Code)
	}
	for _, code := range []string{"password-discarded", "unknown-attribute"} {
		if !slices.Contains(codes, code) {
			t.Errorf("notes %v lack %s", codes, code)
		}
	}
	f.create("/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"G","members":[{"value":"nobody"}]}`)
	warned := f.records(journal.Query{Limit: 1})[0]
	if x := journal.Explain(warned, "okta"); len(warned.Notes) != 1 || warned.Notes[0].Code != "member.unknown" || x == nil || x.Rule != "member.unknown" {
		t.Errorf("notes %v, explanation %+v", warned.Notes, x)
	}
	if log := f.log.String(); strings.Contains(log, "@corp") || strings.Contains(log, "s3cret") || !strings.Contains(log, "status=409") {
		t.Errorf("the log names people or lacks a status:\n%s", log)
	}
	conflict := f.records(journal.Query{MinStatus: 409})[0]
	if x := journal.Explain(conflict, "entra"); x == nil || x.Rule != "uniqueness.user-name" || len(x.Fix) == 0 {
		t.Errorf("explanation %+v", x)
	}
}

// Pins R-SEC-04.
func TestRecords_BodyPolicies(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for policy, want := range map[directory.BodyPolicy]string{
		directory.BodiesOff:      "",
		directory.BodiesRedacted: `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"[removed]"}`,
	} {
		f.update(directory.SourceChange{Policies: &directory.Policies{RequestBodies: policy}})
		f.want(201, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"u`+string(policy)+`"}`)
		f.want(200, "GET", `/Users?filter=userName+eq+"ada"`, "")
		list := f.records(journal.Query{Limit: 2})
		if strings.Contains(list[0].Query, "ada") {
			t.Errorf("%q: query %s", policy, list[0].Query)
		}
		rec, err := f.journal.Get(t.Context(), list[1].ID)
		if err != nil || string(rec.RequestBody) != want {
			t.Errorf("%q: %s, %v", policy, rec.RequestBody, err)
		}
	}
}

func TestStatus_FollowsTheSetUp(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	check := func(state journal.State, done ...string) {
		t.Helper()
		src, err := f.srcs.Lookup(t.Context(), f.slug)
		if err != nil {
			t.Fatal(err)
		}
		s, err := f.journal.Status(t.Context(), src)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, step := range s.Steps {
			if step.Done {
				got = append(got, step.ID)
			}
		}
		if s.State != state || !slices.Equal(got, done) {
			t.Errorf("%s (%s), steps %v; want %s %v", s.State, s.Reason, got, state, done)
		}
	}
	check(journal.Waiting)
	f.send("GET", provision.BasePath(f.slug)+"/Users", "", "Authorization", "Bearer x")
	check(journal.Waiting, "reached")
	f.clock.Advance(2 * 60e9)
	f.want(200, "GET", "/Users", "")
	check(journal.Verified, "reached", "token", "discovery")
	f.create("/Users", `{"userName":"ada"}`)
	f.create("/Groups", `{"displayName":"G"}`)
	check(journal.Healthy, "reached", "token", "discovery", "first_user", "first_group")
	for range 3 {
		f.want(409, "POST", "/Users", `{"userName":"ada"}`)
	}
	check(journal.Failing, "reached", "token", "discovery", "first_user", "first_group")
}

func TestToken_LastUseIsNoted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.want(200, "GET", "/Users", "")
	id, _ := directory.ParseToken(f.token)
	for {
		c, err := f.srcs.Credential(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if !c.Token.LastUsed.IsZero() {
			break
		}
	}
}

// Pins R-HTTP-20.
func TestCapacity_WaitsThenRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *provision.Config) {
		c.Capacity = provision.Capacity{Reads: 1, Writes: 1, Queue: 1, Wait: 1}
	})
	// The body of the first request never ends, so it keeps its place.
	r, w := newPipeRequest(f)
	defer w.Close()
	<-r
	got := f.want(429, "POST", "/Users", `{"userName":"b"}`)
	if got.Header.Get("Retry-After") == "" || !strings.Contains(got.Body, "R-rate.limited") {
		t.Errorf("%v %s", got.Header, got.Body)
	}
	f.want(200, "GET", "/Users", "")
}
