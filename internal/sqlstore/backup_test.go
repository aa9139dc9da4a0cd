package sqlstore

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/storetest"
)

// Pins R-SEC-08.
func TestBackup_IsAWholeStateWhileOthersWrite(t *testing.T) {
	t.Parallel()
	s, _ := openTest(t, Options{})
	var n atomic.Int64
	var stop atomic.Bool
	var wg sync.WaitGroup
	write := func() error {
		return s.update(t.Context(), func(x *tx) error { return create(x, n.Add(1)) })
	}
	for range 200 {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	wg.Go(func() {
		for !stop.Load() {
			if err := write(); err != nil {
				t.Error(err)
			}
		}
	})
	before := n.Load() - 1 // the last one may be under way
	file := filepath.Join(t.TempDir(), "copy.db")
	made, err := s.Backup(t.Context(), file)
	stop.Store(true)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Backup(t.Context(), file); err == nil {
		t.Error("a backup replaced another")
	}
	checked, err := VerifyBackup(t.Context(), file)
	if err != nil || *checked != *made || made.Bytes == 0 {
		t.Errorf("made %+v, checked %+v: %v", made, checked, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 || info.Size() != made.Bytes {
		t.Errorf("file: %v, %v", info, err)
	}
	copied, err := Open(t.Context(), "sqlite://"+file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	storetest.CheckInvariants(t, copied)
	err = copied.view(t.Context(), func(x *tx) error {
		users, err := x.CountResources(t.Context(), directory.BuiltinSource, directory.UserType)
		if int64(users) < before {
			t.Errorf("the copy has %d of %d users", users, before)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	// The connection that made the copy is one for reading again.
	if err := s.view(t.Context(), func(x *tx) error { return put(x, "x") }); err == nil {
		t.Error("a reader wrote")
	}
}

func TestVerifyBackup_RefusesWhatIsNoBackup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, _ := openTest(t, Options{})
	whole := filepath.Join(dir, "whole.db")
	for n := int64(1); n < 300; n++ {
		if err := s.update(t.Context(), func(x *tx) error { return create(x, n) }); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Backup(t.Context(), whole); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	damaged := append([]byte(nil), data...)
	for i := len(damaged) / 2; i < len(damaged)/2+5000; i++ {
		damaged[i] = 0xA5
	}
	for name, content := range map[string][]byte{
		"text": []byte("hello"), "empty": nil, "half": data[:len(data)/2], "damaged": damaged,
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := VerifyBackup(t.Context(), file); err == nil {
			t.Errorf("%s passed for a backup", name)
		}
	}
	if _, err := VerifyBackup(t.Context(), filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

func TestOpen_RefusesANewerDatabase(t *testing.T) {
	t.Parallel()
	s, path := openTest(t, Options{})
	err := s.update(t.Context(), func(x *tx) error {
		_, err := x.exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), "sqlite://"+path, Options{}); err == nil || !strings.Contains(err.Error(), "9999") {
		t.Errorf("open: %v", err)
	}
}

func TestOpen_RefusesWhatItCannotUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"", "sqlite://", "postgres://x", "/tmp/x.db", "sqlite://" + text, "sqlite://" + dir, "sqlite://" + dir + "/none/x.db"} {
		if s, err := Open(t.Context(), url, Options{}); err == nil {
			s.Close()
			t.Errorf("%q was opened", url)
		}
	}
}

func TestOpen_PathMayHaveAnyCharacters(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a b?c#d%41&e.db")
	s, err := Open(t.Context(), "sqlite://"+path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("after closing there are %v, %v", files, err)
	}
}

func TestOpen_TwiceShareOneFile(t *testing.T) {
	t.Parallel()
	a, path := openTest(t, Options{})
	b, err := Open(t.Context(), "sqlite://"+path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var wg sync.WaitGroup
	for i, s := range []*Store{a, b} {
		wg.Go(func() {
			for n := range int64(50) {
				if err := s.update(t.Context(), func(x *tx) error { return create(x, int64(i)<<20+n) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	storetest.CheckInvariants(t, a)
	err = b.view(t.Context(), func(x *tx) error {
		seq, err := x.LastSeq(t.Context())
		if seq != 100 {
			t.Errorf("last seq %d", seq)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
