package acceptance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/pgtest"
)

// cluster is servers on one PostgreSQL, and writers that use them.
type cluster struct {
	*testing.T
	servers []*Server
	source  Source
	writers []*Writer
	fold    *Fold
}

// newDatabase starts a PostgreSQL that is one server.
func newDatabase(t *testing.T) *pgtest.Server {
	t.Helper()
	database, err := pgtest.Start(t.Context(), pgtest.Options{Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := database.Close(); err != nil {
			t.Error(err)
		}
	})
	return database
}

func newCluster(t *testing.T, databaseURL string, replicas int, seed uint64) *cluster {
	t.Helper()
	c := &cluster{T: t}
	binary, dataDir := theBinary(t).On(databaseURL), t.TempDir()
	for range replicas {
		s, err := binary.Start(t.Context(), dataDir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if _ = s.Kill(); t.Failed() {
				t.Logf("a server printed at the end\n%s", s.Output())
			}
		})
		c.servers = append(c.servers, s)
	}
	var err error
	if c.source, err = c.servers[0].CreateSource(t.Context(), "Replicas"); err != nil {
		t.Fatal(err)
	}
	ex, err := c.servers[0].Client().Do(t.Context(), scimWrite("POST", c.source.Base(), c.source.Token, "/Groups", newGroup("shared", nil)))
	if err != nil || ex.Answer.Status != http.StatusCreated {
		t.Fatalf("%v\n%s", err, ex)
	}
	for i := range crashWriters {
		c.writers = append(c.writers, NewWriter(i, seed, c.source, stringAt(ex.Answer, "id")))
	}
	c.fold = &Fold{Source: c.source.Slug, View: NewDirectoryView()}
	return c
}

// work lets the writers work, spread over the servers, until during returns.
func (c *cluster) work(servers []*Server, during func()) {
	c.Helper()
	ctx, stop := context.WithCancel(c.Context())
	defer stop()
	failures := make(chan error, len(c.writers))
	var wait sync.WaitGroup
	for i, w := range c.writers {
		client := servers[i%len(servers)].Client()
		wait.Go(func() {
			if err := w.Write(ctx, client); err != nil {
				failures <- err
			}
		})
	}
	during()
	stop()
	wait.Wait()
	close(failures)
	for err := range failures {
		c.Error(err)
	}
}

// check compares the directory with what the writers know and with what the events tell.
func (c *cluster) check(through *Server, when string) {
	c.Helper()
	problems, err := audit(c.Context(), through, c.source, c.writers, c.fold)
	if err != nil {
		c.Fatalf("%s: %v", when, err)
	}
	if len(problems) > 0 {
		c.Fatalf("%s: %d problems\n  %s", when, len(problems), strings.Join(problems[:min(len(problems), shown)], "\n  "))
	}
}

func (c *cluster) acked() (n int) {
	for _, w := range c.writers {
		n += w.Acked
	}
	return n
}

// forSome returns after a part of a second, or when the test ends.
func (c *cluster) forSome(random *rand.Rand) {
	timer := time.NewTimer(time.Duration(100+random.IntN(500)) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.Context().Done():
	}
}

// Two replicas share a database, and one is killed under load, in turn. Those who use the other one
// meet no error, those who used the dead one go on there, and nothing that was acknowledged is lost,
// doubled or out of order.
func TestReplicas_OneIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	rounds := fromEnvironment(t, "ROSTER_CRASH_ROUNDS", 3)
	seed := fromEnvironment(t, "ROSTER_CRASH_SEED", rand.Uint64())
	t.Logf("ROSTER_CRASH_SEED=%d ROSTER_CRASH_ROUNDS=%d", seed, rounds)
	random := rand.New(rand.NewPCG(seed, 0xbeef))
	c := newCluster(t, newDatabase(t).URL("postgres"), 2, seed)
	for round := range int(rounds) {
		victim, other := c.servers[round%2], c.servers[(round+1)%2]
		c.work(c.servers, func() {
			c.forSome(random)
			if err := victim.Kill(); err != nil {
				c.Error(err)
			}
			c.forSome(random)
		})
		c.check(other, fmt.Sprintf("round %d, one killed", round+1))
		c.work([]*Server{other}, func() {
			c.forSome(random)
			if err := victim.Restart(c.Context()); err != nil {
				c.Error(err)
			}
			c.forSome(random)
		})
		c.check(victim, fmt.Sprintf("round %d, both again", round+1))
		t.Logf("round %d: %d operations acknowledged so far, %d events", round+1, c.acked(), c.fold.Seq)
	}
	if c.acked() < int(rounds)*crashWriters {
		t.Errorf("%d operations in %d rounds: the writers hardly wrote anything", c.acked(), rounds)
	}
}

// PostgreSQL is restarted under load. Clients meet 503 with Retry-After and nothing else, and after a
// moment everything works as before, without a restart of the servers.
func TestReplicas_DatabaseIsRestartedUnderLoad(t *testing.T) {
	t.Parallel()
	seed := fromEnvironment(t, "ROSTER_CRASH_SEED", rand.Uint64())
	t.Logf("ROSTER_CRASH_SEED=%d", seed)
	random := rand.New(rand.NewPCG(seed, 0xdb))
	database := newDatabase(t)
	c := newCluster(t, database.URL("postgres"), 2, seed)
	for _, w := range c.writers {
		w.Patient = true
	}
	for round, end := range []func() error{database.Kill, database.Shutdown} {
		reading, done := context.WithCancel(t.Context())
		var readers sync.WaitGroup
		for _, s := range c.servers {
			readers.Go(func() { c.read(reading, s.Client()) })
		}
		c.work(c.servers, func() {
			c.forSome(random)
			if err := end(); err != nil {
				c.Error(err)
			}
			c.forSome(random)
			if err := database.Restart(c.Context()); err != nil {
				c.Error(err)
			}
		})
		back := time.Now()
		for _, s := range c.servers {
			c.awaitWrite(s.Client(), startLimit)
		}
		t.Logf("round %d: both servers write %s after PostgreSQL was back", round+1, time.Since(back).Round(time.Millisecond))
		done()
		readers.Wait()
		c.check(c.servers[round%2], fmt.Sprintf("round %d", round+1))
	}
	refused := 0
	for _, w := range c.writers {
		refused += w.Refused
	}
	if refused == 0 {
		t.Error("nobody noticed that the database was away")
	}
}

// read reads a list again and again.
func (c *cluster) read(ctx context.Context, client *Client) {
	for ctx.Err() == nil {
		ex, err := client.Do(ctx, scimGet(c.source.Base(), c.source.Token, "/Users?count=3"))
		if ctx.Err() != nil {
			return
		}
		waits := ex.Answer.Status == http.StatusServiceUnavailable && ex.Answer.Header.Get("Retry-After") != ""
		if err != nil || ex.Answer.Status != http.StatusOK && !waits {
			c.Errorf("a reader: %v\n%s", err, ex)
			return
		}
	}
}

// awaitWrite makes and deletes a user, as soon as the server does that again.
func (c *cluster) awaitWrite(client *Client, limit time.Duration) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), limit)
	defer cancel()
	var last Exchange
	err := Poll(ctx, func() (bool, error) {
		var err error
		last, err = client.Do(ctx, scimWrite("POST", c.source.Base(), c.source.Token, "/Users", newUser("probe-"+Random(8))))
		if err != nil || last.Answer.Status != http.StatusCreated {
			return false, err
		}
		last, err = client.Do(ctx, scimWrite("DELETE", c.source.Base(), c.source.Token, "/Users/"+stringAt(last.Answer, "id"), nil))
		return last.Answer.Status == http.StatusNoContent, err
	})
	if err != nil {
		c.Fatalf("the server does not write again: %v\n%s", err, last)
	}
}

// What is changed by one process counts in all of them within a moment.
func TestReplicas_ChangesAreSeenByAll(t *testing.T) {
	t.Parallel()
	c := newCluster(t, newDatabase(t).URL("postgres"), 2, 1)
	one, other := c.servers[0], c.servers[1]
	all := func(token string, status int) {
		t.Helper()
		for _, s := range c.servers {
			if err := s.waitStatus(t.Context(), c.source.Base(), token, status); err != nil {
				t.Error(err)
			}
		}
	}
	all(c.source.Token, http.StatusOK)
	token, err := one.RotateToken(t.Context(), c.source.Slug, "0")
	if err != nil {
		t.Fatal(err)
	}
	all(c.source.Token, http.StatusUnauthorized)
	all(token, http.StatusOK)
	if err := other.Run(t.Context(), nil, "source", "update", c.source.Slug, "--enabled=false"); err != nil {
		t.Fatal(err)
	}
	all(token, http.StatusServiceUnavailable)
	if err := one.Run(t.Context(), nil, "source", "update", c.source.Slug, "--enabled=true"); err != nil {
		t.Fatal(err)
	}
	all(token, http.StatusOK)

	const urn = "urn:example:params:scim:schemas:extension:badge:2.0:User"
	file := t.TempDir() + "/badge.json"
	write(t, file, `{"id":"`+urn+`","name":"Badge","attributes":[{"name":"number","type":"string"}]}`)
	if err := one.Run(t.Context(), nil, "schema", "add", file, "--source", c.source.Slug, "--resource", "User"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*visibleWithin)
	defer cancel()
	for _, s := range c.servers {
		err := Poll(ctx, func() (bool, error) {
			ex, err := s.Client().Do(ctx, scimGet(c.source.Base(), token, "/Schemas/"+urn))
			return ex.Answer.Status == http.StatusOK, err
		})
		if err != nil {
			t.Errorf("the new schema is not served: %v", err)
		}
	}
}
