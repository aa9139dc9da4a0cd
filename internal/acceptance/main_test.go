package acceptance

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// program is what all tests of a run share: the binary, and one server that most of them talk to. Both
// are made by the first test that wants them.
type program struct {
	folder string

	build  sync.Once
	binary Binary
	broken error

	start    sync.Once
	server   *Server
	apiKey   string
	failed   error
	secretMu sync.Mutex // guards secrets
	secrets  []string   // must not be in the log
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
	if shared.server != nil {
		for _, problem := range shared.finish() {
			fmt.Fprintln(os.Stderr, "FAIL: the server that the tests shared:", problem)
			code = 1
		}
	}
	return code
}

// finish stops the shared server and looks at what it printed while everybody tried to break it.
func (p *program) finish() []string {
	var problems []string
	if err := p.server.Stop(30 * time.Second); err != nil {
		problems = append(problems, err.Error())
	}
	log := p.server.Log()
	for _, sign := range []string{"panic:", "goroutine ", "runtime error", "DATA RACE"} {
		if i := strings.Index(log, sign); i >= 0 {
			problems = append(problems, fmt.Sprintf("its log contains %q:\n%s", sign, abbreviate(log[max(0, i-200):], 4000)))
		}
	}
	for _, secret := range p.secrets {
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
	binary := theBinary(t)
	shared.start.Do(func() {
		dataDir := filepath.Join(shared.folder, "data")
		if shared.failed = os.Mkdir(dataDir, 0o700); shared.failed != nil {
			return
		}
		if shared.server, shared.failed = binary.Start(context.Background(), dataDir); shared.failed != nil {
			return
		}
		shared.apiKey, shared.failed = shared.server.CreateAPIKey(context.Background(), "acceptance", "owner")
		keepSecret(shared.apiKey)
	})
	if shared.failed != nil {
		t.Fatal(shared.failed)
	}
	return shared.server
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
