package sqlstore

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"
)

// mappedTest maps a file of random bytes.
func mappedTest(t *testing.T, length int, part, budget int64) (*mapping, *os.File, []byte) {
	t.Helper()
	content := make([]byte, length)
	rand.NewChaCha8([32]byte{1}).Read(content) //nolint:errcheck // it does not fail
	f := must(os.Create(filepath.Join(t.TempDir(), "file")))
	t.Cleanup(func() { f.Close() })
	must(f.Write(content))
	m := newMapping(f.Fd(), part, budget)
	if m == nil {
		t.Fatal("files are not mapped: is this a system of 64 bits with /proc?")
	}
	t.Cleanup(func() {
		if err := m.close(); err != nil {
			t.Error(err)
		}
	})
	return m, f, content
}

// at returns n bytes of the mapping, nil when they must be read.
func (m *mapping) at(offset int64, n int32) []byte {
	address := m.page(offset, n)
	if address == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(foreign(address)), n)
}

func TestMapping_HasTheBytesOfTheFileAsItGrowsAndChanges(t *testing.T) {
	t.Parallel()
	const page = 4096
	m, f, content := mappedTest(t, 10*page, 4*unitSize*64, 1<<30)
	check := func() {
		t.Helper()
		pages := len(content) / page
		for i := range pages {
			got := m.at(int64(i*page), page)
			switch last := i == pages-1; {
			case last && got != nil:
				t.Errorf("the last of %d pages is mapped: SQLite may look behind it, where nothing is", pages)
			case !last && !bytes.Equal(got, content[i*page:(i+1)*page]):
				t.Fatalf("page %d of %d is not as in the file", i, pages)
			}
		}
		if m.at(int64(len(content)), page) != nil {
			t.Error("a page behind the end is mapped")
		}
	}
	check()
	for range 6 {
		more := bytes.Repeat([]byte{byte(rand.Uint32())}, (1+rand.IntN(6*unitSize*64/page))*page)
		content = append(content, more...)
		must(f.WriteAt(more, int64(len(content)-len(more))))
		at := rand.IntN(len(content)/page) * page
		copy(content[at:], "changed in place")
		must(f.WriteAt(content[at:at+page], int64(at)))
		check()
	}
	if n := len(*m.parts.Load()); n < 2 {
		t.Errorf("the file has %d bytes, but is mapped in %d part", len(content), n)
	}
}

// Other tests change what is resident in the process, so it runs alone.
func TestMapping_HasNoMoreResidentThanItsBudget(t *testing.T) {
	const budget = 4 * mostUnit
	m, f, content := mappedTest(t, 16*budget, partSize, 0)
	// What the kernel reads from the disk it maps in larger units than what was written just now.
	for name, prepare := range map[string]func() error{"written": f.Sync, "read back": func() error { return readBack(f) }} {
		if err := prepare(); err != nil {
			t.Fatal(err)
		}
		m.full.Store(true)
		m.renew()
		m.budget = m.resident.bytes() + budget
		most := 0
		for round := range 50 {
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					for range 100 {
						at := rand.IntN(len(content)/4096-1) * 4096
						if got := m.at(int64(at), 4096); got != nil && got[17] != content[at+17] {
							t.Errorf("%s: the page at %d is not as in the file", name, at)
						}
					}
				})
			}
			wg.Wait()
			if most = max(most, residentOf(t, m)); most > budget+2*leastCredit*mostUnit {
				t.Fatalf("%s: after round %d, %d bytes are resident; the budget is %d", name, round, most, budget)
			}
		}
		if most < budget/2 || !m.full.Load() {
			t.Errorf("%s: only %d bytes are resident", name, most)
		}
		for i := 0; m.full.Load(); i++ {
			if i > 2*mostRefused {
				t.Fatalf("%s: what was resident first stays so", name)
			}
			m.at(int64(rand.IntN(len(content)/4096-1)*4096), 4096)
		}
		if got := residentOf(t, m); got > leastCredit*mostUnit {
			t.Errorf("%s: it begins anew with %d bytes resident", name, got)
		}
	}
}

// readBack has the kernel's cache of a file come from the disk.
func readBack(f *os.File) error {
	if err := f.Sync(); err != nil {
		return err
	}
	const dontNeed = 4 // POSIX_FADV_DONTNEED
	if _, _, errno := syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, dontNeed, 0, 0); errno != 0 {
		return errno
	}
	_, err := io.Copy(io.Discard, io.NewSectionReader(f, 0, 1<<40))
	return err
}

// residentOf is how much memory of the mapping is resident, as the kernel tells.
func residentOf(t *testing.T, m *mapping) (bytes int) {
	t.Helper()
	maps := must(os.Open("/proc/self/smaps"))
	defer maps.Close()
	inside := false
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		var begin, end uintptr
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x ", &begin, &end); n == 2 {
			inside = m.has(begin)
		}
		var size int
		if n, _ := fmt.Sscanf(strings.TrimSpace(lines.Text()), "Rss: %d kB", &size); n == 1 && inside {
			bytes += size << 10
		}
	}
	return bytes
}
