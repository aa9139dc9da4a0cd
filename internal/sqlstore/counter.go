package sqlstore

import (
	"context"
	"errors"

	"github.com/rosterhq/roster/internal/directory"
)

// Live resources are counted by stretches of ord: level 0 by stretches of bucketWidth, level 1 by
// those of bucketWidth*bucketFanout. The last page of a million resources is found by adding up some
// 30 and 64 rows and skipping at most 512 entries of an index.
const (
	bucketWidth  = 512
	bucketFanout = 64
)

// CountResources implements directory.ResourceReader.
func (t *tx) CountResources(_ context.Context, source directory.SourceID, typ string) (int, error) {
	var n int
	err := t.row("SELECT live FROM resource_counter WHERE source_id = $1 AND type = $2", source, typ).scan(&n)
	if errors.Is(err, errNoRow) {
		return 0, nil
	}
	return n, err
}

// takeOrd counts a new resource and returns its ord.
func (t *tx) takeOrd(source directory.SourceID, typ string) (ord int64, err error) {
	err = t.row(`INSERT INTO resource_counter (source_id, type, live, next_ord) VALUES ($1, $2, 1, 2)
		ON CONFLICT (source_id, type) DO UPDATE SET live = resource_counter.live + 1,
		next_ord = resource_counter.next_ord + 1 RETURNING next_ord - 1`, source, typ).scan(&ord)
	return ord, err
}

// untakeOrd takes back the last takeOrd.
func (t *tx) untakeOrd(source directory.SourceID, typ string) error {
	_, err := t.exec(`UPDATE resource_counter SET live = live - 1, next_ord = next_ord - 1
		WHERE source_id = $1 AND type = $2`, source, typ)
	return err
}

// countLive adds delta to the number of live resources, buckets included.
func (t *tx) countLive(source directory.SourceID, typ string, ord, delta int64) error {
	_, err := t.exec("UPDATE resource_counter SET live = live + $3 WHERE source_id = $1 AND type = $2", source, typ, delta)
	if err != nil {
		return err
	}
	return t.countBuckets(source, typ, ord, delta)
}

func (t *tx) countBuckets(source directory.SourceID, typ string, ord, delta int64) error {
	_, err := t.exec(`INSERT INTO resource_bucket (source_id, type, level, bucket, live)
		VALUES ($1, $2, 0, $3, $5), ($1, $2, 1, $4, $5)
		ON CONFLICT (source_id, type, level, bucket) DO UPDATE SET live = resource_bucket.live + excluded.live`,
		source, typ, ord/bucketWidth, ord/(bucketWidth*bucketFanout), delta)
	return err
}

// recountBuckets makes the buckets of a source and type anew.
func (t *tx) recountBuckets(source directory.SourceID, typ string) error {
	if _, err := t.exec("DELETE FROM resource_bucket WHERE source_id = $1 AND type = $2", source, typ); err != nil {
		return err
	}
	for level, width := range []int64{bucketWidth, bucketWidth * bucketFanout} {
		_, err := t.exec(`INSERT INTO resource_bucket (source_id, type, level, bucket, live)
			SELECT source_id, type, $3, ord / $4, count(*) FROM resource
			WHERE source_id = $1 AND type = $2 AND deleted = 0 GROUP BY source_id, type, ord / $4`,
			source, typ, level, width)
		if err != nil {
			return err
		}
	}
	return nil
}

// seek finds where the offset-th live resource lies in creation order: behind skip live ones from ord
// first on. An offset past the end yields a first past every ord.
func (t *tx) seek(source directory.SourceID, typ string, offset int64) (first, skip int64, err error) {
	super, offset, err := t.seekBucket(source, typ, 1, 0, offset)
	if err != nil {
		return 0, 0, err
	}
	bucket, offset, err := t.seekBucket(source, typ, 0, super*bucketFanout, offset)
	return bucket * bucketWidth, offset, err
}

// seekBucket returns the bucket, from the given one on, that holds the offset-th live resource, and
// the rest of the offset within it.
func (t *tx) seekBucket(source directory.SourceID, typ string, level int, from, offset int64) (bucket, rest int64, err error) {
	rows, err := t.query(`SELECT bucket, live FROM resource_bucket
		WHERE source_id = $1 AND type = $2 AND level = $3 AND bucket >= $4 ORDER BY bucket`, source, typ, level, from)
	if err != nil {
		return 0, 0, err
	}
	defer rows.close()
	bucket = from - 1
	for rows.next() {
		var live int64
		if err := rows.scan(&bucket, &live); err != nil {
			return 0, 0, err
		}
		if live > offset {
			return bucket, offset, nil
		}
		offset -= live
	}
	return bucket + 1, offset, rows.err
}
