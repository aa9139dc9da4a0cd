package account_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/sqlstore"
)

// clock is a clock that tests move by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const password = "correct horse battery"

var cause = directory.Cause{Kind: "cli", ActorName: "test"}

func newService(t *testing.T) (*account.Service, *clock, *sqlstore.Store) {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "roster.db"), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	c := &clock{now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
	s, err := account.NewService(store, c.Now)
	if err != nil {
		t.Fatal(err)
	}
	return s, c, store
}

func createAdmin(t *testing.T, s *account.Service, name string, role account.Role) *account.Admin {
	t.Helper()
	a, err := s.CreateAdmin(t.Context(), account.NewAdmin{Username: name, Password: password, Role: role}, cause)
	if err != nil {
		t.Fatalf("create %s: %v", name, err)
	}
	return a
}

func TestLogIn_SessionLivesAndEnds(t *testing.T) {
	t.Parallel()
	s, c, _ := newService(t)
	createAdmin(t, s, "Jane", account.Owner)
	ctx := t.Context()
	secret, p, err := s.LogIn(ctx, account.Login{Username: "jane", Password: password, ClientIP: "192.0.2.1"}, cause)
	if err != nil || p.Username != "Jane" || p.Role != account.Owner {
		t.Fatalf("LogIn = %+v, %v; usernames are compared ignoring case", p, err)
	}
	// Used once an hour, the session outlives its idle time, but not its absolute end.
	for range 23 {
		c.advance(time.Hour)
		if _, err := s.Authenticate(ctx, secret); err != nil {
			t.Fatalf("a session in use ended: %v", err)
		}
	}
	c.advance(90 * time.Minute)
	if _, err := s.Authenticate(ctx, secret); !errors.Is(err, account.ErrUnauthenticated) {
		t.Errorf("after %s the session still lives: %v", account.SessionMax, err)
	}
	idle, _, err := s.LogIn(ctx, account.Login{Username: "Jane", Password: password}, cause)
	if err != nil {
		t.Fatal(err)
	}
	c.advance(account.SessionIdle + time.Second)
	if _, err := s.Authenticate(ctx, idle); !errors.Is(err, account.ErrUnauthenticated) {
		t.Errorf("an idle session still lives: %v", err)
	}
}

func TestLogOut_EndsTheSession(t *testing.T) {
	t.Parallel()
	s, _, _ := newService(t)
	createAdmin(t, s, "jane", account.Owner)
	secret, _, err := s.LogIn(t.Context(), account.Login{Username: "jane", Password: password}, cause)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // logging out twice is no error
		if err := s.LogOut(t.Context(), secret, cause); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Authenticate(t.Context(), secret); !errors.Is(err, account.ErrUnauthenticated) {
		t.Errorf("Authenticate after log-out = %v", err)
	}
}

// Pins R-SEC-07.
func TestLogIn_GuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	s, c, _ := newService(t)
	createAdmin(t, s, "jane", account.Owner)
	try := func(name, pw, ip string) error {
		_, _, err := s.LogIn(t.Context(), account.Login{Username: name, Password: pw, ClientIP: ip}, cause)
		return err
	}
	var throttled *account.ThrottledError
	for i := range 5 {
		if err := try("jane", "wrong password", "192.0.2.1"); !errors.Is(err, account.ErrCredentials) {
			t.Fatalf("attempt %d: %v", i, err)
		}
	}
	if err := try("jane", password, "192.0.2.2"); !errors.As(err, &throttled) {
		t.Fatalf("the account is not throttled after 5 failures: %v", err)
	}
	if err := try("somebody", "x", "192.0.2.1"); !errors.As(err, &throttled) {
		t.Errorf("the address is not throttled after 5 failures: %v", err)
	}
	c.advance(throttled.RetryAfter)
	if err := try("jane", password, "192.0.2.2"); err != nil {
		t.Errorf("nobody may be locked out for good: %v", err)
	}
}

func TestLogIn_UnknownAndWrongAreTheSame(t *testing.T) {
	t.Parallel()
	s, _, store := newService(t)
	createAdmin(t, s, "jane", account.Owner)
	_, _, wrong := s.LogIn(t.Context(), account.Login{Username: "jane", Password: "wrong password"}, cause)
	_, _, unknown := s.LogIn(t.Context(), account.Login{Username: "nobody", Password: "wrong password"}, cause)
	if wrong == nil || unknown == nil || wrong.Error() != unknown.Error() {
		t.Errorf("wrong password: %v; unknown username: %v", wrong, unknown)
	}
	if n := len(auditOf(t, store, "admin.login_failed")); n != 2 {
		t.Errorf("%d failed log-ins are in the audit trail, want 2", n)
	}
}

func auditOf(t *testing.T, store *sqlstore.Store, action string) []*directory.AuditEntry {
	t.Helper()
	var entries []*directory.AuditEntry
	err := store.View(t.Context(), func(r directory.Reader) (err error) {
		entries, err = r.Audit(t.Context(), directory.AuditQuery{Action: action, Limit: 100})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestAdmins_LastOwnerStays(t *testing.T) {
	t.Parallel()
	s, _, _ := newService(t)
	jane := createAdmin(t, s, "jane", account.Owner)
	joe := createAdmin(t, s, "joe", account.Auditor)
	ctx := t.Context()
	role := account.Operator
	if _, err := s.UpdateAdmin(ctx, jane.ID, account.AdminUpdate{Role: &role}, cause); !errors.Is(err, account.ErrLastOwner) {
		t.Errorf("demoting the last owner = %v", err)
	}
	if err := s.DeleteAdmin(ctx, jane.ID, cause); !errors.Is(err, account.ErrLastOwner) {
		t.Errorf("deleting the last owner = %v", err)
	}
	owner := account.Owner
	if _, err := s.UpdateAdmin(ctx, joe.ID, account.AdminUpdate{Role: &owner}, cause); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteAdmin(ctx, jane.ID, cause); err != nil {
		t.Errorf("deleting one of two owners = %v", err)
	}
	if _, err := s.Admin(ctx, jane.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("a deleted administrator is found: %v", err)
	}
}

func TestUpdateAdmin_NewPasswordEndsOtherSessions(t *testing.T) {
	t.Parallel()
	s, _, _ := newService(t)
	jane := createAdmin(t, s, "jane", account.Owner)
	ctx := t.Context()
	login := account.Login{Username: "jane", Password: password}
	mine, _, err := s.LogIn(ctx, login, cause)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := s.LogIn(ctx, login, cause)
	if err != nil {
		t.Fatal(err)
	}
	next := "another long password"
	if _, err := s.UpdateAdmin(ctx, jane.ID, account.AdminUpdate{Password: &next, KeepSession: account.SessionHash(mine)}, cause); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Authenticate(ctx, mine); err != nil {
		t.Errorf("the session that changed the password ended: %v", err)
	}
	if _, err := s.Authenticate(ctx, other); !errors.Is(err, account.ErrUnauthenticated) {
		t.Errorf("another session survived the change of the password: %v", err)
	}
	if err := s.VerifyPassword(ctx, jane.ID, password); !errors.Is(err, account.ErrCredentials) {
		t.Errorf("the old password is still good: %v", err)
	}
	if err := s.VerifyPassword(ctx, jane.ID, next); err != nil {
		t.Errorf("the new password is not good: %v", err)
	}
}

func TestCreateAdmin_Refusals(t *testing.T) {
	t.Parallel()
	s, _, _ := newService(t)
	createAdmin(t, s, "jane", account.Owner)
	tests := []struct {
		name string
		n    account.NewAdmin
		want string
	}{
		{"taken in other case", account.NewAdmin{Username: "JANE", Password: password, Role: account.Owner}, "exists already"},
		{"empty username", account.NewAdmin{Password: password, Role: account.Owner}, "username"},
		{"control character", account.NewAdmin{Username: "a\nb", Password: password, Role: account.Owner}, "printable"},
		{"short password", account.NewAdmin{Username: "joe", Password: "short", Role: account.Owner}, "at least 12"},
		{"password is the name", account.NewAdmin{Username: "joe-the-admin", Password: "Joe-The-Admin", Role: account.Owner}, "equals the username"},
		{"one character", account.NewAdmin{Username: "joe", Password: strings.Repeat("a", 20), Role: account.Owner}, "repeats"},
		{"unknown role", account.NewAdmin{Username: "joe", Password: password, Role: "king"}, "does not exist"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := s.CreateAdmin(context.Background(), tt.n, cause); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("CreateAdmin = %v, want an error that says %q", err, tt.want)
			}
		})
	}
}

func TestAPIKey_AuthenticatesUntilItEnds(t *testing.T) {
	t.Parallel()
	s, c, _ := newService(t)
	ctx := t.Context()
	k, secret, err := s.CreateAPIKey(ctx, "ci", account.Auditor, c.Now().Add(time.Hour), cause)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.AuthenticateKey(ctx, secret)
	if err != nil || p.Kind != "api_key" || p.ID != k.ID || p.Role != account.Auditor {
		t.Fatalf("AuthenticateKey = %+v, %v", p, err)
	}
	for _, wrong := range []string{"", "rsk_", secret[:len(secret)-1], secret + "x", strings.Replace(secret, "rsk_", "rst_", 1), "rsk_" + strings.Repeat("0", 32) + "_x"} {
		if _, err := s.AuthenticateKey(ctx, wrong); !errors.Is(err, account.ErrUnauthenticated) {
			t.Errorf("AuthenticateKey(%q) = %v", wrong, err)
		}
	}
	c.advance(time.Hour)
	if _, err := s.AuthenticateKey(ctx, secret); !errors.Is(err, account.ErrUnauthenticated) {
		t.Errorf("an expired key = %v", err)
	}
	if err := s.DeleteAPIKey(ctx, k.ID, cause); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteAPIKey(ctx, k.ID, cause); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("deleting twice = %v", err)
	}
}

func TestSetUp_LinkWorksOnce(t *testing.T) {
	t.Parallel()
	s, c, _ := newService(t)
	ctx := t.Context()
	old, err := s.NewSetupKey(ctx)
	if err != nil {
		t.Fatal(err)
	}
	key, err := s.NewSetupKey(ctx)
	if err != nil {
		t.Fatal(err)
	}
	n := account.NewAdmin{Username: "jane", Password: password}
	for name, wrong := range map[string]string{"empty": "", "replaced": old, "guessed": "abc"} {
		if _, _, err := s.SetUp(ctx, wrong, n, account.Login{}, cause); !errors.Is(err, account.ErrSetupKey) {
			t.Errorf("%s key: %v", name, err)
		}
	}
	c.advance(2 * time.Hour)
	if _, _, err := s.SetUp(ctx, key, n, account.Login{}, cause); !errors.Is(err, account.ErrSetupKey) {
		t.Errorf("expired key: %v", err)
	}
	if key, err = s.NewSetupKey(ctx); err != nil {
		t.Fatal(err)
	}
	secret, p, err := s.SetUp(ctx, key, n, account.Login{}, cause)
	if err != nil || p.Role != account.Owner {
		t.Fatalf("SetUp = %+v, %v", p, err)
	}
	if _, err := s.Authenticate(ctx, secret); err != nil {
		t.Errorf("set-up did not log in: %v", err)
	}
	if _, _, err := s.SetUp(ctx, key, n, account.Login{}, cause); !errors.Is(err, account.ErrSetupDone) {
		t.Errorf("the link works twice: %v", err)
	}
	if _, err := s.NewSetupKey(ctx); !errors.Is(err, account.ErrSetupDone) {
		t.Errorf("a new link is made although there is an administrator: %v", err)
	}
}

// Pins R-SEC-03.
func TestRoles_NeverGrantMoreThanTheyHave(t *testing.T) {
	t.Parallel()
	roles := []account.Role{account.Owner, account.Administrator, account.Operator, account.Auditor, account.Developer}
	for _, r := range roles {
		if !r.Grants(r) {
			t.Errorf("%s does not grant itself", r)
		}
		if r != account.Owner && r.Grants(account.Owner) {
			t.Errorf("%s grants owner", r)
		}
		if r.May(account.ManageAdmins) != (r == account.Owner) {
			t.Errorf("only owners manage administrators; %s: %v", r, r.May(account.ManageAdmins))
		}
	}
	for _, r := range []account.Role{account.Operator, account.Auditor, account.Developer} {
		if r.May(account.UseSecrets) || r.May(account.DeleteSources) {
			t.Errorf("%s may see secrets or delete sources", r)
		}
	}
}

func TestNames_ArePrintable(t *testing.T) {
	t.Parallel()
	s, _, _ := newService(t)
	jane := createAdmin(t, s, "jane", account.Owner)
	for _, bad := range []string{"a\x00b", "a\nb", "\xff", strings.Repeat("x", 129)} {
		var input *account.InputError
		if _, err := s.UpdateAdmin(t.Context(), jane.ID, account.AdminUpdate{DisplayName: &bad}, cause); !errors.As(err, &input) || input.Field != "display_name" {
			t.Errorf("rename to %q: %v", bad, err)
		}
		n := account.NewAdmin{Username: "joe", DisplayName: bad, Password: password, Role: account.Owner}
		if _, err := s.CreateAdmin(t.Context(), n, cause); !errors.As(err, &input) || input.Field != "display_name" {
			t.Errorf("create %q: %v", bad, err)
		}
		if _, _, err := s.CreateAPIKey(t.Context(), bad, account.Owner, time.Time{}, cause); !errors.As(err, &input) || input.Field != "name" {
			t.Errorf("key %q: %v", bad, err)
		}
	}
}
