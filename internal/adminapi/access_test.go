package adminapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rosterhq/roster/internal/account"
)

// operations calls visit for every operation of the API.
func operations(a *api, visit func(op *huma.Operation)) {
	for _, item := range a.huma.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Patch, item.Delete, item.Head, item.Options} {
			if op != nil {
				visit(op)
			}
		}
	}
}

func TestOperations_EachSaysWhoMayUseIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	open := map[string]bool{"get-setup": true, "set-up": true, "log-in": true, "log-out": true}
	own := map[string]bool{"get-me": true, "change-me": true}
	n := 0
	operations(f.api, func(op *huma.Operation) {
		n++
		who, ok := op.Metadata[accessKey].(access)
		switch {
		case !ok:
			t.Errorf("%s has no access", op.OperationID)
		case who.public != open[op.OperationID]:
			t.Errorf("%s: public is %v", op.OperationID, who.public)
		case who.anyone != own[op.OperationID]:
			t.Errorf("%s: open to every role is %v", op.OperationID, who.anyone)
		case !who.public && !who.anyone && who.permission == "":
			t.Errorf("%s asks for no permission", op.OperationID)
		}
		if who.public != (len(op.Security) == 0) {
			t.Errorf("%s: the document's security is %v", op.OperationID, op.Security)
		}
	})
	if n < 40 {
		t.Errorf("only %d operations were found", n)
	}
}

// TestRoles_Matrix sends a request for every operation and role. What a role may not do is 403; what it
// may do is anything else, since the requests name nothing that exists.
func TestRoles_Matrix(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	operations(f.api, func(op *huma.Operation) {
		who := op.Metadata[accessKey].(access)
		path := strings.NewReplacer("{id}", "nobody", "{slug}", "nothing", "{member}", "nobody").Replace(op.Path)
		for _, role := range append(roles(), "") {
			var headers []string
			want := role != "" && (who.anyone || role.May(who.permission))
			if role != "" {
				headers = []string{"Authorization", "Bearer " + f.keys[role]}
			}
			var body any
			if op.RequestBody != nil {
				body = object{"nonsense": true}
			}
			got := f.send(op.Method, path, body, headers...)
			switch {
			case who.public || want:
				if got.status == http.StatusForbidden || got.status == http.StatusUnauthorized && !who.public || got.status >= 500 {
					t.Errorf("%s as %q: %d %s", op.OperationID, role, got.status, got.body)
				}
			case role == "":
				if got.want(http.StatusUnauthorized).header.Get("WWW-Authenticate") == "" {
					t.Errorf("%s: 401 without WWW-Authenticate", op.OperationID)
				}
			default:
				if p := got.want(http.StatusForbidden).problem(); !strings.Contains(p.Detail, string(who.permission)) || !strings.Contains(p.Detail, string(role)) {
					t.Errorf("%s as %s: %q", op.OperationID, role, p.Detail)
				}
			}
		}
	})
}

func TestAuthorization_RefusesOtherSecrets(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, token := f.source("Acme")
	owner := f.keys[account.Owner]
	for _, tt := range []struct{ header, says string }{
		{"Bearer " + token, "SCIM"},
		{"Bearer " + owner + "x", "API key"},
		{"Bearer " + owner[:len(owner)-1], "API key"},
		{"Bearer rsk_", "API key"},
		{"Bearer ", "API key"},
		{"Basic " + owner, "Bearer"},
		{owner, "Bearer"},
	} {
		if p := f.send("GET", "/me", nil, "Authorization", tt.header).want(401).problem(); !strings.Contains(p.Detail, tt.says) {
			t.Errorf("%.12s…: %q", tt.header, p.Detail)
		}
	}
	if got := f.send("GET", "/me", nil, "Authorization", "bearer "+owner).want(200).text("kind"); got != "api_key" {
		t.Errorf("kind %q", got)
	}
}

func TestUnknownAddress_IsAProblem(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, path := range []string{"/nothing", "/api", "/api/v2/users", "/users/x/y", "/webhooks", "/audit/1"} {
		f.owner("GET", path, nil).want(404)
	}
	f.owner("PATCH", "/audit/1", object{"action": "x"}).want(404)
	for path, allow := range map[string]string{"/audit": "GET", "/session": "POST, DELETE", "/users/x": "GET, PATCH, DELETE"} {
		if got := f.owner("PUT", path, object{}).want(405).header.Get("Allow"); got != allow {
			t.Errorf("PUT %s: Allow %q, want %q", path, got, allow)
		}
	}
}

func TestBadRequests_AreTheClientsFault(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id := f.owner("POST", "/users", object{"user_name": "ada"}).want(201).text("id")
	deep := strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000)
	for _, tt := range []struct {
		method, path string
		body         any
		status       int
		about        string
	}{
		{"POST", "/sources", `{"name":"x"`, 400, "body"},
		{"POST", "/sources", `{"name":"x","name":"y"}`, 400, "body"},
		{"POST", "/sources", "{\"name\":\"\xff\"}", 400, "body"},
		{"POST", "/sources", `[]`, 422, "body"},
		{"POST", "/sources", `null`, 422, "body"},
		{"POST", "/sources", `"x"`, 422, "body"},
		{"POST", "/sources", deep, 400, "body"},
		{"POST", "/sources", ``, 400, ""},
		{"POST", "/sources", `{}`, 422, "body"},
		{"POST", "/sources", `{"name":1}`, 422, "body.name"},
		{"POST", "/sources", `{"name":null}`, 422, "body.name"},
		{"POST", "/sources", `{"name":""}`, 422, "body.name"},
		{"POST", "/sources", `{"name":"   "}`, 422, "body.name"},
		{"POST", "/sources", `{"name":"a\u0000b"}`, 422, ""},
		{"POST", "/sources", `{"NAME":"x"}`, 422, "body"},
		{"POST", "/sources", `{"name":"x","nonsense":1}`, 422, "body.nonsense"},
		{"POST", "/sources", `{"name":"x","slug":"../../v2"}`, 422, "body.slug"},
		{"POST", "/sources", `{"name":"x","slug":""}`, 422, "body.slug"},
		{"POST", "/sources", `{"name":"x","slug":"admin"}`, 422, "body.slug"},
		{"POST", "/sources", `{"name":"x","preset":"nonsense"}`, 422, "body.preset"},
		{"POST", "/sources", `{"name":"x","policies":{"delete":"never"}}`, 422, "body.policies.delete"},
		{"POST", "/sources", `{"name":"x","policies":{"nonsense":true}}`, 422, "body.policies.nonsense"},
		{"POST", "/sources", `{"name":"x","policies":[]}`, 422, "body.policies"},
		{"POST", "/sources", `{"name":"` + strings.Repeat("x", 129) + `"}`, 422, "body.name"},
		{"POST", "/sources", `{"name":"` + strings.Repeat("x", maxBody) + `"}`, 413, ""},
		{"POST", "/users", `{"user_name":"\u00ad\u200b"}`, 422, ""},
		{"POST", "/users", `{"user_name":"` + strings.Repeat("x", 400) + `"}`, 422, "body.user_name"},
		{"POST", "/users", `{"user_name":"x","active":"yes"}`, 422, "body.active"},
		{"PATCH", "/users/" + id, `{"user_name":""}`, 422, "body.user_name"},
		{"PATCH", "/users/" + id, `{"id":"x"}`, 422, "body.id"},
		{"PATCH", "/me", `{"role":"owner","is_superuser":true}`, 422, "body.role"},
		{"POST", "/api-keys", `{"name":"x","role":"god"}`, 422, "body.role"},
		{"POST", "/api-keys", `{"name":"x","role":"auditor","expires_at":"tomorrow"}`, 422, "body.expires_at"},
		{"POST", "/api-keys", `{"name":"x","role":"auditor","expires_at":"2001-01-01T00:00:00Z"}`, 422, "body.expires_at"},
		{"POST", "/admins", `{"username":"x","password":"short","role":"owner"}`, 422, "body.password"},
		{"POST", "/admins", `{"username":" x","password":"` + password + `","role":"owner"}`, 422, "body.username"},
		{"GET", "/users?limit=0", nil, 422, "query.limit"},
		{"GET", "/users?limit=1001", nil, 422, "query.limit"},
		{"GET", "/users?limit=ten", nil, 422, "query.limit"},
		{"GET", "/users?active=maybe", nil, 422, "query.active"},
		{"GET", "/users?state=lost", nil, 422, "query.state"},
		{"GET", "/users?active=true&state=deleted", nil, 422, "query.active"},
		{"GET", "/users?source=nothing", nil, 422, "query.source"},
		{"GET", "/users?nonsense=1", nil, 422, "query.nonsense"},
		{"GET", "/users?q=%00", nil, 422, ""},
		{"GET", "/users?q=%ff", nil, 422, ""},
		{"GET", "/users/%00", nil, 422, ""},
		{"GET", "/users?cursor=%27%20OR%201%3D1--", nil, 422, "query.cursor"},
		{"GET", "/users?cursor=" + cursor("groups", 1, 1), nil, 422, "query.cursor"},
		{"GET", "/users?cursor=" + cursor("users", 1), nil, 422, "query.cursor"},
		{"GET", "/users?cursor=" + cursor("users", -1, 1), nil, 422, "query.cursor"},
		{"GET", "/users?cursor=" + strings.Repeat("x", 200), nil, 422, "query.cursor"},
		{"GET", "/sources?cursor=x", nil, 422, "query.cursor"},
		{"GET", "/requests?cursor=x", nil, 422, "query.cursor"},
		{"GET", "/requests?status=nonsense", nil, 422, "query.status"},
		{"GET", "/requests?status=9xx", nil, 422, "query.status"},
		{"GET", "/audit?cursor=x", nil, 422, "query.cursor"},
		{"GET", "/events?after=-1", nil, 422, "query.after"},
		{"GET", "/events?after=first", nil, 422, "query.after"},
		{"GET", "/events?after=99999999999999999999", nil, 422, "query.after"},
		{"GET", "/events?cursor=%27%20OR%201%3D1--", nil, 422, "query.cursor"},
		{"GET", "/events?wait=2m", nil, 422, "query.wait"},
		{"GET", "/events?wait=-1s", nil, 422, "query.wait"},
		{"GET", "/events?types=user.exploded", nil, 422, "query.types"},
		{"DELETE", "/sources/acme?users=eat", nil, 422, "query.users"},
		{"GET", "/users/export.csv?format=xlsx", nil, 422, "query.format"},
		{"GET", "/users/" + strings.Repeat("x", 65), nil, 422, "path.id"},
		{"GET", "/users/nobody", nil, 404, ""},
		{"GET", "/groups/" + id, nil, 404, ""},
		{"GET", "/groups/nobody/members", nil, 404, ""},
		{"GET", "/requests/nothing", nil, 404, ""},
		{"GET", "/sources/nothing", nil, 404, ""},
		{"POST", "/sources/nothing/token/reveal", nil, 404, ""},
		{"POST", "/sources/built-in/token/reveal", nil, 409, ""},
		{"POST", "/sources/built-in/token/rotate", object{}, 409, ""},
		{"POST", "/sources/built-in/tokens", object{}, 409, ""},
		{"PATCH", "/sources/built-in", object{"enabled": false}, 409, ""},
		{"DELETE", "/sources/built-in", nil, 409, ""},
		{"POST", "/tokens/nothing/reveal", nil, 404, ""},
		{"DELETE", "/tokens/nothing", nil, 404, ""},
		{"DELETE", "/api-keys/nothing", nil, 404, ""},
		{"DELETE", "/admins/nothing", nil, 404, ""},
		{"PATCH", "/admins/nothing", object{"role": "owner"}, 404, ""},
		{"POST", "/users/" + id + "/restore", nil, 409, ""},
	} {
		t.Run(fmt.Sprintf("%s %.40s %.40v", tt.method, tt.path, tt.body), func(t *testing.T) {
			g := *f
			g.t = t
			r := g.owner(tt.method, tt.path, tt.body).want(tt.status)
			if tt.about != "" {
				r.about(tt.about)
			}
			if len(r.body) > 4096 {
				t.Errorf("the answer repeats the request: %d bytes", len(r.body))
			}
		})
	}
	if f.log.Len() > 0 {
		t.Errorf("bad requests were logged as errors:\n%.500s", f.log)
	}
}
