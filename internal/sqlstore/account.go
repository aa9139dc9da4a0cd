package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/schema"
)

var _ account.Store = (*Store)(nil)

// ViewAccounts implements account.Store.
func (s *Store) ViewAccounts(ctx context.Context, fn func(account.Reader) error) error {
	return s.view(ctx, func(t *tx) error { return fn(accounts{t}) })
}

// UpdateAccounts implements account.Store.
func (s *Store) UpdateAccounts(ctx context.Context, fn func(account.Writer) error) error {
	return s.updateAlone(ctx, lockAccounts, func(t *tx) error { return fn(accounts{t}) })
}

// accounts is a transaction as the account package sees it.
type accounts struct{ tx *tx }

// found turns the absence of a row into the error that callers test for.
func found(err error) error {
	if errors.Is(err, errNoRow) {
		return account.ErrNotFound
	}
	return err
}

const adminColumns = "id, username, display_name, role, password_hash, created, last_login"

func scanAdmin(scan func(...any) error) (*account.Admin, error) {
	var a account.Admin
	var role string
	err := scan(&a.ID, &a.Username, &a.DisplayName, &role, &a.PasswordHash, &a.CreatedAt, &a.LastLogin)
	a.Role = account.Role(role)
	if err != nil {
		return nil, found(err)
	}
	return &a, nil
}

func (a accounts) Admin(_ context.Context, id string) (*account.Admin, error) {
	return scanAdmin(a.tx.row("SELECT "+adminColumns+" FROM admin WHERE id = $1", id).scan)
}

func (a accounts) AdminByUsername(_ context.Context, username string) (*account.Admin, error) {
	return scanAdmin(a.tx.row("SELECT "+adminColumns+" FROM admin WHERE username_key = $1", schema.CaseKey(username)).scan)
}

func (a accounts) Admins(context.Context) ([]*account.Admin, error) {
	var admins []*account.Admin
	err := a.tx.each(func(r *rows) error {
		admin, err := scanAdmin(r.scan)
		admins = append(admins, admin)
		return err
	}, "SELECT "+adminColumns+" FROM admin ORDER BY username_key")
	return admins, err
}

func (a accounts) InsertAdmin(_ context.Context, n *account.Admin) error {
	affected, err := a.tx.exec(`INSERT INTO admin (id, username, username_key, display_name, role, password_hash, created, last_login)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (username_key) DO NOTHING`,
		n.ID, n.Username, schema.CaseKey(n.Username), n.DisplayName, string(n.Role), n.PasswordHash, n.CreatedAt, n.LastLogin)
	if err == nil && affected == 0 {
		return account.ErrDuplicate
	}
	return err
}

func (a accounts) UpdateAdmin(_ context.Context, n *account.Admin) error {
	return one(a.tx.exec("UPDATE admin SET display_name = $2, role = $3, password_hash = $4, last_login = $5 WHERE id = $1",
		n.ID, n.DisplayName, string(n.Role), n.PasswordHash, n.LastLogin))
}

// one checks that a statement changed the row it was about.
func one(affected int64, err error) error {
	if err == nil && affected == 0 {
		return account.ErrNotFound
	}
	return err
}

func (a accounts) DeleteAdmin(ctx context.Context, id string) error {
	if err := a.DeleteSessionsOf(ctx, id, nil); err != nil {
		return err
	}
	return one(a.tx.exec("DELETE FROM admin WHERE id = $1", id))
}

func (a accounts) Session(_ context.Context, hash []byte) (*account.Session, error) {
	s := account.Session{Hash: hash}
	err := a.tx.row("SELECT admin_id, created, last_seen, expires, client_ip, user_agent FROM session WHERE hash = $1", hash).
		scan(&s.AdminID, &s.CreatedAt, &s.LastSeen, &s.ExpiresAt, &s.ClientIP, &s.UserAgent)
	if err != nil {
		return nil, found(err)
	}
	return &s, nil
}

func (a accounts) InsertSession(_ context.Context, s *account.Session) error {
	_, err := a.tx.exec("INSERT INTO session (hash, admin_id, created, last_seen, expires, client_ip, user_agent) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		s.Hash, s.AdminID, s.CreatedAt, s.LastSeen, s.ExpiresAt, s.ClientIP, s.UserAgent)
	return err
}

func (a accounts) UpdateSession(_ context.Context, s *account.Session) error {
	return one(a.tx.exec("UPDATE session SET last_seen = $2, expires = $3 WHERE hash = $1", s.Hash, s.LastSeen, s.ExpiresAt))
}

func (a accounts) DeleteSession(_ context.Context, hash []byte) error {
	_, err := a.tx.exec("DELETE FROM session WHERE hash = $1", hash)
	return err
}

func (a accounts) DeleteSessionsOf(_ context.Context, adminID string, keep []byte) error {
	if keep == nil {
		keep = []byte{}
	}
	_, err := a.tx.exec("DELETE FROM session WHERE admin_id = $1 AND hash <> $2", adminID, keep)
	return err
}

func (a accounts) DeleteExpiredSessions(_ context.Context, now time.Time) error {
	_, err := a.tx.exec("DELETE FROM session WHERE expires < $1", now)
	return err
}

const apiKeyColumns = "id, name, role, hash, created, created_by, last_used, expires"

func scanAPIKey(scan func(...any) error) (*account.APIKey, error) {
	var k account.APIKey
	var role string
	err := scan(&k.ID, &k.Name, &role, &k.Hash, &k.CreatedAt, &k.CreatedBy, &k.LastUsed, &k.ExpiresAt)
	k.Role = account.Role(role)
	if err != nil {
		return nil, found(err)
	}
	return &k, nil
}

func (a accounts) APIKey(_ context.Context, id string) (*account.APIKey, error) {
	return scanAPIKey(a.tx.row("SELECT "+apiKeyColumns+" FROM api_key WHERE id = $1", id).scan)
}

func (a accounts) APIKeys(context.Context) ([]*account.APIKey, error) {
	var keys []*account.APIKey
	err := a.tx.each(func(r *rows) error {
		k, err := scanAPIKey(r.scan)
		keys = append(keys, k)
		return err
	}, "SELECT "+apiKeyColumns+" FROM api_key ORDER BY created DESC, id DESC")
	return keys, err
}

func (a accounts) InsertAPIKey(_ context.Context, k *account.APIKey) error {
	_, err := a.tx.exec("INSERT INTO api_key (id, name, role, hash, created, created_by, last_used, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		k.ID, k.Name, string(k.Role), k.Hash, k.CreatedAt, k.CreatedBy, k.LastUsed, k.ExpiresAt)
	return err
}

func (a accounts) UpdateAPIKey(_ context.Context, k *account.APIKey) error {
	return one(a.tx.exec("UPDATE api_key SET last_used = $2 WHERE id = $1", k.ID, k.LastUsed))
}

func (a accounts) DeleteAPIKey(_ context.Context, id string) error {
	return one(a.tx.exec("DELETE FROM api_key WHERE id = $1", id))
}

func (a accounts) Setting(_ context.Context, name string) ([]byte, error) {
	var value []byte
	err := a.tx.row("SELECT value FROM setting WHERE name = $1", name).scan(&value)
	return value, found(err)
}

func (a accounts) PutSetting(_ context.Context, name string, value []byte) error {
	_, err := a.tx.exec("INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value", name, value)
	return err
}

func (a accounts) DeleteSetting(_ context.Context, name string) error {
	_, err := a.tx.exec("DELETE FROM setting WHERE name = $1", name)
	return err
}

func (a accounts) AppendAudit(ctx context.Context, e *directory.AuditEntry) error {
	return a.tx.AppendAudit(ctx, e)
}
