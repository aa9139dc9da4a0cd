package console

import (
	"strings"
	"testing"
)

func TestAssets_AreCompressedAndKept(t *testing.T) {
	t.Parallel()
	f := newFixture(t, application())
	plain := f.get("/admin/assets/app-1a2b3c.js").want(200)
	if string(plain.body) != script || plain.header.Get("Content-Encoding") != "" || plain.header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("plain: %v", plain.header)
	}
	if got := plain.header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("Cache-Control %q", got)
	}
	if got := plain.header.Get("Content-Type"); !strings.HasPrefix(got, "text/javascript") {
		t.Errorf("Content-Type %q", got)
	}
	zipped := f.get("/admin/assets/app-1a2b3c.js", "Accept-Encoding", "br, gzip").want(200)
	if zipped.header.Get("Content-Encoding") != "gzip" || len(zipped.body) >= len(script) || unzip(t, zipped.body) != script {
		t.Errorf("zipped: %d bytes, %v", len(zipped.body), zipped.header)
	}
	for _, refused := range []string{"gzip;q=0", "identity", "gzip; q=0.0, br"} {
		if p := f.get("/admin/assets/app-1a2b3c.js", "Accept-Encoding", refused).want(200); p.header.Get("Content-Encoding") != "" {
			t.Errorf("Accept-Encoding %q was answered with %q", refused, p.header.Get("Content-Encoding"))
		}
	}
	if p := f.get("/admin/assets/tiny-9.css", "Accept-Encoding", "gzip").want(200); p.header.Get("Content-Encoding") != "" || string(p.body) != "a{}" {
		t.Errorf("what does not shrink was compressed: %v", p.header)
	}
	if plain.header.Get("ETag") == "" || f.get("/admin/assets/app-1a2b3c.js", "If-None-Match", plain.header.Get("ETag")).want(304).header.Get("ETag") != plain.header.Get("ETag") {
		t.Error("an unchanged file was sent again")
	}
	if p := f.send("HEAD", "/admin/assets/app-1a2b3c.js", nil).want(200); len(p.body) != 0 || p.header.Get("Content-Length") == "" {
		t.Errorf("HEAD: %v", p.header)
	}
}

func TestApplication_AnswersEveryPathOfItsOwn(t *testing.T) {
	t.Parallel()
	f := newFixture(t, application())
	f.admin("jane")
	f.post("/login", nil, "username", "jane", "password", password).want(303)
	for _, path := range []string{"/admin/", "/admin/directory/users", "/admin/directory/users/42?tab=raw"} {
		p := f.get(path).want(200)
		if !strings.Contains(string(p.body), "<title>app</title>") || p.header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %v %s", path, p.header, p.body)
		}
	}
	if p := f.get("/admin/icon.svg").want(200); p.header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("icon: %v", p.header)
	}
	f.get("/admin/assets/gone-1.js").want(404)
	f.post("/admin/directory/users", nil).want(404)
}

func TestUnknownPage_Is404(t *testing.T) {
	t.Parallel()
	f := newFixture(t, application())
	for _, path := range []string{"/nothing", "/favicon.ico", "/login/x", "/static/nothing.css", "/static/", "/.git/config"} {
		p := f.get(path).want(404)
		if strings.Contains(string(p.body), "internal/") || strings.Contains(string(p.body), "roster.svg</a>") {
			t.Errorf("%s: %s", path, p.body)
		}
	}
	if p := f.get("/static/pages.css").want(200); !strings.HasPrefix(p.header.Get("Content-Type"), "text/css") {
		t.Errorf("style sheet: %v", p.header)
	}
}

func TestUnbuiltConsole_SaysHowToBuildIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.admin("jane")
	if p := f.get("/admin/directory/users").want(200); !strings.Contains(string(p.body), "make build") {
		t.Errorf("page %s", p.body)
	}
	f.post("/login", nil, "username", "jane", "password", password).want(303)
}
