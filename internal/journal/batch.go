package journal

import (
	"fmt"

	"github.com/rosterhq/roster/internal/directory"
)

// readsInBatch is how many successful reads of one source a batch keeps one by one. A batch is written
// every second at least: no identity provider reads so fast in ordinary work. Of the reads beyond, the last
// one stands for all of them.
const readsInBatch = 64

// batch is what is written together.
type batch struct {
	items []item
	reads map[directory.SourceID]*crowd
}

// item is a record with the policy for its bodies.
type item struct {
	record *Record
	policy directory.BodyPolicy
}

// crowd are the successful reads of one source in a batch.
type crowd struct {
	kept, more int
	last       item
}

func (b *batch) add(it item) {
	if it.record.plainRead() {
		c := b.reads[it.record.Source]
		if c == nil {
			if b.reads == nil {
				b.reads = map[directory.SourceID]*crowd{}
			}
			c = &crowd{}
			b.reads[it.record.Source] = c
		}
		if c.kept >= readsInBatch {
			c.more++
			c.last = it
			return
		}
		c.kept++
	}
	b.items = append(b.items, it)
}

// finish adds the records that stand for several and returns all of them, reduced to what is kept.
func (b *batch) finish() []*Record {
	for _, c := range b.reads {
		if c.more == 0 {
			continue
		}
		if c.more > 1 {
			c.last.record.Notes = append(c.last.record.Notes, Note{Code: "log.summary",
				Message: fmt.Sprintf("%d more reads like this one came within a moment and are not listed one by one.", c.more-1)})
		}
		b.items = append(b.items, c.last)
	}
	records := make([]*Record, len(b.items))
	for i, it := range b.items {
		it.record.reduce(it.policy)
		records[i] = it.record
	}
	return records
}

// plainRead reports whether the request read something and nothing about it was remarkable.
func (r *Record) plainRead() bool {
	return r.Outcome == Read && r.Status < 400 && r.Rule == "" && len(r.Notes) == 0 && (r.Action == "get" || r.Action == "search")
}
