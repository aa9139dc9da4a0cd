package server

import (
	"context"
	"iter"

	"github.com/rosterhq/roster/scim/schema"
)

// NewMemory returns a Backend that keeps everything in memory, for tests, examples and experiments.
func NewMemory(reg *schema.Registry) Backend { return FromTable(memory{}, reg) }

// memory is a Table of types and ids. FromTable does the locking.
type memory map[[2]string]*Record

func (m memory) Load(_ context.Context, typ, id string) (*Record, error) {
	if rec := m[[2]string{typ, id}]; rec != nil {
		return rec, nil
	}
	return nil, ErrNoRecord
}

func (m memory) Save(_ context.Context, rec *Record) error {
	m[[2]string{rec.Type, rec.ID}] = rec
	return nil
}

func (m memory) Remove(_ context.Context, typ, id string) error {
	delete(m, [2]string{typ, id})
	return nil
}

func (m memory) All(_ context.Context, typ string) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		for key, rec := range m {
			if key[0] == typ && !yield(rec, nil) {
				return
			}
		}
	}
}
