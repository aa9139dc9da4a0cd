//go:build failover && linux

package patronitest

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestCluster_AnotherNodeLeadsAfterAKill(t *testing.T) {
	t.Parallel()
	c := Start(t)
	exec := func(statement string) {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), c.URL())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		if err := conn.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE t (n int PRIMARY KEY)")
	exec("INSERT INTO t VALUES (7)")
	first, err := c.Leader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Kill(first); err != nil {
		t.Fatal(err)
	}
	if rest := c.node(first).processes(); len(rest) > 0 {
		t.Errorf("the processes %v of a killed node live", rest)
	}
	second, err := c.Leader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if second == first {
		t.Errorf("%s leads although it was killed", first)
	}
	exec("DELETE FROM t WHERE n = 7 AND 1 / (SELECT count(*) FROM t) = 1") // divides by zero when it was lost
	if err := c.Revive(first); err != nil {
		t.Fatal(err)
	}
	third, err := c.Whole(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if third != second {
		t.Errorf("%s leads instead of %s", third, second)
	}
}

func TestMembers_Whole(t *testing.T) {
	t.Parallel()
	leader, standby, other := member{"a", "leader", "running", 2}, member{"b", "sync_standby", "streaming", 2}, member{"c", "replica", "streaming", 2}
	for name, c := range map[string]struct {
		seen members
		want bool
	}{
		"all":                      {members{leader, standby, other}, true},
		"one is missing":           {members{leader, standby}, false},
		"nobody leads":             {members{other, standby, other}, false},
		"the leader starts":        {members{{"a", "leader", "starting", 2}, standby, other}, false},
		"no synchronous standby":   {members{leader, other, other}, false},
		"one has not noticed":      {members{leader, standby, {"c", "replica", "running", 1}}, false},
		"a standby is being built": {members{leader, standby, {"c", "replica", "creating replica", 2}}, false},
	} {
		if got := c.seen.whole(3); got != c.want {
			t.Errorf("%s: whole is %t", name, got)
		}
	}
}
