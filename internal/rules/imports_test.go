package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/rosterhq/roster/"

// rule forbids imports of packages that match from to packages that match to. A pattern ends with
// "..." for a whole tree; except lists what is allowed all the same.
type rule struct {
	from, to string
	except   []string
	why      string
}

var importRules = []rule{
	{"scim...", "internal...", nil, "the protocol library must be usable without the product"},
	{"scim", "scim/...", nil, "the vocabulary is the root that everything else builds on"},
	{"scim/schema", "scim/...", nil, "definitions know nothing of filters, PATCH or HTTP"},
	{"scim/filter", "scim/...", []string{"scim/schema"}, "filters know definitions only"},
	{"scim/patch", "scim/...", []string{"scim/schema", "scim/filter"}, "PATCH is a pure function"},
	{"internal/directory", "internal/...", nil, "the domain must not know technology or callers"},
	{"internal/account", "internal/...", []string{"internal/directory"}, "accounts know the domain only"},
	{"internal/journal", "internal/...", []string{"internal/directory"}, "the journal knows the domain only"},
	{"internal/sqlstore", "internal/...", []string{"internal/directory", "internal/account", "internal/journal", "internal/outbox"}, "technology packages meet in internal/app only"},
	{"internal/provision", "internal/...", []string{"internal/directory", "internal/journal", "internal/httpx"}, "technology packages meet in internal/app only"},
	{"internal/adminapi", "internal/...", []string{"internal/directory", "internal/account", "internal/journal", "internal/outbox", "internal/httpx", "internal/present"}, "technology packages meet in internal/app only"},
	{"internal/console", "internal/...", []string{"internal/account", "internal/directory", "internal/httpx"}, "technology packages meet in internal/app only"},
	{"internal/outbox", "internal/...", []string{"internal/directory", "internal/egress"}, "deliveries know the domain and how to call out"},
	{"internal/egress", "internal/...", nil, "calling out safely needs nothing of the product"},
	{"internal/present", "internal/...", []string{"internal/directory", "internal/outbox"}, "presentation knows the model only"},
	{"internal/config", "internal/...", nil, "settings do not know what they are used for"},
	{"internal/simulate", "internal/...", nil, "the simulator is a client: it sees what an identity provider sees"},
}

// foreign are imports from outside the module that only some packages may have.
var foreignRules = []rule{
	{"internal/directory", "database/sql", nil, "the domain must not know SQL"},
	{"internal/directory", "net/http", nil, "the domain must not know HTTP"},
	{"internal/account", "database/sql", nil, "accounts must not know SQL"},
	{"internal/account", "net/http", nil, "accounts must not know HTTP"},
	{"scim/schema", "net/http", nil, "definitions know nothing of HTTP"},
	{"scim/filter", "net/http", nil, "filters know nothing of HTTP"},
	{"scim/patch", "net/http", nil, "PATCH knows nothing of HTTP"},
}

// libraryMayImport are the only modules beside the standard library that scim/... may use.
var libraryMayImport = []string{"github.com/go-json-experiment/json", "golang.org/x/text"}

type pkg struct {
	ImportPath string
	Dir        string
	Doc        string
	GoFiles    []string
	Imports    []string
	Standard   bool
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,GoFiles,Imports,Standard", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func matches(pattern, path string) bool {
	if tree, ok := strings.CutSuffix(pattern, "..."); ok {
		return strings.HasPrefix(path, tree)
	}
	return path == pattern
}

func TestImports_FollowTheRules(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, imported := range p.Imports {
			to, own := strings.CutPrefix(imported, module)
			check := foreignRules
			if own {
				check = importRules
			}
			for _, r := range check {
				if matches(r.from, from) && matches(r.to, to) && from != to && !allowed(r.except, to) {
					t.Errorf("%s imports %s: %s", from, to, r.why)
				}
			}
			if strings.HasPrefix(from, "scim") && strings.Contains(strings.Split(imported, "/")[0], ".") && !own && !hasModule(libraryMayImport, imported) {
				t.Errorf("%s imports %s: the library needs the standard library, the json module and golang.org/x/text only", from, imported)
			}
		}
	}
}

func TestImports_SQLStoreIsWiredInOnePlace(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, imported := range p.Imports {
			if imported == module+"internal/sqlstore" && from != "internal/app" && from != "internal/bench" {
				t.Errorf("%s imports internal/sqlstore: wiring happens in internal/app alone", from)
			}
		}
	}
}

func allowed(except []string, path string) bool {
	for _, e := range except {
		if matches(e, path) {
			return true
		}
	}
	return false
}

func hasModule(modules []string, path string) bool {
	for _, m := range modules {
		if path == m || strings.HasPrefix(path, m+"/") {
			return true
		}
	}
	return false
}
