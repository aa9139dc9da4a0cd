package sqlstore

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// inLine has shares wait in a lane behind flights that are under way, and returns them with a channel that is
// closed when the last one is back.
func inLine(to *together, of scope, n int) (shares []*share, back chan struct{}) {
	for range flights {
		to.join(context.Background(), of, &share{}) //nolint:errcheck // its context does not end
	}
	back = make(chan struct{}, n)
	for range n {
		s := &share{}
		shares = append(shares, s)
		go func() { to.join(context.Background(), of, s); back <- struct{}{} }() //nolint:errcheck // see above
		synctest.Wait()                                                          // so that they come in their order
	}
	return shares, back
}

func TestTogether_WhoWaitsSharesTheNextFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &together{patience: time.Hour, flights: flights}
		shares, back := inLine(to, "1", flightSize+3)
		other := &share{}
		if err := to.join(t.Context(), "2", other); err != nil || len(other.flight) != 1 {
			t.Error("one scope waits for another one")
		}
		to.land("2")
		to.land("1")
		<-back
		if got := shares[0].flight; len(got) != flightSize || got[0] != shares[0] || got[flightSize-1] != shares[flightSize-1] {
			t.Errorf("the first flight has %d shares", len(got))
		}
		to.land("1")
		<-back
		if got := shares[flightSize].flight; len(got) != 3 || got[2] != shares[flightSize+2] {
			t.Errorf("the second flight has %d shares", len(got))
		}
		for _, s := range shares {
			if len(s.flight) == 0 {
				close(s.turn) // as lead does
			}
		}
		to.land("1")
		to.land("1")
		if len(to.lanes) != 0 {
			t.Errorf("nothing is under way, but lanes are left: %v", to.lanes)
		}
	})
}

func TestTogether_PatienceEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &together{patience: time.Second, flights: flights}
		shares, back := inLine(to, "1", 3)
		to.land("1") // takes all three
		<-back
		late := &share{}
		go func() { to.join(t.Context(), "1", late); back <- struct{}{} }() //nolint:errcheck // its context does not end
		time.Sleep(2 * time.Second)
		if <-back; !late.alone || len(to.lanes["1"].queue) != 0 {
			t.Errorf("after the time it waits on: %+v", late)
		}
		select {
		case <-back:
			t.Error("a share went on although its flight is under way")
		default:
		}
		close(shares[1].turn)
		close(shares[2].turn)
		if <-back; shares[1].alone {
			t.Error("what was under way goes alone")
		}
		<-back
	})
}

// Whatever becomes of the one that leads, the others learn of it, and the next flight begins.
func TestTogether_PanicLeavesNobodyWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &postgresEngine{together: together{patience: time.Hour, flights: flights}}
		to := &e.together
		shares, back := inLine(to, "1", 2)
		for i, arg := range []any{"text", int64(1)} { // no array has both
			shares[i].statements = []statement{{query: "q", many: "m", args: []any{arg}}}
		}
		to.land("1")
		<-back
		func() {
			defer func() {
				if recover() == nil {
					t.Error("nothing panicked")
				}
			}()
			(&pgConn{scope: "1", engine: e}).lead(shares[0])
		}()
		<-back
		if s := shares[1]; s.alone || !errors.Is(s.err, directory.ErrUncertain) {
			t.Errorf("the other one got %v", s.err)
		}
		if to.land("1"); len(to.lanes) != 0 {
			t.Error("a flight is still under way")
		}
	})
}
