package acceptance

import (
	"fmt"
	"os"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// HostileRequest is one request of a hostile case.
type HostileRequest struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    jsontext.Value    `json:"body"` // a string is sent verbatim
	Expect  HostileExpect     `json:"expect"`
}

// HostileCase is one request that tries to break the server, with what must come of it.
type HostileCase struct {
	HostileRequest
	ID    string `json:"id"`
	Group string `json:"group"`
	Name  string `json:"name"`
	// BodyGen makes bodies that are too large or too odd to be written down.
	BodyGen *BodyGen `json:"body_gen"`
	// Raw is the whole request as bytes, \xNN standing for one byte.
	Raw       string `json:"raw"`
	HalfClose bool   `json:"half_close"`
	Drip      *Drip  `json:"drip"`
	Slow      bool   `json:"slow"`
	// Setup lists "user:NAME" and "group:NAME:MEMBER,MEMBER"; Fixture gives userNames that matter.
	Setup   []string          `json:"setup"`
	Fixture map[string]string `json:"fixture"`
	Needs   []string          `json:"needs"`
	Then    []HostileRequest  `json:"then"`
	Repeat  int               `json:"repeat"`
	// ExpectAnyStatus must be the status of at least one of the repeated requests.
	ExpectAnyStatus int `json:"expect_any_status"`

	// What explains the case to readers; the player does not need it.
	Severity string `json:"severity"`
	Why      string `json:"why"`
	Ref      string `json:"ref"`
}

// HostileExpect is what an answer must be; texts are looked for in its body.
type HostileExpect struct {
	Status        []int             `json:"status"`
	SCIMType      string            `json:"scimType"`
	Contains      []string          `json:"contains"`
	NotContains   []string          `json:"not_contains"`
	Headers       map[string]string `json:"headers"`
	HeadersIf200  map[string]string `json:"headers_if_200"`
	HeadersAbsent []string          `json:"headers_absent"`
	JSON          map[string]any    `json:"json"`
	JSONIf200     map[string]any    `json:"json_if_200"`
	JSONAtMost    map[string]any    `json:"json_le"`
	// Count limits how often a text may come: each count allowed.
	Count        map[string][]int `json:"count"`
	MaxMillis    int64            `json:"max_ms"`
	CloseOK      bool             `json:"conn_close_ok"`
	MaxResponses int              `json:"max_responses"`
}

// Drip sends more bytes slowly after the raw request.
type Drip struct {
	EveryMillis int    `json:"every_ms"`
	Data        string `json:"data"`
	Seconds     int    `json:"for_s"`
}

// LoadHostile reads the cases; a key that the player does not know is an error.
func LoadHostile(name string) ([]HostileCase, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var file struct {
		Format string        `json:"format"`
		About  string        `json:"about"`
		Count  int           `json:"count"`
		Cases  []HostileCase `json:"cases"`
	}
	if err := json.Unmarshal(content, &file, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(file.Cases) != file.Count || file.Count == 0 {
		return nil, fmt.Errorf("%s holds %d cases and says %d", name, len(file.Cases), file.Count)
	}
	return file.Cases, nil
}
