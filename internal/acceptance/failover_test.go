//go:build failover && linux

package acceptance

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/patronitest"
)

// The tests below run one after the other: Patroni takes a node that is slow for one that is lost.
const (
	// failoverLimit is how long servers may take on a busy machine until they write to a new leader.
	failoverLimit = 3 * time.Minute
	creators      = 4
)

// Two replicas use three PostgreSQL servers under Patroni, with synchronous replication. The server that
// leads is killed under load, again and again, and comes back as a standby. Clients meet 503 with
// Retry-After and nothing else, writes go on when there is another leader, and nothing that was
// acknowledged is lost, doubled or out of order. ROSTER_FAILOVER_ROUNDS sets how often.
func TestFailover_LeaderIsKilledUnderLoad(t *testing.T) {
	rounds := fromEnvironment(t, "ROSTER_FAILOVER_ROUNDS", 5)
	seed := fromEnvironment(t, "ROSTER_CRASH_SEED", rand.Uint64())
	t.Logf("ROSTER_CRASH_SEED=%d ROSTER_FAILOVER_ROUNDS=%d", seed, rounds)
	random := rand.New(rand.NewPCG(seed, 0xfa11))
	database := patronitest.Start(t)
	f := newFailover(t, database, seed)
	for round := range int(rounds) {
		f.replaceLeader(round, random, "killed", database.Kill, database.Revive)
		if t.Failed() {
			return
		}
	}
	f.finish(int(rounds))
}

// The server that leads stands still, as if it had lost its network: no connection breaks. Then it is
// started anew, as a watchdog does: one that simply went on would answer from what it knew, until its
// Patroni finds out.
func TestFailover_LeaderFallsSilentUnderLoad(t *testing.T) {
	seed := fromEnvironment(t, "ROSTER_CRASH_SEED", rand.Uint64())
	t.Logf("ROSTER_CRASH_SEED=%d", seed)
	database := patronitest.Start(t)
	f := newFailover(t, database, seed)
	f.replaceLeader(0, rand.New(rand.NewPCG(seed, 0x511e)), "frozen", database.Freeze, func(node string) error {
		return errors.Join(database.Kill(node), database.Revive(node))
	})
	if !t.Failed() {
		f.finish(1)
	}
}

// replaceLeader takes away the node that leads, waits until everything goes on without it, and brings it
// back as a standby.
func (f *failover) replaceLeader(round int, random *rand.Rand, what string, takeAway, bringBack func(node string) error) {
	f.Helper()
	leader, err := f.database.Leader(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	what = fmt.Sprintf("round %d, %s %s", round+1, leader, what)
	f.use(func() {
		f.forSome(random)
		if err := takeAway(leader); err != nil {
			f.Error(err)
		}
		f.awaitAll(what)
		f.forSome(random)
	})
	f.check(f.servers[round%2], what)
	f.use(func() {
		begin := time.Now()
		if err := bringBack(leader); err != nil {
			f.Error(err)
		}
		if _, err := f.database.Whole(f.Context()); err != nil {
			f.Error(err)
		}
		f.Logf("%s: back as a standby after %s", what, time.Since(begin).Round(10*time.Millisecond))
		f.forSome(random)
	})
	f.check(f.servers[(round+1)%2], what+" and back")
}

// failover is a cluster whose database may change its leader, with clients who do not give up.
type failover struct {
	*cluster
	database *patronitest.Cluster
	creators []*Creator
	pauses   []time.Duration // until the servers wrote again
}

func newFailover(t *testing.T, database *patronitest.Cluster, seed uint64) *failover {
	t.Helper()
	f := &failover{cluster: newCluster(t, database.URL(), 2, seed), database: database}
	for _, w := range f.writers {
		w.Patient = true
	}
	for i := range creators {
		f.creators = append(f.creators, NewCreator(i, f.source))
	}
	return f
}

// use has all clients work, spread over the servers, until during returns.
func (f *failover) use(during func()) {
	f.Helper()
	ctx, stop := context.WithCancel(f.Context())
	defer stop()
	var others sync.WaitGroup
	for _, s := range f.servers {
		others.Go(func() { f.read(ctx, s.Client()) })
	}
	for i, c := range f.creators {
		client := f.servers[i%len(f.servers)].Client()
		others.Go(func() {
			if err := c.Create(ctx, client); err != nil {
				f.Error(err)
			}
		})
	}
	f.work(f.servers, during)
	stop()
	others.Wait()
}

// awaitAll waits until another node commits and every server writes again, and notes how long both took.
func (f *failover) awaitAll(after string) {
	f.Helper()
	begin := time.Now()
	since := func() time.Duration { return time.Since(begin).Round(10 * time.Millisecond) }
	commits := make(chan string, 1)
	go func() {
		leader, err := f.database.Leader(f.Context())
		commits <- fmt.Sprintf("%s leads and commits after %s (%v)", leader, since(), err)
	}()
	for _, s := range f.servers {
		f.awaitWrite(s.Client(), failoverLimit)
	}
	f.pauses = append(f.pauses, since())
	f.Logf("%s: %s, both servers write after %s", after, <-commits, f.pauses[len(f.pauses)-1])
}

// finish looks at what the clients met in all rounds.
func (f *failover) finish(rounds int) {
	f.Helper()
	view, err := ReadDirectory(f.Context(), f.servers[0].Client(), f.source)
	if err != nil {
		f.Fatal(err)
	}
	made, refused, broken, repeated := 0, 0, 0, 0
	for _, c := range f.creators {
		for _, problem := range c.Differences(view) {
			f.Error(problem)
		}
		made, refused, repeated = made+len(c.Made), refused+c.Refused, repeated+c.Repeated
	}
	for _, w := range f.writers {
		refused, broken = refused+w.Refused, broken+w.Broken
	}
	if broken > 0 {
		f.Errorf("%d requests were not answered, although no server of Roster was killed", broken)
	}
	if refused == 0 || made < rounds || f.acked() < rounds*crashWriters {
		f.Errorf("%d users made, %d other operations, %d refused: the clients hardly noticed anything", made, f.acked(), refused)
	}
	slices.Sort(f.pauses)
	f.Logf("%d fail-overs: %d operations and %d users acknowledged, %d refused, %d of these found made; %d events; pauses median %s, longest %s",
		len(f.pauses), f.acked(), made, refused, repeated, f.fold.Seq,
		f.pauses[len(f.pauses)/2], f.pauses[len(f.pauses)-1])
}
