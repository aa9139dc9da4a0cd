package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Parameters of argon2id (OWASP: 19 MiB, 2 passes, 1 lane).
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
)

// MinPassword and MaxPassword bound a password's length in characters. The lower bound is for people
// who type one into a form; recovery by command line accepts RecoveryMinPassword.
const (
	MinPassword         = 12
	RecoveryMinPassword = 8
	MaxPassword         = 1024
)

// PasswordError says why a password is refused.
type PasswordError struct{ Reason string }

func (e *PasswordError) Error() string { return e.Reason }

// CheckPassword refuses a password that is shorter than min characters or too easy to guess.
func CheckPassword(username, password string, min int) error {
	switch n := utf8.RuneCountInString(password); {
	case n < min:
		return &PasswordError{fmt.Sprintf("the password has %d characters; use at least %d, for example four random words", n, min)}
	case n > MaxPassword:
		return &PasswordError{fmt.Sprintf("the password has %d characters; at most %d are allowed", n, MaxPassword)}
	case strings.EqualFold(password, username):
		return &PasswordError{"the password equals the username; choose another one"}
	case strings.Trim(password, password[:1]) == "":
		return &PasswordError{"the password repeats one character; choose another one"}
	}
	return nil
}

// hasher computes argon2id hashes, few at a time: each takes 19 MiB and a core.
type hasher struct{ slots chan struct{} }

func newHasher() *hasher { return &hasher{slots: make(chan struct{}, 2)} }

func (h *hasher) acquire(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) release() { <-h.slots }

// hash returns a PHC string for the password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.acquire(ctx); err != nil {
		return "", err
	}
	defer h.release()
	salt := make([]byte, argonSalt)
	rand.Read(salt) //nolint:errcheck // crypto/rand.Read never fails
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, argonKey)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// verify reports whether the password belongs to the PHC string.
func (h *hasher) verify(ctx context.Context, phc, password string) (bool, error) {
	var version, memory, time, lanes uint32
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("password hash has an unknown form")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, fmt.Errorf("password hash has an unknown version %q", parts[2])
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &lanes); err != nil || memory == 0 || time == 0 || lanes == 0 || lanes > 255 {
		return false, fmt.Errorf("password hash has unknown parameters %q", parts[3])
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("decode salt of a password hash: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 {
		return false, fmt.Errorf("decode key of a password hash: %w", err)
	}
	if err := h.acquire(ctx); err != nil {
		return false, err
	}
	defer h.release()
	got := argon2.IDKey([]byte(password), salt, time, memory, uint8(lanes), uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}
