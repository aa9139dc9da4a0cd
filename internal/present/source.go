package present

import (
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// Source is a SCIM source without secrets.
type Source struct {
	ID             string             `json:"id"`
	Name           string             `json:"name"`
	Slug           string             `json:"slug"`
	Type           string             `json:"type" doc:"Kind of the source: scim, or built-in for what administrators make by hand."`
	Preset         string             `json:"preset"`
	Enabled        bool               `json:"enabled"`
	Paused         bool               `json:"paused"`
	BaseURL        string             `json:"base_url"`
	ServiceAccount ServiceAccount     `json:"service_account"`
	UserCount      int                `json:"user_count"`
	GroupCount     int                `json:"group_count"`
	Policies       directory.Policies `json:"policies"`
	Tokens         []Token            `json:"tokens" nullable:"false"`
	CreatedAt      time.Time          `json:"created_at"`
	UpdatedAt      time.Time          `json:"updated_at"`
}

// ServiceAccount is the principal that acts for a source.
type ServiceAccount struct {
	ID       string `json:"id"`
	Username string `json:"username"`
}

// Token is a bearer token without its secret.
type Token struct {
	ID             string     `json:"id"`
	Source         string     `json:"source"`
	ServiceAccount string     `json:"service_account"`
	Label          string     `json:"label"`
	Last4          string     `json:"last4"`
	State          string     `json:"state" enum:"active,expiring,expired,revoked"`
	CreatedAt      time.Time  `json:"created_at"`
	LastUsedAt     *time.Time `json:"last_used_at,omitempty"`
	ExpiresAt      *time.Time `json:"expires_at,omitempty"`
	RevokedAt      *time.Time `json:"revoked_at,omitempty"`
}

// BaseURL returns the SCIM Base URL of a slug below the server's public address.
func BaseURL(public, slug string) string { return public + "/source/scim/" + slug + "/v2" }

// NewSource presents a source; public is the server's address without a trailing slash.
func NewSource(info *directory.SourceInfo, public string, now time.Time) *Source {
	s := &Source{
		ID: sourceID(info.Source), Name: info.Name, Slug: info.Slug, Type: "scim", Preset: info.Preset, Enabled: info.Enabled, Paused: info.Paused,
		BaseURL:        BaseURL(public, info.Slug),
		ServiceAccount: ServiceAccount{ID: info.ServiceAccountID, Username: info.ServiceAccountName},
		UserCount:      info.Users, GroupCount: info.Groups, Policies: info.Policies, Tokens: []Token{},
		CreatedAt: info.CreatedAt, UpdatedAt: info.UpdatedAt,
	}
	if info.Source.ID == directory.BuiltinSource {
		s.Type, s.BaseURL = "built-in", ""
	}
	for _, t := range info.Tokens {
		s.Tokens = append(s.Tokens, *NewToken(t, info.Source, now))
	}
	return s
}

// NewToken presents a token of a source.
func NewToken(t *directory.Token, src *directory.Source, now time.Time) *Token {
	out := &Token{
		ID: string(t.ID), Source: src.Slug, ServiceAccount: src.ServiceAccountName, Label: t.Label, Last4: t.Last4, State: "active",
		CreatedAt: t.Created, LastUsedAt: optional(t.LastUsed), ExpiresAt: optional(t.Expires), RevokedAt: optional(t.Revoked),
	}
	switch {
	case out.RevokedAt != nil:
		out.State = "revoked"
	case out.ExpiresAt != nil && !now.Before(*out.ExpiresAt):
		out.State = "expired"
	case out.ExpiresAt != nil:
		out.State = "expiring"
	}
	return out
}

// sourceID names a source in answers: its service account's id is unique and never reused.
func sourceID(s *directory.Source) string {
	const prefix = "sa_"
	if len(s.ServiceAccountID) > len(prefix) {
		return "src_" + s.ServiceAccountID[len(prefix):]
	}
	return "src_builtin"
}
