package config

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// MasterKeySize is the size of the master key in bytes.
const MasterKeySize = 32

// MasterKey returns the key that all secrets at rest depend on: the setting if given, else the file
// secret.key in the data folder, which is made when it does not exist yet. It never comes from the
// database.
func (g *Global) MasterKey() ([]byte, error) {
	if g.SecretKey != "" {
		return parseKey(g.SecretKey)
	}
	path := filepath.Join(g.DataDir, "secret.key")
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(g.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	fresh := make([]byte, MasterKeySize)
	rand.Read(fresh) //nolint:errcheck // crypto/rand.Read never fails
	if err := publishKey(path, fresh); err != nil {
		return nil, fmt.Errorf("write the secret key: %w", err)
	}
	// Read back: another process may have been first, and its key is the one that counts.
	return readKey(path)
}

// publishKey writes the key file under its name in one step, and leaves a file that is there alone.
func publishKey(path string, key []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".secret.key-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(hex.EncodeToString(key) + "\n")
	if err == nil {
		err = tmp.Sync()
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func readKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by other users of this machine: run chmod 600 %s", path, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the secret key: %w", err)
	}
	key, err := parseKey(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

func parseKey(text string) ([]byte, error) {
	if key, err := hex.DecodeString(text); err == nil && len(key) == MasterKeySize {
		return key, nil
	}
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := enc.DecodeString(text); err == nil && len(key) == MasterKeySize {
			return key, nil
		}
	}
	return nil, errors.New("the secret key must be 64 hexadecimal digits or base64 of 32 bytes; make one with: openssl rand -hex 32")
}
