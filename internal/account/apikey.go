package account

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/directory"
)

// keyPrefix marks an API key, so that it is recognised where it does not belong.
const keyPrefix = "rsk_"

// CreateAPIKey makes a key for /api/v1 and returns it; it is never shown again. expires may be zero.
func (s *Service) CreateAPIKey(ctx context.Context, name string, role Role, expires time.Time, cause directory.Cause) (*APIKey, string, error) {
	if strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > 128 {
		return nil, "", &InputError{"name", "must have 1 to 128 characters"}
	}
	if err := checkPrintable("name", name); err != nil {
		return nil, "", err
	}
	if _, err := ParseRole(string(role)); err != nil {
		return nil, "", &InputError{"role", err.Error()}
	}
	now := s.clock()
	if !expires.IsZero() && !expires.After(now) {
		return nil, "", &InputError{"expires_at", "must be in the future"}
	}
	secret := newSecret()
	k := &APIKey{ID: newID("key"), Name: name, Role: role, Hash: secretHash(secret), CreatedAt: now, CreatedBy: cause.ActorName, ExpiresAt: expires}
	err := s.store.UpdateAccounts(ctx, func(w Writer) error {
		if err := w.InsertAPIKey(ctx, k); err != nil {
			return err
		}
		return s.audit(ctx, w, cause, "api_key.created", "api_key", k.ID, k.Name, map[string]any{"role": role})
	})
	if err != nil {
		return nil, "", err
	}
	return k, keyPrefix + strings.TrimPrefix(k.ID, "key_") + "_" + secret, nil
}

// APIKeys lists the keys, newest first.
func (s *Service) APIKeys(ctx context.Context) (keys []*APIKey, err error) {
	err = s.store.ViewAccounts(ctx, func(r Reader) error {
		keys, err = r.APIKeys(ctx)
		return err
	})
	return keys, err
}

// DeleteAPIKey ends a key at once; ErrNotFound when there is none.
func (s *Service) DeleteAPIKey(ctx context.Context, id string, cause directory.Cause) error {
	return s.store.UpdateAccounts(ctx, func(w Writer) error {
		k, err := w.APIKey(ctx, id)
		if err != nil {
			return err
		}
		if err := w.DeleteAPIKey(ctx, id); err != nil {
			return err
		}
		return s.audit(ctx, w, cause, "api_key.deleted", "api_key", k.ID, k.Name, nil)
	})
}

// AuthenticateKey returns who an API key belongs to, or ErrUnauthenticated.
func (s *Service) AuthenticateKey(ctx context.Context, key string) (*Principal, error) {
	id, secret, ok := strings.Cut(strings.TrimPrefix(key, keyPrefix), "_")
	if !ok || !strings.HasPrefix(key, keyPrefix) || secret == "" || len(id) != 32 {
		return nil, ErrUnauthenticated
	}
	now := s.clock()
	var k *APIKey
	err := s.store.ViewAccounts(ctx, func(r Reader) (err error) {
		k, err = r.APIKey(ctx, "key_"+id)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return nil, ErrUnauthenticated
	}
	if err != nil {
		return nil, err
	}
	if !equalHash(k.Hash, secretHash(secret)) || (!k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt)) {
		return nil, ErrUnauthenticated
	}
	if now.Sub(k.LastUsed) > time.Minute {
		err := s.store.UpdateAccounts(ctx, func(w Writer) error {
			current, err := w.APIKey(ctx, k.ID)
			if err != nil {
				return err
			}
			current.LastUsed = now
			return w.UpdateAPIKey(ctx, current)
		})
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	return &Principal{Kind: "api_key", ID: k.ID, Username: k.Name, DisplayName: k.Name, Role: k.Role}, nil
}
