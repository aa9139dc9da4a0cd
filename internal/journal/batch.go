package journal

import (
	"fmt"

	"github.com/rosterhq/roster/internal/directory"
)

// readsInBatch is how many successful reads of one source a batch keeps one by one. A batch is written
// four times a second: no identity provider reads so fast in ordinary work. Of the reads beyond, the last
// one stands for all of them.
const readsInBatch = 64

// batch is what is written in one transaction.
type batch struct {
	records []*Record
	reads   map[directory.SourceID]*crowd
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
	b.keep(it)
}

func (b *batch) keep(it item) {
	it.record.reduce(it.policy)
	b.records = append(b.records, it.record)
}

// finish adds the records that stand for several and returns all of them.
func (b *batch) finish() []*Record {
	for _, c := range b.reads {
		if c.more == 0 {
			continue
		}
		if c.more > 1 {
			c.last.record.Notes = append(c.last.record.Notes, Note{Code: "log.summary",
				Message: fmt.Sprintf("%d more reads like this one came within a moment and are not listed one by one.", c.more-1)})
		}
		b.keep(c.last)
	}
	return b.records
}

// plainRead reports whether the request read something and nothing about it was remarkable.
func (r *Record) plainRead() bool {
	return r.Outcome == Read && r.Status < 400 && r.Rule == "" && len(r.Notes) == 0 && (r.Action == "get" || r.Action == "search")
}
