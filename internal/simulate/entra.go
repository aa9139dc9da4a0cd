package simulate

import (
	"context"
	"fmt"
	"net/http"
)

const (
	userSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupSchema      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	patchSchema      = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	// adScimGroup is a URI that Entra adds to the schemas of groups.
	adScimGroup = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
)

func patchOf(operations ...any) object {
	return object{"schemas": []string{patchSchema}, "Operations": operations}
}

// entra plays Microsoft Entra ID without the aadOptscim062020 flag: capitalised operations, strings
// for booleans, a bare manager id, one PATCH for each membership.
func (s *session) entra(ctx context.Context) error {
	s.header = http.Header{"Content-Type": {"application/scim+json; charset=utf-8"}, "Accept": {"application/scim+json"}}
	s.Log("test connection")
	if _, err := s.find(ctx, "/Users", plus(`userName eq "0d1e79a6-9b3c-4c8e-8a70-5d6b0f7f2f10"`)); err != nil {
		return err
	}
	if _, err := s.call(ctx, http.MethodGet, "/Schemas", nil, http.StatusOK); err != nil {
		return err
	}
	ids, err := s.entraUsers(ctx)
	if err != nil {
		return err
	}
	if err := s.entraGroups(ctx, ids); err != nil {
		return err
	}
	return s.entraLeaver(ctx, ids)
}

func (s *session) entraUsers(ctx context.Context) ([]string, error) {
	ids := make([]string, len(s.Company.People))
	for i := range s.Company.People {
		p := &s.Company.People[i]
		id, err := s.find(ctx, "/Users", plus(fmt.Sprintf("externalId eq %q", p.ExternalID)))
		if err != nil {
			return nil, err
		}
		if id == "" {
			doc, err := s.call(ctx, http.MethodPost, "/Users", object{
				"schemas": []string{userSchema, enterpriseSchema}, "externalId": p.ExternalID, "userName": p.UserName,
				"active": true, "displayName": p.Display(), "title": p.Title, "meta": object{"resourceType": "User"},
				"emails":         []object{{"primary": true, "type": "work", "value": p.UserName}},
				"name":           object{"formatted": p.Display(), "familyName": p.Family, "givenName": p.Given},
				"roles":          []string{},
				enterpriseSchema: object{"employeeNumber": p.Number, "department": p.Department},
			}, http.StatusCreated)
			if err != nil {
				return nil, err
			}
			id, _ = doc["id"].(string)
			s.Log("created %s", p.Display())
		}
		ids[i] = id
		s.done.Users++
		if i == 0 {
			continue
		}
		manager := object{"op": "Add", "path": enterpriseSchema + ":manager", "value": ids[i/8]}
		if _, err := s.call(ctx, http.MethodPatch, "/Users/"+id, patchOf(manager), 200, 204); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func (s *session) entraGroups(ctx context.Context, ids []string) error {
	for i := range s.Company.Teams {
		team := &s.Company.Teams[i]
		group, err := s.find(ctx, "/Groups", "excludedAttributes=members&"+plus(fmt.Sprintf("displayName eq %q", team.Name)))
		if err != nil {
			return err
		}
		if group == "" {
			doc, err := s.call(ctx, http.MethodPost, "/Groups", object{
				"schemas": []string{groupSchema, adScimGroup}, "externalId": team.ExternalID,
				"displayName": team.Name, "meta": object{"resourceType": "Group"},
			}, http.StatusCreated)
			if err != nil {
				return err
			}
			group, _ = doc["id"].(string)
			s.Log("created group %s", team.Name)
		}
		s.done.Groups++
		for _, m := range team.Members {
			add := object{"op": "Add", "path": "members", "value": []object{{"$ref": nil, "value": ids[m]}}}
			if _, err := s.call(ctx, http.MethodPatch, "/Groups/"+group, patchOf(add), 200, 204); err != nil {
				return err
			}
			s.done.Memberships++
		}
	}
	return nil
}

// entraLeaver changes the first person and disables the last, as an incremental cycle does.
func (s *session) entraLeaver(ctx context.Context, ids []string) error {
	if len(ids) < 2 {
		return nil
	}
	change := object{"op": "Replace", "path": `emails[type eq "work"].value`, "value": "changed-" + s.Company.People[0].UserName}
	if _, err := s.call(ctx, http.MethodPatch, "/Users/"+ids[0], patchOf(change), 200, 204); err != nil {
		return err
	}
	last := len(ids) - 1
	disable := object{"op": "Replace", "path": "active", "value": "False"}
	if _, err := s.call(ctx, http.MethodPatch, "/Users/"+ids[last], patchOf(disable), 200, 204); err != nil {
		return err
	}
	s.Log("disabled %s", s.Company.People[last].Display())
	return nil
}
