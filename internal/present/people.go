package present

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
)

// User is a user of the directory.
type User struct {
	ID          string     `json:"id"`
	Source      string     `json:"source" doc:"Slug of the source that owns the user."`
	ExternalID  string     `json:"external_id"`
	UserName    string     `json:"user_name"`
	DisplayName string     `json:"display_name"`
	Email       string     `json:"email" doc:"The primary address, else the first."`
	Active      bool       `json:"active"`
	State       string     `json:"state" enum:"active,inactive,deleted"`
	CreatedAt   time.Time  `json:"created_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
	DeletedAt   *time.Time `json:"deleted_at,omitempty"`
	// SCIM is part of a single user only.
	Groups []GroupRef      `json:"groups,omitzero" nullable:"false"`
	SCIM   json.RawMessage `json:"scim,omitempty" doc:"The resource as SCIM clients read it."`
}

// GroupRef is a group that a user belongs to.
type GroupRef struct {
	ID          string `json:"id"`
	DisplayName string `json:"display_name"`
	Type        string `json:"type" enum:"direct,indirect"`
}

// Group is a group of the directory.
type Group struct {
	ID          string     `json:"id"`
	Source      string     `json:"source" doc:"Slug of the source that owns the group."`
	ExternalID  string     `json:"external_id"`
	DisplayName string     `json:"display_name"`
	MemberCount int        `json:"member_count"`
	State       string     `json:"state" enum:"active,deleted"`
	CreatedAt   time.Time  `json:"created_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
	DeletedAt   *time.Time `json:"deleted_at,omitempty"`
	// Members (the first hundred) and SCIM are part of a single group only. Commands show all members.
	Members []Member        `json:"members,omitzero" nullable:"false"`
	SCIM    json.RawMessage `json:"scim,omitempty" doc:"The resource as SCIM clients read it."`
}

// Member is a member of a group.
type Member struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Display string `json:"display"`
}

// SetGroups adds the groups of a user.
func (u *User) SetGroups(memberships []directory.Membership) {
	u.Groups = make([]GroupRef, len(memberships))
	for i, m := range memberships {
		u.Groups[i] = NewGroupRef(m)
	}
}

// SetMembers adds members of a group.
func (g *Group) SetMembers(members []directory.Member) {
	g.Members = make([]Member, len(members))
	for i, m := range members {
		g.Members[i] = NewMember(m)
	}
}

// NewUser presents a stored user without its groups and raw form.
func NewUser(rec *directory.Record, slug string) (*User, error) {
	obj, err := rec.Object()
	if err != nil {
		return nil, fmt.Errorf("decode user %s: %w", rec.ID, err)
	}
	u := &User{
		ID: string(rec.ID), Source: slug, ExternalID: rec.Keys.ExternalID, UserName: text(obj, "userName"),
		DisplayName: displayName(obj), Email: email(obj), Active: rec.Active, State: "active",
		CreatedAt: rec.Created, UpdatedAt: rec.Modified, DeletedAt: optional(rec.Deleted),
	}
	switch {
	case !rec.Deleted.IsZero():
		u.State = "deleted"
	case !rec.Active:
		u.State = "inactive"
	}
	return u, nil
}

// NewGroup presents a stored group without its members and raw form.
func NewGroup(rec *directory.Record, slug string, members int) (*Group, error) {
	obj, err := rec.Object()
	if err != nil {
		return nil, fmt.Errorf("decode group %s: %w", rec.ID, err)
	}
	g := &Group{
		ID: string(rec.ID), Source: slug, ExternalID: rec.Keys.ExternalID, DisplayName: text(obj, "displayName"),
		MemberCount: members, State: "active", CreatedAt: rec.Created, UpdatedAt: rec.Modified, DeletedAt: optional(rec.Deleted),
	}
	if g.DeletedAt != nil {
		g.State = "deleted"
	}
	return g, nil
}

// NewGroupRef presents a membership.
func NewGroupRef(m directory.Membership) GroupRef {
	ref := GroupRef{ID: string(m.Group), DisplayName: m.Display, Type: "indirect"}
	if m.Direct {
		ref.Type = "direct"
	}
	return ref
}

// NewMember presents a member.
func NewMember(m directory.Member) Member {
	return Member{ID: string(m.ID), Type: m.Type, Display: m.Display}
}

func text(obj scim.Object, name string) string {
	s, _ := obj[name].(string)
	return s
}

// displayName is what a person is called: displayName, else the formatted name or its parts. Some clients
// send blanks for what they do not know.
func displayName(obj scim.Object) string {
	name, _ := obj["name"].(scim.Object)
	parts := strings.TrimSpace(strings.TrimSpace(text(name, "givenName")) + " " + strings.TrimSpace(text(name, "familyName")))
	for _, s := range []string{text(obj, "displayName"), text(name, "formatted"), parts} {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}

func email(obj scim.Object) string {
	list, _ := obj["emails"].([]any)
	first := ""
	for _, e := range list {
		entry, _ := e.(scim.Object)
		value := text(entry, "value")
		if primary, _ := entry["primary"].(bool); primary && value != "" {
			return value
		}
		if first == "" {
			first = value
		}
	}
	return first
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
