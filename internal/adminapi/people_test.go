package adminapi

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
)

func TestUsers_MadeByHand(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	made := f.owner("POST", "/users", object{"user_name": "ada@example.com", "display_name": "Ada Lovelace", "email": "ada@home.example"}).want(201)
	id := made.text("id")
	user := made.object()
	if user["source"] != "built-in" || user["active"] != true || user["state"] != "active" || user["email"] != "ada@home.example" {
		t.Errorf("user %s", made.body)
	}
	f.owner("POST", "/users", object{"user_name": "ADA@example.com"}).want(409)

	changed := f.owner("PATCH", "/users/"+id, object{"display_name": "Countess", "email": "", "active": false}).want(200).object()
	if changed["display_name"] != "Countess" || changed["email"] != "" || changed["state"] != "inactive" || changed["user_name"] != "ada@example.com" {
		t.Errorf("changed %v", changed)
	}
	changed = f.owner("PATCH", "/users/"+id, object{"display_name": "", "user_name": "countess", "active": true}).want(200).object()
	if changed["display_name"] != "" || changed["user_name"] != "countess" || changed["state"] != "active" {
		t.Errorf("changed %v", changed)
	}
	f.owner("PATCH", "/users/"+id, object{}).want(200)

	f.owner("DELETE", "/users/"+id, nil).want(204)
	f.owner("DELETE", "/users/"+id, nil).want(409)
	f.owner("PATCH", "/users/"+id, object{"active": false}).want(409)
	deleted := f.owner("GET", "/users/"+id, nil).want(200).object()
	if deleted["state"] != "deleted" || deleted["deleted_at"] == nil {
		t.Errorf("deleted %v", deleted)
	}
	if n := len(f.owner("GET", "/users", nil).items()); n != 0 {
		t.Errorf("a deleted user is listed")
	}
	if got := f.owner("GET", "/users?state=deleted", nil).items(); len(got) != 1 || got[0]["id"] != id {
		t.Errorf("deleted users: %v", got)
	}
	if got := f.owner("POST", "/users/"+id+"/restore", nil).want(200).object(); got["state"] != "active" || got["id"] != id {
		t.Errorf("restored %v", got)
	}
	rows := f.owner("GET", "/audit?object_id="+id, nil).items()
	if len(rows) != 5 || rows[4]["action"] != "user.created" || rows[4]["actor"].(object)["name"] != "key of owner" || rows[4]["client_ip"] != "127.0.0.1" {
		t.Errorf("audit rows: %v", rows)
	}
}

func TestUsers_ProvisionedOnesAreTheProvidersToChange(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	src, _ := f.source("Acme")
	id := f.user(src, "ada")
	group := f.provision(src, directory.GroupType, scim.Object{"displayName": "Staff", "members": []any{scim.Object{"value": id}}})
	for _, r := range []*reply{
		f.owner("PATCH", "/users/"+id, object{"active": false}).want(409),
		f.owner("DELETE", "/users/"+id, nil).want(409),
		f.owner("PATCH", "/groups/"+group, object{"display_name": "x"}).want(409),
		f.owner("DELETE", "/groups/"+group, nil).want(409),
		f.owner("PUT", "/groups/"+group+"/members/"+id, nil).want(409),
		f.owner("DELETE", "/groups/"+group+"/members/"+id, nil).want(409),
	} {
		if detail := r.problem().Detail; !strings.Contains(detail, `"acme"`) {
			t.Errorf("%s: %q does not name the source", r.what, detail)
		}
	}

	user := f.owner("GET", "/users/"+id, nil).want(200).object()
	wantGroups := []any{object{"id": group, "display_name": "Staff", "type": "direct"}}
	if diff := cmp.Diff(wantGroups, user["groups"]); diff != "" {
		t.Errorf("groups: %s", diff)
	}
	other, _ := f.source("Beta")
	f.user(other, "bob")
	listed := f.owner("GET", "/users", nil).want(200).items()
	if diff := cmp.Diff([]any{wantGroups, []any{}}, []any{listed[0]["groups"], listed[1]["groups"]}); diff != "" {
		t.Errorf("groups in the list: %s", diff)
	}
	raw := user["scim"].(object)
	meta := raw["meta"].(object)
	if raw["userName"] != "ada" || meta["location"] != f.server.URL+"/source/scim/acme/v2/Users/"+id || meta["version"] != `W/"1"` {
		t.Errorf("raw %v", raw)
	}
	if got := raw["groups"].([]any)[0].(object)["value"]; got != group {
		t.Errorf("raw groups %v", raw["groups"])
	}

	// What the provider deleted, an administrator may restore.
	scope := &directory.Scope{Source: src.ID, Cause: cause}
	if _, err := f.api.Resources.Delete(t.Context(), scope, f.api.userType, directory.ResourceID(id), nil); err != nil {
		t.Fatal(err)
	}
	restored := f.owner("POST", "/users/"+id+"/restore", nil).want(200).object()
	if diff := cmp.Diff(wantGroups, restored["groups"]); diff != "" || restored["state"] != "active" {
		t.Errorf("restored %v", restored)
	}
}

// TestUsers_ListCrossesSources compares pages of all sizes with the whole list.
func TestUsers_ListCrossesSources(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var all, acme []string
	for i := range 3 {
		all = append(all, f.owner("POST", "/users", object{"user_name": fmt.Sprintf("local%d", i)}).want(201).text("id"))
	}
	f.source("Empty")
	for _, name := range []string{"Acme", "Beta"} {
		src, _ := f.source(name)
		for i := range 4 {
			id := f.provision(src, directory.UserType, scim.Object{"userName": fmt.Sprintf("%s%d", name, i), "active": i%2 == 0,
				"emails": []any{scim.Object{"value": fmt.Sprintf("Person%d@%s.example", i, name)}}})
			all = append(all, id)
			if name == "Acme" {
				acme = append(acme, id)
			}
		}
	}
	ids := func(items []object) (ids []string) {
		for _, item := range items {
			ids = append(ids, item["id"].(string))
		}
		return ids
	}
	for limit := 1; limit <= 12; limit++ {
		if diff := cmp.Diff(all, ids(f.walk("/users", query("limit", fmt.Sprint(limit))))); diff != "" {
			t.Fatalf("pages of %d: %s", limit, diff)
		}
	}
	for _, tt := range []struct {
		query url.Values
		want  []string
	}{
		{query("source", "acme", "limit", "3"), acme},
		{query("source", "empty"), nil},
		{query("q", "acme"), acme},
		{query("q", "PERSON2@"), []string{all[5], all[9]}},
		{query("q", "local", "limit", "2"), all[:3]},
		{query("q", "100%_"), nil},
		{query("active", "false"), []string{all[4], all[6], all[8], all[10]}},
		{query("state", "inactive", "source", "acme"), []string{all[4], all[6]}},
		{query("state", "active", "q", "acme"), []string{all[3], all[5]}},
		{query("state", "deleted"), nil},
	} {
		page := f.owner("GET", "/users?"+tt.query.Encode(), nil).want(200).object()
		if page["total"] != float64(len(tt.want)) {
			t.Errorf("%v: total %v, want %d", tt.query, page["total"], len(tt.want))
		}
		if diff := cmp.Diff(tt.want, ids(f.walk("/users", tt.query))); diff != "" {
			t.Errorf("%v: %s", tt.query, diff)
		}
	}
}

func TestGroups_MadeByHand(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	src, _ := f.source("Acme")
	foreign := f.user(src, "foreign")
	ada := f.owner("POST", "/users", object{"user_name": "ada", "display_name": "Ada"}).want(201).text("id")
	bob := f.owner("POST", "/users", object{"user_name": "bob", "display_name": "Bob"}).want(201).text("id")
	group := f.owner("POST", "/groups", object{"display_name": "Staff"}).want(201).text("id")
	inner := f.owner("POST", "/groups", object{"display_name": "Inner"}).want(201).text("id")
	f.owner("POST", "/groups", object{"display_name": "STAFF"}).want(409)
	for _, member := range []string{ada, bob, inner, ada} {
		f.owner("PUT", "/groups/"+group+"/members/"+member, nil).want(204)
	}
	f.owner("PUT", "/groups/"+group+"/members/"+foreign, nil).want(409)
	f.owner("PUT", "/groups/"+group+"/members/nobody", nil).want(404)
	f.owner("PUT", "/groups/"+inner+"/members/"+group, nil).want(422)

	shown := f.owner("GET", "/groups/"+group, nil).want(200).object()
	if shown["member_count"] != 3.0 || len(shown["members"].([]any)) != 3 || len(shown["scim"].(object)["members"].([]any)) != 3 {
		t.Errorf("group %v", shown)
	}
	if listed := f.owner("GET", "/groups?q=sta", nil).items(); len(listed) != 1 || listed[0]["member_count"] != 3.0 {
		t.Errorf("listed %v", listed)
	}
	if got := f.walk("/groups/"+group+"/members", query("limit", "1")); len(got) != 3 || got[0]["id"] != ada || got[0]["display"] != "Ada" || got[2]["type"] != "Group" {
		t.Errorf("members %v", got)
	}
	if got := f.walk("/groups/"+group+"/members", query("q", "BO", "limit", "1")); len(got) != 1 || got[0]["id"] != bob {
		t.Errorf("members like bo: %v", got)
	}
	if total := f.owner("GET", "/groups/"+group+"/members?limit=1", nil).object()["total"]; total != 3.0 {
		t.Errorf("total %v", total)
	}
	f.owner("GET", "/groups/"+group+"/members?cursor=x", nil).want(422).about("query.cursor")

	f.owner("DELETE", "/groups/"+group+"/members/"+bob, nil).want(204)
	f.owner("DELETE", "/groups/"+group+"/members/"+bob, nil).want(204)
	if got := f.owner("PATCH", "/groups/"+group, object{"display_name": "Crew"}).want(200).object(); got["display_name"] != "Crew" || got["member_count"] != 2.0 {
		t.Errorf("renamed %v", got)
	}
	f.as(account.Operator, "DELETE", "/groups/"+group, nil).want(403)
	f.owner("DELETE", "/groups/"+group, nil).want(204)
	if got := f.owner("GET", "/groups?state=deleted", nil).items(); len(got) != 1 || got[0]["id"] != group || got[0]["state"] != "deleted" {
		t.Errorf("deleted groups %v", got)
	}
	f.owner("PUT", "/groups/"+group+"/members/"+bob, nil).want(409)
	if got := f.owner("POST", "/groups/"+group+"/restore", nil).want(200).object(); got["member_count"] != 2.0 {
		t.Errorf("restored %v", got)
	}
	f.owner("DELETE", "/users/"+ada, nil).want(204)
	f.owner("PUT", "/groups/"+group+"/members/"+ada, nil).want(409)
}
