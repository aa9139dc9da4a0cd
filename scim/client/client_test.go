package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/client"
	"github.com/rosterhq/roster/scim/schema"
	"github.com/rosterhq/roster/scim/server"
)

// provider starts a service provider that wants the token "secret".
func provider(t *testing.T) *client.Client {
	t.Helper()
	reg := schema.Core()
	s, err := server.New(server.Config{Backend: server.NewMemory(reg), Registry: reg, Prefix: "/v2"})
	if err != nil {
		t.Fatal(err)
	}
	return connect(t, func(w http.ResponseWriter, r *http.Request) {
		if token, err := server.BearerToken(r); err != nil || token != "secret" {
			server.Unauthorized(w, r, "test")
			return
		}
		s.ServeHTTP(w, r)
	})
}

func connect(t *testing.T, h http.HandlerFunc) *client.Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	c, err := client.New(srv.URL+"/v2/", client.WithToken("secret"), client.WithHTTPClient(srv.Client()), client.WithUserAgent("test"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantStatus(t *testing.T, err error, status int, kind scim.ErrorType) {
	t.Helper()
	var e *scim.Error
	if !errors.As(err, &e) || e.Status != status || e.Type != kind || e.Detail == "" {
		t.Errorf("error %v, want %d %s", err, status, kind)
	}
}

func TestClient_LifeOfAResource(t *testing.T) {
	t.Parallel()
	c, ctx := provider(t), t.Context()
	none := client.Selection{}
	ada, err := c.Create(ctx, "/Users", scim.Object{"userName": "ada", "title": "Countess"}, none)
	if err != nil {
		t.Fatal(err)
	}
	if ada.ID == "" || ada.Version == "" || !strings.HasSuffix(ada.Location, "/v2/Users/"+ada.ID) || ada.Object["userName"] != "ada" {
		t.Errorf("created %+v", ada)
	}
	_, err = c.Create(ctx, "/Users", scim.Object{"userName": "ADA"}, none)
	wantStatus(t, err, 409, scim.Uniqueness)
	got, err := c.Get(ctx, "/Users", ada.ID, client.Selection{Attributes: []string{"title", "meta"}})
	if err != nil || got.Object["title"] != "Countess" || got.Object["userName"] != nil || got.Version != ada.Version {
		t.Errorf("got %+v, %v", got, err)
	}
	replaced, err := c.Replace(ctx, "/Users", ada.ID, scim.Object{"userName": "ada"}, ada.Version, client.Selection{ExcludedAttributes: []string{"meta"}})
	if err != nil || replaced.Object["title"] != nil || replaced.Version == ada.Version || replaced.Location == "" {
		t.Errorf("replaced %+v, %v", replaced, err)
	}
	_, err = c.Replace(ctx, "/Users", ada.ID, scim.Object{"userName": "ada"}, ada.Version, none)
	wantStatus(t, err, 412, "")
	patched, err := c.Patch(ctx, "/Users", ada.ID, []client.Operation{{Op: "add", Path: "title", Value: "x"}, {Op: "remove", Path: "title"}, {Op: "add", Value: scim.Object{"nickName": "A"}}}, "", none)
	if err != nil || patched.Object["nickName"] != "A" || patched.Object["title"] != nil {
		t.Errorf("patched %+v, %v", patched, err)
	}
	group, err := c.Create(ctx, "/Groups", scim.Object{"displayName": "staff"}, none)
	if err != nil {
		t.Fatal(err)
	}
	joined, err := c.Patch(ctx, "/Groups", group.ID, []client.Operation{{Op: "add", Path: "members", Value: []any{scim.Object{"value": ada.ID}}}}, "", none)
	if err != nil || joined.Object != nil || joined.ID != group.ID || joined.Version == group.Version {
		t.Errorf("joined %+v, %v", joined, err)
	}
	wantStatus(t, c.Delete(ctx, "/Users", ada.ID, ada.Version), 412, "")
	if err := c.Delete(ctx, "/Users", ada.ID, ""); err != nil {
		t.Error(err)
	}
	_, err = c.Get(ctx, "/Users", ada.ID, none)
	wantStatus(t, err, 404, "")
}

func TestClient_ListsByEveryMethod(t *testing.T) {
	t.Parallel()
	c, ctx := provider(t), t.Context()
	var want []string
	for i := range 7 {
		name := fmt.Sprintf("u%d", i)
		want = append([]string{name}, want...)
		if _, err := c.Create(ctx, "/Users", scim.Object{"userName": name}, client.Selection{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, q := range []client.Query{{}, {Cursor: true}, {Search: true}, {Cursor: true, Search: true}} {
		q.Filter, q.SortBy, q.Descending, q.Count, q.Attributes = `userName sw "u"`, "userName", true, 3, []string{"userName"}
		var got []string
		for res, err := range c.List(ctx, "/Users", q) {
			if err != nil {
				t.Fatalf("%+v: %v", q, err)
			}
			got = append(got, res.Object["userName"].(string))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%+v: %s", q, diff)
		}
	}
	n := 0
	for range c.List(ctx, "/Users", client.Query{Count: 2}) {
		if n++; n == 3 {
			break
		}
	}
	page, err := c.Page(ctx, "", client.Query{Filter: "userName pr", Selection: client.Selection{ExcludedAttributes: []string{"meta"}}}, 6, "")
	if err != nil || page.Total != 7 || len(page.Resources) != 2 || page.NextCursor != "" {
		t.Errorf("page %+v, %v", page, err)
	}
	for _, err := range c.List(ctx, "/Users", client.Query{Filter: "("}) {
		wantStatus(t, err, 400, scim.InvalidFilter)
	}
}

func TestClient_Discovery(t *testing.T) {
	t.Parallel()
	c, ctx := provider(t), t.Context()
	p, err := c.ServiceProviderConfig(ctx)
	if err != nil || !p.Patch || !p.Bulk || !p.Filter || p.ChangePassword || !p.Sort || !p.ETag || !p.Cursor || p.MaxOperations != 1000 || p.MaxResults != 1000 || p.MaxPayloadSize != 16<<20 ||
		!cmp.Equal(p.AuthenticationSchemes, []string{"oauthbearertoken"}) {
		t.Errorf("%+v, %v", p, err)
	}
	types, err := c.ResourceTypes(ctx)
	if err != nil || len(types) != 2 || types[0].Endpoint != "/Users" || len(types[0].Extensions) != 1 || types[1].Schema.Attribute("members") == nil {
		t.Errorf("%+v, %v", types, err)
	}
}

func TestClient_Bulk(t *testing.T) {
	t.Parallel()
	c, ctx := provider(t), t.Context()
	results, err := c.Bulk(ctx, []client.BulkOperation{
		{Method: "POST", Path: "/Groups", BulkID: "g", Data: scim.Object{"displayName": "staff", "members": []any{scim.Object{"value": "bulkId:u"}}}},
		{Method: "POST", Path: "/Users", BulkID: "u", Data: scim.Object{"userName": "ada"}},
		{Method: "DELETE", Path: "/Users/none", Version: `W/"1"`},
		{Method: "POST", Path: "/Users", BulkID: "v", Data: scim.Object{"userName": "bob"}},
	}, 1)
	if err != nil || len(results) != 3 || results[0].Status != 201 || results[0].Err != nil || results[0].Location == "" || results[1].BulkID != "u" || results[1].Version == "" {
		t.Fatalf("%+v, %v", results, err)
	}
	wantStatus(t, results[2].Err, 404, "")
	_, err = c.Bulk(ctx, nil, 0)
	wantStatus(t, err, 400, scim.InvalidSyntax)
}

func TestClient_Failures(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer http.HandlerFunc
		check  func(*testing.T, error)
	}{
		{"a page of a proxy", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", http.StatusBadGateway) },
			func(t *testing.T, err error) { wantStatus(t, err, 502, "") }},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusTemporaryRedirect)
		},
			func(t *testing.T, err error) { wantStatus(t, err, 307, "") }},
		{"try later", func(w http.ResponseWriter, r *http.Request) {
			server.WriteError(w, r, &scim.Error{Status: 503, Detail: "Paused.", RetryAfter: 30 * time.Second})
		},
			func(t *testing.T, err error) {
				wantStatus(t, err, 503, "")
				if e := scim.AsError(err); e.RetryAfter != 30*time.Second || e.Detail != "Paused." {
					t.Errorf("%+v", e)
				}
			}},
		{"success without JSON", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") },
			func(t *testing.T, err error) {
				if err == nil || !strings.Contains(err.Error(), "JSON") {
					t.Errorf("%v", err)
				}
			}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := connect(t, test.answer).Get(t.Context(), "/Users", "1", client.Selection{})
			test.check(t, err)
		})
	}
}

func TestClient_SendsWhatItShould(t *testing.T) {
	t.Parallel()
	var seen *http.Request
	c := connect(t, func(w http.ResponseWriter, r *http.Request) { seen = r; w.WriteHeader(204) })
	if _, err := c.Patch(t.Context(), "/Users", "a/b", []client.Operation{{Op: "remove", Path: "title"}}, `W/"1"`, client.Selection{Attributes: []string{"a", "b"}}); err != nil {
		t.Fatal(err)
	}
	got := []string{seen.Method, seen.URL.EscapedPath(), seen.URL.RawQuery, seen.Header.Get("Authorization"), seen.Header.Get("Content-Type"), seen.Header.Get("If-Match"), seen.Header.Get("User-Agent"), seen.Header.Get("Accept")}
	want := []string{"PATCH", "/v2/Users/a%2Fb", "attributes=a%2Cb", "Bearer secret", "application/scim+json", `W/"1"`, "test", "application/scim+json"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestClient_ContextEndsARequest(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := provider(t).Get(ctx, "/Users", "1", client.Selection{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestNew_RefusesBaseURLs(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "directory.example/v2", "ftp://directory.example", "https://", "https://directory.example/v2?x=1", "https://directory.example/%zz"} {
		if _, err := client.New(base); err == nil {
			t.Errorf("%q was accepted", base)
		}
	}
}
