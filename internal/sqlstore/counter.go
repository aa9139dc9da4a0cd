package sqlstore

import (
	"context"
	"errors"

	"github.com/rosterhq/roster/internal/directory"
)

// bucketWidth is the length of the stretches of ord by which live resources are counted. The last page
// of a million resources is found by adding up a thousand numbers and skipping at most that many
// entries of an index.
const bucketWidth = 1024

// CountResources implements directory.ResourceReader.
func (t *tx) CountResources(_ context.Context, source directory.SourceID, typ string) (int, error) {
	if err := t.settle(); err != nil {
		return 0, err
	}
	var n int
	query := "SELECT live FROM resource_counter WHERE source_id = $1 AND type = $2"
	if t.pg != nil {
		query = countPostgres
	}
	err := t.row(query, source, typ).scan(&n)
	if errors.Is(err, errNoRow) {
		return 0, nil
	}
	return n, err
}

// tally is what a writing transaction knows about one source and type, so that a batch reads and writes
// its counters once. The lock that the transaction holds keeps it true.
type tally struct {
	source directory.SourceID
	typ    string
	// next is the next ord; known is unset until it was read.
	next  int64
	known bool
	// live is what is not yet added to the counter, buckets to its buckets.
	live    int64
	buckets map[int64]int64
	// changed is set until the counters are written.
	changed bool
}

// tallyOf returns the tally of a source and type.
func (t *tx) tallyOf(source directory.SourceID, typ string) *tally {
	for _, c := range t.tallies {
		if c.source == source && c.typ == typ {
			return c
		}
	}
	c := &tally{source: source, typ: typ, buckets: map[int64]int64{}}
	t.tallies = append(t.tallies, c)
	return c
}

// nextOrd returns the place in creation order of the next resource.
func (t *tx) nextOrd(source directory.SourceID, typ string) (int64, error) {
	c := t.tallyOf(source, typ)
	if c.known {
		return c.next, nil
	}
	err := t.row("SELECT next_ord FROM resource_counter WHERE source_id = $1 AND type = $2", source, typ).scan(&c.next)
	if errors.Is(err, errNoRow) {
		c.next, err = 1, nil
	}
	c.known = err == nil
	return c.next, err
}

// takeOrd returns the next place, and does not return it again.
func (t *tx) takeOrd(source directory.SourceID, typ string) (ord int64, err error) {
	if t.pg != nil {
		err = t.row("SELECT nextval('resource_ord_seq')").scan(&ord)
		return ord, err
	}
	if ord, err = t.nextOrd(source, typ); err != nil {
		return 0, err
	}
	c := t.tallyOf(source, typ)
	c.next, c.changed, t.dirty = ord+1, true, true
	if t.gathers {
		return ord, nil
	}
	return ord, t.settle()
}

// countNew counts a new resource, which got the next ord.
func (t *tx) countNew(source directory.SourceID, typ string, ord int64) error {
	t.tallyOf(source, typ).next = ord + 1
	return t.countLive(source, typ, ord, 1)
}

// countLive adds delta to the number of live resources at ord.
func (t *tx) countLive(source directory.SourceID, typ string, ord, delta int64) error {
	if t.pg != nil {
		return t.addDelta(source, typ, ord, delta)
	}
	c := t.tallyOf(source, typ)
	c.live += delta
	c.buckets[ord/bucketWidth] += delta
	c.changed = true
	t.dirty = true
	if t.gathers {
		return nil
	}
	return t.settle()
}

// settle writes what the tallies gathered.
func (t *tx) settle() error {
	for _, c := range t.tallies {
		if !c.changed {
			continue
		}
		if err := t.write(c); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) write(c *tally) error {
	next, err := t.nextOrd(c.source, c.typ)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO resource_counter (source_id, type, live, next_ord) VALUES ($1, $2, $3, $4)
		ON CONFLICT (source_id, type) DO UPDATE SET live = live + $3, next_ord = $4`, c.source, c.typ, c.live, next)
	if err != nil {
		return err
	}
	for bucket, delta := range c.buckets {
		if delta == 0 {
			continue
		}
		_, err := t.exec(`INSERT INTO resource_bucket (source_id, type, bucket, live) VALUES ($1, $2, $3, $4)
			ON CONFLICT (source_id, type, bucket) DO UPDATE SET live = live + $4`, c.source, c.typ, bucket, delta)
		if err != nil {
			return err
		}
	}
	c.live, c.changed = 0, false
	clear(c.buckets)
	return nil
}

// seek finds where the offset-th live resource lies in creation order: behind skip live ones from ord
// first on. An offset past the end yields a first past every ord.
func (t *tx) seek(source directory.SourceID, typ string, offset int64) (first, skip int64, err error) {
	if err := t.settle(); err != nil {
		return 0, 0, err
	}
	query := "SELECT bucket, live FROM resource_bucket WHERE source_id = $1 AND type = $2 ORDER BY bucket"
	if t.pg != nil {
		query = bucketsPostgres
	}
	rows, err := t.query(query, source, typ)
	if err != nil {
		return 0, 0, err
	}
	defer rows.close()
	bucket := int64(-1)
	for rows.next() {
		var live int64
		if err := rows.scan(&bucket, &live); err != nil {
			return 0, 0, err
		}
		if live > offset {
			return bucket * bucketWidth, offset, nil
		}
		offset -= live
	}
	return (bucket + 1) * bucketWidth, offset, rows.err
}
