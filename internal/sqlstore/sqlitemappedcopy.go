package sqlstore

import (
	"unsafe"

	"modernc.org/libc"
)

// How many pages a connection has copies of: sets of pages that have their place by their number.
const (
	copySets = 256
	copyWays = 8
)

// pageCopies are the pages that a connection has read because the mapping does not hand them out. SQLite would
// allocate memory for each, and give it back to the system with the next commit of anybody. A copy is found again
// while the connection holds the snapshot that it was read for: what a snapshot sees of the file does not change.
type pageCopies struct {
	memory uintptr // copySets * copyWays pages, and overread bytes behind them; 0 before the first one
	size   int32   // of a page, in bytes
	// snapshot numbers the snapshots of the connection; copies of other ones are not found.
	snapshot uint64
	places   [copySets * copyWays]copyPlace
	turn     int // which way of a set is given away next
}

// copyPlace is what the place of a page has.
type copyPlace struct {
	at       int64  // where in the file it is
	snapshot uint64 // 0 for none
	uses     int32  // how often it was handed out and not given back
	upper    bool   // it has pages below it
}

// forget has no copy found again that was read before.
func (p *pageCopies) forget() { p.snapshot++ }

// page returns the address of a copy of a page, or 0 when there is no place for it or it cannot be read. kept
// tells that the connection holds a snapshot.
func (p *pageCopies) page(tls *libc.TLS, m *mapping, at int64, n int32, kept bool) uintptr {
	if p.memory == 0 && !p.allocate(tls, n) || n != p.size {
		return 0
	}
	first := int(at/int64(n)%copySets) * copyWays
	free, worth := -1, 3
	for i := range copyWays {
		i = first + (i+p.turn)%copyWays
		c := &p.places[i]
		current := kept && c.snapshot == p.snapshot
		if current && c.at == at {
			c.uses++
			return p.address(i)
		}
		if w := c.worth(current); w < worth {
			free, worth = i, w
		}
	}
	if free < 0 {
		return 0
	}
	p.turn = (p.turn + 1) % copyWays
	c := &p.places[free]
	c.snapshot = 0
	page := unsafe.Slice((*byte)(foreign(p.address(free))), n)
	if !readPage(m.fd, page, at) {
		return 0
	}
	c.at, c.uses, c.upper = at, 1, page[0] == interiorIndex || page[0] == interiorTable
	if kept {
		c.snapshot = p.snapshot
	}
	return p.address(free)
}

// The first byte of pages of a B-tree that have others below (https://sqlite.org/fileformat2.html §1.6).
const (
	interiorIndex = 2
	interiorTable = 5
)

// worth is 0 for a place that has nothing, 1 for a leaf, 2 for what is above, which is used more often, and 3 for
// what is in use.
func (c *copyPlace) worth(current bool) int {
	switch {
	case c.uses > 0:
		return 3
	case !current:
		return 0
	case c.upper:
		return 2
	}
	return 1
}

// giveBack ends one use of a page.
func (p *pageCopies) giveBack(address uintptr) {
	if i := (address - p.memory) / uintptr(max(p.size, 1)); p.memory != 0 && address >= p.memory && i < copySets*copyWays {
		p.places[i].uses--
	}
}

func (p *pageCopies) address(i int) uintptr { return p.memory + uintptr(i)*uintptr(p.size) }

func (p *pageCopies) allocate(tls *libc.TLS, n int32) bool {
	p.size, p.snapshot = n, p.snapshot+1
	p.memory = libc.Xmalloc(tls, libc.Tsize_t(copySets*copyWays*int(n)+overread))
	return p.memory != 0
}

func (p *pageCopies) free(tls *libc.TLS) { libc.Xfree(tls, p.memory) }
