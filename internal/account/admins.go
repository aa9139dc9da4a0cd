package account

import (
	"context"

	"github.com/rosterhq/roster/internal/directory"
)

// Admins lists the administrators by name.
func (s *Service) Admins(ctx context.Context) (admins []*Admin, err error) {
	err = s.store.ViewAccounts(ctx, func(r Reader) error {
		admins, err = r.Admins(ctx)
		return err
	})
	return admins, err
}

// Admin returns one administrator; ErrNotFound when there is none.
func (s *Service) Admin(ctx context.Context, id string) (a *Admin, err error) {
	err = s.store.ViewAccounts(ctx, func(r Reader) error {
		a, err = r.Admin(ctx, id)
		return err
	})
	return a, err
}

// AdminUpdate holds the changes to an administrator; nil fields stay as they are.
type AdminUpdate struct {
	DisplayName *string
	Role        *Role
	Password    *string
	// KeepSession names the session that survives a change of password or role; all others end.
	KeepSession []byte
}

// UpdateAdmin changes an administrator. The last owner cannot be demoted.
func (s *Service) UpdateAdmin(ctx context.Context, id string, u AdminUpdate, cause directory.Cause) (*Admin, error) {
	var hash string
	current, err := s.Admin(ctx, id)
	if err != nil {
		return nil, err
	}
	if u.DisplayName != nil {
		if err := checkDisplayName(*u.DisplayName); err != nil {
			return nil, err
		}
	}
	if u.Role != nil {
		if _, err := ParseRole(string(*u.Role)); err != nil {
			return nil, &InputError{"role", err.Error()}
		}
	}
	if u.Password != nil {
		if err := CheckPassword(current.Username, *u.Password, MinPassword); err != nil {
			return nil, err
		}
		if hash, err = s.hasher.hash(ctx, *u.Password); err != nil {
			return nil, err
		}
	}
	var updated *Admin
	err = s.store.UpdateAccounts(ctx, func(w Writer) error {
		a, err := w.Admin(ctx, id)
		if err != nil {
			return err
		}
		detail := map[string]any{}
		if u.DisplayName != nil && a.DisplayName != *u.DisplayName {
			a.DisplayName = *u.DisplayName
			detail["display_name"] = a.DisplayName
		}
		if u.Role != nil && a.Role != *u.Role {
			if err := s.keepsOwner(ctx, w, a); err != nil {
				return err
			}
			detail["role"] = map[string]any{"before": a.Role, "after": *u.Role}
			a.Role = *u.Role
		}
		if hash != "" {
			a.PasswordHash = hash
			detail["password"] = "changed"
		}
		updated = a
		if len(detail) == 0 {
			return nil
		}
		if err := w.UpdateAdmin(ctx, a); err != nil {
			return err
		}
		if detail["password"] != nil || detail["role"] != nil {
			if err := w.DeleteSessionsOf(ctx, a.ID, u.KeepSession); err != nil {
				return err
			}
		}
		return s.audit(ctx, w, cause, "admin.updated", "admin", a.ID, a.Username, detail)
	})
	if err != nil {
		return nil, err
	}
	return updated, nil
}

// VerifyPassword checks an administrator's present password before a change of it.
func (s *Service) VerifyPassword(ctx context.Context, id, password string) error {
	a, err := s.Admin(ctx, id)
	if err != nil {
		return err
	}
	ok, err := s.hasher.verify(ctx, a.PasswordHash, password)
	if err != nil {
		return err
	}
	if !ok {
		return ErrCredentials
	}
	return nil
}

// DeleteAdmin removes an administrator and ends its sessions. The last owner stays.
func (s *Service) DeleteAdmin(ctx context.Context, id string, cause directory.Cause) error {
	return s.store.UpdateAccounts(ctx, func(w Writer) error {
		a, err := w.Admin(ctx, id)
		if err != nil {
			return err
		}
		if err := s.keepsOwner(ctx, w, a); err != nil {
			return err
		}
		if err := w.DeleteAdmin(ctx, id); err != nil {
			return err
		}
		return s.audit(ctx, w, cause, "admin.deleted", "admin", a.ID, a.Username, nil)
	})
}

// keepsOwner refuses to take the owner role from a when nobody else has it.
func (s *Service) keepsOwner(ctx context.Context, r Reader, a *Admin) error {
	if a.Role != Owner {
		return nil
	}
	admins, err := r.Admins(ctx)
	if err != nil {
		return err
	}
	for _, other := range admins {
		if other.ID != a.ID && other.Role == Owner {
			return nil
		}
	}
	return ErrLastOwner
}
