package account

import (
	"context"
	"errors"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// Errors of a Store, to be tested with errors.Is.
var (
	ErrNotFound  = errors.New("not found")
	ErrDuplicate = errors.New("duplicate")
)

// Admin is a person who may log in to the console.
type Admin struct {
	ID          string
	Username    string
	DisplayName string
	Role        Role
	// PasswordHash is an argon2id PHC string.
	PasswordHash string
	CreatedAt    time.Time
	LastLogin    time.Time // zero: never
}

// Session is a logged-in browser. Only the hash of its secret is kept.
type Session struct {
	Hash      []byte
	AdminID   string
	CreatedAt time.Time
	LastSeen  time.Time
	ExpiresAt time.Time
	ClientIP  string
	UserAgent string
}

// APIKey is a secret for /api/v1. Only the hash of the secret is kept.
type APIKey struct {
	ID        string
	Name      string
	Role      Role
	Hash      []byte
	CreatedAt time.Time
	CreatedBy string
	LastUsed  time.Time // zero: never; written at most once a minute
	ExpiresAt time.Time // zero: never
}

// Store keeps accounts. It shares its transactions with the audit trail.
type Store interface {
	ViewAccounts(ctx context.Context, fn func(Reader) error) error
	// UpdateAccounts has the contract of directory.Store.Update.
	UpdateAccounts(ctx context.Context, fn func(Writer) error) error
}

// Reader reads accounts; what is missing is ErrNotFound.
type Reader interface {
	Admin(ctx context.Context, id string) (*Admin, error)
	// AdminByUsername compares the name ignoring case.
	AdminByUsername(ctx context.Context, username string) (*Admin, error)
	Admins(ctx context.Context) ([]*Admin, error)
	Session(ctx context.Context, hash []byte) (*Session, error)
	APIKey(ctx context.Context, id string) (*APIKey, error)
	APIKeys(ctx context.Context) ([]*APIKey, error)
	// Setting returns a named value of the installation.
	Setting(ctx context.Context, name string) ([]byte, error)
}

// Writer writes accounts within one transaction.
type Writer interface {
	Reader
	// InsertAdmin refuses a taken username with ErrDuplicate.
	InsertAdmin(ctx context.Context, a *Admin) error
	UpdateAdmin(ctx context.Context, a *Admin) error
	// DeleteAdmin removes the administrator and all of its sessions.
	DeleteAdmin(ctx context.Context, id string) error
	InsertSession(ctx context.Context, s *Session) error
	UpdateSession(ctx context.Context, s *Session) error
	DeleteSession(ctx context.Context, hash []byte) error
	// DeleteSessionsOf ends every session of an administrator but the one named by keep (nil: none).
	DeleteSessionsOf(ctx context.Context, adminID string, keep []byte) error
	DeleteExpiredSessions(ctx context.Context, now time.Time) error
	InsertAPIKey(ctx context.Context, k *APIKey) error
	UpdateAPIKey(ctx context.Context, k *APIKey) error
	DeleteAPIKey(ctx context.Context, id string) error
	PutSetting(ctx context.Context, name string, value []byte) error
	DeleteSetting(ctx context.Context, name string) error
	AppendAudit(ctx context.Context, e *directory.AuditEntry) error
}
