package account

import (
	"context"
	"errors"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// Login is an attempt to log in.
type Login struct {
	Username, Password  string
	ClientIP, UserAgent string
}

// LogIn checks a password and starts a session. It returns the session's secret, which only the
// browser keeps. Failures are ErrCredentials or a *ThrottledError; both are the same for unknown and
// known usernames.
func (s *Service) LogIn(ctx context.Context, l Login, cause directory.Cause) (secret string, p *Principal, err error) {
	now := s.clock()
	account, address := "user:"+l.Username, "addr:"+l.ClientIP
	if wait := max(s.throttle.wait(account, now), s.throttle.wait(address, now)); wait > 0 {
		return "", nil, &ThrottledError{wait}
	}
	var admin *Admin
	err = s.store.ViewAccounts(ctx, func(r Reader) error {
		admin, err = r.AdminByUsername(ctx, l.Username)
		return err
	})
	hash := s.decoy
	switch {
	case err == nil:
		hash = admin.PasswordHash
	case !errors.Is(err, ErrNotFound):
		return "", nil, err
	}
	ok, err := s.hasher.verify(ctx, hash, l.Password)
	if err != nil {
		return "", nil, err
	}
	if !ok || admin == nil {
		s.throttle.failed(account, now)
		s.throttle.failed(address, now)
		if err := s.auditFailure(ctx, l, cause); err != nil {
			return "", nil, err
		}
		return "", nil, ErrCredentials
	}
	s.throttle.succeeded(account)
	cause.ActorID, cause.ActorName = admin.ID, admin.Username
	secret, err = s.startSession(ctx, admin, l, cause)
	if err != nil {
		return "", nil, err
	}
	return secret, principal(admin), nil
}

// auditFailure leaves a trace of a failed log-in; the username is kept only as far as it is one.
func (s *Service) auditFailure(ctx context.Context, l Login, cause directory.Cause) error {
	name := l.Username
	if checkUsername(name) != nil {
		name = "(not a username)"
	}
	return s.store.UpdateAccounts(ctx, func(w Writer) error {
		return s.audit(ctx, w, cause, "admin.login_failed", "admin", "", name, nil)
	})
}

func principal(a *Admin) *Principal {
	return &Principal{Kind: "admin", ID: a.ID, Username: a.Username, DisplayName: a.DisplayName, Role: a.Role}
}

func (s *Service) startSession(ctx context.Context, admin *Admin, l Login, cause directory.Cause) (string, error) {
	now := s.clock()
	secret := newSecret()
	err := s.store.UpdateAccounts(ctx, func(w Writer) error {
		if err := w.DeleteExpiredSessions(ctx, now); err != nil {
			return err
		}
		a, err := w.Admin(ctx, admin.ID)
		if err != nil {
			return err
		}
		a.LastLogin = now
		if err := w.UpdateAdmin(ctx, a); err != nil {
			return err
		}
		session := &Session{Hash: secretHash(secret), AdminID: a.ID, CreatedAt: now, LastSeen: now, ExpiresAt: now.Add(SessionMax), ClientIP: l.ClientIP, UserAgent: l.UserAgent}
		if err := w.InsertSession(ctx, session); err != nil {
			return err
		}
		return s.audit(ctx, w, cause, "admin.logged_in", "admin", a.ID, a.Username, nil)
	})
	return secret, err
}

// Authenticate returns who a session secret belongs to, or ErrUnauthenticated.
func (s *Service) Authenticate(ctx context.Context, secret string) (*Principal, error) {
	if secret == "" {
		return nil, ErrUnauthenticated
	}
	now, hash := s.clock(), secretHash(secret)
	var session *Session
	var admin *Admin
	err := s.store.ViewAccounts(ctx, func(r Reader) (err error) {
		if session, err = r.Session(ctx, hash); err != nil {
			return err
		}
		admin, err = r.Admin(ctx, session.AdminID)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return nil, ErrUnauthenticated
	}
	if err != nil {
		return nil, err
	}
	if now.After(session.ExpiresAt) || now.Sub(session.LastSeen) > SessionIdle {
		return nil, ErrUnauthenticated
	}
	if now.Sub(session.LastSeen) > time.Minute {
		err := s.store.UpdateAccounts(ctx, func(w Writer) error {
			current, err := w.Session(ctx, hash)
			if err != nil {
				return err
			}
			current.LastSeen = now
			return w.UpdateSession(ctx, current)
		})
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	return principal(admin), nil
}

// LogOut ends a session; an unknown one is no error.
func (s *Service) LogOut(ctx context.Context, secret string, cause directory.Cause) error {
	p, err := s.Authenticate(ctx, secret)
	if errors.Is(err, ErrUnauthenticated) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.store.UpdateAccounts(ctx, func(w Writer) error {
		if err := w.DeleteSession(ctx, secretHash(secret)); err != nil {
			return err
		}
		return s.audit(ctx, w, cause, "admin.logged_out", "admin", p.ID, p.Username, nil)
	})
}

// SessionHash returns the hash by which AdminUpdate.KeepSession names a session.
func SessionHash(secret string) []byte { return secretHash(secret) }
