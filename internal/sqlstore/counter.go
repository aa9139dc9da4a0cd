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

// countNew counts a new resource.
func (t *tx) countNew(source directory.SourceID, typ string, ord int64) error {
	n, err := t.exec("UPDATE resource_counter SET live = live + 1, next_ord = $3 WHERE source_id = $1 AND type = $2",
		source, typ, ord+1)
	if err == nil && n == 0 {
		_, err = t.exec("INSERT INTO resource_counter (source_id, type, live, next_ord) VALUES ($1, $2, 1, $3)",
			source, typ, ord+1)
	}
	if err != nil {
		return err
	}
	return t.countBucket(source, typ, ord, 1)
}

// countLive adds delta to the number of live resources at ord.
func (t *tx) countLive(source directory.SourceID, typ string, ord, delta int64) error {
	if t.pg != nil {
		return t.addDelta(source, typ, ord, delta)
	}
	_, err := t.exec("UPDATE resource_counter SET live = live + $3 WHERE source_id = $1 AND type = $2", source, typ, delta)
	if err != nil {
		return err
	}
	return t.countBucket(source, typ, ord, delta)
}

func (t *tx) countBucket(source directory.SourceID, typ string, ord, delta int64) error {
	n, err := t.exec("UPDATE resource_bucket SET live = live + $4 WHERE source_id = $1 AND type = $2 AND bucket = $3",
		source, typ, ord/bucketWidth, delta)
	if err == nil && n == 0 {
		_, err = t.exec("INSERT INTO resource_bucket (source_id, type, bucket, live) VALUES ($1, $2, $3, $4)",
			source, typ, ord/bucketWidth, delta)
	}
	return err
}

// recountBuckets makes the buckets of a source and type anew.
func (t *tx) recountBuckets(source directory.SourceID, typ string) error {
	if _, err := t.exec("DELETE FROM resource_bucket WHERE source_id = $1 AND type = $2", source, typ); err != nil {
		return err
	}
	_, err := t.exec(`INSERT INTO resource_bucket (source_id, type, bucket, live)
		SELECT source_id, type, ord / $3, count(*) FROM resource
		WHERE source_id = $1 AND type = $2 AND deleted = 0 GROUP BY source_id, type, ord / $3`, source, typ, bucketWidth)
	return err
}

// seek finds where the offset-th live resource lies in creation order: behind skip live ones from ord
// first on. An offset past the end yields a first past every ord.
func (t *tx) seek(source directory.SourceID, typ string, offset int64) (first, skip int64, err error) {
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
