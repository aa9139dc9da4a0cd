package acceptance

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// later are the cases about a feature that does not exist yet. TestHostile_LaterIsStillLater fails as
// soon as it does, and then the cases leave this list.
var later = map[string]string{
	"H312": "webhooks", "H313": "webhooks", "H314": "webhooks", "H315": "webhooks", "H318": "webhooks",
	"H321": "webhooks", "H322": "webhooks", "H323": "webhooks", "H325": "webhooks", "H326": "webhooks",
	"H328": "webhooks", "H332": "webhooks", "H333": "webhooks", "H334": "webhooks",
	"H335": "webhooks", "H336": "webhooks",
}

// twice are the cases about a header that comes twice, which a JSON object cannot hold.
var twice = map[string]Field{"H007": {"Authorization", "Bearer another"}}

// victims is what the hostile cases may name beside their own source: another source with a user and
// a group, tokens that must not work any more, and administrators.
type victims struct {
	once  sync.Once
	names Placeholders
	err   error
}

const adminPassword = "correct horse battery staple 7"

func (v *victims) prepare(ctx context.Context, s *Server, apiKey string) error {
	b, err := s.CreateSource(ctx, "Neighbour "+Random(3))
	if err != nil {
		return err
	}
	user, group := "bob_b-"+Random(3)+"@hostile.test", "ops_b-"+Random(3)
	v.names = Placeholders{
		"slug_b": b.Slug, "token_b": b.Token, "base_b": b.Base(), "un_b:bob": user, "gn_b:ops": group,
		"host": s.Client().Host(), "self_url": s.Client().Origin(), "admin_token": apiKey,
		"api": "/api/v1", "login": "/api/v1/session", "ui": "/",
	}
	for key, request := range map[string]Request{
		"uid_b:bob": scimWrite("POST", b.Base(), b.Token, "/Users", newUser(user)),
		"gid_b:ops": scimWrite("POST", b.Base(), b.Token, "/Groups", newGroup(group, nil)),
	} {
		ex, err := s.Client().Do(ctx, request)
		if err != nil || ex.Answer.Status != http.StatusCreated {
			return fmt.Errorf("want 201 (%v)\n%s", err, ex)
		}
		v.names[key] = stringAt(ex.Answer, "id")
	}
	disabled, err := s.CreateSource(ctx, "Disabled "+Random(3))
	if err != nil {
		return err
	}
	if err := s.Run(ctx, nil, "source", "update", disabled.Slug, "--enabled=false"); err != nil {
		return err
	}
	v.names["base_disabled"], v.names["token_disabled"] = disabled.Base(), disabled.Token
	if err := s.waitStatus(ctx, disabled.Base(), disabled.Token, http.StatusServiceUnavailable); err != nil {
		return err
	}
	if v.names["viewer_token"], err = s.CreateAPIKey(ctx, "viewer", "auditor"); err != nil {
		return err
	}
	v.names["admin_cookie"], err = logIn(ctx, s)
	return err
}

// logIn makes an administrator and returns the Cookie header of a session.
func logIn(ctx context.Context, s *Server) (string, error) {
	name := "jane-" + Random(3)
	if err := s.CreateAdmin(ctx, name, adminPassword); err != nil {
		return "", err
	}
	ex, err := s.Client().Do(ctx, Request{
		Method: http.MethodPost, Target: "/api/v1/session", Body: marshal(map[string]any{"username": name, "password": adminPassword}),
		Fields: []Field{{"Content-Type", "application/json"}, {"Origin", s.Client().Origin()}},
	})
	if err != nil {
		return "", err
	}
	var cookies []string
	for _, line := range ex.Answer.Header.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(line, ";")
		cookies = append(cookies, pair)
	}
	if ex.Answer.Status/100 != 2 || len(cookies) == 0 {
		return "", fmt.Errorf("log in: want 2xx and a cookie\n%s", ex)
	}
	return strings.Join(cookies, "; "), nil
}

func hostileNames(t *testing.T, c *HostileCase) Placeholders {
	t.Helper()
	server, victims := theServer(t), &sharedBy(t).victims
	victims.once.Do(func() {
		victims.err = victims.prepare(context.Background(), server, theAPIKey(t))
		keepSecret(adminPassword)
	})
	if victims.err != nil {
		t.Fatal(victims.err)
	}
	source := newSource(t)
	names := maps.Clone(victims.names)
	names["slug"], names["base"], names["token"] = source.Slug, source.Base(), source.Token
	for _, need := range c.Needs {
		switch need {
		case "token_revoked":
			names[need] = source.Token
			names["token"] = rotate(t, source, "0")
		case "token_expired":
			names[need] = source.Token
			names["token"] = rotate(t, source, "1s")
		}
	}
	return names
}

// rotate replaces a source's token and waits until the old one has ended.
func rotate(t *testing.T, source Source, overlap string) string {
	t.Helper()
	server := theServer(t)
	token, err := server.RotateToken(t.Context(), source.Slug, overlap)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.waitStatus(t.Context(), source.Base(), source.Token, http.StatusUnauthorized); err != nil {
		t.Fatal(err)
	}
	return token
}

func hostileCases(t *testing.T) []HostileCase {
	t.Helper()
	cases, err := LoadHostile("testdata/hostile/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestHostile_Cases(t *testing.T) { onEachEngine(t, testHostileCases) }

func testHostileCases(t *testing.T) {
	for _, c := range hostileCases(t) {
		if later[c.ID] != "" {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			player := &HostilePlayer{Client: theServer(t).Client(), Names: hostileNames(t, &c), Twice: twice}
			if err := player.Play(t.Context(), &c); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestHostile_LaterIsStillLater(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, c := range hostileCases(t) {
		known[c.ID] = true
	}
	for id := range later {
		if !known[id] {
			t.Errorf("%s is put off, and no case", id)
		}
	}
	theServer(t)
	ex := do(t, Request{Method: http.MethodGet, Target: "/api/v1/webhooks", Fields: []Field{{"Authorization", "Bearer " + theAPIKey(t)}}})
	if ex.Answer.Status != http.StatusNotFound {
		t.Errorf("webhooks have arrived: take their cases out of the list\n%s", ex)
	}
}

func TestDisabledSource_AnswersRetryAfter(t *testing.T) {
	onEachEngine(t, testDisabledSourceAnswersRetryAfter)
}

func testDisabledSourceAnswersRetryAfter(t *testing.T) {
	source := newSource(t)
	server := theServer(t)
	if err := server.Run(t.Context(), nil, "source", "update", source.Slug, "--enabled=false"); err != nil {
		t.Fatal(err)
	}
	if err := server.waitStatus(t.Context(), source.Base(), source.Token, http.StatusServiceUnavailable); err != nil {
		t.Fatal(err)
	}
	ex := do(t, scimWrite("POST", source.Base(), source.Token, "/Users", newUser("nobody")))
	if ex.Answer.Status != http.StatusServiceUnavailable || ex.Answer.Header.Get("Retry-After") == "" {
		t.Errorf("want 503 with Retry-After\n%s", ex)
	}
	if ex := do(t, scimGet(source.Base(), "rst_wrong", "/Users")); ex.Answer.Status != http.StatusUnauthorized {
		t.Errorf("a wrong token on a disabled source: want 401\n%s", ex)
	}
	if err := server.Run(t.Context(), nil, "source", "update", source.Slug, "--enabled=true"); err != nil {
		t.Fatal(err)
	}
	if err := server.waitStatus(t.Context(), source.Base(), source.Token, http.StatusOK); err != nil {
		t.Error(err)
	}
}

func TestRotatedToken_BothWorkDuringTheOverlap(t *testing.T) {
	onEachEngine(t, testRotatedTokenBothWorkDuringTheOverlap)
}

func testRotatedTokenBothWorkDuringTheOverlap(t *testing.T) {
	source := newSource(t)
	server := theServer(t)
	token, err := server.RotateToken(t.Context(), source.Slug, (24 * time.Hour).String())
	if err != nil {
		t.Fatal(err)
	}
	for name, working := range map[string]string{"new": token, "old": source.Token} {
		if err := server.waitStatus(t.Context(), source.Base(), working, http.StatusOK); err != nil {
			t.Errorf("the %s token: %v", name, err)
		}
	}
}
