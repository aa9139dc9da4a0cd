package simulate

import (
	"context"
	"fmt"
	"net/http"
)

// okta plays an Okta catalogue app: look-up by userName, POST with an unasked password, group push
// by PATCH with a rename in every request, profile push by PUT of the document that was read.
func (s *session) okta(ctx context.Context) error {
	s.header = http.Header{
		"User-Agent": {"Okta SCIM Client 1.0.0"}, "Accept": {"application/scim+json"}, "Accept-Charset": {"utf-8"},
		"Content-Type": {"application/scim+json; charset=utf-8"},
	}
	s.Log("test connector configuration")
	if _, err := s.call(ctx, http.MethodGet, "/Users?startIndex=1&count=2", nil, http.StatusOK); err != nil {
		return err
	}
	ids, err := s.oktaUsers(ctx)
	if err != nil {
		return err
	}
	if err := s.oktaGroups(ctx, ids); err != nil {
		return err
	}
	if len(ids) < 2 {
		return nil
	}
	if err := s.oktaProfilePush(ctx, ids[0]); err != nil {
		return err
	}
	last := len(ids) - 1
	off := patchOf(object{"op": "replace", "value": object{"active": false}})
	if _, err := s.call(ctx, http.MethodPatch, "/Users/"+ids[last], off, 200, 204); err != nil {
		return err
	}
	s.Log("deactivated %s", s.Company.People[last].Display())
	return nil
}

func (s *session) oktaUsers(ctx context.Context) ([]string, error) {
	ids := make([]string, len(s.Company.People))
	for i := range s.Company.People {
		p := &s.Company.People[i]
		id, err := s.find(ctx, "/Users", percent(fmt.Sprintf("userName eq %q", p.UserName))+"&startIndex=1&count=100")
		if err != nil {
			return nil, err
		}
		if id == "" {
			doc, err := s.call(ctx, http.MethodPost, "/Users", object{
				"schemas": []string{userSchema}, "userName": p.UserName, "externalId": p.ExternalID,
				"name":        object{"givenName": p.Given, "familyName": p.Family},
				"emails":      []object{{"primary": true, "value": p.UserName, "type": "work"}},
				"displayName": p.Display(), "locale": "en-US", "groups": []string{}, "password": "1mz050nq", "active": true,
			}, http.StatusCreated)
			if err != nil {
				return nil, err
			}
			id, _ = doc["id"].(string)
			s.Log("created %s", p.Display())
		}
		ids[i] = id
		s.done.Users++
	}
	return ids, nil
}

func (s *session) oktaGroups(ctx context.Context, ids []string) error {
	for i := range s.Company.Teams {
		team := &s.Company.Teams[i]
		group, err := s.find(ctx, "/Groups", percent(fmt.Sprintf("displayName eq %q", team.Name))+"&startIndex=1&count=100")
		if err != nil {
			return err
		}
		if group == "" {
			doc, err := s.call(ctx, http.MethodPost, "/Groups", object{
				"schemas": []string{groupSchema}, "displayName": team.Name, "members": []string{},
			}, http.StatusCreated)
			if err != nil {
				return err
			}
			group, _ = doc["id"].(string)
			s.Log("pushed group %s", team.Name)
		}
		s.done.Groups++
		members := make([]object, len(team.Members))
		for j, m := range team.Members {
			members[j] = object{"value": ids[m], "display": s.Company.People[m].UserName}
		}
		push := patchOf(
			object{"op": "replace", "value": object{"id": group, "displayName": team.Name}},
			object{"op": "add", "path": "members", "value": members},
		)
		if _, err := s.call(ctx, http.MethodPatch, "/Groups/"+group, push, 200, 204); err != nil {
			return err
		}
		s.done.Memberships += len(members)
	}
	return nil
}

// oktaProfilePush reads a user and sends the whole document back with one change.
func (s *session) oktaProfilePush(ctx context.Context, id string) error {
	doc, err := s.call(ctx, http.MethodGet, "/Users/"+id, nil, http.StatusOK)
	if err != nil {
		return err
	}
	doc["title"] = "Principal engineer"
	_, err = s.call(ctx, http.MethodPut, "/Users/"+id, doc, http.StatusOK)
	return err
}
