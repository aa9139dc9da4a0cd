package account

import "fmt"

// Role is what an administrator or API key may do.
type Role string

// The roles, from the most to the least powerful; Developer stands beside Operator.
const (
	// Owner may do everything, other owners included.
	Owner Role = "owner"
	// Administrator may do everything but manage administrators.
	Administrator Role = "administrator"
	// Operator may work with sources and people, but sees no secret and deletes nothing.
	Operator Role = "operator"
	// Auditor may read everything, the audit trail and request records included.
	Auditor Role = "auditor"
	// Developer may read people and events, and manage event receivers and API keys of its own role.
	Developer Role = "developer"
)

// Permission is one kind of act.
type Permission string

// The permissions that the administrators' API asks for.
const (
	ReadDirectory   Permission = "read the directory"
	ReadEvents      Permission = "read the event feed"
	ReadRequests    Permission = "read request records"
	ReadAudit       Permission = "read the audit trail"
	ReadSources     Permission = "read sources"
	WriteSources    Permission = "change sources"
	DeleteSources   Permission = "delete sources"
	UseSecrets      Permission = "see or rotate tokens"
	WriteDirectory  Permission = "change users and groups"
	DeletePeople    Permission = "delete users and groups"
	ManageAPIKeys   Permission = "manage API keys"
	ManageReceivers Permission = "manage event receivers"
	ManageAdmins    Permission = "manage administrators"
)

var readAll = []Permission{ReadDirectory, ReadEvents, ReadRequests, ReadAudit, ReadSources}

// permissions is constant data; it is never written.
var permissions = map[Role][]Permission{
	Owner:         append([]Permission{WriteSources, DeleteSources, UseSecrets, WriteDirectory, DeletePeople, ManageAPIKeys, ManageReceivers, ManageAdmins}, readAll...),
	Administrator: append([]Permission{WriteSources, DeleteSources, UseSecrets, WriteDirectory, DeletePeople, ManageAPIKeys, ManageReceivers}, readAll...),
	Operator:      append([]Permission{WriteSources, WriteDirectory}, readAll...),
	Auditor:       readAll,
	Developer:     {ReadDirectory, ReadEvents, ReadSources, ReadRequests, ManageAPIKeys, ManageReceivers},
}

// May reports whether the role includes the permission.
func (r Role) May(p Permission) bool {
	for _, have := range permissions[r] {
		if have == p {
			return true
		}
	}
	return false
}

// Grants reports whether a holder of r may hand out role other: never more than it has itself.
func (r Role) Grants(other Role) bool {
	for _, p := range permissions[other] {
		if !r.May(p) {
			return false
		}
	}
	return true
}

// ParseRole checks a role's name.
func ParseRole(s string) (Role, error) {
	if _, ok := permissions[Role(s)]; !ok {
		return "", fmt.Errorf("role %q does not exist: use owner, administrator, operator, auditor or developer", s)
	}
	return Role(s), nil
}
