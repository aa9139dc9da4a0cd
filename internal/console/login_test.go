package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestLogIn_WorksWithoutJavaScript(t *testing.T) {
	t.Parallel()
	f := newFixture(t, application())
	f.admin("jane")
	f.get("/").want(302).leadsTo("/admin/")
	f.get("/admin").want(301).leadsTo("/admin/")
	f.get("/admin/").want(302).leadsTo("/login")
	f.get("/admin/directory/users?q=a%26b&sel=1").want(302).leadsTo("/login?next=" + url.QueryEscape("/admin/directory/users?q=a%26b&sel=1"))

	login := f.get("/login?next=%2Fadmin%2Fevents").want(200)
	fields, button := login.fields()
	want := []field{{"", "next", "hidden", "/admin/events"}, {"Username", "username", "text", ""}, {"Password", "password", "password", ""}}
	if len(fields) != 3 || fields[0] != want[0] || fields[1] != want[1] || fields[2] != want[2] || button != "Log in" {
		t.Errorf("fields %v, button %q", fields, button)
	}
	wrong := f.post("/login", nil, "username", "jane", "password", "wrong", "next", "/admin/events").want(401)
	fields, _ = wrong.fields()
	if fields[0].value != "/admin/events" || fields[1].value != "jane" || fields[2].value != "" {
		t.Errorf("fields after a mistake: %v", fields)
	}
	if unknown := f.post("/login", nil, "username", "nobody", "password", "wrong", "next", "/admin/events").want(401); strings.ReplaceAll(string(unknown.body), "nobody", "jane") != string(wrong.body) {
		t.Error("an unknown name can be told from a wrong password")
	}
	if f.cookie != "" {
		t.Errorf("a failed attempt set the cookie %q", f.cookie)
	}

	in := f.post("/login", nil, "username", "jane", "password", password, "next", "/admin/events").want(303)
	in.leadsTo("/admin/events")
	set := in.header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(set, part) {
			t.Errorf("cookie %q lacks %s", set, part)
		}
	}
	f.get("/admin/directory/users").want(200)
	f.get("/login?next=/admin/x").want(302).leadsTo("/admin/x")

	f.post("/logout", nil).want(303).leadsTo("/login")
	f.get("/admin/directory/users").want(302)
}

func TestLogIn_LeadsToThisServerOnly(t *testing.T) {
	t.Parallel()
	f := newFixture(t, application())
	f.admin("jane")
	for next, want := range map[string]string{
		"":                              "/admin/",
		"/admin/events?types=a":         "/admin/events?types=a",
		"https://evil.test/":            "/admin/",
		"//evil.test/admin/":            "/admin/",
		`/\evil.test/admin/`:            "/admin/",
		`/admin/\evil.test`:             "/admin/",
		"/admin/../../evil":             "/admin/",
		"/admin/%2e%2e/logout":          "/admin/",
		"/login":                        "/admin/",
		"/adminevil":                    "/admin/",
		"javascript:alert(1)":           "/admin/",
		"/admin/x\r\nSet-Cookie: a=b":   "/admin/",
		" /admin/":                      "/admin/",
		"/admin/x?next=https://e.test/": "/admin/x?next=https://e.test/",
	} {
		f.cookie = ""
		in := f.post("/login", nil, "username", "jane", "password", password, "next", next).want(303)
		in.leadsTo(want)
		if len(in.header.Values("Set-Cookie")) != 1 {
			t.Errorf("next %q: cookies %v", next, in.header.Values("Set-Cookie"))
		}
	}
}

func TestLogIn_GuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	f := newFixture(t, application())
	f.admin("jane")
	for range 10 {
		p := f.post("/login", nil, "username", "jane", "password", "wrong")
		if p.status == http.StatusTooManyRequests {
			if p.want(429).header.Get("Retry-After") == "" {
				t.Error("429 without Retry-After")
			}
			return
		}
		p.want(401)
	}
	t.Error("ten wrong passwords in a row, and no 429")
}

func TestForms_OfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t, application())
	f.admin("jane")
	f.post("/login", nil, "username", "jane", "password", password).want(303)
	for _, headers := range [][]string{
		{"Origin", "https://evil.test"},
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
	} {
		f.post("/login", headers, "username", "jane", "password", password).want(403)
		f.post("/logout", headers).want(403)
		f.post("/setup", headers, "k", "x").want(403)
	}
	f.get("/admin/", "Sec-Fetch-Site", "cross-site").want(200)
	f.post("/logout", []string{"Sec-Fetch-Site", "same-origin", "Origin", f.server.URL}).want(303)
}

func TestLogIn_EscapesWhatItRepeats(t *testing.T) {
	t.Parallel()
	f := newFixture(t, application())
	f.admin("jane")
	const evil = `"><script>alert(1)</script>`
	for _, p := range []*page{
		f.post("/login", nil, "username", evil, "password", "x", "next", evil).want(401),
		f.get("/login?next=" + url.QueryEscape(evil)).want(200),
	} {
		if strings.Contains(string(p.body), "<script") {
			t.Errorf("%s: %s", p.what, p.body)
		}
	}
}

func TestLogIn_BodyIsLimited(t *testing.T) {
	t.Parallel()
	f := newFixture(t, application())
	f.admin("jane")
	f.post("/login", nil, "username", "jane", "password", strings.Repeat("x", 100<<10)).want(401)
}

func TestSetUp_MakesTheFirstAdministrator(t *testing.T) {
	t.Parallel()
	f := newFixture(t, application())
	if p := f.get("/login").want(200); !strings.Contains(string(p.body), "roster admin create") {
		t.Errorf("log-in before set-up does not say what to do: %s", p.body)
	}
	key, err := f.accounts.NewSetupKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if fields, _ := f.get("/setup?k=wrong").want(403).fields(); len(fields) != 0 {
		t.Errorf("a wrong link shows %v", fields)
	}
	fields, button := f.get("/setup?k=" + key).want(200).fields()
	if len(fields) != 5 || fields[0].value != key || fields[1].label != "Username" || fields[3].label != "Password" || button != "Create administrator" {
		t.Errorf("fields %v, button %q", fields, button)
	}
	with := func(change ...string) []string {
		return append([]string{"k", key, "username", "jane", "display_name", "Jane Doe", "password", password, "confirm", password}, change...)
	}
	f.post("/setup", nil, with("confirm", "another one")...).want(422)
	f.post("/setup", nil, with("password", "short", "confirm", "short")...).want(422)
	f.post("/setup", nil, with("username", " ")...).want(422)
	f.post("/setup", nil, with("k", "wrong")...).want(403)
	f.post("/setup", nil, with()...).want(303).leadsTo("/admin/")
	f.get("/admin/").want(200)
	f.post("/setup", nil, with("username", "joe")...).want(403)
	f.get("/setup?k=" + key).want(403)
}
