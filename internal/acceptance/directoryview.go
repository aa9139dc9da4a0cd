package acceptance

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
)

// DirectoryView is a source's users and groups by id, read over SCIM or folded from events.
type DirectoryView struct {
	Users  map[string]ViewedUser
	Groups map[string]ViewedGroup
}

// ViewedUser is what the tests look at of a user.
type ViewedUser struct {
	UserName    string
	DisplayName string
	Active      bool
}

// ViewedGroup is a group with the ids of its members.
type ViewedGroup struct {
	DisplayName string
	Members     map[string]bool
}

// NewDirectoryView returns a view of nothing.
func NewDirectoryView() DirectoryView {
	return DirectoryView{map[string]ViewedUser{}, map[string]ViewedGroup{}}
}

// ReadDirectory reads all users and groups of a source, page by page, and checks that memberships are
// the same seen from both ends.
func ReadDirectory(ctx context.Context, client *Client, source Source) (DirectoryView, error) {
	view := NewDirectoryView()
	groupsOf := map[string][]string{}
	err := eachResource(ctx, client, source, "/Users", func(r resource) error {
		view.Users[r.ID] = ViewedUser{r.UserName, r.DisplayName, r.Active}
		for _, g := range r.Groups {
			groupsOf[r.ID] = append(groupsOf[r.ID], g.Value)
		}
		return nil
	})
	if err != nil {
		return view, err
	}
	listed := map[string][]string{}
	err = eachResource(ctx, client, source, "/Groups", func(r resource) error {
		members := map[string]bool{}
		for _, m := range r.Members {
			if _, ok := view.Users[m.Value]; !ok {
				return fmt.Errorf("group %s lists %s, which is no user", r.DisplayName, m.Value)
			}
			members[m.Value] = true
			listed[m.Value] = append(listed[m.Value], r.ID)
		}
		view.Groups[r.ID] = ViewedGroup{r.DisplayName, members}
		return nil
	})
	if err != nil {
		return view, err
	}
	for id, user := range view.Users {
		slices.Sort(groupsOf[id])
		slices.Sort(listed[id])
		if !slices.Equal(groupsOf[id], listed[id]) {
			return view, fmt.Errorf("user %s says it is in groups %v, the groups that list it are %v", user.UserName, groupsOf[id], listed[id])
		}
	}
	return view, nil
}

type resource struct {
	ID          string `json:"id"`
	UserName    string `json:"userName"`
	DisplayName string `json:"displayName"`
	Active      bool   `json:"active"`
	Members     []struct {
		Value string `json:"value"`
	} `json:"members"`
	Groups []struct {
		Value string `json:"value"`
	} `json:"groups"`
}

func eachResource(ctx context.Context, client *Client, source Source, path string, each func(resource) error) error {
	for start, total := 1, 1; start <= total; {
		ex, err := client.Do(ctx, scimGet(source.Base(), source.Token, withPage(path, start, 500)))
		if err != nil {
			return err
		}
		var page struct {
			TotalResults int        `json:"totalResults"`
			Resources    []resource `json:"Resources"`
		}
		if err := json.Unmarshal(ex.Answer.Body, &page); err != nil || ex.Answer.Status != 200 {
			return fmt.Errorf("list %s: want 200 and a list (%v)\n%s", path, err, ex)
		}
		for _, r := range page.Resources {
			if err := each(r); err != nil {
				return err
			}
		}
		if len(page.Resources) == 0 && start <= page.TotalResults {
			return fmt.Errorf("list %s: an empty page before the end\n%s", path, ex)
		}
		start, total = start+len(page.Resources), page.TotalResults
	}
	return nil
}

// Differences tells where another view holds something else.
func (v DirectoryView) Differences(other DirectoryView) []string {
	var found []string
	for _, id := range bothKeys(v.Users, other.Users) {
		a, inA := v.Users[id]
		b, inB := other.Users[id]
		if inA != inB || a != b {
			found = append(found, fmt.Sprintf("user %s: %s against %s", id, describe(a, inA), describe(b, inB)))
		}
	}
	for _, id := range bothKeys(v.Groups, other.Groups) {
		a, inA := v.Groups[id]
		b, inB := other.Groups[id]
		if inA != inB || a.DisplayName != b.DisplayName || !maps.Equal(a.Members, b.Members) {
			found = append(found, fmt.Sprintf("group %s: %s against %s", id, describe(a, inA), describe(b, inB)))
		}
	}
	return found
}

// World is the part of the view that one writer made, by name, and the ids of its names.
func (v DirectoryView) World(w *Writer) (World, map[string]string) {
	world, ids := NewWorld(), map[string]string{}
	for id, user := range v.Users {
		if w.owns(user.UserName) {
			world.Users[user.UserName], ids[user.UserName] = Person{user.DisplayName, user.Active}, id
		}
	}
	for id, group := range v.Groups {
		if id == w.SharedID {
			for member := range group.Members {
				if name := v.Users[member].UserName; w.owns(name) {
					world.Shared[name] = true
				}
			}
		}
		if w.owns(group.DisplayName) {
			members := map[string]bool{}
			for member := range group.Members {
				members[v.Users[member].UserName] = true
			}
			world.Groups[group.DisplayName], ids[group.DisplayName] = members, id
		}
	}
	return world, ids
}
