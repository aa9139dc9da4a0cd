//go:build !unix

package sqlstore

import "runtime"

// turn is for systems with pipes that can be waited for.
type turn struct{}

func newTurn() *turn { return nil }

func (*turn) take() { runtime.Gosched() }

func (*turn) close() error { return nil }
