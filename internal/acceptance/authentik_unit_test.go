package acceptance

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// fakeAdministration answers administrative actions from memory.
type fakeAdministration struct{ acted []string }

func (a *fakeAdministration) CreateSource(_ context.Context, name string, _ ...string) (Source, error) {
	return Source{Name: name, Slug: "slug-" + name, Token: "tok-" + name}, nil
}

func (a *fakeAdministration) CreateLocal(_ context.Context, kind, name string) (string, error) {
	return kind + "/" + name, nil
}

func (a *fakeAdministration) APIToken() string { return "admin-key" }

func (a *fakeAdministration) Act(_ context.Context, action, arguments string, _ map[string]Source) (int, any, error) {
	a.acted = append(a.acted, action+" "+arguments)
	return 200, map[string]any{"key": "fresh", "results": []any{1.0}}, nil
}

func authentikCases(t *testing.T, text string) []AuthentikCase {
	t.Helper()
	name := t.TempDir() + "/cases.json"
	write(t, name, `{"meta":{},"cases":[`+text+`]}`)
	cases, err := LoadAuthentik(name)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestAuthentikPlayer_FollowsTheCase(t *testing.T) {
	t.Parallel()
	var authorization []string
	f := newFake(t, func(w http.ResponseWriter, r *http.Request, body string) {
		authorization = append(authorization, r.Header.Get("Authorization"))
		if r.Method == http.MethodPost {
			reply(w, 201, `{"id":"id-1","schemas":["a","b"],"urn:x":{"y":[{"k":1,"v":2}]}}`)
			return
		}
		reply(w, 200, fmt.Sprintf(`{"id":%q}`, r.URL.Path))
	})
	admin := &fakeAdministration{}
	c := authentikCases(t, `{"id":"c","group":"g","title":"t","origin":"o",
		"setup":[{"action":"create_source","as":"src","name":"{{r:s}}"},{"action":"create_source","as":"src2","name":"{{r:s2}}"},
			{"action":"scim_bulk_users","count":2,"userName":"{{r:p}}{i:04d}"},{"action":"create_directory_user","as":"ex","username":"{{r:ex}}"}],
		"steps":[
			{"method":"POST","path":"/Users","auth":"src2","body":{"userName":"{{R:un}}","x":"{{r:un}}{{id:ex}}"},"content_type":"application/json","save":{"uid":"/id"},
			 "expect":{"status":[201],"headers":[{"name":"Content-Type","op":"re","v":"^application/scim"}],"json":[
				{"p":"/schemas","op":"contains","v":"a"},{"p":"/urn:x/y","op":"len","v":1},{"p":"/urn:x/y/0/v","op":"eq","v":2},
				{"p":"/urn:x/y","op":"contains","v":{"k":1}},{"p":"/none","op":"absent"},{"p":"/none","op":"absent_or_empty"},{"p":"/id","op":"exists"}]}},
			{"method":"ADMIN","path":"rotate_token src","auth":"admin","save":{"new":"/key"},"expect":{"status":[200],"json":[{"p":"/results","op":"min_len","v":1}]}},
			{"method":"GET","path":"/Users/{{uid}}","auth":"raw:Bearer {{new}}","expect":{"status":[200],"json":[{"p":"/id","op":"re","v":"/v2/Users/{{uid}}$"}]}},
			{"method":"GET","path":"/source/scim/{{old_slug:src}}/v2/Users","auth":"none","expect":{"status":[200]}},
			{"method":"GET","path":"","auth":"admin_api_token","expect":{"status":[200]}}]}`)
	p := &AuthentikPlayer{Client: f.client, Admin: admin}
	if err := p.Play(context.Background(), &c[0]); err != nil {
		t.Fatal(err)
	}
	got := f.requests()
	if !strings.Contains(got[0], "0000\"") || !strings.Contains(got[1], "0001\"") {
		t.Errorf("users made in bulk: %v", got[:2])
	}
	if !strings.HasPrefix(got[3], "GET /source/scim/slug-r") || !strings.HasSuffix(got[3], "/v2/Users/id-1") {
		t.Errorf("the saved id was not used: %s", got[3])
	}
	var user string
	if _, err := fmt.Sscanf(got[2], "POST "+strings.Fields(got[2])[1]+" %s", &user); err != nil || !strings.Contains(user, `"userName":"R`) || !strings.Contains(user, `user/r`) {
		t.Errorf("body %s (%v)", user, err)
	}
	if authorization[2] == authorization[0] || authorization[3] != "Bearer fresh" || authorization[4] != "" || authorization[5] != "Bearer admin-key" {
		t.Errorf("authorization: %q", authorization)
	}
}

func TestAuthentikPlayer_FindsProblems(t *testing.T) {
	t.Parallel()
	f := newFake(t, func(w http.ResponseWriter, r *http.Request, _ string) { reply(w, 200, `{"id":"x","list":["a"]}`) })
	for _, c := range []struct{ expect, want string }{
		{`{"status":[201]}`, "want one of [201]"},
		{`{"status":[200],"json":[{"p":"/id","op":"eq","v":"y"}]}`, "/id: want eq"},
		{`{"status":[200],"json":[{"p":"/id","op":"absent"}]}`, "/id: want exists false"},
		{`{"status":[200],"json":[{"p":"/list","op":"not_contains","v":"a"}]}`, "/list"},
		{`{"status":[200],"json":[{"p":"/list","op":"newer","v":"a"}]}`, "not known"},
		{`{"status":[200],"headers":[{"name":"X-Y","op":"exists"}]}`, "want exists"},
	} {
		cases := authentikCases(t, `{"id":"c","title":"t","setup":[{"action":"create_source","as":"src","name":"n"}],
			"steps":[{"method":"GET","path":"/x","auth":"src","expect":`+c.expect+`}]}`)
		p := &AuthentikPlayer{Client: f.client, Admin: &fakeAdministration{}}
		if err := p.Play(context.Background(), &cases[0]); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "authentik c") {
			t.Errorf("%s: got %v, want %q", c.expect, err, c.want)
		}
	}
}
