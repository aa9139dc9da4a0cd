package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/directory"
)

// Session lifetimes: a session ends after SessionIdle without use and SessionMax after log-in.
const (
	SessionIdle = 2 * time.Hour
	SessionMax  = 24 * time.Hour
)

// Errors of the service. Their texts are meant for the person at the other end.
var (
	// ErrCredentials is the same for an unknown username and a wrong password.
	ErrCredentials = errors.New("the username or the password is wrong")
	// ErrUnauthenticated: the session or API key does not exist or has ended.
	ErrUnauthenticated = errors.New("log in first")
	// ErrLastOwner protects the last owner from being removed or demoted.
	ErrLastOwner = errors.New("this is the last owner; make another administrator an owner first")
	// ErrUsernameTaken: another administrator has the name.
	ErrUsernameTaken = errors.New("an administrator of this name exists already; choose another username")
	// ErrSetupDone: there is an administrator, so the set-up link has ended.
	ErrSetupDone = errors.New("set-up is finished; log in instead")
	// ErrSetupKey: the set-up link is wrong, old or used.
	ErrSetupKey = errors.New("this set-up link is not valid any more; restart the server for a new one, or run: roster admin create")
)

// ThrottledError says how long to wait before the next attempt to log in.
type ThrottledError struct{ RetryAfter time.Duration }

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("too many failed attempts; try again in %s", e.RetryAfter.Round(time.Second))
}

// InputError says what is wrong with one field.
type InputError struct{ Field, Reason string }

func (e *InputError) Error() string { return e.Field + ": " + e.Reason }

// Principal is whoever is authenticated.
type Principal struct {
	// Kind is "admin" or "api_key".
	Kind        string
	ID          string
	Username    string
	DisplayName string
	Role        Role
}

// Cause makes the cause of a change by the principal.
func (p *Principal) Cause(requestID, clientIP string) directory.Cause {
	kind := "admin"
	if p.Kind == "api_key" {
		kind = "api_key"
	}
	return directory.Cause{Kind: kind, RequestID: requestID, ActorID: p.ID, ActorName: p.Username, ClientIP: clientIP}
}

// Service is the rules about accounts. It is safe for concurrent use.
type Service struct {
	store    Store
	now      func() time.Time
	hasher   *hasher
	throttle *throttle
	// decoy is verified when a username is unknown, so that both failures take the same time.
	decoy string
}

// NewService makes a Service over a store; now is the clock.
func NewService(store Store, now func() time.Time) (*Service, error) {
	s := &Service{store: store, now: now, hasher: newHasher(), throttle: newThrottle()}
	decoy, err := s.hasher.hash(context.Background(), rand.Text())
	if err != nil {
		return nil, err
	}
	s.decoy = decoy
	return s, nil
}

func (s *Service) clock() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

func newID(prefix string) string {
	id := uuid.Must(uuid.NewV7())
	return prefix + "_" + hex.EncodeToString(id[:])
}

func checkUsername(name string) error {
	switch {
	case strings.TrimSpace(name) != name || name == "":
		return &InputError{"username", "must not be empty or start or end with a space"}
	case utf8.RuneCountInString(name) > 128:
		return &InputError{"username", "must have at most 128 characters"}
	}
	return checkPrintable("username", name)
}

// checkDisplayName allows an empty name.
func checkDisplayName(name string) error {
	if utf8.RuneCountInString(name) > 128 {
		return &InputError{"display_name", "must have at most 128 characters"}
	}
	return checkPrintable("display_name", name)
}

func checkPrintable(field, text string) error {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return &InputError{field, "must consist of printable characters"}
	}
	return nil
}

// NewAdmin is what an administrator is made of.
type NewAdmin struct {
	Username    string
	DisplayName string
	Password    string
	Role        Role
	// MinPassword overrides the constant MinPassword when positive.
	MinPassword int
}

// CreateAdmin makes an administrator.
func (s *Service) CreateAdmin(ctx context.Context, n NewAdmin, cause directory.Cause) (*Admin, error) {
	a, err := s.newAdmin(ctx, n)
	if err != nil {
		return nil, err
	}
	err = s.store.UpdateAccounts(ctx, func(w Writer) error { return s.insertAdmin(ctx, w, a, cause) })
	if err != nil {
		return nil, err
	}
	return a, nil
}

func (s *Service) newAdmin(ctx context.Context, n NewAdmin) (*Admin, error) {
	if err := checkUsername(n.Username); err != nil {
		return nil, err
	}
	if err := checkDisplayName(n.DisplayName); err != nil {
		return nil, err
	}
	if _, err := ParseRole(string(n.Role)); err != nil {
		return nil, &InputError{"role", err.Error()}
	}
	if n.MinPassword <= 0 {
		n.MinPassword = MinPassword
	}
	if err := CheckPassword(n.Username, n.Password, n.MinPassword); err != nil {
		return nil, err
	}
	hash, err := s.hasher.hash(ctx, n.Password)
	if err != nil {
		return nil, err
	}
	return &Admin{ID: newID("adm"), Username: n.Username, DisplayName: n.DisplayName, Role: n.Role, PasswordHash: hash, CreatedAt: s.clock()}, nil
}

func (s *Service) insertAdmin(ctx context.Context, w Writer, a *Admin, cause directory.Cause) error {
	if err := w.InsertAdmin(ctx, a); err != nil {
		if errors.Is(err, ErrDuplicate) {
			return ErrUsernameTaken
		}
		return err
	}
	if err := w.DeleteSetting(ctx, setupKeySetting); err != nil {
		return err
	}
	return s.audit(ctx, w, cause, "admin.created", "admin", a.ID, a.Username, map[string]any{"role": a.Role})
}

func (s *Service) audit(ctx context.Context, w Writer, cause directory.Cause, action, typ, id, name string, detail map[string]any) error {
	e := &directory.AuditEntry{Time: s.clock(), Cause: cause, Action: action, ObjectType: typ, ObjectID: id, ObjectName: name}
	if len(detail) > 0 {
		b, err := json.Marshal(detail)
		if err != nil {
			return fmt.Errorf("encode audit detail: %w", err)
		}
		e.Detail = b
	}
	return w.AppendAudit(ctx, e)
}

// secretHash is how secrets of high entropy are kept: no slow hash is needed for 160 bits.
func secretHash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

func newSecret() string {
	b := make([]byte, 32)
	rand.Read(b) //nolint:errcheck // crypto/rand.Read never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

func equalHash(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }
