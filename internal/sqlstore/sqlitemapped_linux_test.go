package sqlstore

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
)

// mappedStore has rows in its file, not in its log, and its mapping.
func mappedStore(t *testing.T, rows int) (*Store, string, *mapping) {
	t.Helper()
	s, path := oneReader(t)
	fillText(t, s, 0, rows)
	checkpoint(t, s)
	m := s.engine.(*sqliteEngine).readers.mapping
	if m == nil {
		t.Fatal("files are not mapped")
	}
	return s, path, m
}

// textOf is what row i has: long enough to be on pages of its own.
func textOf(i int) string { return strings.Repeat(fmt.Sprintf("row %d ", i), 1000) }

func fillText(t *testing.T, s *Store, from, to int) {
	t.Helper()
	err := s.update(t.Context(), func(t *tx) error {
		if _, err := t.conn.exec("CREATE TABLE IF NOT EXISTS long (i INTEGER PRIMARY KEY, text TEXT)", nil); err != nil {
			return err
		}
		for i := from; i < to; i++ {
			if _, err := t.conn.exec("INSERT OR REPLACE INTO long VALUES ($1, $2)", []any{i, textOf(i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkpoint copies the log into the file.
func checkpoint(t *testing.T, s *Store) {
	t.Helper()
	w := s.engine.(*sqliteEngine).writer
	if _, err := w.conn.exec("PRAGMA wal_checkpoint(TRUNCATE)", nil); err != nil {
		t.Fatal(err)
	}
}

func readText(t *testing.T, s *Store, i int) (text string, err error) {
	t.Helper()
	err = s.engine.view(t.Context(), func(t *tx) error { return t.row("SELECT text FROM long WHERE i = $1", i).scan(&text) })
	return text, err
}

func TestMapped_ReadersSeeTheFileAndTheLog(t *testing.T) {
	t.Parallel()
	s, _, m := mappedStore(t, 50)
	for round := range 4 {
		for i := range 50 * (round + 1) {
			if text, err := readText(t, s, i); err != nil || text != textOf(i) {
				t.Fatalf("row %d: %.20q…, %v", i, text, err)
			}
		}
		fillText(t, s, 50*(round+1), 50*(round+2))
		if round%2 == 1 {
			checkpoint(t, s)
		}
	}
	if m.size.Load() == 0 {
		t.Error("no page was found in the mapping")
	}
}

func TestMapped_ReadersKeepTheirSnapshotWhileTheFileChanges(t *testing.T) {
	t.Parallel()
	s, path, _ := mappedStore(t, 50)
	err := s.engine.view(t.Context(), func(r *tx) error {
		other := must(Open(t.Context(), "sqlite://"+path, Options{}))
		defer other.Close()
		for i := range 50 {
			err := other.update(t.Context(), func(t *tx) error {
				_, err := t.conn.exec("UPDATE long SET text = 'new' WHERE i = $1", []any{i})
				return err
			})
			if err != nil {
				return err
			}
			var text string
			if err := r.row("SELECT text FROM long WHERE i = $1", i).scan(&text); err != nil || text != textOf(i) {
				return fmt.Errorf("row %d was changed under a reader: %.20q…, %w", i, text, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := readText(t, s, 7); text != "new" || err != nil {
		t.Errorf("row 7 is %.20q…, %v", text, err)
	}
}

func TestMapped_UnreadablePagesFailTheRequestsThatNeedThem(t *testing.T) {
	t.Parallel()
	s, path, m := mappedStore(t, 200)
	if _, err := readText(t, s, 199); err != nil {
		t.Fatal(err)
	}
	// What the disk does not return and what is not there are the same fault.
	if err := os.Truncate(path, 100<<10); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := 190; i < 200; i++ {
				if _, err := readText(t, s, i); !errors.Is(err, directory.ErrUnavailable) {
					t.Errorf("row %d: %v, want %v", i, err, directory.ErrUnavailable)
				}
			}
		})
	}
	wg.Wait()
	if !m.broken.Load() {
		t.Error("pages are still handed out")
	}
	if err := s.engine.(*sqliteEngine).readers.close(); err != nil {
		t.Error(err)
	}
}

func TestMapped_OtherPanicsGoOn(t *testing.T) {
	t.Parallel()
	s, _, m := mappedStore(t, 1)
	func() {
		defer func() {
			if v := recover(); v != "a bug" {
				t.Errorf("recovered %v", v)
			}
		}()
		s.engine.view(t.Context(), func(*tx) error { panic("a bug") }) //nolint:errcheck // it does not return
	}()
	if text, err := readText(t, s, 0); err != nil || text != textOf(0) || m.broken.Load() {
		t.Errorf("afterwards: %.20q…, %v", text, err)
	}
}
