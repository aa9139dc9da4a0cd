package sqlstore

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"unsafe"

	"modernc.org/libc"
)

const copyPage = 4096

// copiesTest is for a file of pages that each have their number in all bytes but the first.
func copiesTest(t *testing.T, pages int) (read func(page int, kept bool) []byte, p *pageCopies, f *os.File) {
	t.Helper()
	m, f, content := mappedTest(t, pages*copyPage, partSize, 0)
	for i := range content {
		if content[i] = byte(i / copyPage); i%copyPage == 0 {
			content[i] = 13 // a leaf of a table
		}
	}
	must(f.WriteAt(content, 0))
	p = &pageCopies{}
	tls := libc.NewTLS()
	t.Cleanup(func() {
		p.free(tls)
		tls.Close()
	})
	return func(page int, kept bool) []byte {
		address := p.page(tls, m, int64(page)*copyPage, copyPage, kept)
		if address == 0 {
			return nil
		}
		return unsafe.Slice((*byte)(foreign(address)), copyPage)
	}, p, f
}

func back(p *pageCopies, page []byte) { p.giveBack(uintptr(unsafe.Pointer(&page[0]))) }

func TestPageCopies_AreFoundAgainInTheSameSnapshotOnly(t *testing.T) {
	t.Parallel()
	read, p, f := copiesTest(t, 4)
	for _, kept := range []bool{true, false} {
		back(p, read(1, kept))
		must(f.WriteAt(bytes.Repeat([]byte{77}, copyPage), copyPage))
		again := read(1, kept)
		if was := again[1] == 1; was != kept {
			t.Errorf("snapshot kept: %t, page 1 is the copy from before: %t", kept, was)
		}
		back(p, again)
		p.forget()
		if anew := read(1, kept); anew[1] != 77 {
			t.Errorf("snapshot kept: %t, the copy of another snapshot was found", kept)
		} else {
			back(p, anew)
		}
		must(f.WriteAt(bytes.Repeat([]byte{1}, copyPage), copyPage))
		p.forget()
	}
}

func TestPageCopies_InUseStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	const sets = copyWays + 3
	read, p, _ := copiesTest(t, sets*copySets)
	var used [][]byte
	for i := range sets {
		page := read(i*copySets+5, true) // all of one set
		if (page != nil) != (i < copyWays) {
			t.Fatalf("page %d of a set has a place: %t", i, page != nil)
		}
		if page != nil {
			used = append(used, page)
		}
	}
	p.forget()
	if read(5, true) != nil {
		t.Error("there is a place although all are in use")
	}
	for i, page := range used {
		if want := byte((i*copySets + 5) % 256); page[1] != want {
			t.Errorf("page %d was given to another one: it has %d, not %d", i, page[1], want)
		}
	}
	back(p, used[2])
	if page := read(5, true); page == nil || &page[0] != &used[2][0] || page[1] != 5 {
		t.Error("the place that was given back is not used")
	}
}

func TestPageCopies_OfUpperPagesStayLonger(t *testing.T) {
	t.Parallel()
	read, p, f := copiesTest(t, 100*copySets)
	must(f.WriteAt([]byte{interiorTable}, 0))
	back(p, read(0, true))
	for i := range 99 {
		back(p, read((i+1)*copySets, true))
	}
	must(f.WriteAt([]byte{0, 77}, 0))
	if page := read(0, true); page[1] != 0 {
		t.Error("leaves took the place of what is above them")
	}
}

func TestPageCopies_OfWhatCannotBeReadAreNone(t *testing.T) {
	t.Parallel()
	read, p, _ := copiesTest(t, 4)
	for _, kept := range []bool{true, false} {
		if read(4, kept) != nil {
			t.Errorf("snapshot kept: %t, there is a copy of what is behind the end", kept)
		}
	}
	if page := read(3, true); page == nil || page[1] != 3 {
		t.Error("the last page is not read")
	}
	p.giveBack(1) // another address is none of its
}

func TestMapped_ReadersWithoutRoomInTheMappingSeeTheSame(t *testing.T) {
	t.Parallel()
	s, path, m := mappedStore(t, 50)
	m.full.Store(true)
	other := must(Open(t.Context(), "sqlite://"+path, Options{}))
	defer other.Close()
	copyBack := func() {
		readers := s.engine.(*sqliteEngine).readers
		readers.pause() // or else it is waited for
		checkpoint(t, other)
		readers.resume()
	}
	for round := range 4 {
		for range 2 {
			for i := range 50 * (round + 1) {
				if text, err := readText(t, s, i); err != nil || text != textOf(i) {
					t.Fatalf("row %d: %.20q…, %v", i, text, err)
				}
			}
		}
		fillText(t, other, 50*(round+1), 50*(round+2))
		if round%2 == 1 {
			copyBack()
		}
	}
	err := other.update(t.Context(), func(t *tx) error {
		_, err := t.conn.exec("UPDATE long SET text = 'new '||i", nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	copyBack()
	for i := range 250 {
		if text, err := readText(t, s, i); err != nil || text != fmt.Sprintf("new %d", i) {
			t.Fatalf("row %d after it was changed by another process: %.20q…, %v", i, text, err)
		}
	}
	if m.refused.Load() == 0 {
		t.Error("all pages were found in the mapping")
	}
}
