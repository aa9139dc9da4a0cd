package sqlstore

import (
	"sync"
	"testing"
)

// TestTurn_ComesBack takes turns while others are ready all the time.
func TestTurn_ComesBack(t *testing.T) {
	t.Parallel()
	over := make(chan struct{})
	var others sync.WaitGroup
	for range 2 {
		ping, pong := make(chan struct{}), make(chan struct{})
		others.Go(func() {
			for range ping {
				pong <- struct{}{}
			}
		})
		others.Go(func() {
			defer close(ping)
			for {
				select {
				case <-over:
					return
				case ping <- struct{}{}:
					<-pong
				}
			}
		})
	}
	turn := newTurn()
	for range 20 {
		turn.take()
	}
	close(over)
	others.Wait()
	if err := turn.close(); err != nil {
		t.Error(err)
	}
}
