package rules

import (
	"os"
	"regexp"
	"testing"
)

// dependencies is every direct dependency of the module, each with the reason for it. A new one needs
// a line here.
var dependencies = map[string]string{
	"github.com/alecthomas/kong":          "command line from typed structs, with environment twins",
	"github.com/danielgtaylor/huma/v2":    "typed handlers and OpenAPI 3.1 for the administrators' API",
	"github.com/go-json-experiment/json":  "strict JSON tokens: duplicate names, invalid UTF-8, exact numbers",
	"github.com/google/go-cmp":            "readable differences in tests",
	"github.com/google/uuid":              "UUIDv7 identifiers that sort by creation",
	"github.com/jackc/pgx/v5":             "PostgreSQL",
	"github.com/pressly/goose/v3":         "ordered, locked schema migrations",
	"github.com/prometheus/client_golang": "metrics in the format that operators scrape",
	"github.com/rogpeppe/go-internal":     "command-line tests as readable scripts",
	"golang.org/x/crypto":                 "argon2id",
	"golang.org/x/net":                    "HTTP/2 prior knowledge and HTML parsing in tests",
	"golang.org/x/text":                   "Unicode normalization and PRECIS (RFC 7644 §5, §7.8)",
	"modernc.org/libc":                    "memory of the embedded database, which is called without database/sql",
	"modernc.org/sqlite":                  "the embedded database, in pure Go",
	"pgregory.net/rapid":                  "property tests",
}

func TestDependencies_HaveAReason(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	direct := regexp.MustCompile(`(?m)^(?:require )?\t?([a-z0-9.-]+\.[a-z]+/[^\s]+) v[^\s]+$`)
	seen := 0
	for _, m := range direct.FindAllStringSubmatch(string(content), -1) {
		seen++
		if dependencies[m[1]] == "" {
			t.Errorf("%s is a direct dependency without a reason in this test", m[1])
		}
	}
	if seen == 0 {
		t.Error("no direct dependency was found in go.mod: the pattern is wrong")
	}
	if seen >= 30 {
		t.Errorf("%d direct dependencies; fewer than 30 are allowed", seen)
	}
}
