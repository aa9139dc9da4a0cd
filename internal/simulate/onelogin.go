package simulate

import (
	"context"
	"fmt"
	"net/http"
)

// oneLogin plays OneLogin: an empty User-Agent, schema URNs of SCIM 1, URLs that end in a stray "&" or
// "?", PUT for users and one PATCH a membership.
func (s *session) oneLogin(ctx context.Context) error {
	s.header = http.Header{"User-Agent": {""}, "Content-Type": {"application/scim+json"}}
	schemas := []string{"urn:scim:schemas:core:2.0", "urn:scim:schemas:extension:enterprise:2.0"}
	ids := make([]string, len(s.Company.People))
	for i := range s.Company.People {
		p := &s.Company.People[i]
		id, err := s.find(ctx, "/Users", plus(fmt.Sprintf("userName eq %q", p.UserName))+"&")
		if err != nil {
			return err
		}
		body := object{
			"schemas": schemas, "userName": p.UserName, "externalId": p.ExternalID, "active": true,
			"name":        object{"givenName": p.Given, "familyName": p.Family, "formatted": p.Display()},
			"displayName": p.Display(), "title": p.Title,
			"emails": []object{{"value": p.UserName, "type": "work", "primary": true}},
		}
		method, path, want := http.MethodPost, "/Users", http.StatusCreated
		if id != "" {
			method, path, want = http.MethodPut, "/Users/"+id+"?", http.StatusOK
		}
		doc, err := s.call(ctx, method, path, body, want)
		if err != nil {
			return err
		}
		ids[i], _ = doc["id"].(string)
		s.done.Users++
		s.Log("provisioned %s", p.Display())
	}
	if err := s.oneLoginGroups(ctx, ids); err != nil || len(ids) < 2 {
		return err
	}
	last := len(ids) - 1
	p := &s.Company.People[last]
	leaver := object{"schemas": schemas, "userName": p.UserName, "externalId": p.ExternalID, "active": false, "displayName": p.Display()}
	if _, err := s.call(ctx, http.MethodPut, "/Users/"+ids[last]+"?", leaver, http.StatusOK); err != nil {
		return err
	}
	s.Log("suspended %s", p.Display())
	return nil
}

func (s *session) oneLoginGroups(ctx context.Context, ids []string) error {
	for i := range s.Company.Teams {
		team := &s.Company.Teams[i]
		group, err := s.find(ctx, "/Groups", plus(fmt.Sprintf("displayName eq %q", team.Name))+"&")
		if err != nil {
			return err
		}
		if group == "" {
			doc, err := s.call(ctx, http.MethodPost, "/Groups", object{"schemas": []string{"urn:scim:schemas:core:2.0"}, "displayName": team.Name}, http.StatusCreated)
			if err != nil {
				return err
			}
			group, _ = doc["id"].(string)
			s.Log("created group %s", team.Name)
		}
		s.done.Groups++
		for _, m := range team.Members {
			add := patchOf(object{"op": "add", "path": "members", "value": []object{{"value": ids[m]}}})
			if _, err := s.call(ctx, http.MethodPatch, "/Groups/"+group, add, 200, 204); err != nil {
				return err
			}
			s.done.Memberships++
		}
	}
	return nil
}
