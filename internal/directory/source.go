package directory

import "time"

// SourceID identifies a source. It is small because every row and index entry carries it.
type SourceID int64

// BuiltinSource is the source of what administrators make by hand. It exists in every directory,
// has no token and no SCIM endpoint.
const BuiltinSource SourceID = 1

// BuiltinSlug is the slug of BuiltinSource.
const BuiltinSlug = "built-in"

// Source is a named entrance for one identity provider: /source/scim/<slug>/v2. It owns what it
// provisions.
type Source struct {
	ID     SourceID
	Slug   string
	Name   string
	Preset string
	// Enabled is false when an administrator switched the source off, Paused when provisioning is
	// held for a while; the endpoint answers both with 503 and Retry-After.
	Enabled bool
	Paused  bool
	// ServiceAccountID and ServiceAccountName are the principal that acts for the source.
	ServiceAccountID   string
	ServiceAccountName string
	Policies           Policies
	CreatedAt          time.Time
	UpdatedAt          time.Time
}

// Policies are the per-source switches (design §5). The zero value is the default policy set.
type Policies struct {
	// GroupPatchBody answers a PATCH with 200 and the group also where it has many members, instead of 204.
	GroupPatchBody bool `json:"group_patch_body,omitempty"`
	// AllowDuplicateGroupNames permits several groups of one displayName.
	AllowDuplicateGroupNames bool `json:"allow_duplicate_group_names,omitempty"`
	// StrictReferences refuses unknown member and manager ids with 400 instead of a warning.
	StrictReferences bool `json:"strict_references,omitempty"`
	// PutKeepsMembers keeps a group's members when a PUT has no members attribute.
	PutKeepsMembers bool `json:"put_keeps_members,omitempty"`
	// Delete is what a DELETE of a user does.
	Delete DeletePolicy `json:"delete,omitempty"`
	// NoReactivation answers 409 to a POST that matches an inactive user by externalId.
	NoReactivation bool `json:"no_reactivation,omitempty"`
	// StrictUnknown refuses attributes that no schema defines with 400.
	StrictUnknown bool `json:"strict_unknown,omitempty"`
	// PublicDiscovery serves the discovery endpoints without a token.
	PublicDiscovery bool `json:"public_discovery,omitempty"`
	// RequestBodies tells what of a request body the journal keeps.
	RequestBodies BodyPolicy `json:"request_bodies,omitempty"`
}

// DeletePolicy is what DELETE of a user does.
type DeletePolicy string

// The delete policies; the zero value leaves a tombstone for 30 days.
const (
	DeleteTombstone  DeletePolicy = ""
	DeleteDeactivate DeletePolicy = "deactivate"
	DeleteErase      DeletePolicy = "erase"
)

// BodyPolicy is what the journal keeps of request bodies.
type BodyPolicy string

// The body policies; the zero value keeps bodies with secrets stripped for 30 days.
const (
	BodiesKept     BodyPolicy = ""
	BodiesRedacted BodyPolicy = "redacted"
	BodiesOff      BodyPolicy = "off"
)

// TokenID is the public part of a token, by which it is looked up.
type TokenID string

// Token is a bearer secret of a source's service account. The secret itself is never kept: MAC is an
// HMAC of it for the check, Sealed an encrypted copy for "Click to copy token".
type Token struct {
	ID       TokenID
	Source   SourceID
	Label    string
	Last4    string
	MAC      []byte
	Sealed   []byte
	Created  time.Time
	LastUsed time.Time // zero: never; written at most once a minute
	Expires  time.Time // zero: never
	Revoked  time.Time // zero: not revoked
}

// Usable reports whether the token is accepted at now.
func (t *Token) Usable(now time.Time) bool {
	return t.Revoked.IsZero() && (t.Expires.IsZero() || now.Before(t.Expires))
}
