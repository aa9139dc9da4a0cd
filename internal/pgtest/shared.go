package pgtest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"
)

// cluster is the server that the tests of a process share. The first test that wants a database starts
// it.
type cluster struct {
	managed bool // Main will stop it

	start  sync.Once
	server *Server
	failed error

	mu        sync.Mutex
	databases int                  // guarded by mu
	templates map[string]*template // guarded by mu
}

// template is a database that others are copied from.
type template struct {
	once   sync.Once
	failed error
}

var shared cluster

// Main runs the tests of a package and then stops the server that they shared; TestMain passes its
// result to os.Exit.
func Main(m *testing.M) int {
	shared.managed = true
	code := m.Run()
	if shared.server == nil {
		return code
	}
	if err := shared.server.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		return 1
	}
	return code
}

// Database makes a database on the shared server and returns its URL; it is dropped when the test ends.
// It is a copy of one that prepare was given, once for each name; with an empty name it is empty.
func Database(t testing.TB, name string, prepare func(ctx context.Context, url string) error) string {
	t.Helper()
	if !shared.managed {
		t.Fatal("the tests of this package need func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }")
	}
	shared.start.Do(func() { shared.server, shared.failed = Start(context.Background(), Options{}) })
	if shared.failed != nil {
		t.Fatal(shared.failed)
	}
	from := "template0"
	if name != "" {
		from = "template_" + name
		if err := shared.template(from, prepare); err != nil {
			t.Fatalf("prepare the database %s: %v", name, err)
		}
	}
	shared.mu.Lock()
	shared.databases++
	database := fmt.Sprintf("test%d", shared.databases)
	shared.mu.Unlock()
	if err := shared.server.Create(t.Context(), database, from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := shared.server.Exec(ctx, "postgres", "DROP DATABASE "+database+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return shared.server.URL(database)
}

func (c *cluster) template(name string, prepare func(ctx context.Context, url string) error) error {
	c.mu.Lock()
	if c.templates == nil {
		c.templates = map[string]*template{}
	}
	entry := c.templates[name]
	if entry == nil {
		entry = &template{}
		c.templates[name] = entry
	}
	c.mu.Unlock()
	entry.once.Do(func() {
		if entry.failed = c.server.Create(context.Background(), name, "template0"); entry.failed == nil {
			entry.failed = prepare(context.Background(), c.server.URL(name))
		}
	})
	return entry.failed
}
