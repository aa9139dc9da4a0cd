package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Backup describes a copy of the database.
type Backup struct {
	Bytes  int64
	SHA256 string // in hex
}

// Backup writes a consistent copy of the database to a new file while others read and write. The file
// appears under its name once it is complete and on disk.
func (s *Store) Backup(ctx context.Context, file string) (*Backup, error) {
	if _, err := os.Lstat(file); err == nil {
		return nil, fmt.Errorf("back up to %s: the file exists; name a new one", file)
	}
	partial := file + ".partial"
	if err := os.Remove(partial); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("back up to %s: %w", file, err)
	}
	b, err := s.writeBackup(ctx, partial)
	if err == nil {
		err = os.Rename(partial, file)
	}
	if err == nil {
		err = syncFile(filepath.Dir(file))
	}
	if err != nil {
		os.Remove(partial) //nolint:errcheck // the first error counts
		return nil, fmt.Errorf("back up to %s: %w", file, err)
	}
	return b, nil
}

func (s *Store) writeBackup(ctx context.Context, file string) (*Backup, error) {
	// The database makes the file; nobody else shall read it meanwhile.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	if err := s.engine.backup(ctx, file); err != nil {
		return nil, err
	}
	if err := syncFile(file); err != nil {
		return nil, err
	}
	return describe(file)
}

func describe(file string) (*Backup, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return nil, err
	}
	return &Backup{Bytes: n, SHA256: hex.EncodeToString(h.Sum(nil))}, nil
}

func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// VerifyBackup checks that a file is a whole directory database of a version that this program can
// open, before it is put in place of another. It reads the file only.
func VerifyBackup(ctx context.Context, file string) (*Backup, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("verify backup: %w", err)
	}
	if err := verifySQLite(ctx, file); err != nil {
		return nil, fmt.Errorf("verify backup %s: %w", file, err)
	}
	return describe(file)
}
