package adminapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/account"
)

// admin makes an administrator and returns its cookie.
func (f *fixture) admin(name string, role account.Role) string {
	f.t.Helper()
	_, err := f.api.Accounts.CreateAdmin(f.t.Context(), account.NewAdmin{Username: name, Password: password, Role: role}, cause)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.logIn(name, password).want(200).cookie()
}

func (f *fixture) logIn(name, password string) *reply {
	f.t.Helper()
	return f.send("POST", "/session", object{"username": name, "password": password})
}

func (r *reply) cookie() string {
	r.t.Helper()
	cookie, _, _ := strings.Cut(r.header.Get("Set-Cookie"), ";")
	if !strings.HasPrefix(cookie, "roster_session=") {
		r.t.Fatalf("%s: no session in %q", r.what, r.header.Get("Set-Cookie"))
	}
	return cookie
}

func TestSetUp_MakesTheFirstOwnerOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	if got := f.send("GET", "/setup", nil).want(200).object()["needed"]; got != true {
		t.Errorf("needed %v", got)
	}
	key := must(f.api.Accounts.NewSetupKey(t.Context()))(t)
	body := object{"key": "wrong", "username": "jane", "password": password, "display_name": "Jane Doe"}
	f.send("POST", "/setup", body).want(403)
	body["key"], body["password"] = key, "short"
	f.send("POST", "/setup", body).want(422).about("body.password")
	body["password"] = password
	made := f.send("POST", "/setup", body).want(201)
	if me := made.object(); me["role"] != "owner" || me["display_name"] != "Jane Doe" || me["kind"] != "admin" {
		t.Errorf("me %v", me)
	}
	f.send("GET", "/me", nil, "Cookie", made.cookie()).want(200)
	f.send("POST", "/setup", body).want(409)
	if got := f.send("GET", "/setup", nil).want(200).object()["needed"]; got != false {
		t.Errorf("needed %v", got)
	}
}

func TestSession_LogInAndOut(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	cookie := f.admin("jane", account.Auditor)
	if me := f.send("GET", "/me", nil, "Cookie", cookie).want(200).object(); me["username"] != "jane" || me["role"] != "auditor" {
		t.Errorf("me %v", me)
	}
	unknown, wrong := f.logIn("nobody", "x").want(401), f.logIn("jane", "x").want(401)
	if string(unknown.body) != string(wrong.body) {
		t.Errorf("an unknown name and a wrong password differ:\n%s\n%s", unknown.body, wrong.body)
	}
	f.send("POST", "/sources", object{"name": "x"}, "Cookie", cookie).want(403)
	f.send("DELETE", "/session", nil, "Cookie", cookie).want(204)
	f.send("GET", "/me", nil, "Cookie", cookie).want(401)
	f.send("DELETE", "/session", nil, "Cookie", cookie).want(204)
}

func TestSession_GuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.admin("jane", account.Owner)
	for range 10 {
		r := f.logIn("jane", "wrong")
		if r.status == http.StatusTooManyRequests {
			if r.want(429).header.Get("Retry-After") == "" {
				t.Error("429 without Retry-After")
			}
			return
		}
		r.want(401)
	}
	t.Error("ten wrong passwords in a row, and no 429")
}

func TestCookie_IsWorthlessToOtherSites(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	cookie := f.admin("jane", account.Owner)
	for _, tt := range []struct {
		name    string
		body    any
		headers []string
		status  int
	}{
		{"form", "name=x", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"text", `{"name":"x"}`, []string{"Content-Type", "text/plain"}, 415},
		{"no type", `{"name":"x"}`, []string{"Content-Type", ""}, 415},
		{"foreign origin", object{"name": "x"}, []string{"Origin", "https://evil.test"}, 403},
		{"foreign form", "name=x", []string{"Origin", "https://evil.test", "Content-Type", "application/x-www-form-urlencoded"}, 403},
		{"cross-site", object{"name": "x"}, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"same-site", object{"name": "x"}, []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"own origin", object{"name": "mine"}, []string{"Origin", f.server.URL}, 201},
		{"same-origin", object{"name": "mine too"}, []string{"Sec-Fetch-Site", "same-origin", "Content-Type", "application/json; charset=utf-8"}, 201},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := *f
			g.t = t
			g.send("POST", "/sources", tt.body, append([]string{"Cookie", cookie}, tt.headers...)...).want(tt.status)
		})
	}
	f.send("POST", "/sources/mine/token/reveal", nil, "Cookie", cookie, "Sec-Fetch-Site", "cross-site").want(403)
	f.send("POST", "/sources/mine/token/reveal", nil, "Cookie", cookie, "Sec-Fetch-Site", "same-origin").want(200)
	// A stranger's page cannot log its visitor in either.
	f.send("POST", "/session", object{"username": "jane", "password": password}, "Origin", "https://evil.test").want(403)
	if n := len(f.walk("/sources", query())); n != 3 {
		t.Errorf("%d sources, want those of the console and the built-in one", n)
	}
}

func TestMe_ChangesNameAndPassword(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	here := f.admin("jane", account.Developer)
	elsewhere := f.logIn("jane", password).want(200).cookie()
	if got := f.send("PATCH", "/me", object{"display_name": "Jane"}, "Cookie", here).want(200).text("display_name"); got != "Jane" {
		t.Errorf("display_name %q", got)
	}
	const better = "an even better one"
	f.send("PATCH", "/me", object{"password": better}, "Cookie", here).want(422).about("body.current_password")
	wrong := f.send("PATCH", "/me", object{"password": better, "current_password": "hunter2hunter2"}, "Cookie", here).want(422).about("body.current_password")
	if strings.Contains(string(wrong.body), "hunter2") || strings.Contains(string(wrong.body), better) {
		t.Errorf("the answer repeats a password: %s", wrong.body)
	}
	f.send("PATCH", "/me", object{"password": better, "current_password": password}, "Cookie", here).want(200)
	f.send("GET", "/me", nil, "Cookie", here).want(200)
	f.send("GET", "/me", nil, "Cookie", elsewhere).want(401)
	f.logIn("jane", better).want(200)
	f.owner("PATCH", "/me", object{"display_name": "x"}).want(403)
}

func TestProblems_RepeatNoSecret(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, body := range []string{`{"username":"jane","password":"hunter2"`, `{"username":1,"password":"hunter2"}`, `{"username":"jane","password":["hunter2"]}`, `{"username":"jane","password":"hunter2","x":1}`} {
		if r := f.send("POST", "/session", body); r.status < 400 || r.status >= 500 || strings.Contains(string(r.body), "hunter2") {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
}

func TestAdmins_TheLastOwnerStays(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	cookie := f.admin("jane", account.Owner)
	jane := f.send("GET", "/me", nil, "Cookie", cookie).text("id")
	f.owner("DELETE", "/admins/"+jane, nil).want(409)
	f.owner("PATCH", "/admins/"+jane, object{"role": "auditor"}).want(409)
	joe := f.owner("POST", "/admins", object{"username": "joe", "password": password, "role": "owner"}).want(201).text("id")
	f.owner("POST", "/admins", object{"username": "JOE", "password": password, "role": "owner"}).want(409).about("body.username")
	if got := f.owner("PATCH", "/admins/"+jane, object{"role": "auditor", "display_name": "Jane"}).want(200).object(); got["role"] != "auditor" {
		t.Errorf("changed %v", got)
	}
	f.send("GET", "/me", nil, "Cookie", cookie).want(401)
	f.owner("DELETE", "/admins/"+joe, nil).want(409)
	f.owner("DELETE", "/admins/"+jane, nil).want(204)
	list := f.as(account.Auditor, "GET", "/admins", nil).want(200)
	if items := list.items(); len(items) != 1 || items[0]["username"] != "joe" || strings.Contains(string(list.body), "argon2") {
		t.Errorf("admins %s", list.body)
	}
}

func TestAPIKeys_NeverExceedTheirMaker(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	made := f.as(account.Developer, "POST", "/api-keys", object{"name": "app", "role": "developer", "expires_at": "2026-11-02T12:00:00+01:00"}).want(201)
	key := made.text("key")
	f.send("GET", "/users", nil, "Authorization", "Bearer "+key).want(200)
	f.send("GET", "/audit", nil, "Authorization", "Bearer "+key).want(403)
	f.as(account.Developer, "POST", "/api-keys", object{"name": "app", "role": "auditor"}).want(403).about("body.role")
	f.as(account.Administrator, "POST", "/api-keys", object{"name": "app", "role": "owner"}).want(403).about("body.role")
	f.as(account.Administrator, "POST", "/api-keys", object{"name": "app", "role": "administrator"}).want(201)

	list := f.as(account.Developer, "GET", "/api-keys", nil).want(200)
	for _, item := range list.items() {
		if item["role"] != "developer" {
			t.Errorf("a developer sees %v", item)
		}
	}
	all := f.owner("GET", "/api-keys", nil).want(200)
	if n := len(all.items()); n != 7 || strings.Contains(string(all.body), key) {
		t.Errorf("%d keys: %s", n, all.body)
	}
	for _, item := range all.items() {
		if item["role"] == "owner" {
			f.as(account.Developer, "DELETE", "/api-keys/"+item["id"].(string), nil).want(403)
		}
	}
	f.clock.advance(23*time.Hour + time.Second)
	f.send("GET", "/users", nil, "Authorization", "Bearer "+key).want(401)
	f.as(account.Developer, "DELETE", "/api-keys/"+made.text("id"), nil).want(204)
	f.as(account.Developer, "DELETE", "/api-keys/"+made.text("id"), nil).want(404)
}
