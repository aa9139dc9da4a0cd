package account

import (
	"context"
	"errors"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

const setupKeySetting = "setup-key"

// setupKeyLife is how long a set-up link works.
const setupKeyLife = time.Hour

// SetupNeeded reports whether there is no administrator yet.
func (s *Service) SetupNeeded(ctx context.Context) (bool, error) {
	admins, err := s.Admins(ctx)
	return err == nil && len(admins) == 0, err
}

// NewSetupKey makes the key of a one-time set-up link and ends the one before. It returns
// ErrSetupDone when there is an administrator.
func (s *Service) NewSetupKey(ctx context.Context) (string, error) {
	key := newSecret()
	expires, err := s.clock().Add(setupKeyLife).MarshalBinary()
	if err != nil {
		return "", err
	}
	err = s.store.UpdateAccounts(ctx, func(w Writer) error {
		admins, err := w.Admins(ctx)
		if err != nil {
			return err
		}
		if len(admins) > 0 {
			return ErrSetupDone
		}
		return w.PutSetting(ctx, setupKeySetting, append(secretHash(key), expires...))
	})
	if err != nil {
		return "", err
	}
	return key, nil
}

// CheckSetupKey tells whether a set-up link is still good: nil, ErrSetupDone or ErrSetupKey.
func (s *Service) CheckSetupKey(ctx context.Context, key string) error {
	return s.store.ViewAccounts(ctx, func(r Reader) error { return s.checkSetupKey(ctx, r, key) })
}

func (s *Service) checkSetupKey(ctx context.Context, r Reader, key string) error {
	admins, err := r.Admins(ctx)
	if err != nil {
		return err
	}
	if len(admins) > 0 {
		return ErrSetupDone
	}
	kept, err := r.Setting(ctx, setupKeySetting)
	if errors.Is(err, ErrNotFound) {
		return ErrSetupKey
	}
	if err != nil {
		return err
	}
	const hashSize = 32
	var expires time.Time
	if len(kept) <= hashSize || expires.UnmarshalBinary(kept[hashSize:]) != nil {
		return ErrSetupKey
	}
	if !equalHash(kept[:hashSize], secretHash(key)) || s.clock().After(expires) {
		return ErrSetupKey
	}
	return nil
}

// SetUp makes the first administrator, an owner, with a set-up key, and logs it in.
func (s *Service) SetUp(ctx context.Context, key string, n NewAdmin, l Login, cause directory.Cause) (secret string, p *Principal, err error) {
	if err := s.CheckSetupKey(ctx, key); err != nil {
		return "", nil, err
	}
	n.Role = Owner
	admin, err := s.newAdmin(ctx, n)
	if err != nil {
		return "", nil, err
	}
	cause.ActorID, cause.ActorName = admin.ID, admin.Username
	err = s.store.UpdateAccounts(ctx, func(w Writer) error {
		// Checked again: two browsers may have opened the link.
		if err := s.checkSetupKey(ctx, w, key); err != nil {
			return err
		}
		return s.insertAdmin(ctx, w, admin, cause)
	})
	if err != nil {
		return "", nil, err
	}
	secret, err = s.startSession(ctx, admin, l, cause)
	if err != nil {
		return "", nil, err
	}
	return secret, principal(admin), nil
}
