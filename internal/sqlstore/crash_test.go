package sqlstore

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/pgtest"
	"github.com/rosterhq/roster/internal/storetest"
)

// childVariable names what a test binary does instead of testing: "write" or "overflow". The database
// is named by the first argument behind the flags.
const childVariable = "ROSTER_SQLSTORE_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childVariable) {
	case "":
		os.Exit(pgtest.Main(m))
	case "write":
		round, err := strconv.ParseInt(os.Args[2], 10, 64)
		if err == nil {
			err = writeForever(os.Args[1], round)
		}
		fmt.Fprintln(os.Stderr, err)
	case "overflow":
		if err := overflow(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(1)
}

func child(t *testing.T, what string, args ...string) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe, args...)
	c.Env = append(os.Environ(), childVariable+"="+what)
	c.Stderr = os.Stderr
	return c
}

// writeForever creates users from several writers, with their events, audit rows and memberships, and
// prints the number of each one that was acknowledged.
func writeForever(path string, round int64) error {
	s, err := Open(context.Background(), "sqlite://"+path, Options{})
	if err != nil {
		return err
	}
	var out sync.Mutex
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := int64(0); ; i++ {
				n := round<<32 | int64(w)<<24 | i
				if err := s.update(context.Background(), func(t *tx) error { return createMember(t, n) }); err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				out.Lock()
				fmt.Println(n)
				out.Unlock()
			}
		})
	}
	wg.Wait()
	return errors.New("all writers failed")
}

const crashGroup = directory.ResourceID("0195ffff-0000-7000-8000-ffffffffffff")

// createMember is create, and the user becomes a member of the group that all writers share.
func createMember(t *tx, n int64) error {
	ctx := context.Background()
	if err := create(t, n); err != nil {
		return err
	}
	group, err := t.Resource(ctx, directory.BuiltinSource, directory.GroupType, crashGroup)
	if err != nil {
		return err
	}
	if _, err := t.AddMembers(ctx, directory.BuiltinSource, crashGroup, []directory.ResourceID{benchID(n)}, benchNow); err != nil {
		return err
	}
	return t.TouchResource(ctx, directory.BuiltinSource, directory.GroupType, crashGroup, group.Version+1, benchNow)
}

func createCrashGroup(t *testing.T, url string) {
	s, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = s.AllSources().update(t.Context(), func(x *tx) error {
		return x.InsertResource(t.Context(), &directory.Record{
			Source: directory.BuiltinSource, Type: directory.GroupType, ID: crashGroup, Version: 1, Created: benchNow, Modified: benchNow,
			Active: true, Label: "all", Body: []byte(`{"displayName":"all"}`), Keys: directory.Keys{Name: "all", NameUnique: true, Display: "all"},
		})
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestCrash_KilledProcessLosesNothing kills a writing process again and again. Whatever it had
// acknowledged is there afterwards, and nothing is there by half.
func TestCrash_KilledProcessLosesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "roster.db")
	createCrashGroup(t, "sqlite://"+path)
	acknowledged := map[int64]bool{}
	for round := range 5 {
		c := child(t, "write", path, strconv.Itoa(round+1))
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		// The time to live starts with the first acknowledgement.
		enough := 1 + rand.IntN(400)
		lines := bufio.NewScanner(out)
		for count := 0; lines.Scan(); count++ {
			n, err := strconv.ParseInt(lines.Text(), 10, 64)
			if err != nil {
				break // the last line may be cut off
			}
			acknowledged[n] = true
			if count == enough {
				if err := c.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		c.Wait() //nolint:errcheck // it was killed
		checkSurvivors(t, path, acknowledged)
	}
	if len(acknowledged) == 0 {
		t.Error("nothing was acknowledged")
	}
}

func checkSurvivors(t *testing.T, path string, acknowledged map[int64]bool) {
	t.Helper()
	s, err := Open(t.Context(), "sqlite://"+path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	err = s.view(t.Context(), func(x *tx) error {
		var integrity string
		err := x.row("PRAGMA integrity_check").scan(&integrity)
		if integrity != "ok" {
			t.Errorf("integrity check: %s, %v", integrity, err)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	checkAcknowledged(t, s, acknowledged)
}

// checkAcknowledged checks that what createMember did is there, and nothing by half.
func checkAcknowledged(t *testing.T, s *Store, acknowledged map[int64]bool) {
	t.Helper()
	err := s.view(t.Context(), func(x *tx) error {
		for n := range acknowledged {
			if _, err := x.Resource(t.Context(), directory.BuiltinSource, directory.UserType, benchID(n)); err != nil {
				t.Errorf("user %x was acknowledged: %v", n, err)
			}
		}
		users, err := x.CountResources(t.Context(), directory.BuiltinSource, directory.UserType)
		if err != nil {
			return err
		}
		seq, err := x.LastSeq(t.Context())
		if err != nil {
			return err
		}
		members, err := x.CountMembers(t.Context(), directory.BuiltinSource, crashGroup)
		if err != nil {
			return err
		}
		var audited int
		err = x.row("SELECT count(*) FROM audit").scan(&audited)
		if users < len(acknowledged) || int(seq) != users || members != users || audited != users {
			t.Errorf("%d acknowledged, %d users, %d events, %d members, %d audit rows", len(acknowledged), users, seq, members, audited)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	storetest.CheckInvariants(t, s)
}

// TestCrash_WriteErrorEndsWriting runs into a limit of the file size, which is an I/O error.
func TestCrash_WriteErrorEndsWriting(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "roster.db")
	createCrashGroup(t, "sqlite://"+path)
	c := child(t, "overflow", path)
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	checkSurvivors(t, path, nil)
}

// overflow writes until the log cannot grow, and checks that reading goes on and writing does not.
func overflow(path string) error {
	ctx := context.Background()
	s, err := Open(ctx, "sqlite://"+path, Options{})
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 400_000, Max: 400_000}); err != nil {
		return err
	}
	done := int64(0)
	for err == nil && done < 10000 {
		done++
		err = s.update(ctx, func(t *tx) error { return createMember(t, done) })
	}
	if !errors.Is(err, directory.ErrUnavailable) {
		return fmt.Errorf("write %d: got %v", done, err)
	}
	if !errors.Is(s.Err(), directory.ErrUnavailable) {
		return fmt.Errorf("the state is %v", s.Err())
	}
	start := time.Now()
	if err := s.update(ctx, func(*tx) error { return nil }); !errors.Is(err, directory.ErrUnavailable) || time.Since(start) > time.Second {
		return fmt.Errorf("the next write: %v after %v", err, time.Since(start))
	}
	return s.view(ctx, func(t *tx) error {
		n, err := t.CountResources(ctx, directory.BuiltinSource, directory.UserType)
		if err == nil && int64(n) != done-1 {
			err = fmt.Errorf("%d users, want %d", n, done-1)
		}
		return err
	})
}

func TestUpdate_FullDiskHealsItself(t *testing.T) {
	t.Parallel()
	s, path := openTest(t, Options{})
	limit := func(pages int) {
		t.Helper()
		err := s.update(t.Context(), func(x *tx) error {
			var now int
			return x.row(fmt.Sprintf("PRAGMA max_page_count = %d", pages)).scan(&now)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(200)
	n := int64(0)
	var err error
	for err == nil && n < 10000 {
		n++
		err = s.update(t.Context(), func(x *tx) error { return create(x, n) })
	}
	if !errors.Is(err, directory.ErrFull) {
		t.Fatalf("write %d: %v", n, err)
	}
	if s.Err() != nil {
		t.Errorf("the store gave up: %v", s.Err())
	}
	storetest.CheckInvariants(t, s)
	limit(1 << 20)
	if err := s.update(t.Context(), func(x *tx) error { return create(x, n) }); err != nil {
		t.Errorf("write with space again: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Errorf("%v, %v", info, err)
	}
}
