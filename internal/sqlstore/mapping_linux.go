package sqlstore

import (
	"bytes"
	"errors"
	"math"
	"math/bits"
	"os"
	"strconv"
	"syscall"

	sqlite3 "modernc.org/sqlite/lib"
)

// descriptorOf returns the descriptor of an open file of SQLite's.
func descriptorOf(file uintptr) uintptr { return uintptr((*sqlite3.TunixFile)(foreign(file)).Fh) }

func sizeOf(fd uintptr) (int64, error) {
	var stat syscall.Stat_t
	err := syscall.Fstat(int(fd), &stat)
	return stat.Size, err
}

// mapFile maps a part of a file, whose end may be before that of the part. Touching what is behind it is a fault.
func mapFile(fd uintptr, at, size int64) ([]byte, error) {
	memory, err := syscall.Mmap(int(fd), at, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
	if err == nil {
		// Large pages would make more resident than is touched. Kernels without them refuse.
		syscall.Madvise(memory, syscall.MADV_NOHUGEPAGE) //nolint:errcheck // see above
	}
	return memory, err
}

// evict has nothing of it resident; the kernel keeps the file in its cache as it sees fit.
func evict(memory []byte) {
	syscall.Madvise(memory, syscall.MADV_DONTNEED) //nolint:errcheck // it fails for wrong addresses only
}

// readPage reads a page of a file as a whole.
func readPage(fd uintptr, page []byte, at int64) bool {
	n, err := syscall.Pread(int(fd), page, at)
	return err == nil && n == len(page)
}

func unmap(memory []byte) error { return syscall.Munmap(memory) }

// residency tells what of the files that the process has mapped is resident.
type residency struct{ statm *os.File }

func newResidency() (*residency, error) {
	if bits.UintSize < 64 {
		return nil, errors.ErrUnsupported // large files find no room in the addresses of a process
	}
	f, err := os.Open("/proc/self/statm")
	return &residency{f}, err
}

// bytes is more than can be when it is not known.
func (r *residency) bytes() int64 {
	var text [128]byte
	n, _ := r.statm.ReadAt(text[:], 0)
	fields := bytes.Fields(text[:n])
	if len(fields) < 3 {
		return math.MaxInt64
	}
	pages, err := strconv.ParseInt(string(fields[2]), 10, 64)
	if err != nil {
		return math.MaxInt64
	}
	return pages * int64(os.Getpagesize())
}

func (r *residency) close() error { return r.statm.Close() }
