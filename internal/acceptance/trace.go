package acceptance

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Trace is a recorded conversation of one real SCIM client; testdata/traces/README.md is its grammar.
type Trace struct {
	ID      string             `json:"id"`
	Client  string             `json:"client"`
	Title   string             `json:"title"`
	Level   string             `json:"level"`
	Headers map[string]*string `json:"headers"`
	Vars    map[string]any     `json:"vars"`
	Steps   []Step             `json:"steps"`

	// What explains the trace to readers; the player does not need it.
	Quirk  []string `json:"quirk"`
	Source string   `json:"source"`
	RFC    string   `json:"rfc"`
	Notes  any      `json:"notes"`
}

// Step is one request, or one of parallel, paginate and assert instead of it.
type Step struct {
	Name     string             `json:"name"`
	Method   string             `json:"method"`
	Path     string             `json:"path"`
	Headers  map[string]*string `json:"headers"`
	Body     jsontext.Value     `json:"body"`
	BodyRaw  *string            `json:"bodyRaw"`
	BodyFrom string             `json:"bodyFrom"`
	Merge    any                `json:"merge"`
	Expect   *Expect            `json:"expect"`
	Save     map[string]string  `json:"save"`
	Collect  map[string]string  `json:"collect"`
	Repeat   int                `json:"repeat"`
	Parallel []Step             `json:"parallel"`
	Paginate *Paginate          `json:"paginate"`
	Assert   map[string]any     `json:"assert"`
}

// Expect is what an answer must be: all of what is given, and one of AnyOf if there is any.
type Expect struct {
	Status    []int          `json:"status"`
	JSON      map[string]any `json:"json"`
	Headers   map[string]any `json:"headers"`
	BodyEmpty *bool          `json:"bodyEmpty"`
	MaxMillis int64          `json:"maxMillis"`
	AnyOf     []Expect       `json:"anyOf"`
}

// Paginate is a walk through all pages of a list.
type Paginate struct {
	Count     int    `json:"count"`
	Start     int    `json:"start"`
	Advance   string `json:"advance"` // "count" or "received"
	FirstBare bool   `json:"firstBare"`
	Into      string `json:"into"`
}

// LoadTraces reads every trace of a folder, in the order of their file names. A key that the grammar
// does not know is an error: it would be a check that nobody makes.
func LoadTraces(folder string) ([]Trace, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	traces := make([]Trace, 0, len(names))
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var t Trace
		if err := json.Unmarshal(content, &t, json.RejectUnknownMembers(true)); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		traces = append(traces, t)
	}
	if len(traces) == 0 {
		return nil, fmt.Errorf("no traces in %s", folder)
	}
	return traces, nil
}
