package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/sqlstore"
)

// Backup writes a consistent copy of the database to a new file, while a server may run.
func (a *App) Backup(ctx context.Context, file string) (bytes int64, sha256 string, err error) {
	b, err := a.Store.Backup(ctx, file)
	if err != nil {
		return 0, "", err
	}
	return b.Bytes, b.SHA256, nil
}

// Restore puts a copy made by Backup in the place of the database of the settings. A database that is
// there is replaced only when force is set. No server may run on it.
func Restore(ctx context.Context, g *config.Global, file string, force bool) (bytes int64, sha256 string, err error) {
	path, ok := strings.CutPrefix(g.Database(), "sqlite://")
	if !ok {
		return 0, "", errors.New("only an SQLite database is restored by this command; for PostgreSQL use pg_restore")
	}
	if _, err := os.Stat(path); err == nil && !force {
		return 0, "", fmt.Errorf("%s exists; stop the server and give --force to replace it", path)
	}
	if err := os.MkdirAll(g.DataDir, 0o700); err != nil {
		return 0, "", fmt.Errorf("make the data folder: %w", err)
	}
	if file, err = filepath.Abs(file); err != nil {
		return 0, "", err
	}
	b, err := sqlstore.VerifyBackup(ctx, file)
	if err != nil {
		return 0, "", err
	}
	if err := place(file, path); err != nil {
		return 0, "", fmt.Errorf("restore %s: %w", path, err)
	}
	return b.Bytes, b.SHA256, nil
}

// place copies a database file over another in one step. The write-ahead log of the old one goes
// first: it must not be applied to the new one.
func place(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(to), ".restore-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	for _, log := range []string{to + "-wal", to + "-shm"} {
		if err := os.Remove(log); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return os.Rename(out.Name(), to)
}
