package acceptance

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/pgtest"
)

// program is what all tests of a run share: the binary, and a server on each engine that most of them
// talk to. All are made by the first test that wants them.
type program struct {
	folder string

	build  sync.Once
	binary Binary
	broken error

	sqlite, postgres sharedServer

	secretMu sync.Mutex // guards secrets
	secrets  []string   // must not be in the logs
}

// sharedServer is a server that many tests talk to at the same time.
type sharedServer struct {
	start   sync.Once
	server  *Server
	apiKey  string
	failed  error
	victims victims
	// database is what the server keeps its directory in; nil means a file.
	database *pgtest.Server
}

// engines are the databases that everything must work on.
var engines = []string{"SQLite", "PostgreSQL"}

// onEachEngine runs a test with a shared server on each engine. In it, theServer and what uses it mean
// the one that the name of the test tells.
func onEachEngine(t *testing.T, test func(t *testing.T)) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t)
		})
	}
}

// sharedBy returns the shared server of a test: that on SQLite unless it runs on each engine.
func sharedBy(t *testing.T) *sharedServer {
	if slices.Contains(strings.Split(t.Name(), "/"), "PostgreSQL") {
		return &shared.postgres
	}
	return &shared.sqlite
}

var shared program

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "roster-acceptance-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	shared.folder = folder
	code := m.Run()
	for _, s := range []*sharedServer{&shared.sqlite, &shared.postgres} {
		for _, problem := range s.finish() {
			fmt.Fprintln(os.Stderr, "FAIL: the server that the tests shared:", problem)
			code = 1
		}
	}
	return code
}

// finish stops the shared server and looks at what it printed while everybody tried to break it.
func (s *sharedServer) finish() []string {
	var problems []string
	if s.server == nil {
		return nil
	}
	if err := s.server.Stop(30 * time.Second); err != nil {
		problems = append(problems, err.Error())
	}
	if s.database != nil {
		if err := s.database.Close(); err != nil {
			problems = append(problems, err.Error())
		}
	}
	log := s.server.Log()
	for _, sign := range []string{"panic:", "goroutine ", "runtime error", "DATA RACE"} {
		if i := strings.Index(log, sign); i >= 0 {
			problems = append(problems, fmt.Sprintf("its log contains %q:\n%s", sign, abbreviate(log[max(0, i-200):], 4000)))
		}
	}
	for _, secret := range shared.secrets {
		if strings.Contains(log, secret) {
			problems = append(problems, "its log contains a token or a password")
			break
		}
	}
	return problems
}

func theBinary(t *testing.T) Binary {
	t.Helper()
	shared.build.Do(func() {
		root, err := filepath.Abs("../..")
		if err != nil {
			shared.broken = err
			return
		}
		shared.binary, shared.broken = Build(context.Background(), root, shared.folder)
	})
	if shared.broken != nil {
		t.Fatal(shared.broken)
	}
	return shared.binary
}

// theServer is the server that tests share.
func theServer(t *testing.T) *Server {
	t.Helper()
	binary, s := theBinary(t), sharedBy(t)
	s.start.Do(func() { s.failed = s.begin(context.Background(), binary) })
	if s.failed != nil {
		t.Fatal(s.failed)
	}
	return s.server
}

func (s *sharedServer) begin(ctx context.Context, binary Binary) (err error) {
	dataDir := filepath.Join(shared.folder, "sqlite")
	if s == &shared.postgres {
		if s.database, err = pgtest.Start(ctx, pgtest.Options{}); err != nil {
			return err
		}
		binary, dataDir = binary.On(s.database.URL("postgres")), filepath.Join(shared.folder, "postgres")
	}
	if err := os.Mkdir(dataDir, 0o700); err != nil {
		return err
	}
	if s.server, err = binary.Start(ctx, dataDir); err != nil {
		return err
	}
	s.apiKey, err = s.server.CreateAPIKey(ctx, "acceptance", "owner")
	keepSecret(s.apiKey)
	return err
}

// theAPIKey is an owner's key of the shared server.
func theAPIKey(t *testing.T) string {
	t.Helper()
	theServer(t)
	return sharedBy(t).apiKey
}

// keepSecret has the end of the run look for a secret in the server's log.
func keepSecret(secret string) {
	shared.secretMu.Lock()
	defer shared.secretMu.Unlock()
	shared.secrets = append(shared.secrets, secret)
}

// newSource makes a source of the shared server for one test.
func newSource(t *testing.T, options ...string) Source {
	t.Helper()
	source, err := theServer(t).CreateSource(t.Context(), "Test "+Random(5), options...)
	if err != nil {
		t.Fatal(err)
	}
	keepSecret(source.Token)
	return source
}

// do sends a request to the shared server.
func do(t *testing.T, r Request) Exchange {
	t.Helper()
	ex, err := theServer(t).Client().Do(t.Context(), r)
	if err != nil {
		t.Fatalf("%v\n%s", err, ex)
	}
	return ex
}

// makeResource creates a user or group and returns its id.
func makeResource(t *testing.T, source Source, path string, body []byte) string {
	t.Helper()
	ex := do(t, scimWrite("POST", source.Base(), source.Token, path, body))
	id := stringAt(ex.Answer, "id")
	if ex.Answer.Status != 201 || id == "" {
		t.Fatalf("want 201 and an id\n%s", ex)
	}
	return id
}
