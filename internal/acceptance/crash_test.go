package acceptance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	crashWriters = 16
	// shown is how many problems of a round a failure shows.
	shown = 20
)

// fromEnvironment reads a number that a run may be given.
func fromEnvironment(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// The process is killed at random times while sixteen writers work. After each start, everything that
// was acknowledged is there, what was not answered is there whole or not at all, memberships agree from
// both ends, and the events rebuild the directory without a gap. ROSTER_CRASH_ROUNDS and
// ROSTER_CRASH_SEED set how often and repeat a run.
func TestCrash_KillNine(t *testing.T) {
	t.Parallel()
	rounds := fromEnvironment(t, "ROSTER_CRASH_ROUNDS", 5)
	seed := fromEnvironment(t, "ROSTER_CRASH_SEED", rand.Uint64())
	t.Logf("ROSTER_CRASH_SEED=%d ROSTER_CRASH_ROUNDS=%d", seed, rounds)
	random := rand.New(rand.NewPCG(seed, 0xdead))

	server, err := theBinary(t).Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Kill() }()
	source, err := server.CreateSource(t.Context(), "Crash")
	if err != nil {
		t.Fatal(err)
	}
	ex, err := server.Client().Do(t.Context(), scimWrite("POST", source.Base(), source.Token, "/Groups", newGroup("shared", nil)))
	if err != nil || ex.Answer.Status != 201 {
		t.Fatalf("%v\n%s", err, ex)
	}
	writers := make([]*Writer, crashWriters)
	for i := range writers {
		writers[i] = NewWriter(i, seed, source, stringAt(ex.Answer, "id"))
	}
	fold := &Fold{Source: source.Slug, View: NewDirectoryView()}
	acked := 0
	for round := range rounds {
		after := time.Duration(50+random.IntN(750)) * time.Millisecond
		if err := crash(t.Context(), server, writers, after); err != nil {
			t.Fatalf("round %d: %v", round+1, err)
		}
		start := time.Now()
		if err := server.Restart(t.Context()); err != nil {
			t.Fatalf("round %d: %v", round+1, err)
		}
		recovery := time.Since(start)
		problems, err := audit(t.Context(), server, source, writers, fold)
		if err != nil {
			t.Fatalf("round %d, killed after %s: %v", round+1, after, err)
		}
		if len(problems) > 0 {
			t.Fatalf("round %d, killed after %s: %d problems\n  %s", round+1, after, len(problems), strings.Join(problems[:min(len(problems), shown)], "\n  "))
		}
		acked = 0
		for _, w := range writers {
			acked += w.Acked
		}
		t.Logf("round %d: killed after %s, %d operations acknowledged so far, %d events, ready again in %s",
			round+1, after, acked, fold.Seq, recovery.Round(time.Millisecond))
	}
	if acked < int(rounds)*crashWriters {
		t.Errorf("%d operations in %d rounds: the writers hardly wrote anything", acked, rounds)
	}
	if err := server.Stop(30 * time.Second); err != nil {
		t.Error(err)
	}
}

// crash lets the writers work for a while, kills the server under them and waits until they noticed.
func crash(ctx context.Context, server *Server, writers []*Writer, after time.Duration) error {
	client := server.Client()
	failures := make(chan error, len(writers))
	var wait sync.WaitGroup
	for _, w := range writers {
		wait.Go(func() {
			if err := w.Write(ctx, client); err != nil {
				failures <- err
			}
		})
	}
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case <-timer.C:
	case err := <-failures:
		_ = server.Kill()
		wait.Wait()
		return err
	}
	err := server.Kill()
	wait.Wait()
	close(failures)
	for failure := range failures {
		return failure
	}
	return err
}

// audit compares the directory with what the writers know and with what the events tell.
func audit(ctx context.Context, server *Server, source Source, writers []*Writer, fold *Fold) ([]string, error) {
	view, err := ReadDirectory(ctx, server.Client(), source)
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, w := range writers {
		world, ids := view.World(w)
		for _, p := range w.Settle(world, ids) {
			problems = append(problems, fmt.Sprintf("writer %s: %s", w.Name, p))
		}
	}
	if err := server.Events(ctx, fold.Seq, fold.Apply); err != nil {
		return problems, err
	}
	for _, p := range fold.View.Differences(view) {
		problems = append(problems, "events against the directory: "+p)
	}
	return problems, nil
}

func TestWorld_DifferencesSeesLossHalvesAndLeftovers(t *testing.T) {
	t.Parallel()
	world := func() World {
		w := NewWorld()
		w.Users["u1"], w.Users["u2"] = Person{"a", true}, Person{"b", false}
		w.Groups["g"] = map[string]bool{"u1": true, "u2": true}
		w.Shared["u1"] = true
		return w
	}
	if got := world().Differences(world()); len(got) > 0 {
		t.Errorf("equal worlds differ: %v", got)
	}
	for name, spoil := range map[string]func(World){
		"a lost user":       func(w World) { delete(w.Users, "u1") },
		"an old value":      func(w World) { w.Users["u1"] = Person{"old", true} },
		"a left-over user":  func(w World) { w.Users["u3"] = Person{} },
		"half a group":      func(w World) { delete(w.Groups["g"], "u2") },
		"a lost group":      func(w World) { delete(w.Groups, "g") },
		"an empty new one":  func(w World) { w.Groups["h"] = map[string]bool{} },
		"a lost membership": func(w World) { delete(w.Shared, "u1") },
	} {
		actual := world().Clone()
		spoil(actual)
		if len(world().Differences(actual)) == 0 {
			t.Errorf("%s was not seen", name)
		}
	}
}

func TestWriter_SettleAcceptsTheUnansweredOperationWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	writer := func() *Writer {
		w := NewWriter(1, 1, Source{}, "shared")
		w.world.Users["w01-u1"] = Person{"a", true}
		w.world.Groups["w01-g1"] = map[string]bool{"w01-u1": true}
		after := w.world.Clone()
		after.RemoveUser("w01-u1")
		w.doubt = &after
		return w
	}
	done := NewWorld()
	done.Groups["w01-g1"] = map[string]bool{}
	half := NewWorld()
	half.Groups["w01-g1"] = map[string]bool{"w01-u1": true}
	if got := writer().Settle(writer().world.Clone(), nil); len(got) > 0 {
		t.Errorf("not done: %v", got)
	}
	if got := writer().Settle(done, nil); len(got) > 0 {
		t.Errorf("done: %v", got)
	}
	if got := writer().Settle(half, nil); len(got) == 0 {
		t.Error("a user that is gone while its membership is not was accepted")
	}
}

func TestFold_ApplyRebuildsAndFindsGaps(t *testing.T) {
	t.Parallel()
	event := func(seq int64, typ, id, changes string) Event {
		var e Event
		text := fmt.Sprintf(`{"seq":%d,"type":%q,"source":"s","subject":{"id":%q},"data":{"userName":"n","displayName":"d","active":true,"x":1},"changes":%s}`, seq, typ, id, changes)
		if err := unmarshal(text, &e); err != nil {
			t.Fatal(err)
		}
		return e
	}
	members := func(side string) string { return `[{"path":"members","` + side + `":[{"value":"u1","type":"User"}]}]` }
	f := &Fold{Source: "s", View: NewDirectoryView()}
	for _, e := range []Event{
		event(1, "user.created", "u1", "[]"), event(2, "group.created", "g1", "[]"), event(3, "group.member_added", "g1", members("after")),
		event(4, "user.created", "u2", "[]"), event(5, "group.member_removed", "g1", members("before")), event(6, "group.member_added", "g1", members("after")),
		event(7, "group.updated", "g1", "[]"), event(8, "user.deleted", "u1", "[]"),
	} {
		if err := f.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	want := NewDirectoryView()
	want.Users["u2"] = ViewedUser{"n", "d", true}
	want.Groups["g1"] = ViewedGroup{"d", map[string]bool{}}
	if got := want.Differences(f.View); len(got) > 0 {
		t.Errorf("folded otherwise: %v", got)
	}
	want.Groups["g1"].Members["u2"] = true
	if got := want.Differences(f.View); len(got) == 0 {
		t.Error("a missing member was not seen")
	}
	for _, bad := range []Event{
		event(10, "user.created", "u3", "[]"), event(8, "user.created", "u3", "[]"), event(9, "user.moved", "u3", "[]"),
		event(9, "group.member_added", "nobody", "[]"),
	} {
		g := &Fold{Source: "s", Seq: 8, View: NewDirectoryView()}
		if err := g.Apply(bad); err == nil {
			t.Errorf("event %d %s of %s was accepted after 8", bad.Seq, bad.Type, bad.Subject.ID)
		}
	}
}
