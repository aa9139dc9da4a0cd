package main

import (
	"context"
	"time"
)

// serverMemory is how long a running server may go on with what it read about a source, its tokens and
// its schemas before it asks the store again.
const serverMemory = time.Second

// settle waits until every server has noticed a change, so that it is in force when the command ends.
func settle(ctx context.Context) error {
	timer := time.NewTimer(serverMemory)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
