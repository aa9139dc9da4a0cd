package sqlstore

import (
	"errors"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Sizes of a mapping, in bytes.
const (
	// partSize is how much of a file is mapped at once, as it grows.
	partSize = 1 << 30
	// unitSize is the least that the kernel makes resident around a page that is touched (fault_around_bytes),
	// mostUnit the most: what it reads at once from the disk it also maps at once.
	unitSize = 64 << 10
	mostUnit = 2 << 20
	// mappedBudget is how much of files is resident in the process by being mapped, the program among them. It is
	// the kernel's cache of the files, which is there anyway, but counts as memory of the process.
	mappedBudget = 128 << 20
	// overread is how far behind a page SQLite may look when the page is damaged.
	overread = 256
)

const (
	// leastCredit is how many units may be touched without asking what is resident.
	leastCredit = 8
	// mostRefused is how often pages are not handed out before it begins anew. In a large directory that holds all
	// other requests up for some tens of milliseconds, and most of what is resident afterwards is never used again.
	mostRefused = 1 << 20
)

// mapping has the pages of a database file where the kernel keeps them, for all connections that read, so that
// none has copies. When a budget is resident, no further pages are handed out; after a while, it begins anew with
// nothing, so that what is in use now has its turn.
type mapping struct {
	fd       uintptr // SQLite's own: closing another one would end the locks of SQLite
	part     int64   // bytes
	budget   int64   // bytes
	resident *residency

	size    atomic.Int64            // what may be touched; the file may have grown since
	parts   atomic.Pointer[[]*part] // as many as there are in size
	credit  atomic.Int64            // how many units may be touched before asking what is resident
	full    atomic.Bool             // the budget is resident
	refused atomic.Int64            // how often pages were not handed out since then
	broken  atomic.Bool             // pages could not be read; nothing is handed out any more

	mu sync.Mutex // guards changes of parts and size, and clearing their bits
}

// part is a part of the file, mapped with a unit of the next one.
type part struct {
	memory []byte
	units  []atomic.Uint64 // a bit for each unit that was handed out, and may be resident
}

// newMapping maps a file in parts of a size. Its descriptor must stay open until close. It returns nil where files
// cannot be mapped.
func newMapping(fd uintptr, size, budget int64) *mapping {
	resident, err := newResidency()
	if err != nil {
		return nil
	}
	m := &mapping{fd: fd, part: size, budget: budget, resident: resident}
	m.parts.Store(&[]*part{})
	return m
}

// page returns the address of n bytes of the file, which are all in one part, or 0 when they must be read.
func (m *mapping) page(at int64, n int32) uintptr {
	if end := at + int64(n) + overread; end > m.size.Load() && !m.grow(end) || m.broken.Load() {
		return 0
	}
	p := (*m.parts.Load())[at/m.part]
	at %= m.part
	unit := at / unitSize
	word, bit := &p.units[unit/64], uint64(1)<<(unit%64)
	if word.Load()&bit == 0 {
		if m.full.Load() {
			if m.refused.Add(1) == mostRefused {
				m.renew() // others go on to be refused meanwhile
			}
			return 0
		}
		if word.Or(bit)&bit == 0 && m.credit.Add(-1) < 0 {
			m.settle()
		}
	}
	return uintptr(unsafe.Pointer(&p.memory[at]))
}

// grow maps what the file has grown by, and tells whether it reaches to end now.
func (m *mapping) grow(end int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	size, err := sizeOf(m.fd)
	if err != nil || size < end {
		return false
	}
	parts := *m.parts.Load()
	for int64(len(parts))*m.part < size {
		memory, err := mapFile(m.fd, int64(len(parts))*m.part, m.part+unitSize)
		if err != nil {
			// There is no room for more. What is mapped goes on to be used.
			size = int64(len(parts)) * m.part
			break
		}
		parts = append(parts[:len(parts):len(parts)], &part{memory, make([]atomic.Uint64, m.part/unitSize/64)})
	}
	m.parts.Store(&parts)
	m.size.Store(size)
	return size >= end
}

// settle looks at what is resident.
func (m *mapping) settle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.credit.Load() >= 0 {
		return // somebody else did it
	}
	left := m.budget - m.resident.bytes()
	m.full.Store(left < 0)
	m.credit.Store(max(leastCredit, left/mostUnit))
}

// renew begins with nothing resident. Addresses that were handed out stay what they are.
func (m *mapping) renew() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range *m.parts.Load() {
		for i := range p.units {
			p.units[i].Store(0)
		}
		evict(p.memory)
	}
	m.refused.Store(0)
	m.full.Store(false)
}

// has tells that an address is one of the mapping.
func (m *mapping) has(address uintptr) bool {
	for _, p := range *m.parts.Load() {
		if begin := uintptr(unsafe.Pointer(&p.memory[0])); address >= begin && address-begin < uintptr(len(p.memory)) {
			return true
		}
	}
	return false
}

// close unmaps the file. Nobody may use an address of it any more.
func (m *mapping) close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	errs := []error{m.resident.close()}
	for _, p := range *m.parts.Load() {
		errs = append(errs, unmap(p.memory))
	}
	m.parts.Store(&[]*part{})
	m.size.Store(0)
	return errors.Join(errs...)
}
